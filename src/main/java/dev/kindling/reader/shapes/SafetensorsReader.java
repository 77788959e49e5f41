package dev.kindling.reader.shapes;

import dev.kindling.base.InputException;
import dev.kindling.model.ElementType;
import dev.kindling.model.Model;
import dev.kindling.model.Shape;
import dev.kindling.reader.file.ModelFile;
import dev.kindling.reader.file.Tree;
import dev.kindling.reader.file.TreeParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the header of a safetensors file, never its values: eight bytes of length, a JSON table
 * {@code {"name": {"dtype": "F32", "shape": [..], "data_offsets": [from, to]}}}, then the data. The
 * offsets must fit the shapes, and must cover the data without gap or overlap, as the format says.
 */
public final class SafetensorsReader {
  /** The format's own limit. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** Where a tensor's bytes are. */
  private record Range(String name, long from, long to) {}

  private final ModelFile file;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, ElementType> types = new LinkedHashMap<>();
  private final List<Range> ranges = new ArrayList<>();

  private SafetensorsReader(ModelFile file) {
    this.file = file;
  }

  /**
   * What a header says.
   *
   * @param shapes extents by name
   * @param types element types by name
   * @param starts where the bytes of each tensor begin in the file
   */
  public record Header(
      Map<String, Shape> shapes, Map<String, ElementType> types, Map<String, Long> starts) {
    /** Returns the model of these tensors, whose names give the roles. */
    public Model model(String name) {
      return new Model(name, new NamedTensors(shapes, types).tensors(), Optional.empty());
    }
  }

  /** Reads a header; {@code length} is that of the whole file, where it is known. */
  public static Header read(InputStream bytes, OptionalLong length, ModelFile file)
      throws IOException {
    return new SafetensorsReader(file).header(bytes, length);
  }

  private Header header(InputStream bytes, OptionalLong length) throws IOException {
    byte[] prefix = bytes.readNBytes(Long.BYTES);
    if (prefix.length < Long.BYTES) {
      throw file.refuse(
          "it is no safetensors file (expected 8 bytes of header length, found %d)"
              .formatted(prefix.length));
    }
    long size = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (size < 2 || size > MAX_HEADER_BYTES) {
      throw file.refuse(
          "it is no safetensors file (expected a header of 2 to %d bytes, found %s)"
              .formatted(MAX_HEADER_BYTES, Long.toUnsignedString(size)));
    }
    byte[] header = bytes.readNBytes((int) size);
    if (header.length < size) {
      throw file.refuse(
          "its header is cut off (expected %d bytes, found %d)".formatted(size, header.length));
    }
    if (!(TreeParser.json(header, file) instanceof Tree.Fields fields)) {
      throw file.refuse("its header is no table of tensors");
    }
    fields.fields().forEach(this::add);
    checkRanges(length.isPresent() ? OptionalLong.of(length.getAsLong() - size - 8) : length);
    Map<String, Long> starts = new LinkedHashMap<>();
    ranges.forEach(range -> starts.put(range.name(), Long.BYTES + size + range.from()));
    return new Header(shapes, types, starts);
  }

  private void add(String name, Tree entry) {
    if (name.equals(METADATA)) {
      return;
    }
    if (!(entry instanceof Tree.Fields fields)) {
      throw refuse(name, "its entry is no table");
    }
    ElementType type = type(name, fields.fields().get("dtype"));
    Shape shape = shape(name, numbers(name, fields.fields().get("shape"), "shape"));
    List<Long> offsets = numbers(name, fields.fields().get("data_offsets"), "data_offsets");
    if (offsets.size() != 2) {
      throw refuse(name, "data_offsets are no pair");
    }
    long bytes = Math.multiplyExact(shape.elementCount(), type.bytes());
    if (offsets.get(1) - offsets.get(0) != bytes) {
      throw refuse(
          name,
          "range does not fit %s %s (expected %d bytes, found %d)"
              .formatted(type.label(), shape, bytes, offsets.get(1) - offsets.get(0)));
    }
    shapes.put(name, shape);
    types.put(name, type);
    ranges.add(new Range(name, offsets.get(0), offsets.get(1)));
  }

  private ElementType type(String name, Tree dtype) {
    String label = dtype instanceof Tree.Leaf leaf ? String.valueOf(leaf.value()) : "none";
    return ElementType.ofLabel(label.toLowerCase(java.util.Locale.ROOT))
        .orElseThrow(() -> refuse(name, "unsupported element type " + label));
  }

  private Shape shape(String name, List<Long> dims) {
    try {
      Shape shape = new Shape(dims);
      Math.multiplyExact(shape.elementCount(), (long) Long.BYTES);
      return shape;
    } catch (ArithmeticException e) {
      throw refuse(name, "shape %s has more than 2^60 elements".formatted(dims));
    } catch (IllegalArgumentException e) {
      throw refuse(name, e.getMessage());
    }
  }

  private List<Long> numbers(String name, Tree list, String what) {
    List<Long> numbers = new ArrayList<>();
    if (list instanceof Tree.Items items) {
      for (Tree item : items.items()) {
        boolean whole =
            item instanceof Tree.Leaf leaf
                && (leaf.value() instanceof Integer || leaf.value() instanceof Long);
        if (!whole || ((Number) ((Tree.Leaf) item).value()).longValue() < 0) {
          throw refuse(
              name,
              "%s has something else than integers that are not negative (found %s)"
                  .formatted(what, item.describe()));
        }
        numbers.add(((Number) ((Tree.Leaf) item).value()).longValue());
      }
      return numbers;
    }
    throw refuse(name, "its entry has no list '%s'".formatted(what));
  }

  private void checkRanges(OptionalLong dataBytes) {
    long end = 0;
    for (Range range :
        ranges.stream()
            .sorted(Comparator.comparingLong(Range::from).thenComparingLong(Range::to))
            .toList()) {
      if (range.from() != end) {
        throw refuse(
            range.name(),
            "its data %s those before it (expected offset %d, found %d)"
                .formatted(
                    range.from() < end ? "overlap" : "leave a gap behind", end, range.from()));
      }
      end = range.to();
    }
    if (dataBytes.isPresent() && dataBytes.getAsLong() != end) {
      throw file.refuse(
          "its length does not fit its header (expected %d bytes of data, found %d)"
              .formatted(end, dataBytes.getAsLong()));
    }
  }

  private InputException refuse(String name, String reason) {
    return file.refuse("tensor '%s'".formatted(name), reason);
  }
}
