package dev.kindling.preset;

import dev.kindling.model.Role;
import dev.kindling.model.Tensor;
import dev.kindling.scheme.GlorotUniform;
import dev.kindling.scheme.Normal;
import dev.kindling.structure.Branch;
import dev.kindling.structure.Branch.Placement;
import dev.kindling.structure.Side;
import java.util.List;
import java.util.Optional;

/**
 * T-Fixup: Xavier everywhere; with N layers on a side, values, attention outputs and both matrices
 * of the MLP times {@code 0.67 N^(-1/4)} in the encoder and {@code (9 N)^(-1/4)} in the decoder;
 * token embeddings {@code N(0, 1/d)} times {@code (9 N)^(-1/4)}.
 *
 * <p>Source: Huang, Perez, Ba, Volkovs 2020, Improving Transformer optimization through better
 * initialization, section 3.2, http://proceedings.mlr.press/v119/huang20f.html.
 *
 * @param single what a model of one stack is, where nothing in it says
 */
record TFixup(Side single) implements Preset {
  private static final double ENCODER = 0.67;
  private static final double DECODER = 9;
  private static final double ROOT = -0.25;

  @Override
  public String name() {
    return "t_fixup";
  }

  @Override
  public Outcome apply(Subject subject) {
    List<Branch> branches = subject.transformerBranches();
    Assignment assignment = new Assignment("preset " + name());
    ValuePath path = new ValuePath(subject, new GlorotUniform(1), assignment);
    branches.forEach(
        branch -> path.give(branch, factor(branch.side(), layers(subject, branch.side()))));
    subject
        .tensors(Role.EMBEDDING)
        .filter(table -> !subject.structure().positions().contains(table.name()))
        .forEach(table -> embedding(table, subject, assignment));
    subject
        .weights()
        .forEach(t -> assignment.give(t.name(), new GlorotUniform(1), 1, "outside of branches"));
    if (branches.stream().anyMatch(b -> b.placement() != Placement.NONE)) {
      assignment.note("the model has norms around its branches, which T-Fixup does without");
    }
    return assignment.outcome();
  }

  private static long layers(Subject subject, Side side) {
    return subject.layers(side);
  }

  private double factor(Side side, long layers) {
    boolean encoder = side == Side.ENCODER || (side == Side.SINGLE && single == Side.ENCODER);
    return encoder
        ? ENCODER * StrictMath.pow((double) layers, ROOT)
        : StrictMath.pow(DECODER * layers, ROOT);
  }

  /** A shared table counts for the encoder, and is scaled once. */
  private static void embedding(Tensor table, Subject subject, Assignment assignment) {
    boolean decoder = subject.structure().decoderEmbeddings().contains(table.name());
    Side side = decoder ? Side.DECODER : Side.ENCODER;
    long layers = subject.layers(side) > 0 ? subject.layers(side) : all(subject);
    double std = 1 / Math.sqrt((double) table.shape().dim(1));
    assignment.give(
        table.name(),
        new Normal(0, std),
        StrictMath.pow(DECODER * layers, ROOT),
        "embedding of N = " + layers);
  }

  private static long all(Subject subject) {
    return Math.max(subject.layers(Side.DECODER), subject.layers(Side.SINGLE));
  }

  @Override
  public Optional<String> undoneByLsuv() {
    return Optional.of("it would scale the branches that T-Fixup makes small by their depth");
  }
}
