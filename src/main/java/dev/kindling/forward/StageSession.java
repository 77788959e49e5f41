package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.base.UserException;
import dev.kindling.model.Shape;
import dev.kindling.recipe.PerChannel;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A stage ready to run, with its weights in memory. Several threads may run it at once, each on its
 * own micro-batch; a result depends on the micro-batch alone. Close it when no run is under way.
 */
public final class StageSession implements AutoCloseable {
  private final Stage stage;
  private final NativeTensors owned = new NativeTensors();
  private final Map<String, OnnxTensor> tensors;
  private final float[] bias;
  private final OrtSession session;
  private final Queue<InputBuffers> idle = new ConcurrentLinkedQueue<>();

  /**
   * Generates the stage's weights and loads its model.
   *
   * @param recipe with the scales of all layers before the stage's; its own weight is not scaled
   *     yet
   * @param values what generates
   * @throws IllegalArgumentException if the recipe lacks a tensor of the stage
   * @throws InputException if ONNX Runtime does not accept the model, or the layer's bias is not
   *     one value per channel
   * @throws ResourceException if memory does not suffice
   */
  public StageSession(Stage stage, Recipe recipe, TensorValues values) {
    this.stage = stage;
    boolean ready = false;
    try {
      FedTensors fed = new FedTensors(values);
      bias = bias(fed, recipe);
      tensors = fed.generate(stage.tensors(), recipe, owned);
      session = OnnxRuntime.open(stage.onnx());
      ready = true;
    } catch (OrtException e) {
      throw failure("load", "", e);
    } finally {
      if (!ready) {
        owned.close();
      }
    }
  }

  /**
   * Returns the layer's bias as it is added to z, Gemm's beta counted: one value per channel, or a
   * single one for all; none if the layer has no bias.
   */
  public float[] bias() {
    return bias.clone();
  }

  /**
   * Runs the stage on a micro-batch.
   *
   * @param in the frontier before the stage
   * @param previousScale what the previous layer's output is multiplied with; without meaning where
   *     the stage has no scale
   * @throws IllegalArgumentException if the micro-batch lacks a tensor
   * @throws InputException if the graph cannot be run on these samples
   * @throws ResourceException if memory does not suffice
   */
  public StageOutput run(MicroBatch in, PerChannel previousScale) {
    InputBuffers polled = idle.poll();
    InputBuffers buffers = polled == null ? new InputBuffers() : polled;
    try (NativeTensors inputs = new NativeTensors();
        OrtSession.Result result = session.run(feeds(in, previousScale, buffers, inputs))) {
      return output(in, result);
    } catch (OrtException e) {
      throw failure("run", " on micro-batch " + in.index(), e);
    } finally {
      idle.add(buffers);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(
          "session of layer '" + stage.layer().name() + "' is closed", e);
    } finally {
      owned.close();
    }
  }

  private Map<String, OnnxTensor> feeds(
      MicroBatch in, PerChannel previousScale, InputBuffers buffers, NativeTensors inputs)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>(tensors);
    for (String name : stage.liveIn()) {
      TensorValue value = in.tensor(name);
      feeds.put(
          name,
          inputs.add(value.toOnnx(OnnxRuntime.environment(), buffers.of(name, value.byteCount()))));
    }
    if (stage.scale().isPresent()) {
      feeds.put(stage.scale().get(), inputs.add(buffers.scale(stage.scale().get(), previousScale)));
    }
    return feeds;
  }

  private StageOutput output(MicroBatch in, OrtSession.Result result) {
    Map<String, TensorValue> next = new TreeMap<>();
    for (String name : stage.liveOut()) {
      next.put(
          name,
          result.get(name).map(value -> copyOf(value, name)).orElseGet(() -> in.tensor(name)));
    }
    OnnxTensor z = (OnnxTensor) result.get(stage.z()).orElseThrow();
    Shape shape = Shape.of(z.getInfo().getShape());
    checkBias(shape);
    return new StageOutput(shape, z.getFloatBuffer().array(), MicroBatch.of(in.index(), next));
  }

  private TensorValue copyOf(OnnxValue value, String name) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new InputException(
          "Cannot keep value '%s' between layers: it is not a tensor".formatted(name));
    }
    return TensorValue.copyOf(tensor, name);
  }

  private void checkBias(Shape z) {
    long channels = z.dim(stage.channelAxis().in(z));
    if (bias.length > 1 && bias.length != channels) {
      throw wrongBias("expected %d values, found %d".formatted(channels, bias.length));
    }
  }

  private float[] bias(FedTensors fed, Recipe recipe) throws OrtException {
    return stage.bias().isPresent() ? bias(stage.bias().get(), fed, recipe) : new float[0];
  }

  private float[] bias(Stage.Bias added, FedTensors fed, Recipe recipe) throws OrtException {
    try (NativeTensors inputs = new NativeTensors();
        OrtSession once = OnnxRuntime.open(added.onnx());
        OrtSession.Result result = once.run(fed.generate(added.tensors(), recipe, inputs))) {
      OnnxTensor tensor = (OnnxTensor) result.get(0);
      float[] values = tensor.getFloatBuffer().array();
      long[] dims = tensor.getInfo().getShape();
      if (dims.length > 0 && dims[dims.length - 1] != values.length) {
        throw wrongBias("expected one value per channel, found shape " + Shape.of(dims));
      }
      for (int i = 0; i < values.length; i++) {
        values[i] *= added.factor();
      }
      return values;
    }
  }

  private InputException wrongBias(String expectedAndFound) {
    return new InputException(
        "Cannot add bias '%s' of layer '%s': its shape does not fit (%s)"
            .formatted(
                stage.bias().map(Stage.Bias::tensor).orElse(""),
                stage.layer().name(),
                expectedAndFound));
  }

  private UserException failure(String verb, String place, OrtException e) {
    String message =
        "Cannot %s the graph up to layer '%s'%s: %s"
            .formatted(verb, stage.layer().name(), place, OnnxRuntime.reason(e));
    return OnnxRuntime.isOutOfMemory(e)
        ? new ResourceException(message, e)
        : new InputException(message, e);
  }
}
