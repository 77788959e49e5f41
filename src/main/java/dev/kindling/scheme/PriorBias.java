package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** Output bias of a sigmoid for a known share of positives. */
@About(
    formula = "log(p / (1 - p)) with p = probability",
    source =
        "Lin, Goyal, Girshick, He, Dollar 2017, Focal loss for dense object detection, "
            + "section 4.1 (p = 0.01)",
    use = "Bias of a sigmoid output where positives are rare.")
public record PriorBias(double probability) implements Scheme {
  public PriorBias {
    if (!(probability > 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "probability does not lie between 0 and 1: " + probability);
    }
  }

  @Override
  public Draw draw(Fans fans) {
    return new Draw.Fill(StrictMath.log(probability / (1 - probability)));
  }
}
