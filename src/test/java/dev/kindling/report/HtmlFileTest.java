package dev.kindling.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kindling.base.JsonCursor;
import dev.kindling.report.Content.Messages;
import dev.kindling.report.Page.Section;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlFileTest {
  private static final String HOSTILE =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{policy}}\u2028&";

  private static final RunRecord RUN =
      new RunRecord(
          "d1",
          "jobs/kindling lsuv '" + HOSTILE + "'",
          List.of("a note"),
          Map.of("fc1", 0.25),
          List.of(List.of("block", "convolution")),
          List.of());

  /** Our two scripts, the page's JSON, and nothing that a name could have brought. */
  @Test
  void namesBringNoMarkup() {
    String html = html(HOSTILE);
    assertThat(scripts(html))
        .containsExactly("<script id=\"page\" type=\"application/json\">", "<script>", "<script>");
    assertThat(html).doesNotContain("<img").doesNotContain("alert(1)</script>");
    assertThat(html).contains("<title>&lt;/script&gt;&lt;script&gt;alert(1)");
    assertThat(html).contains("{{policy}}");
  }

  @Test
  void nothingIsLoaded() {
    assertThat(html("x"))
        .contains("content=\"default-src 'none';")
        .doesNotContainPattern("<(link|img|iframe|script)[^>]* (src|href)=")
        .doesNotContainPattern("@import|url\\(");
  }

  @Test
  void laterPagesFindWhatTheRunKnew() {
    JsonCursor page = HtmlFile.read(html(HOSTILE), "test").orElseThrow();
    assertThat(RunRecord.find(page, "d1")).contains(RUN);
    assertThat(RunRecord.find(page, "another")).isEmpty();
  }

  @Test
  void otherFilesAreNotOurs() {
    assertThat(HtmlFile.isOurs("<html></html>")).isFalse();
    assertThat(HtmlFile.read("<html></html>", "test")).isEmpty();
  }

  @Test
  void secretsAreLeftOutOfCommands() {
    assertThat(ShellWord.line(List.of("--set", "lsuv.data.options.password=abc", "it's")))
        .isEqualTo("--set lsuv.data.options.password=... 'it'\\''s'");
  }

  private static List<String> scripts(String html) {
    return Pattern.compile("<script[^>]*>")
        .matcher(html)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static String html(String text) {
    Messages messages = new Messages(Messages.Kind.WARNING, List.of(text));
    return HtmlFile.of(
        new Page(text, text, List.of(new Section(text, text, List.of(messages))), List.of(RUN)));
  }
}
