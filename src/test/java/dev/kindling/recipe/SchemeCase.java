package dev.kindling.recipe;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Layout;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A scheme and the tensor that it is for, as the known-answer files of {@code golden/schemes} write
 * them.
 *
 * @param scheme {@code he_normal} or an alias
 * @param parameters {@code mode=fan_out;slope=0.2}, or empty
 * @param role {@code conv}
 * @param shape {@code 24,8,3,3}, empty for a scalar
 * @param extras {@code layout=in-out;groups=2;strides=4;gates=ifgo:12;beside=30}, or empty; {@code
 *     beside} is the fan-in of the weight beside a bias
 */
record SchemeCase(String scheme, String parameters, String role, String shape, String extras) {
  static final long SEED = 2026;

  private static final String NAME = "layer.weight";
  private static final String BIAS_NAME = "layer.bias";

  /** Plans the tensor under a convention, by a rule that states the scheme. */
  RecipeEntry plan(Convention convention) {
    Tensor tensor = tensor();
    Rule rule =
        new Rule(Optional.of(tensor.name()), Optional.empty(), scheme(convention), List.of());
    InitSettings settings = new InitSettings(SEED, List.of(rule), Optional.empty(), convention);
    return Planner.plan(model(tensor), settings, Set.of()).recipe().entry(tensor.name());
  }

  Scheme scheme(Convention convention) {
    Map<String, Object> values = new LinkedHashMap<>();
    fields(parameters)
        .forEach(
            (name, value) ->
                values.put(
                    name, value.matches("-?[0-9.e-]+") ? (Object) Double.valueOf(value) : value));
    return Schemes.of(scheme, values, convention);
  }

  private Model model(Tensor tensor) {
    String beside = fields(extras).get("beside");
    if (beside == null) {
      return new Model("m", List.of(tensor), Optional.empty());
    }
    Shape weight = Shape.of(tensor.shape().dim(0), Long.parseLong(beside));
    return new Model(
        "m", List.of(tensor, Tensor.of(NAME, weight, Role.DENSE, Layout.OUT_IN)), Optional.empty());
  }

  private Tensor tensor() {
    Role known = Role.ofLabel(role).orElseThrow();
    Map<String, String> more = fields(extras);
    boolean inOut = known == Role.TRANSPOSED_CONV || "in-out".equals(more.get("layout"));
    return new Tensor(
        known == Role.BIAS ? BIAS_NAME : NAME,
        new Shape(
            Arrays.stream(shape.split(","))
                .filter(dim -> !dim.isBlank())
                .map(Long::valueOf)
                .toList()),
        ElementType.F32,
        known,
        inOut ? Layout.IN_OUT : Layout.OUT_IN,
        Integer.parseInt(more.getOrDefault("groups", "1")),
        Long.parseLong(more.getOrDefault("strides", "1")),
        Activation.NONE,
        List.of(),
        Optional.empty(),
        gates(more.get("gates")));
  }

  private static List<FusedPart> gates(String text) {
    if (text == null) {
      return List.of();
    }
    String[] parts = text.split(":");
    return FusedPart.gates(parts[0], Long.parseLong(parts[1]));
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : text.split(";")) {
      if (!field.isBlank()) {
        String[] parts = field.split("=");
        fields.put(parts[0], parts[1]);
      }
    }
    return fields;
  }
}
