package dev.kindling.reader.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.kindling.base.InputException;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.ModelFolder;
import java.io.IOException;
import java.io.InputStream;

/** Reads the message that an ONNX file is, within the 2 GiB that protobuf can hold. */
public final class OnnxFile {
  /** What protobuf says of a stream that goes on behind its limit. */
  private static final String TOO_LARGE = "Protocol message was too large";

  private OnnxFile() {}

  /**
   * Returns the message that a file holds.
   *
   * @throws InputException if the file is too long, or not such a message
   */
  public static ModelProto read(ModelFolder.Opened opened, ModelFile file) throws IOException {
    if (opened.length().orElse(0) > Integer.MAX_VALUE) {
      throw tooLong("%d bytes".formatted(opened.length().getAsLong()), file);
    }
    return parse(opened.bytes(), file);
  }

  private static ModelProto parse(InputStream bytes, ModelFile file) throws IOException {
    CodedInputStream coded = CodedInputStream.newInstance(bytes);
    coded.setSizeLimit(Integer.MAX_VALUE);
    try {
      return ModelProto.parseFrom(coded);
    } catch (InvalidProtocolBufferException e) {
      if (e.getCause() instanceof IOException unreadable) {
        throw unreadable;
      }
      if (e.getMessage().startsWith(TOO_LARGE)) {
        throw tooLong("more", file);
      }
      throw file.refuse(
          "it is not an ONNX model, or not a whole one (%s)"
              .formatted(e.getMessage().replaceFirst("\\.(\\s.*)?$", "")));
    }
  }

  private static InputException tooLong(String found, ModelFile file) {
    return file.refuse(
        "it is longer than 2 GiB, which protobuf cannot hold; save it with external data (found %s)"
            .formatted(found));
  }
}
