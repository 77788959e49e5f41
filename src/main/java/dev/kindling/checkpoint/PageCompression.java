package dev.kindling.checkpoint;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.codec.ZstandardCodec;

/** Compresses pages and takes them apart again, for one thread. */
final class PageCompression {
  private final Codec codec;
  private final CodecFactory factory;

  PageCompression(Codec codec, int level) {
    this.codec = codec;
    Configuration configuration = new Configuration(false);
    configuration.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, level);
    this.factory = new CodecFactory(configuration, 1 << 16);
  }

  /** Returns the page as it is written; valid until the next call. */
  BytesInput compress(BytesInput page) throws IOException {
    if (codec == Codec.UNCOMPRESSED) {
      return page;
    }
    BytesInputCompressor compressor = factory.getCompressor(codec.parquetName());
    return compressor.compress(page);
  }

  /**
   * Takes a page apart.
   *
   * @param bytes holds {@code compressedBytes} of it at its front
   * @param size length of the page when it is not compressed
   */
  byte[] decompress(byte[] bytes, int compressedBytes, int size) throws IOException {
    BytesInputDecompressor decompressor = factory.getDecompressor(codec.parquetName());
    byte[] page = new byte[size];
    BytesInput input = decompressor.decompress(BytesInput.from(bytes, 0, compressedBytes), size);
    input.toInputStream().readNBytes(page, 0, size);
    return page;
  }
}
