package dev.kindling.cli;

import dev.kindling.base.ConfigurationException;
import dev.kindling.base.ExitCode;
import dev.kindling.base.InputException;
import dev.kindling.calibrate.Calibration;
import dev.kindling.calibrate.CalibrationJson;
import dev.kindling.calibrate.LayerResult;
import dev.kindling.calibrate.Lsuv;
import dev.kindling.calibrate.LsuvSettings;
import dev.kindling.calibrate.RunId;
import dev.kindling.checkpoint.CheckpointFiles;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Manifest;
import dev.kindling.forward.ForwardEnvironment;
import dev.kindling.forward.StagePlan;
import dev.kindling.model.Layer;
import dev.kindling.model.Model;
import dev.kindling.recipe.Recipe;
import dev.kindling.recipe.Plan;
import dev.kindling.spark.CheckpointFolder;
import dev.kindling.spark.Sample;
import dev.kindling.spark.Sampler;
import dev.kindling.spark.Sessions;
import dev.kindling.spark.SparkStageRunner;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plans, calibrates and materialises. */
@Command(
    name = "lsuv",
    mixinStandardHelpOptions = true,
    description =
        "Initialises a model, scales its layers to unit variance over a sample of a dataset (LSUV), and writes the checkpoint.")
final class LsuvCommand implements Callable<Integer> {
  @Mixin private ConfigurationOptions configurationOptions;
  @Mixin private OutputOptions outputOptions;

  @Option(names = "--strict", description = "Ends with exit code 3, before anything is written, if a layer had to be left alone.")
  private boolean strict;

  @Spec private CommandSpec spec;
}
