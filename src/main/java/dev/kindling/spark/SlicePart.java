package dev.kindling.spark;

import dev.kindling.calibrate.SlicedLayer;
import java.io.Serializable;

/**
 * What a slice of a layer's weight makes of one micro-batch.
 *
 * @param slice which slice
 * @param part what it makes
 */
record SlicePart(int slice, SlicedLayer.Part part) implements Serializable {}
