package dev.kindling.preset;

import dev.kindling.base.UnknownNameException;
import dev.kindling.model.Model;
import dev.kindling.preset.Preset.Outcome;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.Scheme;
import dev.kindling.structure.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** The presets by their names, and several of them together. */
public final class Presets {
  private static final double GPT2_STD = 0.02;
  private static final double GPT2_POSITION_STD = 0.01;

  /** Parameters of each preset. */
  private static final Map<String, List<String>> PARAMETERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("fixup", List.of("mode")),
              Map.entry("skip_init", List.of("alpha")),
              Map.entry("rezero", List.of("alpha")),
              Map.entry("layer_scale", List.of("value")),
              Map.entry("zero_gamma", List.of()),
              Map.entry("t_fixup", List.of("side")),
              Map.entry("deepnorm", List.of()),
              Map.entry("gpt2", List.of("std", "position_std")),
              Map.entry("megatron", List.of("std")),
              Map.entry("small_init", List.of()),
              Map.entry("mup", List.of("base", "readout")),
              Map.entry("looks_linear", List.of("base")),
              Map.entry("zero_hadamard", List.of()),
              Map.entry(
                  "mimetic",
                  List.of("heads", "qk_noise", "qk_diagonal", "vo_noise", "vo_diagonal")),
              Map.entry("output_bias", List.of("of", "smoothing", "weights"))));

  /** Those that scale weights by the model's depth or width. */
  private static final Set<String> SCALING =
      Set.of("fixup", "t_fixup", "deepnorm", "gpt2", "megatron", "small_init", "mup");

  private Presets() {}

  /**
   * Refuses presets that together would scale weights more than once.
   *
   * @param names of presets, perhaps of other versions too
   * @throws IllegalArgumentException if two of them scale weights
   */
  public static void requireOneScaling(Collection<String> names) {
    List<String> scaling = names.stream().filter(SCALING::contains).toList();
    if (scaling.size() > 1) {
      throw new IllegalArgumentException(
          "presets %s each scale weights, which must happen once (expected one of them)"
              .formatted(String.join(" and ", scaling)));
    }
  }

  /** Returns the names of all presets. */
  public static List<String> names() {
    return List.copyOf(PARAMETERS.keySet());
  }

  /**
   * Returns the preset of this name.
   *
   * @param parameters numbers, words and schemes by parameter name
   * @param orthogonal the base of looks_linear where none is stated
   * @throws IllegalArgumentException if the name, a parameter or a value is not one of the preset's
   */
  public static Preset of(String name, Map<String, Object> parameters, Scheme orthogonal) {
    if (!PARAMETERS.containsKey(name)) {
      throw new UnknownNameException("preset", name, names());
    }
    Arguments given = new Arguments(name, parameters);
    parameters.keySet().forEach(key -> given.require(key, PARAMETERS.get(name)));
    return switch (name) {
      case "fixup" -> new Fixup(given.word("mode", FanMode.FAN_OUT));
      case "skip_init", "rezero" ->
          new BranchScale(
              name, BranchScale.Extent.SCALAR, OptionalDouble.of(given.number("alpha", 0)));
      case "layer_scale" ->
          new BranchScale(
              name,
              BranchScale.Extent.CHANNELS,
              parameters.containsKey("value")
                  ? OptionalDouble.of(given.number("value", 0))
                  : OptionalDouble.empty());
      case "zero_gamma" -> new ZeroGamma();
      case "zero_hadamard" -> new ZeroHadamard();
      case "mimetic" ->
          new MimeticStart(
              given.count("heads"),
              new MimeticStart.Product(
                  given.number("qk_noise", MimeticStart.QUERIES_AND_KEYS.noise()),
                  given.number("qk_diagonal", MimeticStart.QUERIES_AND_KEYS.diagonal())),
              new MimeticStart.Product(
                  given.number("vo_noise", MimeticStart.VALUES_AND_OUTPUT.noise()),
                  given.number("vo_diagonal", MimeticStart.VALUES_AND_OUTPUT.diagonal())));
      case "t_fixup" -> new TFixup(given.word("side", Side.ENCODER));
      case "deepnorm" -> new DeepNorm();
      case "gpt2" ->
          new ResidualScaling(
              ResidualScaling.Kind.GPT2,
              given.number("std", GPT2_STD),
              given.number("position_std", GPT2_POSITION_STD));
      case "megatron" ->
          new ResidualScaling(
              ResidualScaling.Kind.MEGATRON,
              given.number("std", GPT2_STD),
              given.number("std", GPT2_STD));
      case "small_init" -> new ResidualScaling(ResidualScaling.Kind.SMALL_INIT, GPT2_STD, GPT2_STD);
      case "mup" ->
          new Mup(given.text("base"), given.word("readout", Mup.Readout.SCALED), Map.of());
      case "looks_linear" -> new LinearStart(given.scheme("base", orthogonal));
      case "output_bias" ->
          new OutputBias(
              given.word("of", OutputBias.Of.PRIOR),
              given.number("smoothing", 0),
              given.word("weights", OutputBias.Weights.KEEP),
              Optional.empty());
      default -> throw new IllegalStateException(name);
    };
  }

  /**
   * Returns what several presets give to a model; for each tensor the first that gives something.
   *
   * @throws IllegalArgumentException if two of them scale weights, or one lacks its structure
   */
  public static Outcome apply(Collection<Preset> presets, Model model) {
    if (presets.isEmpty()) {
      return new Outcome(Map.of(), List.of());
    }
    requireOneScaling(presets.stream().map(Preset::name).toList());
    Subject subject = new Subject(model);
    Map<String, Given> given = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    for (Preset preset : presets) {
      Outcome outcome = applied(preset, subject);
      outcome.given().forEach(given::putIfAbsent);
      notes.addAll(outcome.notes());
    }
    return new Outcome(given, notes);
  }

  private static Outcome applied(Preset preset, Subject subject) {
    try {
      return preset.apply(subject);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("preset " + preset.name() + ": " + e.getMessage(), e);
    }
  }

  /** Parameters as the configuration has them. */
  private record Arguments(String preset, Map<String, Object> given) {
    void require(String key, List<String> known) {
      if (!known.contains(key)) {
        throw new UnknownNameException("parameter of preset " + preset, key, known);
      }
    }

    double number(String key, double otherwise) {
      Object value = given.getOrDefault(key, otherwise);
      if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
        return number.doubleValue();
      }
      throw new IllegalArgumentException("%s is not a number: %s".formatted(key, value));
    }

    /** Returns a positive whole number, 0 if it is not stated. */
    long count(String key) {
      double value = given.containsKey(key) ? number(key, 0) : 0;
      if (given.containsKey(key) && (value < 1 || value != Math.rint(value))) {
        throw new IllegalArgumentException(
            "%s is no positive whole number: %s".formatted(key, given.get(key)));
      }
      return (long) value;
    }

    String text(String key) {
      if (given.get(key) instanceof String text && !text.isBlank()) {
        return text;
      }
      throw new IllegalArgumentException(
          "preset %s needs the parameter %s (expected the file of a model of base width)"
              .formatted(preset, key));
    }

    Scheme scheme(String key, Scheme otherwise) {
      if (given.getOrDefault(key, otherwise) instanceof Scheme scheme) {
        return scheme;
      }
      throw new IllegalArgumentException("%s is no scheme: %s".formatted(key, given.get(key)));
    }

    <E extends Enum<E>> E word(String key, E otherwise) {
      List<E> constants = Arrays.asList(otherwise.getDeclaringClass().getEnumConstants());
      List<String> words = constants.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
      String word =
          String.valueOf(given.getOrDefault(key, otherwise.name().toLowerCase(Locale.ROOT)));
      if (!words.contains(word)) {
        throw new UnknownNameException(key, word, words);
      }
      return constants.get(words.indexOf(word));
    }
  }
}
