package dev.kindling.reader.roles;

import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import java.util.List;
import java.util.Optional;

/**
 * What an Einsum does with the axes of a weight, by the letters of its equation: one that the other
 * operand has and the result has not is an input, one that the result alone has an output, one that
 * both have tells the experts.
 *
 * @param layout the order of inputs and outputs
 * @param role what axes make: a matrix, also of several axes against the last or the first or as
 *     many others, or a matrix for each expert
 */
record EinsumWeight(Layout layout, Role role) {
  private static final int OPERANDS = 2;

  /**
   * Returns how a weight is used, or nothing if its axes make no matrix or one for each expert.
   *
   * @param equation such as {@code bld,df->blf}
   * @param operand number of the weight among the operands
   */
  static Optional<EinsumWeight> of(String equation, int operand) {
    List<String> sides = List.of(equation.replace(" ", "").split("->", -1));
    List<String> operands = List.of(sides.get(0).split(",", -1));
    if (sides.size() != 2 || operands.size() != OPERANDS || operand >= OPERANDS) {
      return Optional.empty();
    }
    String other = operands.get(1 - operand);
    StringBuilder kinds = new StringBuilder();
    operands
        .get(operand)
        .chars()
        .forEach(letter -> kinds.append(kind(letter, other, sides.get(1))));
    return role(kinds.toString())
        .map(
            role ->
                new EinsumWeight(
                    kinds.indexOf("i") < kinds.indexOf("o") ? Layout.IN_OUT : Layout.OUT_IN, role));
  }

  private static Optional<Role> role(String kinds) {
    if (kinds.matches("io|oi")) {
      return Optional.of(Role.DENSE);
    }
    if (kinds.matches("ii+o|oo+i")) {
      return Optional.of(Role.JOINT_DENSE);
    }
    if (kinds.matches("ioo+|oii+")) {
      return Optional.of(Role.SPREAD_DENSE);
    }
    if (kinds.matches("iioo|ooii|iiiooo|oooiii")) {
      return Optional.of(Role.PAIRED_DENSE);
    }
    return kinds.matches("eio|eoi") ? Optional.of(Role.EXPERTS) : Optional.empty();
  }

  private static char kind(int letter, String other, String result) {
    boolean read = other.indexOf(letter) >= 0;
    boolean written = result.indexOf(letter) >= 0;
    if (letter == '.' || !(read || written)) {
      return '?';
    }
    return read && written ? 'e' : read ? 'i' : 'o';
  }
}
