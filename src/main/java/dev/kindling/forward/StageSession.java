package dev.kindling.forward;

import static java.util.stream.Collectors.partitioningBy;

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
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Weights that are inputs of the model; the others are constants of the session. */
  private final Map<String, OnnxTensor> inputs;

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
      Map<String, RecipeEntry> entries = GraphTensors.read(stage, recipe);
      bias = StageBias.of(stage, fed, entries);
      Map<Boolean, List<String>> areConstant =
          stage.tensors().stream()
              .collect(partitioningBy(name -> StageModels.isConstant(entries.get(name))));
      inputs = fed.generate(areConstant.get(false), entries, owned);
      session = OnnxRuntime.open(stage.onnx(), fed.generate(areConstant.get(true), entries, owned));
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
   * Runs the stage on a micro-batch. If the layer's weight comes in slices, there is no z yet, and
   * the frontier holds the layer's input instead.
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
    try (NativeTensors owner = new NativeTensors();
        OrtSession.Result result = session.run(feeds(in, previousScale, buffers, owner))) {
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
      MicroBatch in, PerChannel previousScale, InputBuffers buffers, NativeTensors owner)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>(inputs);
    for (String name : stage.liveIn()) {
      TensorValue value = in.tensor(name);
      feeds.put(
          name,
          owner.add(value.toOnnx(OnnxRuntime.environment(), buffers.of(name, value.byteCount()))));
    }
    if (stage.scale().isPresent()) {
      feeds.put(stage.scale().get(), owner.add(buffers.scale(stage.scale().get(), previousScale)));
    }
    return feeds;
  }

  private StageOutput output(MicroBatch in, OrtSession.Result result) {
    Map<String, TensorValue> next = new TreeMap<>();
    for (String name : stage.kept()) {
      next.put(
          name,
          result.get(name).map(value -> copyOf(value, name)).orElseGet(() -> in.tensor(name)));
    }
    MicroBatch rest = MicroBatch.of(in.index(), next);
    if (stage.slices().isPresent()) {
      return new StageOutput(Shape.of(0), new float[0], rest);
    }
    OnnxTensor z = (OnnxTensor) result.get(stage.z()).orElseThrow();
    Shape shape = Shape.of(z.getInfo().getShape());
    StageBias.check(stage, bias, shape.dim(stage.channelAxis().in(shape)));
    return new StageOutput(shape, z.getFloatBuffer().array(), rest);
  }

  private TensorValue copyOf(OnnxValue value, String name) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new InputException(
          "Cannot keep value '%s' between layers: it is not a tensor".formatted(name));
    }
    return TensorValue.copyOf(tensor, name);
  }

  private UserException failure(String verb, String place, OrtException e) {
    return failure(stage, verb, place, e);
  }

  static UserException failure(Stage stage, String verb, String place, OrtException e) {
    String message =
        "Cannot %s the graph up to layer '%s'%s: %s"
            .formatted(verb, stage.layer().name(), place, OnnxRuntime.reason(e));
    return OnnxRuntime.isOutOfMemory(e)
        ? new ResourceException(message, e)
        : new InputException(message, e);
  }
}
