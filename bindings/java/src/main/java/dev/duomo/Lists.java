package dev.duomo;

/** Lists of ids end to end, as the library takes them. */
final class Lists {
  final long[] offsets;
  final long[] values;

  private Lists(long[] offsets, long[] values) {
    this.offsets = offsets;
    this.values = values;
  }

  int rows() {
    return offsets.length - 1;
  }

  static Lists of(long[][] lists) {
    long[] offsets = new long[lists.length + 1];
    int size = 0;
    for (int i = 0; i < lists.length; ++i) {
      size = Math.addExact(size, lists[i].length);
      offsets[i + 1] = size;
    }
    long[] values = new long[size];
    for (int i = 0; i < lists.length; ++i) {
      System.arraycopy(lists[i], 0, values, (int) offsets[i], lists[i].length);
    }
    return new Lists(offsets, values);
  }

  /** The same list for every row. */
  static Lists repeated(long[] list, int rows) {
    long[][] all = new long[rows][];
    java.util.Arrays.fill(all, list);
    return of(all);
  }
}
