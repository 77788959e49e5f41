package dev.kindling.kernel;

import java.util.regex.Pattern;

/**
 * What the choice of kernels depends on.
 *
 * @param feature feature release of the JVM, for example 17
 * @param vectorModule whether the module {@value #VECTOR_MODULE} is resolved
 * @param optimises whether the JVM has an optimising compiler that is on
 */
public record JvmFacts(int feature, boolean vectorModule, boolean optimises) {
  /**
   * What {@code java.vm.info} says of a JVM that only interprets, or that stops at its first
   * compiler (-XX:TieredStopAtLevel=1), which makes objects of all vectors: a hundred times slower
   * than the scalar code.
   */
  private static final Pattern UNOPTIMISED = Pattern.compile("interpreted|emulated-client");

  /** The module of the Vector API. */
  public static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** Returns the facts of this JVM. */
  public static JvmFacts read() {
    return new JvmFacts(
        Runtime.version().feature(),
        ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent(),
        optimises(System.getProperty("java.vm.info", "")));
  }

  static boolean optimises(String vmInfo) {
    return !UNOPTIMISED.matcher(vmInfo).find();
  }
}
