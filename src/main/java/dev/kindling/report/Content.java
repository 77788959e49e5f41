package dev.kindling.report;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.Objects;

/** Something that a page shows. Numbers that are not there are null. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Content {
  /** How an axis is divided. */
  enum Axis {
    LINEAR,
    /** Linear, from zero on. */
    ZERO,
    LOG
  }

  /** A plot. */
  sealed interface Plot extends Content permits LayerPlot, HistogramPlot, CurvePlot {}

  /** Lines that stand out. */
  @JsonTypeName("messages")
  record Messages(Kind kind, List<String> lines) implements Content {
    /** What the lines are. */
    public enum Kind {
      WARNING,
      NOTE,
      GOOD
    }

    public Messages {
      lines = List.copyOf(lines);
    }
  }

  /** Rows of text under titles; a table whose first title is empty lists facts. */
  @JsonTypeName("table")
  record Table(List<Column> columns, List<List<String>> rows) implements Content {
    /** A column. */
    public record Column(String title, Side side) {}

    /** The side at which a column's cells are aligned. */
    public enum Side {
      LEFT,
      RIGHT
    }

    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }

    /** Returns a column of words. */
    public static Column left(String title) {
      return new Column(title, Side.LEFT);
    }

    /** Returns a column of numbers. */
    public static Column right(String title) {
      return new Column(title, Side.RIGHT);
    }
  }

  /** What one types to do something again. */
  @JsonTypeName("commands")
  record Commands(List<String> lines) implements Content {
    public Commands {
      lines = List.copyOf(lines);
    }
  }

  /** Small plots side by side. */
  @JsonTypeName("gallery")
  record Gallery(List<Plot> plots) implements Content {
    public Gallery {
      plots = List.copyOf(plots);
    }
  }

  /**
   * A number per layer.
   *
   * @param id what tests and links call it
   * @param text what one has to know to read it; may be empty
   * @param unit what the numbers are
   * @param layers names, in order
   */
  @JsonTypeName("layers")
  record LayerPlot(
      String id,
      String title,
      String text,
      String unit,
      Axis axis,
      Style style,
      List<String> layers,
      List<Series> series,
      List<Reference> references)
      implements Plot {
    /** How numbers are drawn. */
    public enum Style {
      DOTS,
      BARS
    }

    /** A line across, such as the target. */
    public record Reference(String name, double value) {}

    public LayerPlot {
      layers = List.copyOf(layers);
      series = List.copyOf(series);
      references = List.copyOf(references);
    }
  }

  /**
   * Numbers of one kind.
   *
   * @param values one per layer or bin, null where there is none
   * @param low lower ends of their intervals; empty if they have none
   * @param high upper ends
   */
  record Series(String name, List<Double> values, List<Double> low, List<Double> high) {
    public Series {
      Objects.requireNonNull(name, "name is null");
    }

    /** Returns numbers without intervals. */
    public static Series of(String name, List<Double> values) {
      return new Series(name, values, List.of(), List.of());
    }
  }

  /**
   * How values are spread.
   *
   * @param low lower end of the first bin
   * @param high upper end of the last
   * @param series density in each bin; all have equally many
   * @param expected density that the scheme has in each bin; empty if it is not known
   */
  @JsonTypeName("histogram")
  record HistogramPlot(
      String id,
      String title,
      String text,
      double low,
      double high,
      List<Series> series,
      List<Double> expected)
      implements Plot {
    public HistogramPlot {
      series = List.copyOf(series);
      expected = List.copyOf(expected);
    }
  }

  /** Curves over a common axis. */
  @JsonTypeName("curves")
  record CurvePlot(
      String id,
      String title,
      String text,
      String xLabel,
      String yLabel,
      Axis xAxis,
      Axis yAxis,
      List<Curve> curves)
      implements Plot {
    public CurvePlot {
      curves = List.copyOf(curves);
    }
  }

  /**
   * A curve.
   *
   * @param low lower ends of a band around it; empty for none
   * @param high upper ends
   * @param line how it is drawn
   */
  record Curve(
      String name, List<Double> x, List<Double> y, List<Double> low, List<Double> high, Line line) {
    /** How a curve is drawn. */
    public enum Line {
      FOUND,
      /** Dashed: what was expected, not what was found. */
      EXPECTED
    }

    /** Returns a curve of what was found, without a band. */
    public static Curve found(String name, List<Double> x, List<Double> y) {
      return new Curve(name, x, y, List.of(), List.of(), Line.FOUND);
    }

    /** Returns a curve of what was expected. */
    public static Curve expected(String name, List<Double> x, List<Double> y) {
      return new Curve(name, x, y, List.of(), List.of(), Line.EXPECTED);
    }
  }

  /** Returns a number, null where it is not finite. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
