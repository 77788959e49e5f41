package dev.kindling.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.scheme.Schemes;
import dev.kindling.scheme.Zeros;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeJsonTest {
  /** JDKs before 19 print 2e23 as 1.9999999999999998E23, later ones as 2.0E23. */
  private static final Recipe RECIPE =
      new Recipe(
          Recipe.FORMAT_VERSION,
          -42,
          List.of(
              entry(
                  "stem.weight",
                  Shape.of(8, 2, 3, 3),
                  Layout.OUT_IN,
                  new Source.Drawn(
                      List.of(
                          new Block(
                              Block.Axis.ROWS,
                              0,
                              8,
                              4,
                              new HeNormal(FanMode.FAN_OUT, 0.25),
                              new Fans(18, 18),
                              PerChannel.all(0.1 + 0.2),
                              PerChannel.ZERO)))),
              entry(
                  "fused",
                  Shape.of(2, 5),
                  Layout.IN_OUT,
                  new Source.Drawn(
                      List.of(
                          new Block(
                              Block.Axis.COLUMNS,
                              0,
                              2,
                              1,
                              new Orthogonal(1),
                              new Fans(2, 2),
                              new PerChannel(List.of(2e23, 8.41e21)),
                              new PerChannel(List.of(-0.0, 4.9e-324))),
                          new Block(
                              Block.Axis.COLUMNS,
                              2,
                              5,
                              1,
                              new Normal(1.0 / 3, 1e-300),
                              new Fans(2, 1.5),
                              PerChannel.ONE,
                              PerChannel.ZERO)))),
              new RecipeEntry(
                  "größe \"x\"\n",
                  Shape.of(),
                  ElementType.F64,
                  Role.BIAS,
                  Layout.OUT_IN,
                  List.of("a", "b"),
                  "built-in: bias",
                  new Source.Drawn(List.of(Block.whole(1, 1, new Zeros(), Fans.NONE)))),
              entry(
                  "inline",
                  Shape.of(1),
                  Layout.OUT_IN,
                  new Source.External(new ExternalValues.Inline("AACAPw==", 0x0a3cbed9))),
              entry(
                  "file",
                  Shape.of(1L << 40, 3),
                  Layout.OUT_IN,
                  new Source.External(
                      new ExternalValues.InFile("/models/m.onnx", "initial", -1)))));

  @Test
  void writesTheGoldenText() throws IOException {
    assertThat(RecipeJson.toJson(RECIPE) + "\n").isEqualTo(golden());
  }

  @Test
  void readsTheGoldenText() throws IOException {
    assertThat(RecipeJson.parse(golden(), "golden.json")).isEqualTo(RECIPE);
  }

  @Property(tries = 300, seed = "6")
  void roundTrips(
      @ForAll long seed,
      @ForAll @NotBlank String name,
      @ForAll String rule,
      @ForAll @Size(max = 3) List<String> aliases,
      @ForAll double scale,
      @ForAll double std,
      @ForAll @IntRange(min = 0, max = 1000) int rows,
      @ForAll @IntRange(min = 0, max = 1000) int columns,
      @ForAll ElementType type,
      @ForAll Role role,
      @ForAll Layout layout) {
    Block block =
        Block.whole(
                rows, 1, new Normal(std, Math.abs(std)), new Fans(Math.abs(scale), Math.abs(std)))
            .scaledBy(scale);
    Recipe recipe =
        new Recipe(
            Recipe.FORMAT_VERSION,
            seed,
            List.of(
                new RecipeEntry(
                    name,
                    Shape.of(rows, columns),
                    type,
                    role,
                    layout,
                    aliases,
                    rule,
                    new Source.Drawn(List.of(block)))));

    String json = RecipeJson.toJson(recipe);

    assertThat(RecipeJson.parse(json, "x")).isEqualTo(recipe);
    assertThat(RecipeJson.toJson(RecipeJson.parse(json, "x"))).isEqualTo(json);
  }

  static Stream<Scheme> schemes() {
    return Schemes.names().stream().map(name -> Schemes.of(name, Map.of()));
  }

  /** Also those whose draw needs what a default cannot give: the tensor here is empty. */
  @ParameterizedTest
  @MethodSource("schemes")
  void everySchemeRoundTrips(Scheme scheme) {
    Shape shape =
        new Shape(
            Collections.nCopies(Math.max(1, Math.min(scheme.maxRank(), scheme.minRank())), 0L));
    Source source = new Source.Drawn(List.of(Block.whole(0, 1, scheme, new Fans(3, 3))));
    Recipe recipe =
        new Recipe(Recipe.FORMAT_VERSION, 1, List.of(entry("t", shape, Layout.OUT_IN, source)));
    String json = RecipeJson.toJson(recipe);

    assertThat(RecipeJson.parse(json, "x")).isEqualTo(recipe);
    assertThat(json).contains("\"" + Schemes.name(scheme) + "\"");
  }

  @Test
  void aliasesAreReadAndCanonicalNamesWritten() throws IOException {
    String json = golden().replace("\"he_normal\"", "\"kaiming_normal\"");
    assertThat(RecipeJson.toJson(RecipeJson.parse(json, "x")) + "\n").isEqualTo(golden());
  }

  /** Each row replaces the first text by the second in the golden recipe. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format-version\" : 1     | \"format-version\" : 7     | at format-version: another format"
            + " version (expected 1, found 7)",
        "\"format-version\" : 1,    | ''                         | at the top: field 'format-version'"
            + " is missing",
        "\"seed\" : -42             | \"seed\" : 1.5             | at seed: unexpected value (expected"
            + " a whole number, found 1.5)",
        "\"seed\" : -42             | \"seed\" : 99999999999999999999 | at seed: unexpected value",
        "\"seed\" : -42             | \"seed\" : null            | at seed: unexpected value (expected"
            + " a whole number, found null)",
        "\"name\" : \"fused\"       | \"name\" : \"\"            | at tensors[1]: tensor name is"
            + " missing or blank",
        "\"name\" : \"fused\"       | \"name\" : \"inline\"      | at the top: two tensors are named"
            + " 'inline'",
        "\"name\" : \"fused\"       | \"name\" : {}              | at tensors[1].name: unexpected"
            + " value (expected a text, found object)",
        "[ 8, 2, 3, 3 ]             | [ 8, 2, 3, -3 ]            | at tensors[0].shape: dimension is"
            + " negative: -3",
        "[ 8, 2, 3, 3 ]             | [ 4294967296, 4294967296 ] | at tensors[0].shape: shape"
            + " [4294967296, 4294967296] has more than 2^63 - 1 elements",
        "[ 8, 2, 3, 3 ]             | 8                          | at tensors[0].shape: unexpected"
            + " value (expected an array, found 8)",
        "[ 8, 2, 3, 3 ]             | [ 9, 2, 3, 3 ]             | at tensors[0]: the blocks of tensor"
            + " 'stem.weight' end elsewhere than its shape [9, 2, 3, 3] does (expected 9, found 8)",
        "\"in-out\"                 | \"io\"                     | at tensors[1].layout: unknown name"
            + " 'io'",
        "\"f64\"                    | \"double\"                 | at tensors[2].type: unknown name"
            + " 'double'",
        "\"bias\"                   | \"Bias\"                   | at tensors[2].role: unknown name"
            + " 'Bias'",
        "\"he_normal\"              | \"he_norml\"               | at tensors[0].blocks[0].scheme:"
            + " unknown scheme 'he_norml', did you mean 'he_normal'?",
        "\"slope\" : 0.25           | \"slop\" : 0.25            | at tensors[0].blocks[0].scheme:"
            + " unknown parameter of he_normal 'slop', did you mean 'slope'?",
        "\"slope\" : 0.25           | \"slope\" : null           |"
            + " at tensors[0].blocks[0].scheme.he_normal.slope: unexpected value (expected a number,"
            + " found null)",
        "\"slope\" : 0.25           | \"slope\" : NaN            | NaN",
        "\"slope\" : 0.25           | \"slope\" : 1e999          | at tensors[0].blocks[0].scheme:"
            + " slope is not finite: Infinity",
        "\"orthogonal\" : {         | \"orthogonal\" : null, \"x\" : { | at"
            + " tensors[1].blocks[0].scheme: expected an object of one scheme",
        "[ 18.0, 18.0 ]             | [ -18.0, 18.0 ]            | at tensors[0].blocks[0].fans:"
            + " fan-in is negative or not finite: -18.0",
        "[ 18.0, 18.0 ]             | [ 18.0 ]                   | at tensors[0].blocks[0].fans: wrong"
            + " length (expected 2, found 1)",
        "[ 18.0, 18.0 ]             | [ 0, 0 ]                   | at tensors[0]: fan is not positive:"
            + " 0.0",
        "\"parts\" : 4              | \"parts\" : 0              | at tensors[0].blocks[0]: parts is"
            + " not positive: 0",
        "\"parts\" : 4              | \"parts\" : 4294967297     | at tensors[0].blocks[0]: integer"
            + " overflow",
        "\"columns\" : [ 2, 5 ]     | \"columns\" : [ 3, 5 ]     | at tensors[1]: the blocks of tensor"
            + " 'fused' leave a gap or overlap at 2",
        "\"columns\" : [ 2, 5 ]     | \"columns\" : [ 2, 1 ]     | at tensors[1].blocks[1]: length of"
            + " the block is negative: -1",
        "\"columns\" : [ 2, 5 ]     | \"rows\" : [ 2, 5 ]        | at tensors[1]: the blocks of tensor"
            + " 'fused' leave a gap or overlap at 2",
        "[ -0.0, 4.9E-324 ]         | [ 1, 2, 3 ]                | at tensors[1]: scale or shift of"
            + " tensor 'fused' has a wrong length (expected 1 or 2, found 3)",
        "[ -0.0, 4.9E-324 ]         | [ ]                        | at tensors[1].blocks[0].shift:"
            + " number of channels is not positive: 0",
        "\"AACAPw==\"               | \"%\"                      | at tensors[3]",
        "\"0a3cbed9\"               | \"xyz\"                    | at tensors[3].external.crc32c",
        "\"crc32c\" : \"ffffffff\"  | \"crc\" : 1                | at tensors[4].external: field"
            + " 'crc32c' is missing",
        "\"path\" : \"/models/m.onnx\" | \"path\" : \" \"        | at tensors[4]: path is missing or"
            + " blank"
      })
  void saysWhereARecipeIsWrong(String original, String replacement, String message)
      throws IOException {
    String json = golden().replace(original, replacement);
    assertThat(json).isNotEqualTo(golden());

    assertThatThrownBy(() -> RecipeJson.parse(json, "bad.json"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read bad.json at ")
        .hasMessageContaining(message)
        .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n", "dev.kindling"));
  }

  @Test
  void everyTruncationIsOneLine() throws IOException {
    String json = golden().strip();
    for (int length = 0; length < json.length(); length += 7) {
      String cut = json.substring(0, length);
      assertThatThrownBy(() -> RecipeJson.parse(cut, "cut.json"))
          .as("%d characters", length)
          .isInstanceOf(InputException.class)
          .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"))
          .hasMessageStartingWith("Cannot read cut.json at ");
    }
  }

  @ParameterizedTest
  @CsvSource({"[]", "null", "3", "'\"x\"'", "''", "'{}'"})
  void otherJsonIsNoRecipe(String json) {
    assertThatThrownBy(() -> RecipeJson.parse(json, "x.json"))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read x.json at the top: field 'format-version' is missing");
  }

  @Test
  void rejectsTrailingTextDuplicateFieldsAndDeepNesting() throws IOException {
    String json = golden();
    assertNotJson(json + "{}");
    assertNotJson(json.replaceFirst("\"seed\"", "\"seed\" : 1, \"seed\""));
    assertNotJson("[".repeat(100_000));
  }

  private static void assertNotJson(String json) {
    assertThatThrownBy(() -> RecipeJson.parse(json, "x.json"))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("Cannot read x.json at line (\\d+|\\?): not valid JSON \\(.*\\)");
  }

  private static RecipeEntry entry(String name, Shape shape, Layout layout, Source source) {
    return new RecipeEntry(
        name, shape, ElementType.F32, Role.CONV, layout, List.of(), "init.default", source);
  }

  private static String golden() throws IOException {
    try (InputStream in = RecipeJsonTest.class.getResourceAsStream("/golden/recipe/recipe.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
