/**
 * The kernels on the Vector API, the only package that may name it. Nothing imports from here: they
 * are found as a service, where the JVM has the module.
 */
package dev.kindling.simd;
