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
  private static final int TOP_K = 0;
  private static final int SIMILAR = 1;
  private static final int USERS_FOR = 2;
  private static final int SIMILAR_USERS = 3;

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
   * The best items of users, best first, ties in the order of the file. (Where scores are rounded to the
   * same float, the better item is still first.)
   *
   * @param request who, how many, and what not
   * @return the results of every query
   */
  public final TopKResult topK(TopKRequest request) {
    return search(new TopKResult(), request, TOP_K);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request who, how many, and what not
   */
  public final void topKInto(TopKResult result, TopKRequest request) {
    search(result, request, TOP_K);
  }

  /**
   * The items most like items, by cosine.
   *
   * @param request which, how many, and what not
   * @return the results of every query
   */
  public final TopKResult similar(TopKRequest request) {
    return search(new TopKResult(), request, SIMILAR);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which, how many, and what not
   */
  public final void similarInto(TopKResult result, TopKRequest request) {
    search(result, request, SIMILAR);
  }

  /**
   * The other way round: who would want items, in the order of what is predicted for each user and the
   * item. Results are users.
   *
   * @param request which items, how many users, and who not
   * @return the results of every query
   */
  public final TopKResult usersFor(TopKRequest request) {
    return search(new TopKResult(), request, USERS_FOR);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which items, how many users, and who not
   */
  public final void usersForInto(TopKResult result, TopKRequest request) {
    search(result, request, USERS_FOR);
  }

  /**
   * The users most like users, by cosine.
   *
   * @param request which, how many, and who not
   * @return the results of every query
   */
  public final TopKResult similarUsers(TopKRequest request) {
    return search(new TopKResult(), request, SIMILAR_USERS);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which, how many, and who not
   */
  public final void similarUsersInto(TopKResult result, TopKRequest request) {
    search(result, request, SIMILAR_USERS);
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
            : request.itemKeys != null
                ? request.itemKeys.length
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
                  context, request.flags, request.user, request.userKey, pointers[0], request.items,
                  request.itemKeys, pointers[1], pointers[2], request.history, request.historyKeys,
                  out));
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

  private TopKResult search(TopKResult result, TopKRequest r, int which) {
    result.prepare(0, 0, false, false);
    int count = queries(r);
    if (r.histories != null) {
      checkLength("histories", r.histories.rows(), count);
    }
    if (r.historyWeights != null) {
      int items = r.histories == null ? 0 : r.histories.size();
      checkLength("historyWeights", r.historyWeights.length, items);
    }
    if (r.excludeLists != null) {
      checkLength("excludeLists", r.excludeLists.rows(), count);
    }
    if (r.allowSets != null) {
      checkLength("allowEach", r.allowSets.length, count);
    }
    if (r.k < 0) {
      throw new IllegalArgumentException("k: " + r.k);
    }
    // No query has more results than there are, so results need no more memory than that.
    long most = which >= USERS_FOR ? knowledge().userCount : knowledge().itemCount;
    long[] each = r.kEach == null ? null : r.kEach.clone();
    int k = (int) Math.min(r.k, Math.max(most, 1));
    if (each != null) {
      checkLength("kEach", each.length, count);
      k = 1;
      for (int i = 0; i < count; ++i) {
        each[i] = Math.min(each[i], most);
        k = (int) Math.max(k, each[i]);
      }
    }
    result.prepare(count, Math.multiplyExact(count, k), r.withKeys, r.withTitles);
    Filter.Packed filters = new Filter.Packed(r.filters);
    int[] limits = r.limits.stream().mapToInt(limit -> limit).toArray();
    int room = k;
    long features = r.features == null ? 0 : r.features.begin();
    try (ItemSet.Held one = new ItemSet.Held(r.allowSet);
        ItemSet.Held many =
            new ItemSet.Held(r.allowSets == null ? new ItemSet[0] : r.allowSets)) {
      long[][] longs = {
        r.ids,
        r.histories == null ? null : r.histories.offsets,
        r.histories == null ? null : r.histories.values,
        r.exclude,
        r.excludeLists == null ? null : r.excludeLists.offsets,
        r.excludeLists == null ? null : r.excludeLists.values,
        r.allow,
        each,
        r.allowSets == null ? null : many.pointers
      };
      float[][] floats = {r.vectors, r.historyWeights};
      byte[][][] texts = {
        r.keys,
        r.histories == null ? null : r.histories.keys,
        r.excludeKeys,
        r.excludeLists == null ? null : r.excludeLists.keys,
        r.allowKeys
      };
      call(
          context ->
              Native.search(
                  context, which, r.flags, count, room, r.minimumScore, r.probes, features,
                  one.pointers[0], longs, floats, texts, filters.modes, filters.inputs,
                  filters.values, limits, r.limitInputs.toArray(new byte[0][]), result.ids,
                  result.scores, result.counts, result.keys, result.titles));
    } finally {
      if (r.features != null) {
        r.features.end();
      }
    }
    result.filled(count, k);
    return result;
  }

  private int queries(TopKRequest r) {
    if (r.ids != null) {
      return r.ids.length;
    }
    if (r.keys != null) {
      return r.keys.length;
    }
    if (r.vectors != null) {
      return rows("vectors", r.vectors);
    }
    if (r.features != null) {
      return r.features.count();
    }
    return r.histories == null ? 0 : r.histories.rows();
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
