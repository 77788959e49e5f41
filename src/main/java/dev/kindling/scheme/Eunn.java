package dev.kindling.scheme;

import dev.kindling.model.Fans;

/** The angles of the rotations whose product is an efficient unitary matrix. */
@About(
    formula =
        "theta, phi and omega of U(-pi, pi): rotations [[e^(i phi) cos theta, -e^(i phi) sin theta], "
            + "[sin theta, cos theta]] of pairs in each layer, and a diagonal of e^(i omega)",
    source =
        "Jing, Shen, Dubcek, Peurifoy, Skirlo, LeCun, Tegmark, Soljacic 2017, Tunable efficient "
            + "unitary neural networks (EUNN), https://arxiv.org/abs/1612.05231",
    use = "Every tensor of angles of an EUNN, of tunable or FFT style.")
public record Eunn() implements Scheme {
  @Override
  public Draw draw(Fans fans) {
    return new Draw.Interval(0, Math.PI);
  }
}
