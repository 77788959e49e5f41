package dev.kindling.scheme;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What {@code kindling schemes} says of a scheme; it stands at the scheme and nowhere else. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface About {
  /** What is drawn; the second argument of N is a variance, U(a, b) is uniform. */
  String formula();

  /** Authors, year, title and address, or the software that it is the rule of. */
  String source();

  /** When to use it, and when not. */
  String use();

  /** Other names that mean the same scheme. */
  String[] aliases() default {};
}
