/** A small perceptron that is trained first and gives a large one its start; knows no Spark. */
package dev.kindling.proxy;
