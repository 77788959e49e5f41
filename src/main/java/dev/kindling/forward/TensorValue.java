package dev.kindling.forward;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Shape;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An immutable tensor between two stages: element type, shape and little-endian bytes in index
 * order. Two are equal if all three are.
 */
public final class TensorValue implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ElementType type;
  private final Shape shape;
  private final byte[] bytes;

  private TensorValue(ElementType type, Shape shape, byte[] bytes) {
    if (bytes.length != shape.elementCount() * type.bytes()) {
      throw new IllegalArgumentException(
          "%s of shape %s does not have %d bytes".formatted(type.label(), shape, bytes.length));
    }
    this.type = type;
    this.shape = shape;
    this.bytes = bytes;
  }

  /**
   * Returns a tensor with a copy of the remaining bytes of {@code littleEndian}, whose position
   * does not change.
   *
   * @throws IllegalArgumentException if their number does not fit type and shape
   */
  public static TensorValue of(ElementType type, Shape shape, ByteBuffer littleEndian) {
    byte[] bytes = new byte[littleEndian.remaining()];
    littleEndian.duplicate().get(bytes);
    return new TensorValue(type, shape, bytes);
  }

  /**
   * Returns a float32 tensor.
   *
   * @throws IllegalArgumentException if the number of values does not fit the shape
   */
  public static TensorValue ofFloats(Shape shape, float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    littleEndian(bytes).asFloatBuffer().put(values);
    return new TensorValue(ElementType.F32, shape, bytes);
  }

  /**
   * Returns an int64 tensor.
   *
   * @throws IllegalArgumentException if the number of values does not fit the shape
   */
  public static TensorValue ofLongs(Shape shape, long[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Long.BYTES)];
    littleEndian(bytes).asLongBuffer().put(values);
    return new TensorValue(ElementType.I64, shape, bytes);
  }

  /**
   * Returns tensors put one behind the other along an axis.
   *
   * @param parts at least one, of one type, equal in all other extents
   */
  public static TensorValue joined(List<TensorValue> parts, int axis) {
    TensorValue first = parts.get(0);
    List<Long> dims = new ArrayList<>(first.shape.dims());
    dims.set(axis, parts.stream().mapToLong(part -> part.shape.dim(axis)).sum());
    Shape shape = new Shape(dims);
    long bytes = shape.elementCount() * first.type.bytes();
    ByteBuffer joined = ByteBuffer.allocate(Math.toIntExact(bytes));
    int runs = Math.toIntExact(shape.elementCount() / Math.max(1, shape.elementsFrom(axis)));
    for (int run = 0; run < runs; run++) {
      for (TensorValue part : parts) {
        int length = part.bytes.length / runs;
        joined.put(part.bytes, run * length, length);
      }
    }
    return new TensorValue(first.type, shape, joined.array());
  }

  /** Returns the type of its elements. */
  public ElementType type() {
    return type;
  }

  /** Returns its extents. */
  public Shape shape() {
    return shape;
  }

  /** Returns the number of bytes of its elements. */
  public int byteCount() {
    return bytes.length;
  }

  /** Returns a read-only view of its bytes, in little-endian order. */
  public ByteBuffer bytes() {
    return littleEndian(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns a copy of its float32 values.
   *
   * @throws IllegalStateException if its elements are not float32
   */
  public float[] toFloats() {
    if (type != ElementType.F32) {
      throw new IllegalStateException("values are " + type.label() + ", not f32");
    }
    float[] values = new float[bytes.length / Float.BYTES];
    littleEndian(bytes).asFloatBuffer().get(values);
    return values;
  }

  /** Returns a copy of a tensor of ONNX Runtime, which calls it {@code name}. */
  static TensorValue copyOf(OnnxTensor tensor, String name) {
    ElementType type =
        RuntimeTypes.elementType(tensor.getInfo().onnxType)
            .orElseThrow(
                () ->
                    new InputException(
                        "Cannot keep tensor '%s' between layers: elements of type %s are not supported"
                            .formatted(name, tensor.getInfo().onnxType)));
    // The Java API copies into an array of its own already.
    ByteBuffer copy = tensor.getByteBuffer();
    return new TensorValue(type, Shape.of(tensor.getInfo().getShape()), copy.array());
  }

  /**
   * Returns a tensor of ONNX Runtime that uses {@code direct}, which has at least {@link
   * #byteCount()} bytes.
   */
  OnnxTensor toOnnx(OrtEnvironment environment, ByteBuffer direct) throws OrtException {
    direct.clear().limit(bytes.length);
    direct.put(bytes).flip();
    return OnnxTensor.createTensor(environment, direct, dims(shape), RuntimeTypes.of(type));
  }

  static long[] dims(Shape shape) {
    return shape.dims().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorValue that
        && type == that.type
        && shape.equals(that.shape)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(type, shape) + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return type.label() + shape;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
