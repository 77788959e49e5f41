package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.MinMaxScaler;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A saved PipelineModel stands between a dataset and its samples. */
class PipelineDataTest {
  private static final int ROWS = 21;

  @TempDir static Path folder;
  private static DataSource source;

  /** Columns of 0 to 20 and of 100 to 140, put together and brought to 0 to 1 by MLlib. */
  @BeforeAll
  static void saveAPipeline() throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,b"));
    IntStream.range(0, ROWS).forEach(i -> lines.add(i + "," + (100 + 2 * i)));
    Path csv = Files.write(folder.resolve("rows.csv"), lines);
    Dataset<Row> rows = TestSpark.session().sql(query(csv, "b"));
    PipelineModel model =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new VectorAssembler().setInputCols(new String[] {"a", "b"}).setOutputCol("ab"),
                  new MinMaxScaler().setInputCol("ab").setOutputCol("scaled")
                })
            .fit(rows);
    model.write().save(folder.resolve("pipeline").toString());
    source = at(query(csv, "b")).through(folder.resolve("pipeline").toString());
  }

  @Test
  void samplesAreWhatThePipelineMakes() {
    List<Float> values = new ArrayList<>();
    for (StagePart part : draw(source).microBatches().map(StagePart::start).collect()) {
      for (float value : part.next().tensor("x").toFloats()) {
        values.add(value);
      }
    }
    List<Float> expected = new ArrayList<>();
    IntStream.range(0, ROWS)
        .forEach(i -> expected.addAll(List.of((float) (i / 20.0), (float) (i / 20.0))));
    assertThat(values).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void whatIsNoPipelineIsRefused() {
    assertThatThrownBy(() -> draw(source.through(folder.resolve("nowhere").toString())))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "Cannot read a PipelineModel in '%s': ".formatted(folder.resolve("nowhere")));
  }

  @Test
  void dataThatThePipelineCannotTakeAreRefused() throws IOException {
    Path other = Files.writeString(folder.resolve("other.csv"), "a,c\n1,2\n");
    assertThatThrownBy(() -> draw(at(query(other, "c")).through(source.pipeline())))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "Cannot apply the PipelineModel in '%s' to data in '%s': "
                .formatted(source.pipeline(), query(other, "c")));
    Path missing = Files.writeString(folder.resolve("null.csv"), "a,b\n1,2\n3,\n");
    assertThatThrownBy(() -> draw(at(query(missing, "b")).through(source.pipeline())))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("Cannot read data in '%s': ".formatted(query(missing, "b")))
        .hasMessageContaining("null");
  }

  private static String query(Path csv, String second) {
    return "select double(_c0) a, double(_c1) %s from csv.`%s` where _c0 <> 'a'"
        .formatted(second, csv);
  }

  private static DataSource at(String query) {
    return new DataSource(
        "sql",
        query,
        List.of(DataInput.only(List.of("scaled"), Shape.of(2), 1).named("x")),
        Map.of());
  }

  private static Sample draw(DataSource from) {
    return new Sampler(TestSpark.session(), from, 1)
        .draw(Map.of("x", ElementType.F32), new LsuvSettings(ROWS, 4, 1));
  }
}
