package dev.duomo;

import java.nio.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullUnmarked;

/** The C functions, over the glue in native/. Callers have checked lengths and hold the handles. */
@NullUnmarked // null is what is not given, as in C
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

  static byte[][] texts(String what, String[] texts) {
    byte[][] out = new byte[texts.length][];
    for (int i = 0; i < texts.length; ++i) {
      if (texts[i] == null) {
        throw new NullPointerException(what + "[" + i + "]");
      }
      out[i] = utf8(texts[i], what);
    }
    return out;
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

  static native long idOfString(byte[] key);

  static native void idsOfKeys(long model, int scope, byte[][] keys, long[] out);

  static native void textsOf(long model, int which, long[] ids, byte[][] out);

  static native byte[] inputValue(long model, long input, long index, long[] integer);

  static native void metadata(long model, long index, byte[][] entry);

  static native byte[] attribute(long model, long index, long[] numbers);

  static native void attributeNumbers(long model, byte[] name, long[] items, double[] out);

  static native void attributeIntegers(long model, byte[] name, long[] items, long[] out);

  static native void attributeTexts(long model, byte[] name, long[] items, byte[][] out);

  static native byte[][] attributeSet(long model, byte[] name, long item);

  static native long setOfIds(long model, long[] ids, byte[][] keys);

  static native long setOfFilters(long model, int[] modes, byte[][] inputs, Object[] values);

  static native long combineSets(int mode, long[] sets);

  static native void releaseSet(long set);

  static native long setSize(long set);

  static native boolean setContains(long set, long item);

  static native long createFeatures(long model, int scope, long count);

  static native void releaseFeatures(long features);

  static native void setStrict(long features, boolean strict);

  static native void setIntegers(long features, byte[] input, long[] values);

  static native void setNumbers(long features, byte[] input, float[] values);

  static native void setStrings(long features, byte[] input, long[] offsets, byte[][] values);

  static native void setIntegerLists(long features, byte[] input, long[] offsets, long[] values);

  static native long createContext(long model, int unknownIds, int threads, Buffer cancelled);

  static native void trim(long context);

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

  /**
   * One of the searches, in the order of {@link Recommender}'s.
   *
   * @param longs ids; offsets and ids of histories; ids excluded for all; offsets and ids of those
   *     excluded; ids allowed; k of each; sets of each
   * @param floats vectors; weights of histories
   * @param texts keys in place of ids: of queries, histories, excluded for all, excluded, allowed
   */
  static native void search(
      long context, int which, int flags, int count, int k, float minimumScore, int probes,
      long features, long allowSet, long[][] longs, float[][] floats, byte[][][] texts,
      int[] filterModes, byte[][] filterInputs, Object[] filterValues, int[] limits,
      byte[][] limitInputs, long[] outIds, float[] outScores, long[] outCounts, byte[][] outKeys,
      byte[][] outTitles);

  static native void rank(
      long context, int flags, long user, byte[] userKey, long userFeatures, long[] items,
      byte[][] itemKeys, long itemFeatures, long pairFeatures, long[] history, byte[][] historyKeys,
      float[] out);
}
