package dev.kindling.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kindling.forward.MicroBatch;
import dev.kindling.recipe.Recipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random directions and forward differences against torch.autograd's whole Jacobians. */
@Tag("peers")
class AutogradTest {
  private static final int DEPTH = 12;
  private static final int WIDTH = 48;
  private static final int ROWS = 8;

  @TempDir Path folder;

  @Test
  void estimatesLieWithinTheirErrors() throws Exception {
    Starts net = Starts.chain(DEPTH, WIDTH, "relu");
    Recipe recipe = net.of("he_normal");
    Diagnosis diagnosis = net.diagnose(recipe, ROWS, 200);
    for (int i = 0; i < DEPTH; i++) {
      write("w%02d".formatted(i), Starts.values(recipe, "l%02d.weight".formatted(i)));
    }
    float[] x = new float[ROWS * WIDTH];
    int at = 0;
    for (MicroBatch rows : net.sample(ROWS)) {
      float[] values = rows.tensor("input").toFloats();
      System.arraycopy(values, 0, x, at, values.length);
      at += values.length;
    }
    write("x", x);
    List<String> reference = python();
    assertThat(reference).hasSize(DEPTH - 1);
    for (int i = 0; i < DEPTH - 1; i++) {
      LayerSignal.Estimate found = diagnosis.layers().get(i).jacobian().orElseThrow();
      double exact = Double.parseDouble(reference.get(i));
      assertThat(found.error() / exact).isLessThan(0.05);
      // Eleven estimates; four standard errors are passed by one in 1,400 of such tests.
      assertThat(found.value()).as("layer %d", i).isCloseTo(exact, within(4 * found.error()));
    }
  }

  private void write(String name, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(folder.resolve(name + ".f32"), bytes.array());
  }

  private List<String> python() throws Exception {
    String python = System.getenv().getOrDefault("PYTHON", "python3");
    Process process =
        new ProcessBuilder(
                python,
                "src/test/python/torch_jacobian.py",
                folder.toString(),
                String.valueOf(DEPTH),
                String.valueOf(WIDTH),
                String.valueOf(ROWS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
