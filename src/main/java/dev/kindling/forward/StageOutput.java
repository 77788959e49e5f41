package dev.kindling.forward;

import dev.kindling.model.Shape;

/**
 * What a stage makes of one micro-batch. The array belongs to whoever receives it.
 *
 * @param shape shape of z
 * @param z the layer's output without its bias, in index order
 * @param next the frontier after the stage
 */
public record StageOutput(Shape shape, float[] z, MicroBatch next) {}
