package dev.kindling.base;

/**
 * Argument checks that return the value they checked, so that a constructor can chain them.
 * Conditions are written so that NaN fails too.
 */
public final class Require {
  private Require() {}

  /**
   * Returns {@code value} if it is finite and greater than zero.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static double positive(double value, String name) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is not positive and finite: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it is finite and not less than zero.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static double notNegative(double value, String name) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " is negative or not finite: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it lies between 0 and 1, both included.
   *
   * @throws IllegalArgumentException if it does not
   */
  public static double share(double value, String name) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " does not lie between 0 and 1: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it is finite.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static double finite(double value, String name) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " is not finite: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it is greater than zero.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static long positive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " is not positive: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it is not less than zero.
   *
   * @throws IllegalArgumentException if it is
   */
  public static long notNegative(long value, String name) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    return value;
  }

  /**
   * Returns {@code value} if it holds a character that is not white space.
   *
   * @throws IllegalArgumentException if it is null or blank
   */
  public static String notBlank(String value, String name) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(name + " is missing or blank");
    }
    return value;
  }
}
