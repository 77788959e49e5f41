package dev.kindling;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

@AnalyzeClasses(packages = "dev.kindling", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  /** From the top; a package may import only from those below itself. */
  private static final List<String> LAYERS =
      List.of(
          "cli",
          "report",
          "spark",
          "datastart",
          "proxy",
          "source",
          "checkpoint",
          "media",
          "diagnose",
          "calibrate",
          "forward",
          "recipe",
          "expand",
          "preset",
          "structure",
          "reader",
          "scheme",
          "model",
          "matrix",
          "simd",
          "kernel",
          "random",
          "stats",
          "base");

  /** The same within the reader: from its way in, which nothing below may know, to the files. */
  private static final List<String> READER =
      List.of(
          "dev.kindling.reader",
          "dev.kindling.reader.yaml",
          "dev.kindling.reader.compile",
          "dev.kindling.reader.roles",
          "dev.kindling.reader.repair",
          "dev.kindling.reader.graph",
          "dev.kindling.reader.shapes",
          "dev.kindling.reader.file");

  /** Methods of Math whose result the JDK may choose within an error bound. */
  private static final Set<String> INEXACT =
      Set.of(
          "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp",
          "expm1", "log", "log10", "log1p", "pow", "cbrt", "hypot");

  @ArchTest
  static final ArchRule PACKAGES_IMPORT_ONLY_FROM_BELOW =
      layers(LAYERS, ArchitectureTest::packages);

  @ArchTest
  static final ArchRule READERS_IMPORT_ONLY_FROM_BELOW = layers(READER, UnaryOperator.identity());

  @ArchTest
  static final ArchRule EVERY_CLASS_IS_IN_A_LAYER =
      noClasses()
          .should()
          .resideOutsideOfPackages(
              LAYERS.stream().map(ArchitectureTest::packages).toArray(String[]::new));

  @ArchTest
  static final ArchRule NO_CYCLES =
      SlicesRuleDefinition.slices().matching("dev.kindling.(*)..").should().beFreeOfCycles();

  @ArchTest static final ArchRule SPARK_ONLY_IN_SPARK = only("org.apache.spark..", "spark");

  @ArchTest
  static final ArchRule ONNX_RUNTIME_ONLY_IN_FORWARD = only("ai.onnxruntime..", "forward");

  @ArchTest static final ArchRule VECTOR_API_ONLY_IN_SIMD = only("jdk.incubator..", "simd");

  @ArchTest
  static final ArchRule PARQUET_ONLY_IN_CHECKPOINT = only("org.apache.parquet..", "checkpoint");

  @ArchTest
  static final ArchRule GENERATION_IS_EXACT =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages("kernel"), packages("matrix"), packages("random"), packages("simd"))
          .should()
          .callMethodWhere(
              JavaAccess.Predicates.target(
                  new DescribedPredicate<AccessTarget>("is an inexact method of Math") {
                    @Override
                    public boolean test(AccessTarget target) {
                      return target.getOwner().isEquivalentTo(Math.class)
                          && INEXACT.contains(target.getName());
                    }
                  }));

  @ArchTest
  static final ArchRule RANDOMNESS_HAS_AN_ADDRESS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              java.util.Random.class,
              java.util.SplittableRandom.class,
              java.util.concurrent.ThreadLocalRandom.class,
              java.security.SecureRandom.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(StrictMath.class, "random");

  private static LayeredArchitecture layers(List<String> layers, UnaryOperator<String> packages) {
    LayeredArchitecture architecture = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String layer : layers) {
      architecture = architecture.optionalLayer(layer).definedBy(packages.apply(layer));
    }
    architecture = architecture.whereLayer(layers.get(0)).mayNotBeAccessedByAnyLayer();
    for (int i = 1; i < layers.size(); i++) {
      architecture =
          architecture
              .whereLayer(layers.get(i))
              .mayOnlyBeAccessedByLayers(layers.subList(0, i).toArray(String[]::new));
    }
    return architecture;
  }

  private static ArchRule only(String library, String layer) {
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage("dev.kindling..")
            .and(DescribedPredicate.not(resideInAnyPackage(packages(layer))));
    return noClasses()
        .that(elsewhere)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because("only dev.kindling." + layer + " may know " + library);
  }

  private static String packages(String layer) {
    return "dev.kindling." + layer + "..";
  }
}
