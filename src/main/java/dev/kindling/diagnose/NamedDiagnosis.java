package dev.kindling.diagnose;

/** A diagnosis among several. */
public record NamedDiagnosis(String name, Diagnosis diagnosis) {}
