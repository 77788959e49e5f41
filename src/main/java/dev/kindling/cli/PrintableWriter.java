package dev.kindling.cli;

import dev.kindling.base.PlainText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Shows names and texts out of files, which may hold commands to the terminal, as text: such
 * characters become question marks.
 */
final class PrintableWriter extends FilterWriter {
  private PrintableWriter(Writer out) {
    super(out);
  }

  /** Returns a writer in front of another one. */
  static PrintWriter to(PrintWriter out) {
    return new PrintWriter(new PrintableWriter(out), true);
  }

  @Override
  public void write(int c) throws IOException {
    super.write(shown((char) c));
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    char[] shown = new char[length];
    for (int i = 0; i < length; i++) {
      shown[i] = shown(text[offset + i]);
    }
    super.write(shown, 0, length);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    write(text.toCharArray(), offset, length);
  }

  private static char shown(char c) {
    return PlainText.isCommand(c) ? '?' : c;
  }
}
