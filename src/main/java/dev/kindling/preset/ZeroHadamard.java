package dev.kindling.preset;

import dev.kindling.model.Role;
import dev.kindling.scheme.Hadamard;
import dev.kindling.scheme.Zeros;

/**
 * ZerO: dense and conv weights are partial identities or, where they widen, parts of Hadamard
 * matrices; the ends of residual branches are 0, so that each block starts as its skip connection.
 *
 * <p>Source: Zhao, Schaefer, Anandkumar 2022, https://arxiv.org/abs/2110.12661, algorithms 1 and 2.
 * The authors' code has the matrices; zeros at the ends of branches are what a block of identities
 * asks for, and were not compared with theirs.
 */
record ZeroHadamard() implements Preset {
  @Override
  public String name() {
    return "zero_hadamard";
  }

  @Override
  public Outcome apply(Subject subject) {
    Assignment assignment = new Assignment("preset " + name());
    subject
        .structure()
        .branches()
        .forEach(
            branch ->
                branch
                    .ends()
                    .forEach(
                        end -> assignment.give(end, new Zeros(), 1, "end of " + branch.name())));
    subject
        .weights()
        .filter(tensor -> !tensor.role().isRecurrent())
        .forEach(tensor -> assignment.give(tensor.name(), new Hadamard(1), 1, "weight"));
    subject
        .tensors(Role.BIAS)
        .forEach(bias -> assignment.give(bias.name(), new Zeros(), 1, "bias"));
    return assignment.outcome();
  }
}
