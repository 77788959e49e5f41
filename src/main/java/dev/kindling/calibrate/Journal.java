package dev.kindling.calibrate;

import dev.kindling.forward.Stage;
import java.util.Optional;

/** Remembers the layers of a run, so that one that was killed need not judge them again. */
public interface Journal {
  /** Remembers nothing. */
  Journal NONE =
      new Journal() {
        @Override
        public Optional<CalibratedLayer> find(Stage stage) {
          return Optional.empty();
        }

        @Override
        public void add(Stage stage, CalibratedLayer layer) {}
      };

  /** Returns the layer of a stage if this run has judged it before. */
  Optional<CalibratedLayer> find(Stage stage);

  /** Remembers the layer of a stage. */
  void add(Stage stage, CalibratedLayer layer);
}
