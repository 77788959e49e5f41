package dev.kindling.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.kindling.base.ConfigurationException;
import dev.kindling.base.Require;
import dev.kindling.base.UnknownNameException;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.expand.ExpandSettings;
import dev.kindling.model.ElementType;
import dev.kindling.model.Role;
import dev.kindling.preset.Preset;
import dev.kindling.proxy.ProxySettings;
import dev.kindling.recipe.InitSettings;
import dev.kindling.recipe.Rule;
import dev.kindling.recipe.Start;
import dev.kindling.scheme.Convention;
import dev.kindling.scheme.Scheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a configuration file and the overrides of the command line, and reports all problems at
 * once.
 */
final class ConfigurationReader {
  private static final YAMLFactory YAML_FACTORY =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final ObjectMapper YAML = YAMLMapper.builder(YAML_FACTORY).build();

  private static final long DEFAULT_SEED = 0;

  private final String source;
  private final List<String> problems = new ArrayList<>();

  private ConfigurationReader(String source) {
    this.source = source;
  }

  /**
   * Returns the configuration that a text holds.
   *
   * @param yaml the text
   * @param source the file, against which relative inputs resolve
   * @param overrides {@code key=value} with dotted keys, the value in YAML
   * @throws ConfigurationException with all problems
   */
  static Configuration read(String yaml, String source, List<String> overrides) {
    return new ConfigurationReader(source).read(yaml, overrides);
  }

  private Configuration read(String yaml, List<String> overrides) {
    JsonNode root = parse(yaml, source);
    if (!root.isObject()) {
      throw new ConfigurationException(
          "Cannot read configuration %s: it is not a map of keys (expected model: ..., seed: ...)"
              .formatted(source));
    }
    overrides.forEach(override -> override((ObjectNode) root, override));
    Section top = Section.root(root, source, problems);
    top.requireKey("model", "model.onnx");
    boolean pair = top.value("model").filter(JsonNode::isObject).isPresent();
    Optional<Section> parts = pair ? top.section("model") : Optional.empty();
    String model =
        parts.flatMap(this::graph).or(() -> pair ? Optional.of("") : path(top, "model")).orElse("");
    Optional<String> shapes = parts.flatMap(found -> path(found, "shapes"));
    parts.ifPresent(Section::finish);
    InitSettings init = init(top);
    Optional<Configuration.Lsuv> lsuv =
        top.section("lsuv")
            .flatMap(section -> new LsuvReader(section, new DataReader(this::input)).read());
    Configuration.Output output = output(top);
    Optional<Configuration.Start> start =
        top.section("start").flatMap(section -> new StartReader(section).read());
    Optional<ProxySettings> proxy = top.section("proxy").flatMap(ConfigurationReader::proxy);
    top.finish();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Configuration(source, model, shapes, init, lsuv, output, start, proxy);
  }

  /** {@code {graph: m.onnx, shapes: shapes.json}}: the second completes the first. */
  private Optional<String> graph(Section model) {
    model.requireKey("graph", "model.onnx");
    model.requireKey("shapes", "shapes.json");
    return path(model, "graph");
  }

  private Optional<String> path(Section section, String key) {
    return section.convert(key, section.text(key), this::input);
  }

  private static JsonNode parse(String yaml, String source) {
    try {
      requireNoAlias(yaml, source);
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      String line = e.getLocation() == null ? "?" : String.valueOf(e.getLocation().getLineNr());
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new ConfigurationException(
          "Cannot read configuration %s at line %s: not valid YAML (%s)"
              .formatted(source, line, reason));
    }
  }

  /** Jackson takes an alias for the text of its name. */
  private static void requireNoAlias(String yaml, String source) throws JsonProcessingException {
    try (YAMLParser parser = YAML_FACTORY.createParser(yaml)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw new ConfigurationException(
              "Cannot read configuration %s at line %d: aliases are not supported: write *%s out"
                  .formatted(source, parser.currentTokenLocation().getLineNr(), parser.getText()));
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void override(ObjectNode root, String override) {
    int equals = override.indexOf('=');
    String[] keys = override.substring(0, Math.max(0, equals)).split("\\.", -1);
    if (Arrays.asList(keys).contains("")) {
      problems.add(
          "Cannot apply --set '%s': expected key=value, for example --set seed=7"
              .formatted(override));
      return;
    }
    ObjectNode node = root;
    for (String key : Arrays.copyOf(keys, keys.length - 1)) {
      JsonNode child = node.get(key);
      node = child instanceof ObjectNode map ? map : node.putObject(key);
    }
    JsonNode value = parse(override.substring(equals + 1), "--set " + override);
    node.set(keys[keys.length - 1], value.isMissingNode() ? node.nullNode() : value);
  }

  private InitSettings init(Section top) {
    long seed = top.wholeNumber("seed").orElse(DEFAULT_SEED);
    List<Rule> rules = new ArrayList<>();
    Optional<Scheme> fallback = Optional.empty();
    Convention convention = Convention.PAPER;
    List<Preset> presets = new ArrayList<>();
    InitSettings.Undoing undoing = InitSettings.Undoing.REFUSE;
    Optional<ExpandSettings> expand = Optional.empty();
    Optional<Section> section = top.section("init");
    if (section.isPresent()) {
      Section init = section.get();
      convention =
          init.convert("convention", init.text("convention"), ConfigurationReader::convention)
              .orElse(Convention.PAPER);
      SchemeReader schemes = new SchemeReader(convention);
      fallback = fallback(init, schemes);
      presets.addAll(new PresetReader(init, schemes).read());
      undoing =
          init.convert("lsuv-after-preset", init.text("lsuv-after-preset"), PresetReader::undoing)
              .orElse(undoing);
      expand = init.section("expand").map(new ExpandReader(this::input)::read);
      init.sections("rules").forEach(rule -> rule(rule, schemes).ifPresent(rules::add));
      init.finish();
    }
    return new InitSettings(seed, rules, presets, undoing, fallback, expand, convention);
  }

  /** {@code auto} means the same as an unset key. */
  private static Optional<Scheme> fallback(Section init, SchemeReader schemes) {
    Optional<JsonNode> stated =
        init.value("default").filter(value -> !value.asText().equals("auto"));
    return init.convert("default", stated, schemes::read);
  }

  private Optional<Rule> rule(Section section, SchemeReader schemes) {
    section.requireKey("scheme", "he_normal");
    Optional<String> match = section.text("match");
    Optional<Role> role = section.convert("role", section.text("role"), ConfigurationReader::role);
    Optional<Section> keep =
        section.value("scheme").filter(node -> node.has(KeepReader.NAME)).isPresent()
            ? section.section("scheme")
            : Optional.empty();
    Optional<Scheme> scheme =
        keep.isPresent()
            ? Optional.empty()
            : section.convert("scheme", section.value("scheme"), schemes::read);
    List<Long> parts =
        section
            .convert(
                "parts", Optional.of(section.wholeNumbers("parts")), ConfigurationReader::parts)
            .orElse(List.of());
    section.finish();
    if (section.value("match").isEmpty() && section.value("role").isEmpty()) {
      section.report("a rule needs match, role or both");
    }
    if (match.isEmpty() && role.isEmpty()) {
      return Optional.empty();
    }
    Optional<Start> start =
        keep.isPresent()
            ? keep.flatMap(found -> new KeepReader(this::input).read(found)).map(Start.class::cast)
            : scheme.map(found -> new Start.Drawn(found, parts));
    return section.convert("match", start, found -> new Rule(match, role, found));
  }

  private static List<Long> parts(List<Long> outputs) {
    outputs.forEach(part -> Require.positive(part, "part"));
    return outputs;
  }

  static Role role(String label) {
    List<String> labels = Arrays.stream(Role.values()).map(Role::label).toList();
    return Role.ofLabel(label).orElseThrow(() -> new UnknownNameException("role", label, labels));
  }

  private static Convention convention(String word) {
    List<String> words = Arrays.stream(Convention.values()).map(Convention::label).toList();
    return Convention.ofLabel(word)
        .orElseThrow(() -> new UnknownNameException("convention", word, words));
  }

  private Configuration.Output output(Section top) {
    Optional<Section> section = top.section("output");
    if (section.isEmpty()) {
      return new Configuration.Output(
          Optional.empty(),
          CheckpointLayout.of(ElementType.F32, CheckpointLayout.DEFAULT_SHARD_BYTES));
    }
    Section output = section.get();
    Optional<String> path = output.text("path");
    CheckpointLayout layout = OutputReader.layout(output);
    output.finish();
    return new Configuration.Output(path, layout);
  }

  private static Optional<ProxySettings> proxy(Section section) {
    int iterations = section.count("iterations").orElse(100);
    int compared = section.count("compared-iterations").orElse(20);
    int seeds = section.count("seeds").orElse(1);
    double noise = section.number("noise").orElse(0.1);
    Optional<ProxySettings> settings =
        section.convert(
            "factor",
            section.count("factor").or(() -> Optional.of(4)),
            factor -> new ProxySettings(factor, iterations, compared, seeds, noise));
    section.finish();
    return settings;
  }

  private String input(String path) {
    return Inputs.resolve(source, path);
  }
}
