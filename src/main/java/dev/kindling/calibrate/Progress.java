package dev.kindling.calibrate;

/** Is told of each layer as it is done. */
public interface Progress {
  /** Tells nobody. */
  Progress SILENT =
      new Progress() {
        @Override
        public void calibrated(LayerResult result, long nanos) {}

        @Override
        public void replayed(LayerResult result) {}
      };

  /**
   * A layer has been judged, or could not be run.
   *
   * @param nanos how long it took
   */
  void calibrated(LayerResult result, long nanos);

  /** A layer was judged by an earlier run and is known. */
  void replayed(LayerResult result);
}
