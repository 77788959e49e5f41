package dev.kindling.expand;

import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.SourceTensor;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Zeros;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds for every tensor of a large model what it takes from a small one, or why it cannot. */
public final class Expander {
  private final Model large;
  private final Map<String, SourceTensor> small;
  private final ExpandSettings settings;
  private final Function<SourceTensor, OptionalDouble> meanSquare;
  private final Structure structure;
  private final LayerMap layers;
  private final Identities identities;
  private final Set<String> ends = new HashSet<>();
  private final Map<String, Sizes> sizes = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Extents of a space, and the tensor that showed them. */
  private record Sizes(long small, long large, String tensor) {}

  /** What was found, and what cannot be expanded, one line each. */
  public record Result(Map<String, Grown> grown, List<String> problems) {
    public Result {
      grown = Map.copyOf(grown);
      problems = List.copyOf(problems);
    }
  }

  private Expander(
      Model large,
      Map<String, SourceTensor> small,
      ExpandSettings settings,
      Function<SourceTensor, OptionalDouble> meanSquare) {
    this.large = large;
    this.small = small;
    this.settings = settings;
    this.meanSquare = meanSquare;
    this.structure = Structure.of(large);
    Set<String> names = large.tensors().stream().map(Tensor::name).collect(Collectors.toSet());
    this.layers = new LayerMap(settings.depth(), small.keySet(), names);
    this.identities = new Identities(large, settings.identities());
    for (Branch branch : structure.branches()) {
      branch
          .ends()
          .forEach(
              weight -> {
                ends.add(weight);
                ends.add(weight.replaceFirst("(weight|kernel)$", "bias"));
              });
    }
  }

  /**
   * Returns what each tensor of a large model takes from a small one.
   *
   * @param small the float tensors of the small model
   * @param isGiven whether a tensor gets its values elsewhere
   * @param meanSquare mean of the squares of a small tensor's values, for noise
   */
  public static Result expand(
      Model large,
      Map<String, SourceTensor> small,
      ExpandSettings settings,
      Predicate<Tensor> isGiven,
      Function<SourceTensor, OptionalDouble> meanSquare) {
    return new Expander(large, small, settings, meanSquare).expand(isGiven);
  }

  private Result expand(Predicate<Tensor> isGiven) {
    Map<String, Grown> grown = new LinkedHashMap<>();
    Optional<Spaces> spaces = spaces();
    if (spaces.isEmpty()) {
      return new Result(grown, problems);
    }
    Set<String> used = new HashSet<>();
    for (Tensor tensor : large.tensors()) {
      if (!tensor.type().isFloat() || isGiven.test(tensor)) {
        continue;
      }
      try {
        Grown found = grown(tensor, spaces.get());
        grown.put(tensor.name(), found);
        use(found, used);
      } catch (IllegalArgumentException e) {
        problems.add(
            "Cannot expand tensor '%s' of %s: %s"
                .formatted(tensor.name(), large.name(), e.getMessage()));
      }
    }
    if (problems.isEmpty()) {
      unused(used, isGiven);
    }
    return new Result(grown, problems);
  }

  private void use(Grown found, Set<String> used) {
    if (found instanceof Grown.Copied copied) {
      used.add(copied.tensor().name());
    } else if (found instanceof Grown.Expanded expanded) {
      expanded.expansion().tensors().forEach(tensor -> used.add(tensor.name()));
    } else if (found instanceof Grown.Drawn drawn) {
      used.add(drawn.why());
    }
  }

  /** What the small model has and the large one does not take would be lost in silence. */
  private void unused(Set<String> used, Predicate<Tensor> isGiven) {
    Set<String> given =
        large.tensors().stream().filter(isGiven).map(Tensor::name).collect(Collectors.toSet());
    small.forEach(
        (name, tensor) -> {
          if (!used.contains(tensor.name()) && !given.contains(name)) {
            problems.add(
                "Cannot expand '%s': %s has no place for its tensor '%s' %s"
                    .formatted(settings.from(), large.name(), name, tensor.shape()));
          }
        });
  }

  private Optional<Spaces> spaces() {
    if (!structure.attentions().isEmpty()) {
      if (settings.method() == ExpandSettings.Method.NET2NET) {
        problems.add(
            "Cannot expand to %s by net2net: it has attention, whose heads and norms need copies in equal number (expected hypercloning, fpi or aki)"
                .formatted(large.name()));
        return Optional.empty();
      }
      return Optional.of(new NamedSpaces(large, structure, settings.head()));
    }
    if (large.graph().isEmpty()) {
      problems.add(
          "Cannot expand to %s: it has neither attention nor a graph, so nothing says which layers follow each other (expected an ONNX model or layer YAML)"
              .formatted(large.name()));
      return Optional.empty();
    }
    return Optional.of(
        new GraphSpaces(large, large.graph().get().onnx().getGraph(), identities.weights()));
  }

  private Grown grown(Tensor tensor, Spaces spaces) {
    Optional<Grown> identity = identities.of(tensor);
    if (identity.isPresent()) {
      return identity.get();
    }
    LayerMap.Origin origin = layers.origin(tensor.name());
    SourceTensor source = source(tensor, origin.name());
    String from = "from " + origin.name();
    if (origin.isCopy()
        && settings.ends() == ExpandSettings.Ends.ZERO
        && ends.contains(tensor.name())) {
      return new Grown.Drawn(new Zeros(), from + ", ends an added branch");
    }
    List<AxisMap> maps = maps(tensor, source, spaces);
    SourceTensor added = added(tensor, source, origin.name());
    Expansion plain =
        new Expansion(
            source,
            added,
            maps,
            outputs(tensor, spaces),
            factor(tensor, spaces),
            Expansion.Noise.NONE);
    if (plain.isCopy()) {
      return new Grown.Copied(source, from);
    }
    String words =
        from + ": " + maps.stream().map(AxisMap::described).collect(Collectors.joining(" x "));
    return new Grown.Expanded(withNoise(tensor, plain), words);
  }

  private SourceTensor source(Tensor tensor, String name) {
    List<String> names = new ArrayList<>(List.of(name));
    names.addAll(tensor.aliases());
    SourceTensor found =
        names.stream().filter(small::containsKey).map(small::get).findFirst().orElse(null);
    if (found == null) {
      throw new IllegalArgumentException(
          "the small model has no tensor '%s' (add a rule to init.rules, or set depth or identities of init.expand)"
              .formatted(name));
    }
    if (found.shape().rank() != tensor.shape().rank()) {
      throw new IllegalArgumentException(
          "'%s' of the small model has another number of axes (expected %s, found %s)"
              .formatted(found.name(), tensor.shape(), found.shape()));
    }
    return found;
  }

  private SourceTensor added(Tensor tensor, SourceTensor source, String name) {
    boolean moves =
        settings.method() == ExpandSettings.Method.AKI
            && (tensor.role().isWeight() || tensor.role() == Role.BIAS);
    SourceTensor behind = moves ? small.get(layers.behind(name)) : null;
    return behind == null || !behind.shape().equals(source.shape()) ? source : behind;
  }

  private List<AxisMap> maps(Tensor tensor, SourceTensor source, Spaces spaces) {
    List<Axis> axes = spaces.of(tensor);
    List<AxisMap> maps = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      List<Long> parts = axis.use() == Axis.Use.OUTPUT ? spaces.parts(tensor) : List.of();
      maps.add(map(tensor, axis, source.shape().dim(i), tensor.shape().dim(i), i, parts));
    }
    return maps;
  }

  private AxisMap map(Tensor tensor, Axis axis, long from, long to, int number, List<Long> parts) {
    boolean isFixed = axis.space().equals(Axis.FIXED);
    if (from == to) {
      note(tensor, axis, from, to);
      return AxisMap.same(from);
    }
    String extents = "axis %d (%d to %d)".formatted(number, from, to);
    if (isFixed) {
      throw new IllegalArgumentException(
          extents
              + " is one that has to stay: tokens, positions, classes, inputs or what is mixed");
    }
    if (from > to) {
      throw new IllegalArgumentException(extents + " would shrink");
    }
    note(tensor, axis, from, to);
    AxisMap.Kind kind = kind(from, to, extents);
    AxisMap.Division division =
        axis.use() == Axis.Use.INPUT ? AxisMap.Division.BY_COPIES : AxisMap.Division.NONE;
    return new AxisMap(kind, parts(from, to, parts), unit(axis, kind), axis.space(), division);
  }

  /** All axes of a space grow alike, or copies would meet what they are no copies of. */
  private void note(Tensor tensor, Axis axis, long from, long to) {
    if (axis.space().equals(Axis.FIXED)) {
      return;
    }
    Sizes found = new Sizes(from / axis.unit(), to / axis.unit(), tensor.name());
    Sizes before = sizes.putIfAbsent(axis.space(), found);
    // Fused parts are counted together where another tensor has one of them.
    if (before != null && before.small() * found.large() != before.large() * found.small()) {
      throw new IllegalArgumentException(
          "%s grow from %d to %d, but in '%s' from %d to %d"
              .formatted(
                  axis.space(),
                  found.small(),
                  found.large(),
                  before.tensor(),
                  before.small(),
                  before.large()));
    }
  }

  private AxisMap.Kind kind(long from, long to, String extents) {
    if (settings.method() == ExpandSettings.Method.NET2NET) {
      return AxisMap.Kind.DRAWN;
    }
    if (to % from == 0) {
      return AxisMap.Kind.CYCLIC;
    }
    if (settings.method() == ExpandSettings.Method.HYPERCLONING) {
      throw new IllegalArgumentException(
          extents + " grows by no whole factor, which hypercloning needs");
    }
    return AxisMap.Kind.DRAWN;
  }

  private long unit(Axis axis, AxisMap.Kind kind) {
    boolean heads = axis.space().startsWith("heads of") || axis.space().startsWith("keys of");
    if (!heads || kind != AxisMap.Kind.DRAWN) {
      return axis.unit();
    }
    if (settings.headSize() == 0) {
      throw new IllegalArgumentException(
          "heads are copied whole, and their size is not known (set init.expand.head-size)");
    }
    if (axis.space().startsWith("keys of")) {
      throw new IllegalArgumentException("queries that share keys and values need a whole factor");
    }
    return settings.headSize();
  }

  private static List<AxisMap.Part> parts(long from, long to, List<Long> parts) {
    if (parts.isEmpty()) {
      return List.of(new AxisMap.Part(from, to));
    }
    List<AxisMap.Part> found = new ArrayList<>();
    for (long part : parts) {
      if (part * from % to != 0) {
        throw new IllegalArgumentException(
            "its parts %s do not divide like the whole (%d to %d)".formatted(parts, from, to));
      }
      found.add(new AxisMap.Part(part * from / to, part));
    }
    return found;
  }

  private static int outputs(Tensor tensor, Spaces spaces) {
    List<Axis> axes = spaces.of(tensor);
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i).use() == Axis.Use.OUTPUT && !axes.get(i).space().equals(Axis.FIXED)) {
        return i;
      }
    }
    return 0;
  }

  private double factor(Tensor tensor, Spaces spaces) {
    Optional<Sizes> shared = spaces.scaledByCopiesOf(tensor).map(sizes::get);
    return shared.map(found -> (double) found.small() / found.large()).orElse(1.0);
  }

  private Expansion withNoise(Tensor tensor, Expansion plain) {
    if (settings.noise().isEmpty() || plain.axes().size() != 2 || !tensor.role().isWeight()) {
      return plain;
    }
    for (int i = 0; i < 2; i++) {
      AxisMap axis = plain.axes().get(i);
      if (axis.division() == AxisMap.Division.BY_COPIES && axis.kind() == AxisMap.Kind.CYCLIC) {
        double copies = (double) axis.large() / axis.small();
        double signal = Math.sqrt(meanSquare.apply(plain.tensor()).orElse(0)) / copies;
        double std = signal * Math.sqrt(StrictMath.pow(10, -settings.noise().getAsDouble() / 10));
        return new Expansion(
            plain.tensor(),
            plain.added(),
            plain.axes(),
            plain.outputs(),
            plain.factor(),
            new Expansion.Noise(i, std));
      }
    }
    return plain;
  }
}
