package dev.kindling.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** How pages of values are compressed. */
public enum Codec {
  UNCOMPRESSED(CompressionCodecName.UNCOMPRESSED, 0, 0, 0),
  ZSTD(CompressionCodecName.ZSTD, 1, 3, 22);

  private final CompressionCodecName parquetName;
  private final int minLevel;
  private final int defaultLevel;
  private final int maxLevel;

  Codec(CompressionCodecName parquetName, int minLevel, int defaultLevel, int maxLevel) {
    this.parquetName = parquetName;
    this.minLevel = minLevel;
    this.defaultLevel = defaultLevel;
    this.maxLevel = maxLevel;
  }

  /** Returns the name used in configuration and manifests. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the codec with this label, or nothing. */
  public static Optional<Codec> ofLabel(String label) {
    return Arrays.stream(values()).filter(codec -> codec.label().equals(label)).findFirst();
  }

  /** Returns the level unless configured, 0 if the codec has none. */
  public int defaultLevel() {
    return defaultLevel;
  }

  /** Returns the lowest level. */
  public int minLevel() {
    return minLevel;
  }

  /** Returns the highest level. */
  public int maxLevel() {
    return maxLevel;
  }

  CompressionCodecName parquetName() {
    return parquetName;
  }
}
