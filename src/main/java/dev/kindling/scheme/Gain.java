package dev.kindling.scheme;

import dev.kindling.base.UnknownNameException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gains by the activation that follows: PyTorch's where it has one, otherwise {@code 1 / sqrt(E
 * f(z)^2)} for a standard normal z, which keeps the second moment as He's does. SELU is the
 * exception: its paper needs 1, PyTorch has 3/4.
 */
public final class Gain {
  private static final Pattern CONVOLUTION = Pattern.compile("conv(_transpose)?[123]d");
  private static final Pattern LEAKY = Pattern.compile("leaky_relu\\(([^()]*)\\)");

  /** PyTorch's default slope, and the only one that goes without saying. */
  private static final double LEAKY_SLOPE = 0.01;

  private static final Map<String, Double> BY_ACTIVATION = byActivation();

  private Gain() {}

  /** Returns the gains of all activations, without slopes. */
  public static Map<String, Double> all() {
    return new LinkedHashMap<>(BY_ACTIVATION);
  }

  /**
   * Returns the gain of an activation.
   *
   * @param activation such as {@code tanh} or {@code leaky_relu(0.2)}
   * @param convention whose number, where they differ
   * @throws IllegalArgumentException if there is no such activation
   */
  public static double of(String activation, Convention convention) {
    Matcher leaky = LEAKY.matcher(activation);
    if (leaky.matches()) {
      return ofLeaky(slope(leaky.group(1)));
    }
    if (CONVOLUTION.matcher(activation).matches()) {
      return 1;
    }
    if (activation.equals("selu") && convention == Convention.TORCH) {
      return 0.75;
    }
    Double gain = BY_ACTIVATION.get(activation);
    if (gain == null) {
      throw new UnknownNameException("activation", activation, BY_ACTIVATION.keySet());
    }
    return gain;
  }

  private static double ofLeaky(double slope) {
    return Math.sqrt(2 / (1 + slope * slope));
  }

  private static double slope(String text) {
    try {
      double slope = Double.parseDouble(text.strip());
      if (Double.isFinite(slope)) {
        return slope;
      }
    } catch (NumberFormatException e) {
      // Said below, as of other texts that are no slope.
    }
    throw new IllegalArgumentException("slope of leaky_relu is not a number: " + text);
  }

  private static Map<String, Double> byActivation() {
    Map<String, Double> gains = new LinkedHashMap<>();
    gains.put("linear", 1.0);
    gains.put("identity", 1.0);
    gains.put("sigmoid", 1.0);
    gains.put("tanh", 5.0 / 3);
    gains.put("relu", Math.sqrt(2));
    gains.put("leaky_relu", ofLeaky(LEAKY_SLOPE));
    gains.put("selu", 1.0);
    gains.put("elu", 1.2451983007007066);
    gains.put("gelu", 1.5335304411955352);
    gains.put("silu", 1.6765324703310912);
    gains.put("mish", 1.4868475812732081);
    gains.put("hard_swish", 1.7366572127665416);
    gains.put("softplus", 1.0418668355353017);
    gains.put("softsign", 2.3375333631085397);
    gains.put("scaled_tanh", 1.1543694539761428);
    return gains;
  }
}
