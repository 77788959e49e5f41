package dev.kindling.forward;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The one environment of ONNX Runtime in this JVM, and its sessions: one thread, in order, so that
 * bits do not depend on timing.
 */
final class OnnxRuntime {
  private static final int MAX_MESSAGE_LENGTH = 300;
  private static final Pattern PREAMBLE = Pattern.compile("^Error code - \\S+ - message: ");
  private static final Pattern SOURCE_PLACE =
      Pattern.compile(
          "/\\S+\\.(?:cc|h):\\d+ (?:[^( ]*::[^( ]*\\([^)]*\\) |\\S+ )?(?:[^.]* was false\\. )?");

  private OnnxRuntime() {}

  /** Errors are not logged: every one of them is thrown too, and the user gets one line. */
  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "kindling");
  }

  /**
   * Opens a session as stages use it.
   *
   * @param constants values of the model's external initialisers, needed until it is closed
   */
  static OrtSession open(ByteString model, Map<String, OnnxTensor> constants) throws OrtException {
    return open(model, OptLevel.ALL_OPT, constants);
  }

  /** Opens a session of the graph as it stands, so that every tensor of it can be asked for. */
  static OrtSession openUnoptimised(ByteString model) throws OrtException {
    return open(model, OptLevel.NO_OPT, Map.of());
  }

  private static OrtSession open(
      ByteString model, OptLevel level, Map<String, OnnxTensor> constants) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setExecutionMode(ExecutionMode.SEQUENTIAL);
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(level);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (!constants.isEmpty()) {
        options.addExternalInitializers(new HashMap<>(constants));
      }
      return environment().createSession(model.toByteArray(), options);
    }
  }

  static boolean isOutOfMemory(OrtException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Failed to allocate memory") || message.contains("bad_alloc");
  }

  /** Returns whether a message is about the node's unknown operator, but does not name the node. */
  static boolean isUnknownOperator(String message, NodeProto node) {
    String domain = node.getDomain().isEmpty() ? "ai.onnx" : node.getDomain();
    return message.contains("is not a registered function/op")
        && message.contains(domain + ":" + node.getOpType() + "(");
  }

  /**
   * Returns what ONNX Runtime says on one line, without its error codes and places in its own
   * sources.
   */
  static String reason(OrtException e) {
    String line = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    line = PREAMBLE.matcher(line).replaceFirst("");
    line = SOURCE_PLACE.matcher(line).replaceAll("");
    if (line.length() > MAX_MESSAGE_LENGTH) {
      line = line.substring(0, MAX_MESSAGE_LENGTH) + "...";
    }
    return line.endsWith(".") && !line.endsWith("...")
        ? line.substring(0, line.length() - 1)
        : line;
  }
}
