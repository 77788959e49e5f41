package dev.kindling.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Opens the Spark session of a command. */
public final class Sessions {
  private static final String REGISTRATOR = "spark.kryo.registrator";

  private Sessions() {}

  /** Returns Hadoop's configuration as Spark's settings have it; starts nothing. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * Returns a session as spark-submit has set it up; on this machine's cores if nobody has. Our
   * classes are made known to Kryo beside the user's own.
   *
   * @param name name of the application
   */
  public static SparkSession open(String name) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.master", "local[*]");
    List<String> registrators = new ArrayList<>();
    String own = KindlingKryoRegistrator.class.getName();
    for (String registrator : conf.get(REGISTRATOR, "").split(",")) {
      if (!registrator.isBlank() && !registrator.trim().equals(own)) {
        registrators.add(registrator.trim());
      }
    }
    registrators.add(own);
    conf.set(REGISTRATOR, String.join(",", registrators));
    return SparkSession.builder().appName(name).config(conf).getOrCreate();
  }

  /** Returns the context of a session. */
  public static JavaSparkContext context(SparkSession session) {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }
}
