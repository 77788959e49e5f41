package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.util.Arrays;
import java.util.Map;

/**
 * A slice of a layer's weight in memory, ready to make its part of z. One thread at a time may run
 * it.
 */
public final class SliceSession implements AutoCloseable {
  private final Stage stage;
  private final Slices slices;
  private final NativeTensors owned = new NativeTensors();
  private final InputBuffers buffers = new InputBuffers();
  private final OnnxTensor weight;
  private final float[] bias;
  private final OrtSession session;

  /**
   * Generates the slice.
   *
   * @param stage a stage with slices
   * @param slice which
   * @param recipe with the layer's weight, not scaled yet, and its bias
   * @param values what generates
   * @throws InputException if ONNX Runtime does not accept the model, or the layer's bias is not
   *     one value per channel
   * @throws ResourceException if memory does not suffice
   */
  public SliceSession(Stage stage, int slice, Recipe recipe, TensorValues values) {
    this.stage = stage;
    this.slices = stage.slices().orElseThrow();
    boolean ready = false;
    try {
      FedTensors fed = new FedTensors(values);
      Map<String, RecipeEntry> entries = GraphTensors.read(stage, recipe);
      int from = slices.from(slice);
      int to = slices.to(slice);
      bias = part(StageBias.of(stage, fed, entries), from, to);
      weight =
          fed.generate(
              new WeightSlice(entries.get(slices.weight()), slices.axis(), from, to), owned);
      session = OnnxRuntime.open(slices.onnx(), Map.of());
      ready = true;
    } catch (OrtException e) {
      throw StageSession.failure(stage, "load", " in slices", e);
    } finally {
      if (!ready) {
        owned.close();
      }
    }
  }

  private float[] part(float[] whole, int from, int to) {
    StageBias.check(stage, whole, slices.channels());
    return whole.length > 1 ? Arrays.copyOfRange(whole, from, to) : whole;
  }

  /** Returns the bias of the slice's channels, as {@link StageSession#bias} does. */
  public float[] bias() {
    return bias.clone();
  }

  /**
   * Runs the slice on a micro-batch.
   *
   * @param in what the stage has left of it
   * @return the slice's part of z, also as the only tensor of the frontier if later stages need z
   * @throws InputException if the graph cannot be run on these samples
   * @throws ResourceException if memory does not suffice
   */
  public StageOutput run(MicroBatch in) {
    TensorValue input = in.tensor(slices.input());
    try (OnnxTensor fed =
            input.toOnnx(OnnxRuntime.environment(), buffers.of(slices.input(), input.byteCount()));
        OrtSession.Result result =
            session.run(Map.of(slices.input(), fed, slices.weight(), weight))) {
      OnnxTensor z = (OnnxTensor) result.get(0);
      Map<String, TensorValue> kept =
          stage.keepsOutput()
              ? Map.of(stage.z(), TensorValue.copyOf(z, stage.z()))
              : Map.<String, TensorValue>of();
      return new StageOutput(
          Shape.of(z.getInfo().getShape()),
          z.getFloatBuffer().array(),
          MicroBatch.of(in.index(), kept));
    } catch (OrtException e) {
      throw StageSession.failure(stage, "run", " in slices on micro-batch " + in.index(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("slice of '" + stage.layer().name() + "' is closed", e);
    } finally {
      owned.close();
    }
  }
}
