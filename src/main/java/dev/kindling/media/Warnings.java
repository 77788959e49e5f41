package dev.kindling.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/** What a decoder complains of. The JDK's fills up a JPEG that ends too early and only warns. */
final class Warnings implements IIOReadWarningListener {
  private final List<String> found = new ArrayList<>();

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    found.add(warning);
  }

  void requireWhole() {
    for (String warning : found) {
      if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
        throw new IllegalStateException(warning);
      }
    }
  }
}
