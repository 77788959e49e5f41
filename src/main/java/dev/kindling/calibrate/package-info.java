/**
 * Data-dependent passes over a recipe, as plain loops over a port that runs a stage; where and on
 * how many machines is the port's business.
 */
package dev.kindling.calibrate;
