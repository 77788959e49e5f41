package dev.kindling.diagnose;

import dev.kindling.model.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Says in plain words what is wrong with a start, and what mends it. */
public final class Verdicts {
  /** A signal that changes by less than this over all layers travels well. */
  private static final double WELL = 10;

  private static final double SATURATED = 0.2;
  private static final double DEAD = 0.25;
  private static final double ALIKE = 0.95;
  private static final double PEAKED = 0.5;

  private Verdicts() {}

  /** Returns a line for each thing that is wrong, none if signals travel well both ways. */
  public static List<String> of(Diagnosis diagnosis) {
    List<String> verdicts = new ArrayList<>();
    List<LayerSignal> layers = diagnosis.layers();
    notFinite(layers, verdicts);
    silent(layers, verdicts);
    cutOff(layers, verdicts);
    forward(layers, verdicts);
    shares(layers, verdicts);
    alike(layers, verdicts);
    backward(layers, verdicts);
    peaked(diagnosis.attentions(), verdicts);
    return List.copyOf(verdicts);
  }

  private static void notFinite(List<LayerSignal> layers, List<String> verdicts) {
    layers.stream()
        .filter(layer -> !Double.isFinite(layer.secondMoment()))
        .findFirst()
        .ifPresent(
            layer ->
                verdicts.add(
                    "Outputs are not finite from %s on: %s"
                        .formatted(layer.layer(), mend(layers))));
  }

  private static void silent(List<LayerSignal> layers, List<String> verdicts) {
    List<String> names =
        layers.stream().filter(layer -> layer.secondMoment() == 0).map(LayerSignal::layer).toList();
    if (!names.isEmpty()) {
      verdicts.add(
          "%s put%s out nothing: a residual branch that ends so starts as the identity; elsewhere nothing behind it learns"
              .formatted(listed(names), names.size() == 1 ? "s" : ""));
    }
  }

  private static void cutOff(List<LayerSignal> layers, List<String> verdicts) {
    List<String> names =
        layers.stream()
            .filter(layer -> layer.jacobian().filter(it -> it.value() == 0).isPresent())
            .map(LayerSignal::layer)
            .toList();
    if (!names.isEmpty()) {
      verdicts.add(
          "Nothing of %s reaches the last layer: residual branches that start as the identity open as their ends train; elsewhere no gradient comes back"
              .formatted(listed(names)));
    }
  }

  private static void forward(List<LayerSignal> layers, List<String> verdicts) {
    List<LayerSignal> live =
        layers.stream()
            .filter(layer -> Double.isFinite(layer.secondMoment()) && layer.secondMoment() > 0)
            .toList();
    if (live.size() < 2) {
      return;
    }
    double change = live.get(live.size() - 1).secondMoment() / live.get(0).secondMoment();
    Trend trend = Trend.of(live.stream().map(LayerSignal::secondMoment).toList());
    if (live.size() > 2 && (change > WELL || change < 1 / WELL)) {
      verdicts.add(
          "The second moment of outputs %s by %s per layer, %s from %s to %s: %s"
              .formatted(
                  trend.rate() < 1 ? "shrinks" : "grows",
                  number(trend.rate()),
                  number(change) + " in all",
                  live.get(trend.from()).layer(),
                  live.get(live.size() - 1).layer(),
                  mend(layers)));
      return;
    }
    List<String> far =
        live.stream()
            .filter(layer -> layer.variance() > WELL * WELL || layer.variance() < 1 / WELL / WELL)
            .map(LayerSignal::layer)
            .toList();
    if (!far.isEmpty()) {
      verdicts.add(
          "The variance of %s is beyond a factor of 100 from 1: %s"
              .formatted(listed(far), mend(layers)));
    }
  }

  private static void shares(List<LayerSignal> layers, List<String> verdicts) {
    share(
        layers,
        LayerSignal::saturated,
        SATURATED,
        "of the values of %s are where its activation is flat: smaller weights, glorot_uniform or lsuv",
        verdicts);
    share(
        layers,
        LayerSignal::dead,
        DEAD,
        "of the channels of %s are never above zero, so their ReLU passes nothing: more rows to be sure, then biases a little above zero (relu_bias)",
        verdicts);
  }

  private static void share(
      List<LayerSignal> layers,
      Function<LayerSignal, OptionalDouble> share,
      double most,
      String text,
      List<String> verdicts) {
    List<LayerSignal> bad =
        layers.stream().filter(layer -> share.apply(layer).orElse(0) > most).toList();
    if (!bad.isEmpty()) {
      double worst =
          bad.stream().mapToDouble(layer -> share.apply(layer).orElse(0)).max().orElse(0);
      verdicts.add(
          "Up to %.0f %% ".formatted(100 * worst)
              + text.formatted(listed(bad.stream().map(LayerSignal::layer).toList())));
    }
  }

  private static void alike(List<LayerSignal> layers, List<String> verdicts) {
    for (int i = 0; i < layers.size(); i++) {
      LayerSignal layer = layers.get(i);
      if (i > 0 && layer.cosine().orElse(0) > ALIKE && layers.get(0).cosine().orElse(1) <= ALIKE) {
        verdicts.add(
            "Samples look alike from %s on (mean cosine %s): the depth erases what tells them apart; residual branches, normalisation or orthogonal weights keep it"
                .formatted(layer.layer(), number(layer.cosine().orElse(0))));
        return;
      }
    }
  }

  private static void backward(List<LayerSignal> layers, List<String> verdicts) {
    List<LayerSignal> known =
        layers.stream()
            .filter(layer -> layer.jacobian().filter(it -> it.value() > 0).isPresent())
            .toList();
    if (known.size() < 2) {
      return;
    }
    LayerSignal first = known.get(0);
    LayerSignal last = known.get(known.size() - 1);
    double change = first.jacobian().orElseThrow().value() / last.jacobian().orElseThrow().value();
    if (change > WELL || change < 1 / WELL) {
      verdicts.add(
          "Gradients %s on their way back: the mean square singular value of the Jacobian is %s at %s and %s at %s: %s"
              .formatted(
                  change < 1 ? "vanish" : "explode",
                  number(last.jacobian().orElseThrow().value()),
                  last.layer(),
                  number(first.jacobian().orElseThrow().value()),
                  first.layer(),
                  mend(layers)));
    }
  }

  private static void peaked(List<AttentionSignal> attentions, List<String> verdicts) {
    List<String> names =
        attentions.stream()
            .filter(attention -> attention.entropy() < PEAKED * attention.most())
            .map(AttentionSignal::name)
            .toList();
    if (!names.isEmpty()) {
      verdicts.add(
          "Attention of %s looks at few places from the start (entropy below half of the largest): smaller weights for queries and keys"
              .formatted(listed(names)));
    }
  }

  /** What suits the activation that most layers have; lsuv if they have it already. */
  private static String mend(List<LayerSignal> layers) {
    Map<Activation.Kind, Long> kinds =
        layers.stream()
            .collect(Collectors.groupingBy(it -> it.activation().kind(), Collectors.counting()));
    Activation.Kind most =
        kinds.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    String scheme =
        switch (most) {
          case RELU, LEAKY_RELU -> "he_normal";
          case TANH, SIGMOID -> "glorot_uniform";
          case NONE -> "lecun_normal or orthogonal";
          case SELU, ELU, GELU, SILU, MISH, HARD_SWISH, OTHER ->
              "lecun_normal with the gain of its activation";
        };
    String schemes =
        layers.stream().map(LayerSignal::scheme).distinct().collect(Collectors.joining(", "));
    boolean has = schemes.equals(scheme.split(" ", 2)[0]);
    return has
        ? "run lsuv"
        : "%s instead of %s before %s, or run lsuv"
            .formatted(
                scheme,
                schemes,
                most == Activation.Kind.NONE
                    ? "layers without activation"
                    : most.name().toLowerCase(Locale.ROOT));
  }

  private static String listed(List<String> names) {
    return names.size() <= 3
        ? String.join(", ", names)
        : "%s and %d more".formatted(names.get(0), names.size() - 1);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
