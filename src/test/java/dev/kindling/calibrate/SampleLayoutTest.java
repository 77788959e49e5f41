package dev.kindling.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleLayoutTest {
  /** Row by row, as the definition has it: parts one after the other, each cut from its start. */
  @ParameterizedTest
  @CsvSource({"7, 3, 1, 0", "7, 3, 2, 5", "6, 3, 3, 9", "4, 9, 2, 3", "1, 1, 1, 1", "5, 2, 4, 31"})
  void everyRowHasItsPlace(int batch, int microBatch, int samples, int check) {
    SampleLayout layout = new SampleLayout(batch, microBatch, samples, check);
    int row = 0;
    int index = 0;
    for (int part = 0; part <= samples; part++) {
      int rows = part < samples ? batch : check;
      for (int start = 0; start < rows; start += microBatch) {
        int count = Math.min(microBatch, rows - start);
        assertThat(layout.firstRow(index)).isEqualTo(row);
        assertThat(layout.rowCount(index)).isEqualTo(count);
        assertThat(layout.sampleOf(index)).isEqualTo(part);
        for (int i = 0; i < count; i++) {
          assertThat(layout.microBatchOf(row + i)).isEqualTo(index);
        }
        row += count;
        index++;
      }
    }
    assertThat(layout.rows()).isEqualTo(row);
    assertThat(layout.microBatches()).isEqualTo(index);
  }

  /** The check takes what is left, but nothing from which no error could be told. */
  @Test
  void settingsGiveTheCheckWhatIsLeft() {
    LsuvSettings settings = new LsuvSettings(100, 10, 1);
    assertThat(settings.layout(1000).check()).isEqualTo(100);
    assertThat(settings.layout(150).check()).isEqualTo(50);
    assertThat(settings.layout(111).check()).isEqualTo(11);
    assertThat(settings.layout(110).check()).isZero();
    assertThat(settings.layout(100).check()).isZero();
  }
}
