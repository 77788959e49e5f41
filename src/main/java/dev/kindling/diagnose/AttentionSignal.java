package dev.kindling.diagnose;

import java.io.Serializable;

/**
 * How widely attention looks.
 *
 * @param name name of the softmax's output in the graph
 * @param entropy mean entropy of its rows, in nats
 * @param most entropy of a row that looks everywhere alike, the logarithm of its length
 */
public record AttentionSignal(String name, double entropy, double most) implements Serializable {}
