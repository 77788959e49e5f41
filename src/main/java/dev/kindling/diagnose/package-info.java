/** How signals travel through a model at its start, forward and backward; knows no Spark. */
package dev.kindling.diagnose;
