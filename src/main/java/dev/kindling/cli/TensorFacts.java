package dev.kindling.cli;

import dev.kindling.model.Activation;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.FusedPart;
import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What the reader found out about a tensor beyond its role, one line each. */
final class TensorFacts {
  private TensorFacts() {}

  static List<String> of(Tensor tensor) {
    List<String> lines = new ArrayList<>();
    if (!tensor.activation().equals(Activation.NONE)) {
      lines.add(line("then", tensor.activation().label()));
    }
    if (tensor.groups() > 1) {
      String what = tensor.role() == Role.EXPERTS ? "experts" : "groups";
      lines.add(line(what, String.valueOf(tensor.groups())));
    }
    if (tensor.strides() > 1) {
      lines.add(line("strides", "%d in all, which divide the fan-in".formatted(tensor.strides())));
    }
    if (tensor.fused().size() > 1) {
      lines.add(line("stores", stored(tensor.fused())));
    }
    tensor.values().ifPresent(values -> lines.add(line("values", where(values))));
    return lines;
  }

  private static String stored(List<FusedPart> parts) {
    boolean heads = parts.get(0).fanOut() != parts.get(0).outputs();
    return heads
        ? "%s of each of %d heads"
            .formatted(FusedPart.names(parts), parts.get(0).fanOut() / parts.get(0).outputs())
        : FusedPart.names(parts);
  }

  private static String where(ExternalValues values) {
    return values instanceof ExternalValues.InFile file
        ? "in %s".formatted(file.path())
        : "in the recipe itself";
  }

  private static String line(String title, String text) {
    return "%-8s %s".formatted(title, text);
  }
}
