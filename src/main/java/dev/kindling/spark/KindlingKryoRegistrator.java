package dev.kindling.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.kindling.checkpoint.ShardResult;
import dev.kindling.checkpoint.ShardVerdict;
import dev.kindling.stats.LayerMoments;
import java.util.HashMap;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * Makes our classes known to Kryo. They are records, whose final fields Spark's Kryo cannot set, so
 * Java's serialisation writes them; what is large in them is arrays of bytes, which both copy as
 * they are.
 */
public final class KindlingKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    JavaSerializer java = new JavaSerializer();
    kryo.register(StagePart.class, java);
    kryo.register(StageTask.class, java);
    kryo.register(Sampler.Ranked.class, java);
    kryo.register(HashMap.class);
    kryo.register(LayerMoments.class, java);
    kryo.register(SparkShardWriter.Work.class, java);
    kryo.register(SparkVerifier.Work.class, java);
    kryo.register(ShardResult.class, java);
    kryo.register(ShardVerdict.class, java);
  }
}
