package dev.kindling.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Opens pages in Chromium, without a window. */
final class Browser {
  private static final Pattern MARK =
      Pattern.compile("data-series=\"([^\"]*)\" data-layer=\"([^\"]*)\" data-value=\"([^\"]*)\"");
  private static final Pattern PLOT =
      Pattern.compile("<figure data-plot=\"([^\"]*)\"( data-drawn=\"(\\d+)\")?>");

  private Browser() {}

  /** What a page is once its scripts have run. */
  record Opened(String dom, List<String> console) {
    /** Checks that scripts had nothing to complain of and that every plot shows something. */
    Opened isDrawn() {
      assertThat(console).isEmpty();
      assertThat(root()).contains("data-plots=").doesNotContain("data-error");
      assertThat(plots())
          .isNotEmpty()
          .allSatisfy((plot, marks) -> assertThat(marks).as(plot).isPositive());
      assertThat(root()).contains("data-plots=\"%d\"".formatted(plots().size()));
      return this;
    }

    String root() {
      Matcher matcher = Pattern.compile("<html[^>]*>").matcher(dom);
      assertThat(matcher.find()).isTrue();
      return matcher.group();
    }

    /** Returns the number of marks of each plot. */
    Map<String, Integer> plots() {
      Map<String, Integer> plots = new TreeMap<>();
      Matcher matcher = PLOT.matcher(dom);
      while (matcher.find()) {
        plots.put(
            matcher.group(1), matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)));
      }
      return plots;
    }

    /** Returns the numbers that a plot shows of a series, by layer. */
    Map<String, Double> values(String plot, String series) {
      int from = dom.indexOf("<figure data-plot=\"" + plot + "\"");
      Matcher matcher = MARK.matcher(dom.substring(from, dom.indexOf("</figure>", from)));
      Map<String, Double> values = new TreeMap<>();
      while (matcher.find()) {
        if (matcher.group(1).equals(series)) {
          values.put(matcher.group(2), Double.parseDouble(matcher.group(3)));
        }
      }
      return values;
    }
  }

  /** Opens a page in a window of so many pixels; the test is skipped where there is no Chromium. */
  static Opened open(Path page, int width) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/chromium")),
        "there is no /usr/bin/chromium (Debian's package chromium): pages are not opened");
    Path folder = Files.createTempDirectory("browser");
    try {
      List<String> command =
          new ArrayList<>(
              List.of("/usr/bin/chromium", "--headless=new", "--no-sandbox", "--disable-gpu"));
      command.addAll(
          List.of(
              "--user-data-dir=" + folder,
              "--enable-logging=stderr",
              "--v=0",
              "--hide-scrollbars",
              "--window-size=" + width + ",900",
              "--virtual-time-budget=5000",
              "--dump-dom",
              page.toUri().toString()));
      Path dom = folder.resolve("dom.html");
      Path log = folder.resolve("log");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(dom.toFile())
              .redirectError(log.toFile())
              .start();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return new Opened(
          Files.readString(dom),
          Files.readAllLines(log).stream().filter(line -> line.contains("CONSOLE")).toList());
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
