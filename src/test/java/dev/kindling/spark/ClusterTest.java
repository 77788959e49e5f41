package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.Kryo;
import dev.kindling.kernel.KernelsMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.serializer.KryoRegistrator;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private static final String KEY = "spark.kryo.registrator";
  private static final String OURS = KindlingKryoRegistrator.class.getName();

  /** A registrator that a user has. */
  public static final class Theirs implements KryoRegistrator {
    static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public void registerClasses(Kryo kryo) {
      CALLS.incrementAndGet();
    }
  }

  @Test
  void keepsTheUsersRegistrator() {
    String theirs = Theirs.class.getName();
    assertThat(registrators(theirs)).isEqualTo(theirs + "," + OURS);
    assertThat(Theirs.CALLS.get()).isPositive();
    assertThat(registrators(theirs + ", " + OURS)).isEqualTo(theirs + "," + OURS);
  }

  @Test
  void bringsItsOwnRegistrator() {
    assertThat(registrators("")).isEqualTo(OURS);
  }

  /** Returns the setting of an application that has sent one of our records through Kryo. */
  private static String registrators(String theirs) {
    TestSpark.session().stop();
    List<String> keys = new ArrayList<>();
    set(keys, KEY, theirs);
    set(keys, "spark.master", "local[1]");
    set(keys, "spark.ui.enabled", "false");
    set(keys, "spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    set(keys, "spark.kryo.registrationRequired", "true");
    try (Cluster cluster = Cluster.open("test", KernelsMode.AUTO, line -> {})) {
      assertThat(cluster.applicationId()).startsWith("local-");
      Tally record = new Tally(3, 1, "bad");
      assertThat(TestSpark.context().parallelize(List.of(record), 1).collect())
          .containsExactly(record);
      return SparkSession.active().sparkContext().getConf().get(KEY);
    } finally {
      keys.forEach(System::clearProperty);
    }
  }

  private static void set(List<String> keys, String key, String value) {
    keys.add(key);
    System.setProperty(key, value);
  }
}
