package dev.kindling.cli;

import dev.kindling.cli.DetailOptions.Detail;
import dev.kindling.cli.TextTable.Column;
import dev.kindling.model.ElementType;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.Draw;
import dev.kindling.scheme.GateOrder;
import dev.kindling.scheme.Mimetic;
import dev.kindling.scheme.Schemes;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A recipe for people. */
final class RecipeTable {
  private static final List<Column> COLUMNS =
      List.of(
          Column.left("tensor"),
          Column.left("shape"),
          Column.left("role"),
          Column.right("fan-in"),
          Column.right("fan-out"),
          Column.left("scheme"),
          Column.left("draw"),
          Column.right("bytes"),
          Column.left("why"));

  private RecipeTable() {}

  /**
   * Prints one row per tensor, or group of them, and the totals, in so many columns where possible.
   */
  static void print(Recipe recipe, Detail detail, int width, PrintWriter out) {
    List<List<String>> rows = rows(recipe, detail);
    RecipeLayout.lines(COLUMNS, rows, width).forEach(out::println);
    long elements =
        recipe.entries().stream()
            .filter(entry -> entry.type().isFloat())
            .mapToLong(entry -> entry.shape().elementCount())
            .sum();
    out.printf(
        Locale.ROOT,
        "%n%,d tensors%s, %,d float elements, %s%n",
        recipe.entries().size(),
        detail == Detail.EACH ? "" : " (--all shows each)",
        elements,
        ByteSize.format(elements * Float.BYTES));
  }

  /** Returns what is known of a tensor, a line each. */
  static String explain(RecipeEntry entry) {
    List<String> row = row(entry);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      lines.add("%-8s %s".formatted(COLUMNS.get(i).title(), row.get(i)));
    }
    lines.add(
        "%-8s %s"
            .formatted("layout", entry.layout().name().toLowerCase(Locale.ROOT).replace('_', '-')));
    if (blocks(entry).size() > 1) {
      blocks(entry).forEach(block -> lines.add("%-8s %s".formatted("block", block(entry, block))));
    }
    if (!entry.aliases().isEmpty()) {
      lines.add("%-8s %s".formatted("aliases", String.join(", ", entry.aliases())));
    }
    return String.join(System.lineSeparator(), lines);
  }

  /** Returns a number without needless digits, {@code -} for no fans. */
  static String fan(double fan) {
    return fan == 0 ? "-" : isWhole(fan) ? Long.toString((long) fan) : "%.2f".formatted(fan);
  }

  /** Returns the name of an entry's scheme, or {@code kept}. */
  static String scheme(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn
        ? drawn.blocks().stream()
            .map(Block::scheme)
            .map(Schemes::name)
            .distinct()
            .reduce((a, b) -> a + ", " + b)
            .orElse("-")
        : entry.source().label();
  }

  /** Returns the fans of an entry's first block. */
  static Fans fans(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn ? drawn.blocks().get(0).fans() : Fans.NONE;
  }

  private static List<String> row(RecipeEntry entry) {
    ElementType written = entry.type().isFloat() ? ElementType.F32 : entry.type();
    return List.of(
        entry.tensor(),
        entry.shape().toString(),
        entry.role().label(),
        fan(fans(entry).in()),
        fan(fans(entry).out()),
        scheme(entry),
        draw(entry),
        ByteSize.format(entry.shape().elementCount() * written.bytes()),
        entry.rule());
  }

  /**
   * Large models have thousands of tensors that differ in name only; these are put in words once.
   */
  private static List<List<String>> rows(Recipe recipe, Detail detail) {
    Map<List<Object>, List<List<String>>> known = new HashMap<>();
    Map<List<Object>, List<RecipeEntry>> groups = new LinkedHashMap<>();
    for (RecipeEntry entry : recipe.entries()) {
      groups.computeIfAbsent(key(entry, detail), key -> new ArrayList<>()).add(entry);
    }
    List<List<String>> rows = new ArrayList<>();
    for (List<RecipeEntry> group : groups.values()) {
      RecipeEntry entry = group.get(0);
      List<List<String>> found = known.computeIfAbsent(nameless(entry), key -> rows(entry));
      List<String> first = new ArrayList<>(found.get(0));
      first.set(0, NumberedNames.joined(group.stream().map(RecipeEntry::tensor).toList()));
      int why = first.size() - 1;
      first.set(why, NumberedNames.merged(group.stream().map(RecipeEntry::rule).toList()));
      rows.add(first);
      rows.addAll(found.subList(1, found.size()));
    }
    return rows;
  }

  /** Tensors of equal keys share a row. Rules name blocks, too. */
  private static List<Object> key(RecipeEntry entry, Detail detail) {
    return detail == Detail.EACH
        ? List.of(entry.tensor())
        : List.of(
            NumberedNames.pattern(entry.tensor()),
            NumberedNames.pattern(entry.rule()),
            entry.shape(),
            entry.type(),
            entry.role(),
            entry.layout(),
            entry.source());
  }

  /** Returns all that a row says beside the name. */
  private static List<Object> nameless(RecipeEntry entry) {
    return List.of(
        entry.shape(), entry.type(), entry.role(), entry.layout(), entry.rule(), entry.source());
  }

  /** One row, and one for each block below it where they are not drawn alike. */
  private static List<List<String>> rows(RecipeEntry entry) {
    List<List<String>> rows = new ArrayList<>(List.of(row(entry)));
    if (blocks(entry).size() > 1 && !areAlike(entry)) {
      blocks(entry).forEach(block -> rows.add(blockRow(entry, block)));
    }
    return rows;
  }

  private static boolean areAlike(RecipeEntry entry) {
    return blocks(entry).stream()
            .map(block -> List.of(block.fans(), draw(entry, block)))
            .distinct()
            .count()
        == 1;
  }

  private static List<String> blockRow(RecipeEntry entry, Block block) {
    return List.of(
        "  " + range(block),
        "",
        "",
        fan(block.fans().in()),
        fan(block.fans().out()),
        Schemes.name(block.scheme()),
        draw(entry, block),
        "",
        "");
  }

  private static String block(RecipeEntry entry, Block block) {
    return "%s: fan-in %s, fan-out %s, %s, %s"
        .formatted(
            range(block),
            fan(block.fans().in()),
            fan(block.fans().out()),
            Schemes.name(block.scheme()),
            draw(entry, block));
  }

  private static String range(Block block) {
    return "%s %d to %d"
        .formatted(block.axis().name().toLowerCase(Locale.ROOT), block.from(), block.to() - 1);
  }

  private static List<Block> blocks(RecipeEntry entry) {
    return entry.source() instanceof Source.Drawn drawn ? drawn.blocks() : List.of();
  }

  private static String draw(RecipeEntry entry) {
    return blocks(entry).isEmpty()
        ? entry.source().origin().orElse("-")
        : draw(entry, blocks(entry).get(0));
  }

  private static String draw(RecipeEntry entry, Block block) {
    if (entry.shape().elementCount() == 0) {
      return "-";
    }
    Draw draw = block.scheme().draw(block.fans());
    double scale = block.scale().of(0);
    String text = draw(draw, scale, entry);
    return draw instanceof Draw.Haar
        ? text + ", std " + number(haarStd(entry, block, Math.abs(draw.factor() * scale)))
        : text;
  }

  /** Its longer side has rows or columns of length gain. */
  private static double haarStd(RecipeEntry entry, Block block, double gain) {
    long length = block.to() - block.from();
    boolean wholeRows = block.axis() == Block.Axis.ROWS;
    long rows = wholeRows ? length / block.parts() : entry.rows();
    long columns = wholeRows ? entry.columns() : length;
    return gain / Math.sqrt((double) Math.max(rows, columns));
  }

  private static String draw(Draw draw, double scale, RecipeEntry entry) {
    String value = number(draw.factor() * scale);
    if (draw instanceof Draw.Gaussian) {
      return "std " + value;
    }
    if (draw instanceof Draw.Truncated truncated) {
      return truncated(truncated, scale);
    }
    if (draw instanceof Draw.Interval interval) {
      return "bound %s, std %s".formatted(value, number(interval.std() * scale));
    }
    if (draw instanceof Draw.Haar
        || draw instanceof Draw.Centred
        || draw instanceof Draw.Hadamard
        || draw instanceof Draw.PolarFactor) {
      return "gain " + value;
    }
    if (draw instanceof Draw.UnitaryFactors) {
      return "bound %s, then %s".formatted(value, number(scale));
    }
    if (draw instanceof Draw.HaarUnitary unitary) {
      return "gain %s, %s".formatted(value, unitary.encoding().name().toLowerCase(Locale.ROOT));
    }
    if (draw instanceof Draw.Mirrored mirrored) {
      return "%s, %s %s"
          .formatted(
              mirrored.place().name().toLowerCase(Locale.ROOT),
              Schemes.name(mirrored.scheme()),
              draw(mirrored.draw(), scale, entry));
    }
    if (draw instanceof Draw.Delta) {
      return "diagonal " + value;
    }
    if (draw instanceof Draw.Padded padded) {
      return "std "
          + value
          + (padded.zeroRow() < 0 ? "" : ", row %d zero".formatted(padded.zeroRow()));
    }
    if (draw instanceof Draw.Sparse sparse) {
      return "%s, std %s".formatted(links(sparse, entry), value);
    }
    if (draw instanceof Draw.ProductFactor product) {
      return product(product.scheme());
    }
    return gates(draw, value);
  }

  private static String product(Mimetic scheme) {
    return "%s of a product of diagonal %s, noise %s"
        .formatted(
            scheme.part().name().toLowerCase(Locale.ROOT),
            number(scheme.diagonal()),
            number(scheme.noise()));
  }

  private static String gates(Draw draw, String value) {
    if (draw instanceof Draw.GateFill gates) {
      return "value %s at gate %d of %s"
          .formatted(value, gates.order().keep() + 1, word(gates.order()));
    }
    if (draw instanceof Draw.GateLags gates) {
      return "log U(1, %s) at gate %d of %s"
          .formatted(number(gates.longest()), gates.order().keep() + 1, word(gates.order()));
    }
    return "value " + value;
  }

  /** Standard deviation after truncation, and the ends. */
  private static String truncated(Draw.Truncated draw, double scale) {
    double low = (draw.mean() + draw.low() * draw.std()) * scale;
    double high = (draw.mean() + draw.high() * draw.std()) * scale;
    String std = "std " + number(draw.stdAfter() * scale);
    return low == -high
        ? "%s, bound %s".formatted(std, number(high))
        : "%s, from %s to %s".formatted(std, number(low), number(high));
  }

  private static String links(Draw.Sparse draw, RecipeEntry entry) {
    boolean incoming = draw.side() == Draw.Sparse.Side.INCOMING;
    long places = (entry.layout() == Layout.OUT_IN) == incoming ? entry.columns() : entry.rows();
    return "%d of %d per %s".formatted(draw.links(places), places, incoming ? "output" : "input");
  }

  private static String word(GateOrder order) {
    return order.name().toLowerCase(Locale.ROOT);
  }

  private static String number(double value) {
    return isWhole(value) ? Long.toString((long) value) : "%.8g".formatted(value);
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE;
  }
}
