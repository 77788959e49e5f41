package dev.kindling.calibrate;

/**
 * A layer that has been judged.
 *
 * @param result what tables and manifest say of it
 * @param correction what was done to it
 */
public record CalibratedLayer(LayerResult result, Correction correction) {}
