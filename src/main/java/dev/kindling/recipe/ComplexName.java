package dev.kindling.recipe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names of the two tensors that hold real and imaginary part of one: {@code w_re}, {@code w_im}.
 */
final class ComplexName {
  private static final List<String> REAL = List.of("_re", ".re", "_real", ".real");
  private static final List<String> IMAGINARY = List.of("_im", ".im", "_imag", ".imag");

  private ComplexName() {}

  /** Returns whether a tensor's name says that it holds a real or an imaginary part. */
  static boolean isPart(String name) {
    return ending(name, REAL).isPresent() || isImaginary(name);
  }

  /** Returns whether a tensor holds the imaginary part. */
  static boolean isImaginary(String name) {
    return ending(name, IMAGINARY).isPresent();
  }

  /** Returns the name that both parts have in common, which is part of the address of draws. */
  static String stem(String name) {
    String ending =
        Stream.of(REAL, IMAGINARY)
            .flatMap(endings -> ending(name, endings).stream())
            .findFirst()
            .orElseThrow();
    return name.substring(0, name.length() - ending.length());
  }

  /** Returns the name of the tensor that holds the other part. */
  static String other(String name) {
    List<String> own = isImaginary(name) ? IMAGINARY : REAL;
    List<String> others = isImaginary(name) ? REAL : IMAGINARY;
    return stem(name) + others.get(own.indexOf(ending(name, own).orElseThrow()));
  }

  private static Optional<String> ending(String name, List<String> endings) {
    return endings.stream().filter(name::endsWith).findFirst();
  }
}
