package dev.kindling.scheme;

import dev.kindling.base.UnknownNameException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The components of a scheme's record as parameters. A component named {@code gain} may be given as
 * the word of an activation, and keeps its number.
 */
final class SchemeParameters {
  /** Where a word of a Java name begins. */
  private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  /** The names of records and components: a plan asks for them at every tensor. */
  private static final Map<String, String> SNAKES = new ConcurrentHashMap<>();

  private SchemeParameters() {}

  /** Returns {@code he_normal} for {@code HeNormal}. */
  static String snake(String name) {
    return SNAKES.computeIfAbsent(
        name, key -> WORD.matcher(key).replaceAll("_").toLowerCase(Locale.ROOT));
  }

  /** Returns the parameters by name: numbers, words, and maps of one scheme. */
  static Map<String, Object> of(Scheme scheme) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (RecordComponent component : scheme.getClass().getRecordComponents()) {
      parameters.put(snake(component.getName()), plain(invoke(component, scheme)));
    }
    return parameters;
  }

  private static Object plain(Object value) {
    if (value instanceof Scheme inner) {
      return Map.of(Schemes.name(inner), of(inner));
    }
    return value instanceof Enum<?> word ? word(word) : value;
  }

  /** Returns the words that parameters may be, by name, for those that are words. */
  static Map<String, List<String>> words(Scheme scheme) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    for (RecordComponent component : scheme.getClass().getRecordComponents()) {
      if (component.getType().isEnum()) {
        words.put(snake(component.getName()), words(component.getType()));
      }
    }
    return words;
  }

  /** Returns a scheme with some parameters replaced. */
  static Scheme override(Scheme defaults, Map<String, ?> parameters, Convention convention) {
    Map<String, Object> merged = of(defaults);
    for (String parameter : parameters.keySet()) {
      if (!merged.containsKey(parameter)) {
        throw new UnknownNameException(
            "parameter of " + Schemes.name(defaults), parameter, List.copyOf(merged.keySet()));
      }
    }
    merged.putAll(parameters);
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : components) {
      Object given = merged.get(snake(component.getName()));
      boolean stated = parameters.containsKey(snake(component.getName()));
      arguments.add(convert(component, given, stated ? convention : Convention.PAPER));
    }
    return create(defaults.getClass(), components, arguments);
  }

  private static Scheme create(
      Class<? extends Scheme> type, RecordComponent[] components, List<Object> arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw rejected;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object convert(RecordComponent component, Object value, Convention convention) {
    String name = snake(component.getName());
    if (component.getType() == Distribution.class) {
      return constant(component, name, convention.distribution(String.valueOf(value)));
    }
    if (component.getType().isEnum()) {
      return constant(component, name, String.valueOf(value));
    }
    if (component.getType() == String.class && value instanceof String text) {
      return text;
    }
    if (component.getType() == Scheme.class) {
      return scheme(name, value, convention);
    }
    if (name.equals("gain") && value instanceof String activation) {
      return Gain.of(activation, convention);
    }
    if (value instanceof Number number) {
      return number(component, name, number.doubleValue());
    }
    throw new IllegalArgumentException(
        "%s is not a %s: %s"
            .formatted(name, component.getType() == String.class ? "name" : "number", value));
  }

  private static Scheme scheme(String name, Object value, Convention convention) {
    if (value instanceof String word) {
      return Schemes.of(word, Map.of(), convention);
    }
    if (value instanceof Map<?, ?> map && map.size() == 1) {
      Map.Entry<?, ?> only = map.entrySet().iterator().next();
      if (only.getValue() instanceof Map<?, ?> given) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        given.forEach((parameter, number) -> parameters.put(String.valueOf(parameter), number));
        return Schemes.of(String.valueOf(only.getKey()), parameters, convention);
      }
    }
    throw new IllegalArgumentException(
        "%s is no scheme such as orthogonal or {orthogonal: {gain: 1}}: %s".formatted(name, value));
  }

  private static Object constant(RecordComponent component, String name, String word) {
    List<String> words = words(component.getType());
    int index = words.indexOf(word);
    if (index < 0) {
      throw new UnknownNameException(name, word, words);
    }
    return component.getType().getEnumConstants()[index];
  }

  private static List<String> words(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> word((Enum<?>) constant))
        .toList();
  }

  private static Object number(RecordComponent component, String name, double value) {
    if (component.getType() == double.class) {
      return value;
    }
    double limit = component.getType() == int.class ? Integer.MAX_VALUE : 1L << 53;
    if (value != Math.rint(value) || Math.abs(value) > limit) {
      throw new IllegalArgumentException(
          "%s is not a whole number of at most %.0f: %s".formatted(name, limit, value));
    }
    if (component.getType() == int.class) {
      return (int) value;
    }
    return (long) value;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Object invoke(RecordComponent component, Scheme scheme) {
    try {
      return component.getAccessor().invoke(scheme);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
