package dev.kindling.report;

import java.util.List;
import java.util.Objects;

/**
 * What an HTML file shows.
 *
 * @param title its heading
 * @param subtitle a line below
 * @param sections its parts, in order
 * @param runs what only the runs knew that made the checkpoints shown, kept for later pages
 */
public record Page(String title, String subtitle, List<Section> sections, List<RunRecord> runs) {
  public Page {
    Objects.requireNonNull(title, "title is null");
    sections = List.copyOf(sections);
    runs = List.copyOf(runs);
  }

  /**
   * A part under a heading of its own.
   *
   * @param text what one has to know to read it; may be empty
   */
  public record Section(String title, String text, List<Content> contents) {
    public Section {
      contents = List.copyOf(contents);
    }
  }
}
