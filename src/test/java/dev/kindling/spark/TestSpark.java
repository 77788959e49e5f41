package dev.kindling.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The session that tests of this package share: as strict with Kryo as it gets. */
final class TestSpark {
  private TestSpark() {}

  /** Returns the running session, or a new one if another test has stopped it. */
  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.kryo.registrator", KindlingKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        // Every file becomes a partition of its own.
        .config("spark.sql.files.maxPartitionBytes", "4MB")
        .config("spark.sql.files.openCostInBytes", "4MB")
        .getOrCreate();
  }

  static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session().sparkContext());
  }
}
