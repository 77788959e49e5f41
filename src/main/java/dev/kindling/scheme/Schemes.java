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

/**
 * The names of the schemes in configuration and recipes, and their default parameters: {@code
 * he_normal} is a scheme with its defaults, {@code {he_normal: {mode: fan_out}}} overrides some.
 */
public final class Schemes {
  /** Every scheme with its defaults; the name is the record's in snake case. */
  private static final List<Scheme> DEFAULTS =
      List.of(
          new Zeros(),
          new Ones(),
          new Constant(0),
          new Normal(0, 0.02),
          new Uniform(-0.05, 0.05),
          new GlorotNormal(1),
          new GlorotUniform(1),
          new HeNormal(FanMode.FAN_IN, 0),
          new HeUniform(FanMode.FAN_IN, 0),
          new LecunNormal(),
          new LecunUniform(),
          new Orthogonal(1));

  private Schemes() {}

  /** Returns the names of all schemes, in the order in which they are documented. */
  public static List<String> names() {
    return DEFAULTS.stream().map(Schemes::name).toList();
  }

  /** Returns the scheme's name in configuration: {@code he_normal}. */
  public static String name(Scheme scheme) {
    return scheme
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  /** Returns the scheme's parameters by name: numbers, and enums as lower-case words. */
  public static Map<String, Object> parameters(Scheme scheme) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (RecordComponent component : scheme.getClass().getRecordComponents()) {
      Object value = invoke(component, scheme);
      parameters.put(
          component.getName(),
          value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value);
    }
    return parameters;
  }

  /**
   * Returns the scheme of this name with its defaults, overridden by the given parameters.
   *
   * @param parameters numbers or words by parameter name
   * @throws IllegalArgumentException if the name, a parameter or a value is not one of the scheme's
   */
  public static Scheme of(String name, Map<String, ?> parameters) {
    Scheme defaults =
        DEFAULTS.stream()
            .filter(scheme -> name(scheme).equals(name))
            .findFirst()
            .orElseThrow(() -> new UnknownNameException("scheme", name, names()));
    Map<String, Object> merged = parameters(defaults);
    for (String parameter : parameters.keySet()) {
      if (!merged.containsKey(parameter)) {
        throw new UnknownNameException(
            "parameter of " + name, parameter, List.copyOf(merged.keySet()));
      }
    }
    merged.putAll(parameters);
    return create(defaults, merged);
  }

  private static Scheme create(Scheme defaults, Map<String, Object> parameters) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : components) {
      arguments.add(convert(component, parameters.get(component.getName())));
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return defaults.getClass().getDeclaredConstructor(types).newInstance(arguments.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException rejected) {
        throw rejected;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object convert(RecordComponent component, Object value) {
    if (component.getType().isEnum()) {
      List<String> words =
          Arrays.stream(component.getType().getEnumConstants())
              .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
              .toList();
      int index = words.indexOf(String.valueOf(value));
      if (index < 0) {
        throw new UnknownNameException(component.getName(), String.valueOf(value), words);
      }
      return component.getType().getEnumConstants()[index];
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(component.getName() + " is not a number: " + value);
  }

  private static Object invoke(RecordComponent component, Scheme scheme) {
    try {
      return component.getAccessor().invoke(scheme);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
