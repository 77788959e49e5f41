package dev.kindling.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.kindling.calibrate.StageMoments;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.checkpoint.TensorDigest;
import dev.kindling.datastart.BoltzmannMachine;
import dev.kindling.forward.MicroBatch;
import dev.kindling.source.SourceDigests;
import dev.kindling.stats.LayerMoments;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.serializer.KryoRegistrator;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType$;
import org.apache.spark.sql.types.BooleanType$;
import org.apache.spark.sql.types.ByteType$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType$;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType$;
import org.apache.spark.sql.types.FloatType$;
import org.apache.spark.sql.types.IntegerType$;
import org.apache.spark.sql.types.LongType$;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType$;
import org.apache.spark.sql.types.ShortType$;
import org.apache.spark.sql.types.StringType$;
import org.apache.spark.sql.types.TimestampNTZType$;
import org.apache.spark.sql.types.TimestampType$;

/**
 * Makes our classes known to Kryo. They are records, whose final fields Spark's Kryo cannot set, so
 * Java's serialisation writes them; what is large in them is arrays of bytes, which both copy as
 * they are.
 */
public final class KindlingKryoRegistrator implements KryoRegistrator {
  /**
   * Types of columns, which Spark sends around to read Parquet but does not make known in full:
   * without them no Parquet file could be read where registration is required.
   */
  private static final List<Class<?>> SPARKS_OWN =
      List.of(
          ArrayType.class,
          BinaryType$.class,
          BooleanType$.class,
          ByteType$.class,
          DataType[].class,
          DateType$.class,
          DecimalType.class,
          DoubleType$.class,
          FloatType$.class,
          IntegerType$.class,
          LongType$.class,
          MapType.class,
          NullType$.class,
          ShortType$.class,
          StringType$.class,
          TimestampNTZType$.class,
          TimestampType$.class);

  @Override
  public void registerClasses(Kryo kryo) {
    JavaSerializer java = new JavaSerializer();
    kryo.register(BigDecimal.class);
    kryo.register(MicroBatch.class, java);
    kryo.register(StagePart.class, java);
    kryo.register(SlicePart.class, java);
    kryo.register(StageTask.class, java);
    kryo.register(StageTask.Setting.class, java);
    kryo.register(DiagnosisTask.class, java);
    kryo.register(DiagnosisTask.Found.class, java);
    kryo.register(DiagnosisTask.Found[].class);
    kryo.register(LeastRanked.class, java);
    kryo.register(Tally.class, java);
    kryo.register(HashMap.class);
    kryo.register(LayerMoments.class, java);
    kryo.register(StageMoments.class, java);
    kryo.register(StageMoments[].class);
    kryo.register(SparkFactors.Work.class, java);
    kryo.register(SparkShardWriter.Work.class, java);
    kryo.register(SparkVerifier.Work.class, java);
    kryo.register(SourceDigests.Range.class, java);
    kryo.register(TensorDigest.class, java);
    kryo.register(ShardResult.class, java);
    kryo.register(SparkExporter.Work.class, java);
    kryo.register(ShardVerdict.class, java);
    kryo.register(BoltzmannMachine.class, java);
    kryo.register(BoltzmannMachine.Contrast.class, java);
    SPARKS_OWN.forEach(kryo::register);
    kryo.register(SQLDataTypes.VectorType().getClass());
  }
}
