package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings that we ship: names that Spark knows, with values that it takes. */
class SparkSettingsTest {
  /** Where Spark keeps its settings; it learns of them when these are loaded. */
  @BeforeAll
  static void loadSettings() throws ClassNotFoundException {
    for (String holder : new String[] {"package$", "Kryo$", "UI$"}) {
      Class.forName("org.apache.spark.internal.config." + holder);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark-defaults.conf", "standalone.conf", "yarn.conf", "kubernetes.conf"})
  void areKnownToSpark(String name) throws IOException {
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("conf", name))) {
      settings.load(reader);
    }
    assertThat(settings).isNotEmpty();
    SparkConf conf = new SparkConf(false);
    settings.forEach((key, value) -> conf.set((String) key, (String) value));
    for (String key : settings.stringPropertyNames()) {
      // Those of YARN and Kubernetes stand in modules that the build has not.
      if (!key.startsWith("spark.yarn.") && !key.startsWith("spark.kubernetes.")) {
        ConfigEntry<?> entry = ConfigEntry.findEntry(key);
        assertThat(entry).as(key).isNotNull();
        assertThat(conf.get(entry)).as(key).isNotNull();
      }
    }
  }
}
