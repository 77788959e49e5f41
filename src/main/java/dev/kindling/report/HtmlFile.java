package dev.kindling.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kindling.base.InputException;
import dev.kindling.base.JsonCursor;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * A page as one HTML file that loads nothing: style, scripts and d3 stand in it.
 *
 * <p>Names of tensors and paths come from files of other people. They stand in a block of JSON with
 * {@code <}, {@code >} and {@code &} escaped, which the script turns into text nodes only; and the
 * page's content security policy runs no script but the two whose hashes it names.
 */
public final class HtmlFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String LIBRARY = "/META-INF/resources/webjars/d3/7.9.0/dist/d3.min.js";
  private static final String MARK = "<meta name=\"generator\" content=\"kindling\">";
  private static final String BEFORE_PAGE = "<script id=\"page\" type=\"application/json\">";
  private static final String AFTER_PAGE = "</script>";

  private HtmlFile() {}

  /** Returns the file's text. */
  public static String of(Page page) {
    String style = resource("style.css");
    String library = resource(LIBRARY);
    String plots = resource("plots.js");
    String policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src %s; script-src %s %s"
            .formatted(hash(style), hash(library), hash(plots));
    return filled(
        resource("page.html"),
        Map.of(
            "policy", policy,
            "title", escaped(page.title()),
            "style", style,
            "page", json(page),
            "library", library,
            "plots", plots));
  }

  /** Returns whether a text is a file of ours. */
  public static boolean isOurs(String html) {
    return html.contains(MARK);
  }

  /** Returns the page that a file of ours holds, as JSON. */
  static Optional<JsonCursor> read(String html, String source) {
    int from = html.indexOf(BEFORE_PAGE);
    int to = html.indexOf(AFTER_PAGE, Math.max(0, from));
    if (!isOurs(html) || from < 0 || to < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonCursor.parse(html.substring(from + BEFORE_PAGE.length(), to), source));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /** JSON that may stand in HTML: no character in it can end the element or begin another. */
  private static String json(Page page) {
    try {
      return MAPPER
          .writeValueAsString(page)
          .replace("&", "\\u0026")
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Puts values in the places of their names, in one pass: no value is searched for places. */
  private static String filled(String template, Map<String, String> values) {
    StringBuilder filled = new StringBuilder();
    int done = 0;
    for (int from = template.indexOf("{{"); from >= 0; from = template.indexOf("{{", done)) {
      int to = template.indexOf("}}", from);
      filled.append(template, done, from).append(values.get(template.substring(from + 2, to)));
      done = to + 2;
    }
    return filled.append(template.substring(done)).toString();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlFile.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new FileNotFoundException("resource " + name + " is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
