package dev.kindling.preset;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.LooksLinear;
import dev.kindling.scheme.LooksLinear.Place;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Zeros;
import java.util.List;

/**
 * Looks-linear over chains of layers with a ReLU between them: the chain starts as the product of
 * its matrices.
 *
 * <p>Source: Balduzzi et al. 2017, https://arxiv.org/abs/1702.08591, section 4.
 *
 * @param base how the matrices are drawn
 */
record LinearStart(Scheme base) implements Preset {
  @Override
  public String name() {
    return "looks_linear";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<List<String>> chains = subject.structure().chains();
    if (chains.isEmpty()) {
      throw new IllegalArgumentException(
          "the model has no two dense or conv layers that follow each other with a ReLU and nothing else that is not linear between them");
    }
    Assignment assignment = new Assignment("preset " + name());
    chains.forEach(chain -> chain(chain, subject, assignment));
    return assignment.outcome();
  }

  private void chain(List<String> chain, Subject subject, Assignment assignment) {
    for (int i = 0; i < chain.size(); i++) {
      Place place = i == 0 ? Place.FIRST : i < chain.size() - 1 ? Place.HIDDEN : Place.LAST;
      Tensor tensor = subject.tensor(chain.get(i));
      if (place.mirrorsOutputs() && outputs(tensor) % 2 != 0) {
        throw new IllegalArgumentException(
            "'%s' has %d outputs, which do not make pairs (expected an even number)"
                .formatted(tensor.name(), outputs(tensor)));
      }
      String why = "layer %d of %d".formatted(i + 1, chain.size());
      assignment.give(tensor.name(), new LooksLinear(place, base), 1, why);
      subject
          .biasOf(tensor.name())
          .filter(bias -> bias.role() == Role.BIAS)
          .ifPresent(bias -> assignment.give(bias.name(), new Zeros(), 1, why));
    }
  }

  private static long outputs(Tensor tensor) {
    return tensor.shape().dim(tensor.layout() == dev.kindling.model.Layout.OUT_IN ? 0 : 1);
  }
}
