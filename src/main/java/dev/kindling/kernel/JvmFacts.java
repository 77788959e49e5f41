package dev.kindling.kernel;

/**
 * What the choice of kernels depends on.
 *
 * @param feature feature release of the JVM, for example 17
 * @param vectorModule whether the module {@value #VECTOR_MODULE} is resolved
 * @param optimises whether the JVM has an optimising compiler that is on
 */
public record JvmFacts(int feature, boolean vectorModule, boolean optimises) {
  /** The module of the Vector API. */
  public static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** Returns the facts of this JVM. */
  public static JvmFacts read() {
    return new JvmFacts(
        Runtime.version().feature(),
        ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent(),
        !System.getProperty("java.vm.info", "").contains("interpreted"));
  }
}
