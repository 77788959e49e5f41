package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.base.InputException;
import dev.kindling.checkpoint.SampleCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.mllib.linalg.distributed.IndexedRow;
import org.apache.spark.mllib.linalg.distributed.IndexedRowMatrix;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointDataTest {
  @TempDir static Path folder;
  private static SparkSession spark;
  private static CheckpointData data;

  @BeforeAll
  static void write() throws IOException {
    SampleCheckpoint.write(folder);
    // MLlib does not make its own classes known to Kryo, so registration cannot be required here.
    TestSpark.session().stop();
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    data = CheckpointData.open(spark, folder.toString());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "head.weight, 600, 40",
    "conv.weight, 8, 27",
    "wide, 3, 7000",
    "größe.bias, 1, 40",
    "scalar, 1, 1",
    "thin, 2500, 1"
  })
  void matricesHoldTheValues(String tensor, int rows, int columns) throws IOException {
    float[] expected = SampleCheckpoint.values(tensor);
    Matrix local = data.local(tensor);
    IndexedRowMatrix matrix = data.matrix(tensor);
    assertThat(List.of((long) local.numRows(), (long) local.numCols()))
        .containsExactly((long) rows, (long) columns);
    assertThat(List.of(matrix.numRows(), matrix.numCols()))
        .containsExactly((long) rows, (long) columns);
    List<IndexedRow> found = matrix.rows().toJavaRDD().collect();
    assertThat(found).hasSize(rows);
    for (int row = 0; row < rows; row++) {
      assertThat(found.get(row).index()).isEqualTo(row);
      for (int column = 0; column < columns; column++) {
        double value = expected[row * columns + column];
        assertThat(found.get(row).vector().apply(column)).isEqualTo(value);
        assertThat(local.apply(row, column)).isEqualTo(value);
      }
    }
  }

  /** What MLlib computes of the matrix is what its values say. */
  @Test
  void mllibWorksOnIt() throws IOException {
    float[] values = SampleCheckpoint.values("head.weight");
    double dot = 0;
    for (int row = 0; row < 600; row++) {
      dot += (double) values[row * 40 + 3] * values[row * 40 + 5];
    }
    assertThat(data.matrix("head.weight").computeGramianMatrix().apply(3, 5))
        .isCloseTo(dot, within(1e-9));
  }

  @Test
  void rowsAreThoseOfTheTensorAlone() {
    List<Row> rows = data.rows("head.weight").orderBy("row").collectAsList();
    assertThat(rows).hasSize(600);
    ByteBuffer values = data.checkpoint().values("head.weight");
    for (Row row : rows) {
      for (Object value : row.getList(2)) {
        assertThat((Float) value).isEqualTo(values.getFloat());
      }
    }
    assertThat(values.hasRemaining()).isFalse();
  }

  @Test
  void emptyAndUnknownTensors() throws IOException {
    assertThatThrownBy(() -> data.rows("empty"))
        .isInstanceOf(InputException.class)
        .hasMessage("Cannot read rows of tensor 'empty': it is empty");
    assertThat(data.matrix("empty").rows().count()).isZero();
    assertThat(data.local("empty").numCols()).isEqualTo(5);
    assertThatThrownBy(() -> data.matrix("nothing")).isInstanceOf(NoSuchElementException.class);
  }
}
