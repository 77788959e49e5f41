package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.calibrate.StageMoments;
import dev.kindling.checkpoint.ManifestShard;
import dev.kindling.checkpoint.RangeResult;
import dev.kindling.checkpoint.ShardRange;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.checkpoint.ShardSpec;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.TensorDigest;
import dev.kindling.checkpoint.ValueStatistics;
import dev.kindling.diagnose.LayerSignal;
import dev.kindling.forward.MicroBatch;
import dev.kindling.forward.TensorValue;
import dev.kindling.model.Activation;
import dev.kindling.model.ElementType;
import dev.kindling.model.ExternalValues;
import dev.kindling.model.Fans;
import dev.kindling.model.Layer;
import dev.kindling.model.Layout;
import dev.kindling.model.Role;
import dev.kindling.model.Shape;
import dev.kindling.recipe.Block;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.RecipeEntry;
import dev.kindling.recipe.Source;
import dev.kindling.scheme.FanMode;
import dev.kindling.scheme.HeNormal;
import dev.kindling.scheme.Orthogonal;
import dev.kindling.scheme.Scheme;
import dev.kindling.stats.LayerMoments;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.reflect.ClassTag$;

/** What travels between driver and executors arrives as it left. */
class SerialisationTest {
  private static final SparkConf STRICT =
      new SparkConf(false)
          .set("spark.kryo.registrator", KindlingKryoRegistrator.class.getName())
          .set("spark.kryo.registrationRequired", "true");

  /** What tasks receive and return as it is. */
  static Stream<Serializable> travellers() {
    ShardRange range = new ShardRange("a.weight", 3, 5);
    ShardResult result =
        new ShardResult(
            2,
            "data/id/part-00002.parquet",
            123,
            -7,
            List.of(new RangeResult(range, 20, new TensorDigest(1, 2), ValueStatistics.EMPTY)));
    return Stream.of(
        StagePart.start(microBatch()),
        new StagePart(microBatch(), new StageMoments(3, List.of(moments(), moments()))),
        new StageMoments(4, List.of(moments())),
        moments(),
        new Tally(3, 1, "bad"),
        result,
        new ShardVerdict(2, 20, List.of("Cannot read shard 'x': it is damaged")),
        new SparkShardWriter.Work(new ShardSpec(2, List.of(range)), recipe().entries()),
        new SparkVerifier.Work(
            new ManifestShard(2, "data/id/part-00002.parquet", 123, -7, List.of()),
            recipe().entries()));
  }

  /** What travels inside of something else. */
  static Stream<Serializable> passengers() {
    return Stream.of(
        microBatch(),
        recipe(),
        new RowReader.Reading(new byte[0], "a", "bad").problem(),
        new Ranked("00ff", "11ee"),
        new Layer("fc", "Gemm_1", "fc.weight", Optional.of("fc.bias")),
        new Layer("fc", "Gemm_1", "fc.weight", Optional.empty()),
        new LayerSignal(
            "fc",
            "normal",
            Activation.RELU,
            1,
            2,
            5,
            OptionalDouble.empty(),
            OptionalDouble.of(0.25),
            OptionalDouble.of(3),
            OptionalDouble.empty(),
            Optional.of(new LayerSignal.Estimate(1, 0.5))),
        new DataSource("csv", "x.csv", List.of("a"), Shape.of(1), 1, Map.of("sep", ";")));
  }

  @ParameterizedTest
  @MethodSource("travellers")
  void survivesKryo(Serializable value) {
    assertThat(roundTrip(new KryoSerializer(STRICT), value)).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource({"travellers", "passengers"})
  void survivesJava(Serializable value) {
    assertThat(roundTrip(new JavaSerializer(STRICT), value)).isEqualTo(value);
  }

  @Test
  void theTestIsStrict() {
    KryoSerializer kryo = new KryoSerializer(STRICT);
    DataSource stranger = new DataSource("csv", "x", List.of(), Shape.of(1), 1, Map.of());
    assertThatThrownBy(() -> roundTrip(kryo, stranger))
        .hasMessageContaining("Class is not registered: dev.kindling.spark.DataSource");
  }

  private static Object roundTrip(Serializer serializer, Object value) {
    org.apache.spark.serializer.SerializerInstance instance = serializer.newInstance();
    ByteBuffer bytes = instance.serialize(value, ClassTag$.MODULE$.apply(Object.class));
    return instance.deserialize(bytes, ClassTag$.MODULE$.apply(Object.class));
  }

  private static LayerMoments moments() {
    return new LayerMoments(10, 0.1, Double.NaN, -0.0, Double.MIN_VALUE, 1e300);
  }

  private static MicroBatch microBatch() {
    return MicroBatch.of(
        3,
        Map.of(
            "f32", TensorValue.ofFloats(Shape.of(2, 2), new float[] {1, -0.0f, Float.NaN, 4}),
            "i64", TensorValue.ofLongs(Shape.of(1, 2), new long[] {-1, Long.MAX_VALUE}),
            "f64", value(ElementType.F64, 16),
            "f16", value(ElementType.F16, 4),
            "i32", value(ElementType.I32, 8),
            "bool", value(ElementType.BOOL, 2),
            "empty", value(ElementType.F32, 0),
            "scalar", TensorValue.ofFloats(Shape.of(), new float[] {5})));
  }

  private static TensorValue value(ElementType type, int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 37 % 2);
    }
    return TensorValue.of(type, Shape.of(bytes / type.bytes()), ByteBuffer.wrap(content));
  }

  private static Recipe recipe() {
    Scheme he = new HeNormal(FanMode.FAN_OUT, 0.1);
    return new Recipe(
        Recipe.FORMAT_VERSION,
        42,
        List.of(
            entry("a.weight", 8, drawn(8, he).scaledBy(2)),
            entry("b.weight", 6, drawn(6, new Orthogonal(1.5))),
            external("kept", new ExternalValues.Inline("AAAAAAAAAAAAAAAAAAAAAA==", 0)),
            external("far", new ExternalValues.InFile("file:/m.onnx", "far", 7))));
  }

  private static Block drawn(long rows, Scheme scheme) {
    return Block.whole(rows, 2, scheme, new Fans(3, 4));
  }

  private static RecipeEntry entry(String name, long rows, Block block) {
    return new RecipeEntry(
        name,
        Shape.of(rows, 3),
        ElementType.F32,
        Role.DENSE,
        Layout.OUT_IN,
        List.of("alias"),
        "test",
        new Source.Drawn(List.of(block)));
  }

  private static RecipeEntry external(String name, ExternalValues values) {
    return new RecipeEntry(
        name,
        Shape.of(2),
        ElementType.I64,
        Role.CONSTANT,
        Layout.OUT_IN,
        List.of(),
        "test",
        new Source.External(values));
  }
}
