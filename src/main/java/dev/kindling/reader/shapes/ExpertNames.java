package dev.kindling.reader.shapes;

import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognises by their names the matrices of all experts of a mixture in one tensor of three axes:
 * {@code experts.gate_up_proj} and {@code experts.down_proj} of Hugging Face, {@code experts.w1},
 * {@code w2} and {@code w3} of torchtitan. Both {@code [experts, out, in]} and {@code [experts, in,
 * out]} are about; the model's width, which the router or the pair of both tensors gives, tells
 * them apart.
 */
final class ExpertNames {
  private static final Pattern WEIGHT =
      Pattern.compile(
          "(.*\\.)?experts\\.(?:(gate_up_proj|gate_proj|up_proj|w1|w3)|down_proj|w2)(?:\\.weight)?");

  private static final Pattern BIAS =
      Pattern.compile("(.*\\.)?experts\\.(gate_up_proj|gate_proj|up_proj|down_proj)(_|\\.)bias");

  private static final List<String> ROUTERS =
      List.of("gate.weight", "router.weight", "router.gate.weight", "router.linear.weight");

  private static final String GATE_UP = "experts.gate_up_proj";
  private static final String DOWN = "experts.down_proj";
  private static final int RANK = 3;

  private final Map<String, Shape> shapes;

  ExpertNames(Map<String, Shape> shapes) {
    this.shapes = shapes;
  }

  /** Returns the tensor if its name is one of these. */
  Optional<Tensor> tensor(String name) {
    // Most names are no such ones, and a pattern costs more than this.
    if (!name.contains("experts.")) {
      return Optional.empty();
    }
    Shape shape = shapes.get(name);
    if (shape.rank() == 2 && BIAS.matcher(name).matches()) {
      return Optional.of(Tensor.of(name, shape, Role.BIAS, Layout.OUT_IN));
    }
    Matcher matcher = WEIGHT.matcher(name);
    return shape.rank() == RANK && matcher.matches()
        ? Optional.of(weight(name, shape, matcher))
        : Optional.empty();
  }

  private Tensor weight(String name, Shape shape, Matcher matcher) {
    String module = Optional.ofNullable(matcher.group(1)).orElse("");
    OptionalLong width = width(module, shape.dim(0));
    boolean readsWidth = matcher.group(2) != null;
    return new Tensor(
        name,
        shape,
        ElementType.F32,
        Role.EXPERTS,
        layout(shape, readsWidth, width),
        Math.toIntExact(Math.max(1, shape.dim(0))),
        1,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }

  /** As PyTorch's linear layers have it where nothing tells. */
  private static Layout layout(Shape shape, boolean readsWidth, OptionalLong width) {
    if (width.isEmpty() || shape.dim(1) == shape.dim(2)) {
      return Layout.OUT_IN;
    }
    boolean widthFirst = shape.dim(1) == width.getAsLong();
    return widthFirst == readsWidth ? Layout.IN_OUT : Layout.OUT_IN;
  }

  private OptionalLong width(String module, long experts) {
    Optional<Shape> router =
        ROUTERS.stream()
            .map(last -> shapes.get(module + last))
            .filter(found -> found != null && found.rank() == 2 && found.dim(0) == experts)
            .findFirst();
    return router.isPresent()
        ? OptionalLong.of(router.get().dim(1))
        : pairWidth(find(module + GATE_UP), find(module + DOWN));
  }

  private Optional<Shape> find(String stem) {
    return Stream.of(stem, stem + ".weight")
        .map(shapes::get)
        .filter(found -> found != null && found.rank() == RANK)
        .findFirst();
  }

  /** Gate and up stand next to each other, so their outputs are twice what goes down. */
  private static OptionalLong pairWidth(Optional<Shape> gateUp, Optional<Shape> down) {
    if (gateUp.isEmpty() || down.isEmpty()) {
      return OptionalLong.empty();
    }
    long first = gateUp.get().dim(1);
    long second = gateUp.get().dim(2);
    boolean outputsFirst = down.get().dim(1) == second && down.get().dim(2) * 2 == first;
    boolean outputsLast = down.get().dim(2) == first && down.get().dim(1) * 2 == second;
    if (outputsFirst == outputsLast) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(outputsFirst ? second : first);
  }
}
