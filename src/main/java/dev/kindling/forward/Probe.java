package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kindling.base.InputException;
import dev.kindling.base.ResourceException;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.TensorValues;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A model's whole graph in one session, in inference form, whose layers can be looked at and
 * pushed: to the output of each, bias included, an input is added that is zero unless said
 * otherwise. All weights are in the memory of this JVM, once for all threads that run it.
 */
public final class Probe implements AutoCloseable {
  private static final TensorValue NO_PUSH = TensorValue.ofFloats(Shape.of(), new float[1]);

  private final ProbePlan plan;
  private final NativeTensors owned = new NativeTensors();
  private final ThreadLocal<InputBuffers> buffers = ThreadLocal.withInitial(InputBuffers::new);
  private final Map<String, OnnxTensor> weights;
  private final OrtSession session;

  /**
   * Generates the weights and loads the graph.
   *
   * @param recipe the tensors that the plan was made for
   * @param values what generates
   * @throws InputException if ONNX Runtime does not accept the graph
   * @throws ResourceException if memory does not suffice
   */
  public Probe(ProbePlan plan, Recipe recipe, TensorValues values) {
    this.plan = plan;
    boolean ready = false;
    try {
      weights = new FedTensors(values).generate(plan.fed(), GraphTensors.byName(recipe), owned);
      session = OnnxRuntime.open(plan.onnx(), Map.of());
      ready = true;
    } catch (OrtException e) {
      throw failure("load", e);
    } finally {
      if (!ready) {
        owned.close();
      }
    }
  }

  /** Returns what it runs. */
  public ProbePlan plan() {
    return plan;
  }

  /**
   * Returns values of the graph for some samples.
   *
   * @param in the data inputs
   * @param wanted names of values, among those of sites and attentions
   */
  public Map<String, TensorValue> run(MicroBatch in, Collection<String> wanted) {
    return run(in, Map.of(), new LinkedHashSet<>(wanted));
  }

  /**
   * Returns the output of a layer once something has been added to that of another.
   *
   * @param push what is added, of the shape of that layer's output
   */
  public TensorValue run(
      MicroBatch in, ProbePlan.Site site, TensorValue push, ProbePlan.Site wanted) {
    return run(in, Map.of(site.push(), push), Set.of(wanted.value())).get(wanted.value());
  }

  private Map<String, TensorValue> run(
      MicroBatch in, Map<String, TensorValue> pushes, Set<String> wanted) {
    try (NativeTensors inputs = new NativeTensors();
        OrtSession.Result result = session.run(feeds(in, pushes, inputs), wanted)) {
      Map<String, TensorValue> values = new HashMap<>();
      for (String value : wanted) {
        values.put(value, TensorValue.copyOf((OnnxTensor) result.get(value).orElseThrow(), value));
      }
      return values;
    } catch (OrtException e) {
      throw failure("run", e);
    }
  }

  private Map<String, OnnxTensor> feeds(
      MicroBatch in, Map<String, TensorValue> pushes, NativeTensors inputs) throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>(weights);
    Set<String> names = new LinkedHashSet<>(plan.live());
    for (ProbePlan.Site site : plan.sites()) {
      names.remove(site.push());
      add(site.push(), pushes.getOrDefault(site.push(), NO_PUSH), feeds, inputs);
    }
    for (String input : names) {
      add(input, in.tensor(input), feeds, inputs);
    }
    return feeds;
  }

  private void add(
      String input, TensorValue value, Map<String, OnnxTensor> feeds, NativeTensors inputs)
      throws OrtException {
    feeds.put(
        input,
        inputs.add(
            value.toOnnx(OnnxRuntime.environment(), buffers.get().of(input, value.byteCount()))));
  }

  private RuntimeException failure(String verb, OrtException e) {
    String message = "Cannot %s %s: %s".formatted(verb, plan.model(), OnnxRuntime.reason(e));
    return OnnxRuntime.isOutOfMemory(e)
        ? new ResourceException(message, e)
        : new InputException(message, e);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("session of " + plan.model() + " is closed", e);
    } finally {
      owned.close();
    }
  }
}
