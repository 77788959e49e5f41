package dev.kindling.preset;

import dev.kindling.base.Require;
import dev.kindling.model.Fans;
import dev.kindling.model.Shape;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Zeros;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Maximal update parametrisation by the shapes of a model of base width: a weight of which both
 * sides grow has the standard deviation that it has there times {@code g^(-1/2)} with g = fan-in /
 * base fan-in, one of which one side grows keeps it, and the head's is divided by g.
 *
 * <p>Source: Yang, Hu et al. 2022, Tensor programs V, https://arxiv.org/abs/2203.03466, table 3;
 * microsoft/mup for base shapes and the multiplier form.
 *
 * @param path file of the base model
 * @param readout how the head starts
 * @param base shapes of the base model by tensor name, empty until it is read
 */
public record Mup(String path, Readout readout, Map<String, Shape> base) implements Preset {
  /** How the head starts. */
  public enum Readout {
    /** Standard deviation divided by its growth in fan-in. */
    SCALED,
    /** As at base width: the model divides its output by the growth. */
    MULTIPLIER,
    ZERO
  }

  public Mup {
    Require.notBlank(path, "base");
    base = Map.copyOf(base);
  }

  /** Returns this preset with the shapes of its base model. */
  public Mup on(Map<String, Shape> shapes) {
    return new Mup(path, readout, shapes);
  }

  @Override
  public String name() {
    return "mup";
  }

  @Override
  public Outcome apply(Subject subject) {
    Assignment assignment = new Assignment("preset " + name());
    subject
        .weights()
        .filter(tensor -> tensor.shape().rank() >= 2)
        .forEach(
            tensor ->
                weight(tensor, subject.structure().heads().contains(tensor.name()), assignment));
    assignment.note(
        "with Adam, divide the learning rate of hidden weights by their growth in fan-in, and attention scores by the width of a head instead of its root");
    return assignment.outcome();
  }

  private void weight(Tensor tensor, boolean head, Assignment assignment) {
    Fans now = Fans.of(tensor);
    Fans then = Fans.of(tensor.withShape(baseShape(tensor)));
    double in = now.in() / then.in();
    double out = now.out() / then.out();
    if (head && readout == Readout.ZERO) {
      assignment.give(tensor.name(), new Zeros(), 1, "readout");
    } else if (in != 1 || out != 1) {
      double hidden = in != 1 && out != 1 ? 1 / Math.sqrt(in) : 1;
      double factor = head ? (readout == Readout.SCALED ? 1 / in : 1) : hidden;
      assignment.give(
          tensor.name(),
          List.of(new Given.Part(Optional.empty(), factor, Optional.of(then))),
          "%s, fan-in x %s, fan-out x %s".formatted(head ? "readout" : "weight", in, out));
    }
  }

  private Shape baseShape(Tensor tensor) {
    Shape shape = base.get(tensor.name());
    if (shape == null || shape.rank() != tensor.shape().rank()) {
      throw new IllegalArgumentException(
          "the base model '%s' has no tensor '%s' of rank %d"
              .formatted(path, tensor.name(), tensor.shape().rank()));
    }
    return shape;
  }

  /** Hidden layers would stay as muP has them, but its readout shrinks with the width. */
  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of("it would make the readout as large at every width");
  }
}
