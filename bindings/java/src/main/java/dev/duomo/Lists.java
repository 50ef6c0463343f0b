package dev.duomo;

import org.jspecify.annotations.Nullable;

/** Lists of ids or keys end to end, as the library takes them. */
final class Lists {
  final long[] offsets;
  final long @Nullable [] values; // or …
  final byte @Nullable [][] keys;

  private Lists(long[] offsets, long @Nullable [] values, byte @Nullable [][] keys) {
    this.offsets = offsets;
    this.values = values;
    this.keys = keys;
  }

  int size() {
    return keys != null ? keys.length : values.length;
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
    return new Lists(offsets, values, null);
  }

  static Lists of(String what, String[][] lists) {
    long[] offsets = new long[lists.length + 1];
    java.util.List<String> flat = new java.util.ArrayList<>();
    for (int i = 0; i < lists.length; ++i) {
      flat.addAll(java.util.Arrays.asList(lists[i]));
      offsets[i + 1] = flat.size();
    }
    return new Lists(offsets, null, Native.texts(what, flat.toArray(new String[0])));
  }
}
