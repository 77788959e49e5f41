package dev.kindling.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** How pages are compressed. */
public enum Codec {
  UNCOMPRESSED(CompressionCodecName.UNCOMPRESSED);

  private final CompressionCodecName parquetName;

  Codec(CompressionCodecName parquetName) {
    this.parquetName = parquetName;
  }

  /** Returns the name used in configuration and manifests. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the codec with this label, or nothing. */
  public static Optional<Codec> ofLabel(String label) {
    return Arrays.stream(values()).filter(codec -> codec.label().equals(label)).findFirst();
  }

  CompressionCodecName parquetName() {
    return parquetName;
  }
}
