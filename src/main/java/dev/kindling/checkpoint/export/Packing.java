package dev.kindling.checkpoint.export;

import java.util.ArrayList;
import java.util.List;

/** Puts whole tensors into files, in order. */
final class Packing {
  private Packing() {}

  /**
   * Returns the tensors of each file.
   *
   * @param fileBytes values in a file at most, in bytes, except that it holds at least one tensor
   */
  static List<List<StoredTensor>> of(List<StoredTensor> tensors, long fileBytes) {
    List<List<StoredTensor>> files = new ArrayList<>();
    long free = 0;
    for (StoredTensor tensor : tensors) {
      if (files.isEmpty() || tensor.bytes() > free) {
        files.add(new ArrayList<>());
        free = fileBytes;
      }
      free -= tensor.bytes();
      files.get(files.size() - 1).add(tensor);
    }
    return files;
  }
}
