package dev.kindling.scheme;

import dev.kindling.base.UnknownNameException;
import dev.kindling.scheme.TruncatedNormal.Bounds;
import dev.kindling.scheme.TruncatedNormal.StdOf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The names of the schemes in configuration and recipes, and their default parameters: {@code
 * he_normal} is a scheme with its defaults, {@code {he_normal: {mode: fan_out}}} overrides some.
 */
public final class Schemes {
  /** Every scheme with its defaults; the name is the record's in snake case. */
  private static final List<Scheme> DEFAULTS =
      List.of(
          new Zeros(),
          new Ones(),
          new Constant(0),
          new Normal(0, 0.02),
          new Uniform(-0.05, 0.05),
          new TruncatedNormal(0, 0.02, -2, 2, Bounds.DEVIATIONS, StdOf.UNTRUNCATED),
          new VarianceScaling(1, FanMode.FAN_IN, Distribution.TRUNCATED),
          new GlorotNormal(1),
          new GlorotTruncatedNormal(1),
          new GlorotUniform(1),
          new HeNormal(FanMode.FAN_IN, 0),
          new HeTruncatedNormal(FanMode.FAN_IN, 0),
          new HeUniform(FanMode.FAN_IN, 0),
          new LecunNormal(1),
          new LecunTruncatedNormal(1),
          new LecunUniform(1),
          new Orthogonal(1),
          new DeltaOrthogonal(1),
          new Polar(1),
          new LooksLinear(LooksLinear.Place.HIDDEN, new Orthogonal(1)),
          new Mimetic(Mimetic.Part.QUERY, "", 0, 0, 0.7, 0.7),
          new Unitary(1, Unitary.Encoding.PAIRS),
          new Urnn(Urnn.Part.ALL),
          new Eunn(),
          new Permutation(),
          new Identity(1),
          new Dirac(),
          new Hadamard(1),
          new TorchDefault(),
          new TorchBias(),
          new TorchRnn(0),
          new Sparse(15, 1),
          new TorchSparse(0.1, 0.01),
          new RandomWalk(RandomWalk.Kind.RELU),
          new Irnn(1),
          new LstmBias(GateOrder.IFGO, 1, 1),
          new GruBias(GateOrder.RZN, 1, 1),
          new Chrono(GateOrder.IFGO, 0, 1),
          new ReluBias(0.1),
          new PriorBias(0.01),
          new Embedding(0.02, -1),
          new SmallInit(0),
          new WangInit(0, 0),
          new Bert(0.02),
          new Gpt2(0.02, 0),
          new Megatron(0.02, 0, 2));

  /** The same by name and alias. */
  private static final Map<String, Scheme> BY_NAME = byName();

  private Schemes() {}

  private static Map<String, Scheme> byName() {
    Map<String, Scheme> named = new HashMap<>();
    DEFAULTS.forEach(scheme -> namesOf(scheme).forEach(name -> named.putIfAbsent(name, scheme)));
    return Map.copyOf(named);
  }

  /** Returns the names of all schemes, in the order in which they are documented. */
  public static List<String> names() {
    return DEFAULTS.stream().map(Schemes::name).toList();
  }

  /** Returns the scheme's name in configuration: {@code he_normal}. */
  public static String name(Scheme scheme) {
    return SchemeParameters.snake(scheme.getClass().getSimpleName());
  }

  /**
   * Returns the scheme's parameters by name: numbers, enums as lower-case words, and a scheme as a
   * map from its name to its parameters.
   */
  public static Map<String, Object> parameters(Scheme scheme) {
    return SchemeParameters.of(scheme);
  }

  /** Returns the words that parameters may be, by name, for those that are words. */
  public static Map<String, List<String>> words(Scheme scheme) {
    return SchemeParameters.words(scheme);
  }

  /** Returns what there is to say of a scheme. */
  public static About about(Scheme scheme) {
    return scheme.getClass().getAnnotation(About.class);
  }

  /**
   * Returns the scheme of this name or alias with the paper's defaults, overridden by the given
   * parameters.
   *
   * @param parameters numbers or words by parameter name
   * @throws IllegalArgumentException if the name, a parameter or a value is not one of the scheme's
   */
  public static Scheme of(String name, Map<String, ?> parameters) {
    return of(name, parameters, Convention.PAPER);
  }

  /**
   * Returns the scheme that a convention means by this name or alias, with its defaults, overridden
   * by the given parameters.
   *
   * @param parameters numbers or words by parameter name
   * @throws IllegalArgumentException if the name, a parameter or a value is not one of the scheme's
   */
  public static Scheme of(String name, Map<String, ?> parameters, Convention convention) {
    Scheme meant = named(convention.scheme(name(named(name))));
    Scheme defaults = convention.defaults(name(meant)).orElse(meant);
    return SchemeParameters.override(defaults, parameters, convention);
  }

  /** Returns what the convention means by a scheme that was chosen by its canonical name. */
  public static Scheme of(Scheme chosen, Convention convention) {
    return named(convention.scheme(name(chosen))).getClass() == chosen.getClass()
        ? chosen
        : of(name(chosen), parameters(chosen), convention);
  }

  private static Scheme named(String name) {
    Optional<Scheme> found = Optional.ofNullable(BY_NAME.get(name));
    return found.orElseThrow(
        () ->
            new UnknownNameException(
                "scheme", name, DEFAULTS.stream().flatMap(Schemes::namesOf).toList()));
  }

  private static Stream<String> namesOf(Scheme scheme) {
    return Stream.concat(Stream.of(name(scheme)), Arrays.stream(about(scheme).aliases()));
  }
}
