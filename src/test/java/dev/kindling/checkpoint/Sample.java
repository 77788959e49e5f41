package dev.kindling.checkpoint;

import dev.kindling.kernel.ScalarKernels;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.recipe.TensorValues;
import dev.kindling.scheme.Normal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A small model with tensors of all kinds, and values that are cheap to make. */
final class Sample {
  static final Scheme NORMAL = new Normal(0, 0.25);
  static final String RECIPE_JSON = "{\"format-version\": 1, \"seed\": 42}";
  static final String RUN_ID = "00112233aabbccdd";
  static final CheckpointLayout LAYOUT =
      layout(ElementType.F32, PageEncoding.PLAIN, Codec.UNCOMPRESSED);

  static final Recipe RECIPE =
      new Recipe(
          Recipe.FORMAT_VERSION,
          42,
          List.of(
              drawn("conv.weight", NORMAL, 8, 3, 3, 3),
              drawn("größe.bias", NORMAL, 40),
              drawn("scalar", NORMAL),
              drawn("empty", NORMAL, 0, 5),
              drawn("head.weight", new Orthogonal(1), 600, 40),
              index("positions"),
              drawn("wide", NORMAL, 3, 7000),
              drawn("thin", NORMAL, 2500, 1)));

  private Sample() {}

  static CheckpointLayout layout(ElementType dtype, PageEncoding encoding, Codec codec) {
    return new CheckpointLayout(
        dtype, 50_000, encoding, codec, codec.defaultLevel(), 40_000, 5_000);
  }

  /** Returns the digest of float32 values. */
  static TensorDigest digest(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return TensorDigest.of(bytes.array(), 0, bytes.capacity());
  }

  static RecipeEntry drawn(String name, Scheme scheme, long... dims) {
    Shape shape = Shape.of(dims);
    long rows = dims.length == 0 ? 1 : dims[0];
    return new RecipeEntry(
        name,
        shape,
        ElementType.F32,
        Role.DENSE,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.Drawn(List.of(Block.whole(rows, 1, scheme, Fans.NONE))));
  }

  private static RecipeEntry index(String name) {
    return new RecipeEntry(
        name,
        Shape.of(2),
        ElementType.I64,
        Role.CONSTANT,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.External(new ExternalValues.Inline("AAAAAAAAAAAAAAAAAAAAAA==", 0)));
  }

  /** Values in about [-1, 1) that depend on tensor and index. */
  static final TensorValues VALUES =
      (entry, start, target, offset, length) -> {
        long key = entry.tensor().hashCode() * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < length; i++) {
          long x = (start + i + key) * 0xBF58476D1CE4E5B9L;
          target[offset + i] = (int) ((x ^ x >>> 29) >> 16) * 0x1p-31f;
        }
      };

  /** The same values, counted. */
  static TensorValues counted(AtomicLong filled) {
    return (entry, start, target, offset, length) -> {
      filled.addAndGet(length);
      VALUES.fill(entry, start, target, offset, length);
    };
  }

  static float[] values(String tensor) {
    RecipeEntry entry = RECIPE.entry(tensor);
    float[] all = new float[(int) entry.shape().elementCount()];
    VALUES.fill(entry, 0, all, 0, all.length);
    return all;
  }

  static CheckpointFiles files(Path folder) throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    return CheckpointFiles.of(local, new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  static CheckpointJob job(CheckpointFiles files) {
    return job(files, LAYOUT);
  }

  static CheckpointJob job(CheckpointFiles files, CheckpointLayout layout) {
    return CheckpointJob.plan(files, RECIPE, RECIPE_JSON, RUN_ID, layout);
  }

  /** Writes the whole checkpoint in a folder. */
  static Manifest write(Path folder, CheckpointLayout layout) throws IOException {
    CheckpointJob job = job(files(folder), layout);
    Manifest manifest = finish(job, runAll(job, VALUES), new OutputState.Empty());
    job.clean(Set.of());
    return manifest;
  }

  static List<ShardResult> runAll(CheckpointJob job, TensorValues values) {
    job.prepare();
    List<ShardResult> results = new ArrayList<>();
    for (ShardSpec spec : job.shards()) {
      results.add(job.task(spec, values, new ScalarKernels()).run("app", "0"));
    }
    return results;
  }

  static Manifest finish(CheckpointJob job, List<ShardResult> results, OutputState before) {
    return job.finish(results, Optional.empty(), before, ExistingOutput.REFUSE, "app");
  }
}
