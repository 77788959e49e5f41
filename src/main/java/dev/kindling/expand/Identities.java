package dev.kindling.expand;

import dev.kindling.model.Activation;
import dev.kindling.model.Model;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.Constant;
import dev.kindling.scheme.Dirac;
import dev.kindling.scheme.Identity;
import dev.kindling.scheme.Ones;
import dev.kindling.scheme.Zeros;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Layers that start as identity: {@code phi(phi(x)) = phi(x)} has to hold for what follows them, so
 * ReLU or nothing may (Chen, Goodfellow, Shlens 2016, section 2.3). A batch norm in such a layer
 * starts with mean 0, variance 1 and the scale that undoes its epsilon, exact in inference.
 */
final class Identities {
  /** That of PyTorch and ONNX. */
  private static final double EPSILON = 1e-5;

  private final List<String> globs;
  private final Set<String> weights = new HashSet<>();

  Identities(Model model, List<String> globs) {
    this.globs = globs;
    model.tensors().stream()
        .filter(tensor -> tensor.role().isWeight() && isMeant(tensor))
        .forEach(tensor -> weights.add(tensor.name()));
  }

  /** Returns the names of their weights. */
  Set<String> weights() {
    return weights;
  }

  private boolean isMeant(Tensor tensor) {
    return globs.stream()
        .anyMatch(
            glob ->
                tensor.name().matches(pattern(glob))
                    || tensor.name().matches(pattern(glob + ".*")));
  }

  private static String pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : java.util.regex.Pattern.quote("" + c));
    }
    return regex.toString();
  }

  /** Returns what a tensor starts as, if it is one of such a layer. */
  Optional<Grown> of(Tensor tensor) {
    if (!isMeant(tensor)) {
      return Optional.empty();
    }
    String why = "a layer that starts as identity";
    return Optional.of(
        switch (tensor.role()) {
          case DENSE -> new Grown.Drawn(identity(tensor), why);
          case CONV, DEPTHWISE -> new Grown.Drawn(dirac(tensor), why);
          case BIAS, NORM_SHIFT, RUNNING_MEAN -> new Grown.Drawn(new Zeros(), why);
          case NORM_SCALE -> new Grown.Drawn(new Constant(Math.sqrt(1 + EPSILON)), why);
          case RUNNING_VARIANCE -> new Grown.Drawn(new Ones(), why);
          default ->
              throw new IllegalArgumentException(
                  "a tensor of role %s has no identity".formatted(tensor.role().label()));
        });
  }

  private static Identity identity(Tensor tensor) {
    requireIdempotent(tensor);
    if (tensor.shape().dim(0) != tensor.shape().dim(1)) {
      throw new IllegalArgumentException(
          "an identity has as many outputs as inputs (found %s)".formatted(tensor.shape()));
    }
    return new Identity(1);
  }

  private static Dirac dirac(Tensor tensor) {
    requireIdempotent(tensor);
    boolean square =
        tensor.role() == Role.DEPTHWISE || tensor.shape().dim(0) == tensor.shape().dim(1);
    boolean odd =
        tensor.shape().dims().subList(2, tensor.shape().rank()).stream().allMatch(k -> k % 2 == 1);
    if (!square || !odd) {
      throw new IllegalArgumentException(
          "an identity has as many outputs as inputs and odd kernels (found %s)"
              .formatted(tensor.shape()));
    }
    return new Dirac();
  }

  private static void requireIdempotent(Tensor tensor) {
    Activation.Kind kind = tensor.activation().kind();
    if (kind != Activation.Kind.RELU && kind != Activation.Kind.NONE) {
      throw new IllegalArgumentException(
          "an identity in front of %s changes the function (expected ReLU or nothing)"
              .formatted(tensor.activation().label()));
    }
  }
}
