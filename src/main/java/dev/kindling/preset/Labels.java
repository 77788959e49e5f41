package dev.kindling.preset;

import dev.kindling.base.Require;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was found in the label column of a dataset. */
public sealed interface Labels {
  /** Returns the number of rows. */
  long rows();

  /**
   * Labels that are classes.
   *
   * @param counts rows by class, a whole number from 0 on
   */
  record Classes(SortedMap<Long, Long> counts) implements Labels {
    public Classes {
      counts = new TreeMap<>(counts);
      Require.positive(counts.size(), "number of classes");
    }

    @Override
    public long rows() {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Labels that are numbers.
   *
   * @param rows number of rows
   * @param value their mean or median
   */
  record Centre(long rows, double value) implements Labels {
    public Centre {
      Require.positive(rows, "rows");
      Require.finite(value, "value");
    }
  }
}
