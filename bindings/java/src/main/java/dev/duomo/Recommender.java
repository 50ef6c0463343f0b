package dev.duomo;

import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * What a model can be asked, by way of {@link Model} or of a {@link Context}. Failures throw {@link
 * DuomoException}, arguments of the wrong length IllegalArgumentException, use after close
 * IllegalStateException. Predictions are in the unit of the output.
 */
public abstract class Recommender {
  Recommender() {}

  abstract Context borrow();

  abstract void giveBack(Context context);

  abstract ModelInfo knowledge();

  /** One call, with a context that nobody else has. */
  interface Call {
    void run(long context);
  }

  private void call(Call call) {
    Context context = borrow();
    try {
      long pointer = context.handle.beginAlone();
      try {
        call.run(pointer);
      } finally {
        context.handle.end();
      }
    } finally {
      giveBack(context);
    }
  }

  /**
   * The forecast for a pair.
   *
   * @param user its id
   * @param item its id
   * @return in the unit of the output
   */
  public final float predict(long user, long item) {
    Context context = borrow();
    try {
      long pointer = context.handle.beginAlone();
      try {
        return Native.predictOne(pointer, user, item);
      } finally {
        context.handle.end();
      }
    } finally {
      giveBack(context);
    }
  }

  /**
   * The forecasts for the pairs users[i], items[i].
   *
   * @param users their ids
   * @param items their ids, as many
   * @return as many predictions
   */
  public final float[] predict(long[] users, long[] items) {
    float[] out = new float[users.length];
    predict(users, items, out);
    return out;
  }

  /**
   * The same into an array of the caller's.
   *
   * @param users their ids
   * @param items their ids, as many
   * @param out as many places
   */
  public final void predict(long[] users, long[] items, float[] out) {
    checkLength("items", items.length, users.length);
    checkLength("out", out.length, users.length);
    call(context -> Native.predict(context, users, items, out));
  }

  /**
   * The same between direct buffers in native order, from position to limit; positions stay.
   *
   * @param users their ids
   * @param items their ids, as many
   * @param out as many places
   */
  public final void predict(LongBuffer users, LongBuffer items, FloatBuffer out) {
    int n = users.remaining();
    checkLength("items", items.remaining(), n);
    checkDirect("users", users, users.order());
    checkDirect("items", items, items.order());
    checkOut(out, n);
    if (n == 0) {
      return;
    }
    call(
        context ->
            Native.predictDirect(
                context, users, users.position(), items, items.position(), out, out.position(), n));
  }

  /**
   * Forecasts for vectors, used as given: for a cosine model, unit ones.
   *
   * @param users row after row
   * @param items as many rows
   * @return a prediction a row
   */
  public final float[] predictVectors(float[] users, float[] items) {
    checkLength("items", items.length, users.length);
    float[] out = new float[rows("users", users)];
    call(context -> Native.predictVectors(context, users, items, out));
    return out;
  }

  /**
   * The same between direct buffers in native order, from position to limit; positions stay.
   *
   * @param users row after row
   * @param items as many rows
   * @param out a place a row
   */
  public final void predictVectors(FloatBuffer users, FloatBuffer items, FloatBuffer out) {
    int n = out.remaining();
    int floats = Math.multiplyExact(n, knowledge().vectorWidth);
    checkLength("users", users.remaining(), floats);
    checkLength("items", items.remaining(), floats);
    checkDirect("users", users, users.order());
    checkDirect("items", items, items.order());
    checkOut(out, n);
    if (n == 0) {
      return;
    }
    call(
        context ->
            Native.predictVectorsDirect(
                context, users, users.position(), items, items.position(), out, out.position(), n));
  }

  /**
   * Vectors of known users.
   *
   * @param users their ids
   * @return row after row
   */
  public final float[] encodeUsers(long... users) {
    return encode(true, users);
  }

  /**
   * Vectors of known items.
   *
   * @param items their ids
   * @return row after row
   */
  public final float[] encodeItems(long... items) {
    return encode(false, items);
  }

  /**
   * Vectors of known users, between direct buffers in native order; positions stay.
   *
   * @param users their ids
   * @param out row after row
   */
  public final void encodeUsers(LongBuffer users, FloatBuffer out) {
    encode(true, users, out);
  }

  /**
   * Vectors of known items, between direct buffers in native order; positions stay.
   *
   * @param items their ids
   * @param out row after row
   */
  public final void encodeItems(LongBuffer items, FloatBuffer out) {
    encode(false, items, out);
  }

  /**
   * Vectors of raw features of users or items.
   *
   * @param features a row each
   * @return row after row
   */
  public final float[] encode(Features features) {
    float[] out = new float[Math.multiplyExact(features.count(), knowledge().vectorWidth)];
    long f = features.begin();
    try {
      call(context -> Native.encodeFeatures(context, f, out));
    } finally {
      features.end();
    }
    return out;
  }

  /**
   * The same into a direct buffer in native order; its position stays.
   *
   * @param features a row each
   * @param out row after row
   */
  public final void encode(Features features, FloatBuffer out) {
    checkOut(out, Math.multiplyExact(features.count(), knowledge().vectorWidth));
    if (features.count() == 0) {
      return;
    }
    long f = features.begin();
    try {
      call(context -> Native.encodeFeaturesDirect(context, f, out, out.position()));
    } finally {
      features.end();
    }
  }

  /**
   * The best items of users, best first, ties in the order of the file.
   *
   * @param request who, how many, and what not
   * @return the results of every query
   */
  public final TopKResult topK(TopKRequest request) {
    TopKResult result = new TopKResult();
    search(result, request, false);
    return result;
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request who, how many, and what not
   */
  public final void topKInto(TopKResult result, TopKRequest request) {
    search(result, request, false);
  }

  /**
   * The items most like items, by cosine.
   *
   * @param request which, how many, and what not
   * @return the results of every query
   */
  public final TopKResult similar(TopKRequest request) {
    TopKResult result = new TopKResult();
    search(result, request, true);
    return result;
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which, how many, and what not
   */
  public final void similarInto(TopKResult result, TopKRequest request) {
    search(result, request, true);
  }

  /**
   * A number for every item, for one user.
   *
   * @param request who and what
   * @return in the order of the items
   */
  public final float[] rank(RankRequest request) {
    Features[] given = {request.userFeatures, request.itemFeatures, request.pairs};
    int n =
        request.items != null
            ? request.items.length
            : request.itemFeatures != null ? request.itemFeatures.count() : 0;
    if (request.userFeatures != null) {
      checkLength("user features", request.userFeatures.count(), 1);
    }
    if (request.pairs != null) {
      checkLength("pairs", request.pairs.count(), n);
    }
    float[] out = new float[n];
    long[] pointers = new long[given.length];
    int begun = 0;
    try {
      for (; begun < given.length; ++begun) {
        pointers[begun] = given[begun] == null ? 0 : given[begun].begin();
      }
      call(
          context ->
              Native.rank(
                  context, request.flags, request.user, pointers[0], request.items, pointers[1],
                  pointers[2], request.history, out));
    } finally {
      while (--begun >= 0) {
        if (given[begun] != null) {
          given[begun].end();
        }
      }
    }
    return out;
  }

  private float[] encode(boolean ofUsers, long[] ids) {
    float[] out = new float[Math.multiplyExact(ids.length, knowledge().vectorWidth)];
    call(context -> Native.encode(context, ofUsers, ids, out));
    return out;
  }

  private void encode(boolean ofUsers, LongBuffer ids, FloatBuffer out) {
    int n = ids.remaining();
    checkDirect("ids", ids, ids.order());
    checkOut(out, Math.multiplyExact(n, knowledge().vectorWidth));
    if (n == 0) {
      return;
    }
    call(
        context ->
            Native.encodeDirect(context, ofUsers, ids, ids.position(), out, out.position(), n));
  }

  private void search(TopKResult result, TopKRequest request, boolean similar) {
    result.prepare(0, 0);
    int count =
        request.ids != null
            ? request.ids.length
            : request.vectors != null
                ? rows("vectors", request.vectors)
                : request.features != null
                    ? request.features.count()
                    : request.histories != null ? request.histories.length : 0;
    Lists histories = request.histories == null ? null : Lists.of(request.histories);
    Lists exclude =
        request.sharedExclude != null
            ? Lists.repeated(request.sharedExclude, count)
            : request.exclude == null ? null : Lists.of(request.exclude);
    if (histories != null) {
      checkLength("histories", histories.rows(), count);
    }
    if (exclude != null) {
      checkLength("exclude", exclude.rows(), count);
    }
    if (request.k < 0) {
      throw new IllegalArgumentException("k: " + request.k);
    }
    // No query has more results than there are items, so results need no more memory than that.
    int k = (int) Math.min(request.k, Math.max(knowledge().itemCount, 1));
    int places = Math.multiplyExact(count, k);
    int filters = request.filters.size();
    int[] modes = new int[filters];
    byte[][] inputs = new byte[filters][];
    Object[] values = new Object[filters];
    for (int i = 0; i < filters; ++i) {
      Filter filter = request.filters.get(i);
      modes[i] = filter.mode.ordinal();
      inputs[i] = filter.input;
      values[i] = filter.values;
    }
    result.prepare(count, places);
    long features = request.features == null ? 0 : request.features.begin();
    try {
      call(
          context ->
              Native.search(
                  context, similar, request.flags, count, request.ids, request.vectors, features,
                  histories == null ? null : histories.offsets,
                  histories == null ? null : histories.values, k,
                  exclude == null ? null : exclude.offsets,
                  exclude == null ? null : exclude.values, request.allow, modes, inputs, values,
                  request.minimumScore, request.probes, result.ids, result.scores, result.counts));
    } finally {
      if (request.features != null) {
        request.features.end();
      }
    }
    result.filled(count, k);
  }

  private int rows(String what, float[] vectors) {
    int width = knowledge().vectorWidth;
    if (width > 0 && vectors.length % width != 0) {
      throw new IllegalArgumentException(
          what + ": " + vectors.length + " floats are no vectors of " + width);
    }
    return width == 0 ? 0 : vectors.length / width;
  }

  private static void checkLength(String what, int length, int wanted) {
    if (length != wanted) {
      throw new IllegalArgumentException(
          what + ": " + length + " given where " + wanted + " are needed");
    }
  }

  private static void checkOut(FloatBuffer out, int wanted) {
    checkLength("out", out.remaining(), wanted);
    checkDirect("out", out, out.order());
    if (out.isReadOnly()) {
      throw new IllegalArgumentException("out: a read-only buffer");
    }
  }

  private static void checkDirect(String what, Buffer buffer, ByteOrder order) {
    if (!buffer.isDirect() || order != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(what + ": needs a direct buffer in native byte order");
    }
  }
}
