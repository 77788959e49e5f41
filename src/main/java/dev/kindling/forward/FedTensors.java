package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import dev.kindling.model.ElementType;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.TensorValues;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Generates tensors of a recipe where ONNX Runtime reads them. */
final class FedTensors {
  private static final int CHUNK_ELEMENTS = 1 << 16;

  private final TensorValues values;
  private final float[] chunk = new float[CHUNK_ELEMENTS];

  FedTensors(TensorValues values) {
    this.values = values;
  }

  /** Generates the tensors of these names or aliases; they are closed with {@code owner}. */
  Map<String, OnnxTensor> generate(
      Collection<String> names, Map<String, RecipeEntry> entries, NativeTensors owner)
      throws OrtException {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, owner.add(generate(entries.get(name))));
    }
    return tensors;
  }

  /** Generates a range of a weight's output channels; it is closed with {@code owner}. */
  OnnxTensor generate(WeightSlice slice, NativeTensors owner) throws OrtException {
    long bytes = slice.shape().elementCount() * Float.BYTES;
    ByteBuffer buffer = DirectMemory.allocate(slice.entry().tensor(), Math.toIntExact(bytes));
    slice.fill(values, buffer);
    return owner.add(
        OnnxTensor.createTensor(
            OnnxRuntime.environment(),
            buffer.flip(),
            TensorValue.dims(slice.shape()),
            RuntimeTypes.of(ElementType.F32)));
  }

  /** Returns the values of a float32 tensor. */
  float[] values(RecipeEntry entry) {
    float[] all = new float[Math.toIntExact(entry.shape().elementCount())];
    values.fill(entry, 0, all, 0, all.length);
    return all;
  }

  private OnnxTensor generate(RecipeEntry entry) throws OrtException {
    ElementType type = entry.type();
    long elements = entry.shape().elementCount();
    ByteBuffer buffer =
        DirectMemory.allocate(entry.tensor(), Math.toIntExact(elements * type.bytes()));
    if (type == ElementType.F32) {
      values.fill(entry, 0, buffer);
    } else {
      fillChunks(entry, elements, buffer);
    }
    return OnnxTensor.createTensor(
        OnnxRuntime.environment(),
        buffer.flip(),
        TensorValue.dims(entry.shape()),
        RuntimeTypes.of(type));
  }

  private void fillChunks(RecipeEntry entry, long elements, ByteBuffer target) {
    for (long start = 0; start < elements; start += CHUNK_ELEMENTS) {
      int length = (int) Math.min(CHUNK_ELEMENTS, elements - start);
      values.fill(entry, start, chunk, 0, length);
      put(entry.type(), length, target);
    }
  }

  private void put(ElementType type, int length, ByteBuffer target) {
    switch (type) {
      case F64 -> {
        for (int i = 0; i < length; i++) {
          target.putDouble(chunk[i]);
        }
      }
      case F16 -> {
        for (int i = 0; i < length; i++) {
          target.putShort(Fp16Conversions.floatToFp16(chunk[i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < length; i++) {
          target.putShort(Fp16Conversions.floatToBf16(chunk[i]));
        }
      }
      case F32, I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(
              "tensors of " + type.label() + " are not made in chunks");
    }
  }
}
