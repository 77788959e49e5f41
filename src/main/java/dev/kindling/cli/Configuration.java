package dev.kindling.cli;

import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.PageEncoding;
import dev.kindling.datastart.DataStart;
import dev.kindling.proxy.ProxySettings;
import dev.kindling.recipe.InitSettings;
import dev.kindling.spark.DataSource;
import java.util.List;
import java.util.Optional;

/**
 * What a configuration file says, with defaults filled in and paths resolved.
 *
 * @param source the file, for messages
 * @param model path of the model
 * @param shapes path of the shapes that complete it, if there are any
 * @param init seed, rules and default
 * @param lsuv calibration, absent if the file has no such section
 * @param output where and how the checkpoint is written
 * @param start how weights start from data, absent if the file has no such section
 * @param proxy how a proxy is trained, absent if the file has no such section
 */
record Configuration(
    String source,
    String model,
    Optional<String> shapes,
    InitSettings init,
    Optional<Lsuv> lsuv,
    Output output,
    Optional<Start> start,
    Optional<ProxySettings> proxy) {

  /** Returns this configuration with other initial values. */
  Configuration withInit(InitSettings other) {
    return new Configuration(source, model, shapes, other, lsuv, output, start, proxy);
  }

  /** Returns this configuration with other settings of calibration. */
  Configuration withLsuv(LsuvSettings settings) {
    return new Configuration(
        source,
        model,
        shapes,
        init,
        lsuv.map(found -> new Lsuv(found.data(), settings, found.layers())),
        output,
        start,
        proxy);
  }

  /**
   * The section {@code start}.
   *
   * @param method how weights start
   * @param layers which layers do, any one of these; all if there is none
   */
  record Start(DataStart method, List<LayerChoice> layers) {}

  /**
   * The section {@code lsuv}.
   *
   * @param data what the sample is taken from
   * @param settings batch, micro-batch, target and the like
   * @param layers which layers are calibrated, any one of these; all if there is none
   */
  record Lsuv(DataSource data, LsuvSettings settings, List<LayerChoice> layers) {}

  /**
   * The section {@code output}.
   *
   * @param path folder of the checkpoint, empty if neither file nor command line names one
   * @param layout how it is written
   */
  record Output(Optional<String> path, CheckpointLayout layout) {
    /** Returns what the user should know of the layout. */
    List<String> notes() {
      return layout.encoding() == PageEncoding.BYTE_STREAM_SPLIT
          ? List.of(
              "Spark 4.1 reads pages of encoding byte-stream-split only with spark.sql.parquet.enableVectorizedReader=false")
          : List.of();
    }
  }
}
