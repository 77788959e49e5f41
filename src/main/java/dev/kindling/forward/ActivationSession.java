package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import java.util.HashMap;
import java.util.Map;

/**
 * What the activation behind a layer makes of its output z under a scale that is tried out. Needs
 * no other part of the graph to run. For one thread at a time.
 */
public final class ActivationSession implements AutoCloseable {
  private final Stage stage;
  private final Stage.Activation activation;
  private final NativeTensors owned = new NativeTensors();
  private final InputBuffers buffers = new InputBuffers();
  private final Map<String, OnnxTensor> tensors;
  private final OrtSession session;

  /**
   * Loads the activation's model.
   *
   * @param stage a stage with an activation
   * @param recipe holds the tensors that it reads
   * @param values what generates them
   * @throws InputException if ONNX Runtime does not accept the model
   */
  public ActivationSession(Stage stage, Recipe recipe, TensorValues values) {
    this.stage = stage;
    this.activation = stage.activation().orElseThrow();
    boolean ready = false;
    try {
      tensors =
          new FedTensors(values)
              .generate(activation.tensors(), GraphTensors.read(stage, recipe), owned);
      session = OnnxRuntime.open(activation.onnx(), Map.of());
      ready = true;
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      if (!ready) {
        owned.close();
      }
    }
  }

  /**
   * Returns the activation of a micro-batch in the place of z.
   *
   * @param after the frontier after the stage
   * @param scale what z is multiplied with
   */
  public StageOutput run(MicroBatch after, PerChannel scale) {
    try (NativeTensors inputs = new NativeTensors();
        OrtSession.Result result = session.run(feeds(after, scale, inputs))) {
      OnnxTensor output = (OnnxTensor) result.get(0);
      return new StageOutput(
          Shape.of(output.getInfo().getShape()), output.getFloatBuffer().array(), after);
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  private Map<String, OnnxTensor> feeds(MicroBatch after, PerChannel scale, NativeTensors inputs)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new HashMap<>(tensors);
    TensorValue z = after.tensor(stage.z());
    feeds.put(
        stage.z(),
        inputs.add(z.toOnnx(OnnxRuntime.environment(), buffers.of(stage.z(), z.byteCount()))));
    feeds.put(activation.scale(), inputs.add(buffers.scale(activation.scale(), scale)));
    return feeds;
  }

  private InputException failure(OrtException e) {
    return new InputException(
        "Cannot run the %s behind layer '%s': %s"
            .formatted(activation.operator(), stage.layer().name(), OnnxRuntime.reason(e)),
        e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(
          "session of the activation of layer '" + stage.layer().name() + "' is closed", e);
    } finally {
      owned.close();
    }
  }
}
