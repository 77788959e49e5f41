package dev.kindling.report;

import dev.kindling.checkpoint.Checkpoint;
import dev.kindling.report.Content.Messages;
import dev.kindling.report.Page.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows one or several checkpoints: what was initialised and how, and what came out. */
public final class CheckpointPage {
  private final List<CheckpointSubject> subjects = new ArrayList<>();
  private final String version;
  private final int tensors;

  /**
   * Begins a page.
   *
   * @param version the version of this build, in words
   * @param tensors number of tensors whose values are shown
   */
  public CheckpointPage(String version, int tensors) {
    this.version = version;
    this.tensors = tensors;
  }

  /**
   * Adds a checkpoint.
   *
   * @param name how the page calls it, usually its folder
   * @param run what only the run knew, if that was kept
   */
  public CheckpointPage add(String name, Checkpoint checkpoint, Optional<RunRecord> run) {
    subjects.add(CheckpointSubject.of(name, checkpoint, run));
    return this;
  }

  /**
   * Returns the page.
   *
   * @throws dev.kindling.base.VerificationException if values of a checkpoint are damaged
   */
  public Page page() throws IOException {
    List<Section> sections = new ArrayList<>();
    sections.add(warnings());
    sections.add(new Initialisation(subjects, version).section());
    new CalibrationPlots(subjects).section().ifPresent(sections::add);
    sections.addAll(new TensorPlots(subjects, tensors).sections());
    StructureTables.section(subjects).ifPresent(sections::add);
    return new Page(
        title(), subtitle(), sections, subjects.stream().map(CheckpointSubject::run).toList());
  }

  private Section warnings() {
    List<String> warnings = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (CheckpointSubject subject : subjects) {
      String prefix = subjects.size() == 1 ? "" : subject.name() + ": ";
      Warnings.of(subject).forEach(line -> warnings.add(prefix + line));
      subject.run().notes().forEach(line -> notes.add(prefix + line));
    }
    List<Content> contents = new ArrayList<>();
    contents.add(
        warnings.isEmpty()
            ? new Messages(Messages.Kind.GOOD, List.of("There is nothing to warn of."))
            : new Messages(Messages.Kind.WARNING, warnings));
    if (!notes.isEmpty()) {
      contents.add(new Messages(Messages.Kind.NOTE, notes));
    }
    return new Section("Warnings", "", contents);
  }

  private String title() {
    return subjects.size() == 1
        ? subjects.get(0).name()
        : "%d checkpoints compared".formatted(subjects.size());
  }

  private String subtitle() {
    CheckpointSubject first = subjects.get(0);
    return subjects.size() == 1
        ? Words.format(
            "Initialised by Kindling%s: %,d tensors, %,d values, seed %d",
            first.calibration().isPresent() ? " and calibrated with LSUV" : "",
            first.manifest().tensors().size(),
            first.elements(),
            first.recipe().seed())
        : String.join(", ", subjects.stream().map(CheckpointSubject::name).toList());
  }
}
