package dev.duomo;

import java.nio.Buffer;
import java.nio.charset.StandardCharsets;

/** The C functions, over the glue in native/. Callers have checked lengths and hold the handles. */
final class Native {
  static {
    NativeLibrary.load();
  }

  private Native() {}

  /** UTF-8, as the glue takes text. C ends text at a NUL, so there may be none inside. */
  static byte[] utf8(String text, String what) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + ": a NUL character in the text");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String string(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static native byte[] version();

  static native byte[] buildInfo();

  static native long open(byte[] path, int flags, int backend);

  static native long openBuffer(Buffer data, long offset, long size, int flags, int backend);

  static native void releaseModel(long model);

  static native void info(long model, long[] numbers, float[] range, byte[][] texts);

  static native byte[] input(long model, long index, long[] numbers);

  static native void ids(long model, boolean users, long[] out);

  static native long idOfKey(long model, boolean users, byte[] key);

  static native byte[] text(long model, int which, long id);

  static native long createFeatures(long model, int scope, long count);

  static native void releaseFeatures(long features);

  static native void setIntegers(long features, byte[] input, long[] values);

  static native void setNumbers(long features, byte[] input, float[] values);

  static native void setStrings(long features, byte[] input, long[] offsets, byte[][] values);

  static native void setIntegerLists(long features, byte[] input, long[] offsets, long[] values);

  static native long createContext(long model, int unknownIds, int threads);

  static native void releaseContext(long context);

  static native float predictOne(long context, long user, long item);

  static native void predict(long context, long[] users, long[] items, float[] out);

  static native void predictDirect(
      long context, Buffer users, int usersAt, Buffer items, int itemsAt, Buffer out, int outAt,
      int n);

  static native void predictVectors(long context, float[] users, float[] items, float[] out);

  static native void predictVectorsDirect(
      long context, Buffer users, int usersAt, Buffer items, int itemsAt, Buffer out, int outAt,
      int n);

  static native void encode(long context, boolean ofUsers, long[] ids, float[] out);

  static native void encodeDirect(
      long context, boolean ofUsers, Buffer ids, int idsAt, Buffer out, int outAt, int n);

  static native void encodeFeaturesDirect(long context, long features, Buffer out, int outAt);

  static native void encodeFeatures(long context, long features, float[] out);

  static native void search(
      long context, boolean similar, int flags, int count, long[] ids, float[] vectors,
      long features, long[] historyOffsets, long[] historyIds, int k, long[] excludeOffsets,
      long[] excludeIds, long[] allow, int[] filterModes, byte[][] filterInputs,
      Object[] filterValues, float minimumScore, int probes, long[] outIds, float[] outScores,
      long[] outCounts);

  static native void rank(
      long context, int flags, long user, long userFeatures, long[] items, long itemFeatures,
      long pairFeatures, long[] history, float[] out);
}
