package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Layer;
import java.util.List;
import java.util.Optional;

/**
 * A layer's node taken apart: the linear operator, whose output z ends a stage, and what the next
 * stage does with z.
 *
 * @param layer the layer
 * @param linear the operator without bias
 * @param z output of {@code linear}
 * @param scale input that z is multiplied with: one number, or one per channel
 * @param tail nodes that make {@code output} from {@code z}
 * @param output what the layer's node made
 * @param channelAxis where z keeps its channels
 * @param bias what is added to z
 */
record SplitLayer(
    Layer layer,
    NodeProto linear,
    String z,
    String scale,
    List<NodeProto> tail,
    String output,
    ChannelAxis channelAxis,
    Optional<AddedBias> bias) {

  /**
   * A bias as the graph adds it.
   *
   * @param tensor a fixed tensor
   * @param factor what it is multiplied with first
   */
  record AddedBias(String tensor, float factor) {}
}
