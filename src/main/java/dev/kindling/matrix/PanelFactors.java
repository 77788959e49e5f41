package dev.kindling.matrix;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The factors of panels that this JVM used last, so that further blocks of rows need not compute
 * them again. Bounded; what was dropped is recomputed to the same bits.
 */
final class PanelFactors<A> {
  /** A thirty-second of the heap, which holds the factors of some ten matrices of 16384 rows. */
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 32;

  private static final PanelFactors<float[]> OF_FLOAT32 = new PanelFactors<>(MOST_BYTES);
  private static final PanelFactors<double[]> OF_FLOAT64 = new PanelFactors<>(MOST_BYTES);

  private final long mostBytes;
  private final Map<Key<A>, PanelFactor<A>> factors = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PanelFactors(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Returns those of this JVM. */
  @SuppressWarnings("unchecked") // A precision stands for one type of array.
  static <A> PanelFactors<A> of(Precision<A> precision) {
    return (PanelFactors<A>) (precision == Precision.FLOAT32 ? OF_FLOAT32 : OF_FLOAT64);
  }

  /** Returns a factor, computed if it is not there; two threads may compute the same. */
  PanelFactor<A> of(Key<A> key, Supplier<PanelFactor<A>> compute) {
    PanelFactor<A> known;
    synchronized (factors) {
      known = factors.get(key);
    }
    if (known != null) {
      return known;
    }
    PanelFactor<A> factor = compute.get();
    synchronized (factors) {
      if (factors.put(key, factor) == null) {
        bytes += bytes(key, factor);
        dropOldest();
      }
    }
    return factor;
  }

  private void dropOldest() {
    Iterator<Map.Entry<Key<A>, PanelFactor<A>>> oldest = factors.entrySet().iterator();
    while (bytes > mostBytes && oldest.hasNext()) {
      Map.Entry<Key<A>, PanelFactor<A>> entry = oldest.next();
      bytes -= bytes(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  private long bytes(Key<A> key, PanelFactor<A> factor) {
    long count = factor.heads().length;
    return count * (Double.BYTES + count * key.draws().precision().bytes()) + 256;
  }

  /** A panel of a matrix. */
  record Key<A>(Draws<A> draws, int panel) {}
}
