package dev.kindling.reader.roles;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.kindling.model.Shape;
import dev.kindling.reader.graph.Constants;
import dev.kindling.reader.graph.GraphIndex;
import dev.kindling.reader.graph.Positions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the tensors that an operand of a recurrent node is put together from by Slice, Split,
 * Concat, Unsqueeze, Squeeze and Reshape, and in which order each of them stores its gates.
 */
final class RecurrentOperands {
  /**
   * A tensor behind an operand.
   *
   * @param source the tensor
   * @param gates the names of the gates that its rows are, in order, for one direction; empty if
   *     the graph does not read it gate by gate
   */
  record Operand(Source source, List<String> gates) {}

  /** Rows of a tensor that are one gate. */
  private record Rows(Source source, long from, String gate) {}

  private final GraphIndex index;
  private final SourceFinder sources;
  private final Constants constants;
  private final long units;

  RecurrentOperands(GraphIndex index, SourceFinder sources, long units) {
    this.index = index;
    this.sources = sources;
    this.constants = new Constants(index);
    this.units = units;
  }

  /**
   * Returns the tensors behind a value whose rows are these gates, over and over again for every
   * direction.
   */
  List<Operand> behind(String value, List<String> gates) {
    List<Rows> rows = new ArrayList<>();
    Optional<Long> count = gateCount(value);
    if (count.isEmpty() || count.get() % gates.size() != 0) {
      return sources.find(value).map(source -> new Operand(source, List.of())).stream().toList();
    }
    List<String> all =
        Collections.nCopies((int) (count.get() / gates.size()), gates).stream()
            .flatMap(List::stream)
            .toList();
    collect(value, all, rows);
    return operands(rows, gates.size());
  }

  private static List<Operand> operands(List<Rows> rows, int perDirection) {
    Map<String, Source> sources = new LinkedHashMap<>();
    Map<String, TreeMap<Long, String>> gates = new LinkedHashMap<>();
    for (Rows found : rows) {
      String name = found.source().name();
      sources.putIfAbsent(name, found.source());
      gates.computeIfAbsent(name, key -> new TreeMap<>()).putIfAbsent(found.from(), found.gate());
    }
    return sources.values().stream()
        .map(
            source ->
                new Operand(
                    source,
                    gates.get(source.name()).values().stream().limit(perDirection).toList()))
        .collect(Collectors.toList());
  }

  private Optional<NodeProto> part(String value) {
    return index.producer(value).filter(Positions::isStandard);
  }

  /** Notes which rows of which tensor the gates of a value are. */
  private void collect(String value, List<String> gates, List<Rows> rows) {
    Optional<NodeProto> node = part(value);
    switch (node.map(NodeProto::getOpType).orElse("")) {
      case "Concat" -> {
        int from = 0;
        for (String input : node.orElseThrow().getInputList()) {
          int count = (int) (long) gateCount(input).orElse(0L);
          collect(input, gates.subList(from, Math.min(gates.size(), from + count)), rows);
          from += count;
        }
      }
      case "Unsqueeze", "Squeeze", "Reshape", "Cast" ->
          collect(node.orElseThrow().getInput(0), gates, rows);
      case "Slice" ->
          sources
              .find(node.orElseThrow().getInput(0))
              .ifPresent(source -> add(source, slice(node.orElseThrow(), source)[0], gates, rows));
      default -> sources.find(value).ifPresent(source -> add(source, 0, gates, rows));
    }
  }

  private void add(Source source, long firstRow, List<String> gates, List<Rows> rows) {
    for (int i = 0; i < gates.size(); i++) {
      rows.add(new Rows(source, firstRow + i * units, gates.get(i)));
    }
  }

  /** Returns how many gates a value holds, or nothing if that cannot be known. */
  private Optional<Long> gateCount(String value) {
    Optional<NodeProto> node = part(value);
    return switch (node.map(NodeProto::getOpType).orElse("")) {
      case "Concat" -> sum(node.orElseThrow().getInputList().stream().map(this::gateCount));
      case "Unsqueeze", "Squeeze", "Reshape", "Cast" -> gateCount(node.orElseThrow().getInput(0));
      case "Slice" ->
          sources
              .find(node.orElseThrow().getInput(0))
              .map(source -> slice(node.orElseThrow(), source))
              .flatMap(range -> whole(range[1] - range[0]));
      default -> sources.find(value).flatMap(source -> whole(rows(source.shape())));
    };
  }

  private static Optional<Long> sum(Stream<Optional<Long>> counts) {
    List<Optional<Long>> all = counts.toList();
    return all.stream().allMatch(Optional::isPresent)
        ? Optional.of(all.stream().mapToLong(Optional::orElseThrow).sum())
        : Optional.empty();
  }

  private Optional<Long> whole(long rows) {
    return units > 0 && rows > 0 && rows % units == 0
        ? Optional.of(rows / units)
        : Optional.empty();
  }

  /** The directions of ONNX's own tensors stand behind each other; a bias is one vector of each. */
  private static long rows(Shape shape) {
    return switch (shape.rank()) {
      case 0 -> 0;
      case 1 -> shape.dim(0);
      case 2 -> isStackedBias(shape) ? shape.elementCount() : shape.dim(0);
      default -> shape.dim(0) * shape.dim(1);
    };
  }

  /** One or two directions of a bias, where a weight has at least a row for each gate and unit. */
  private static boolean isStackedBias(Shape shape) {
    return shape.dim(0) <= 2 && shape.dim(1) > shape.dim(0);
  }

  /** Returns the rows that a Slice of the first axis takes. */
  private long[] slice(NodeProto node, Source source) {
    long length = rows(source.shape());
    long from = constants.integer(node, 1).orElse(0L);
    long to = constants.integer(node, 2).orElse(length);
    return new long[] {position(from, length), position(to, length)};
  }

  private static long position(long index, long length) {
    return Math.max(0, Math.min(length, index < 0 ? index + length : index));
  }
}
