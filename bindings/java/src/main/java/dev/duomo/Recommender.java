package dev.duomo;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

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

  final void call(Call call) {
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
    Checks.length("items", items.length, users.length);
    Checks.length("out", out.length, users.length);
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
    Checks.length("items", items.remaining(), n);
    Checks.direct("users", users, users.order());
    Checks.direct("items", items, items.order());
    Checks.out(out, n);
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
    Checks.length("items", items.length, users.length);
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
    Checks.length("users", users.remaining(), floats);
    Checks.length("items", items.remaining(), floats);
    Checks.direct("users", users, users.order());
    Checks.direct("items", items, items.order());
    Checks.out(out, n);
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
    Checks.out(out, Math.multiplyExact(features.count(), knowledge().vectorWidth));
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
    return search(new TopKResult(), request, Search.TOP_K);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request who, how many, and what not
   */
  public final void topKInto(TopKResult result, TopKRequest request) {
    search(result, request, Search.TOP_K);
  }

  /**
   * The items most like items, by cosine.
   *
   * @param request which, how many, and what not
   * @return the results of every query
   */
  public final TopKResult similar(TopKRequest request) {
    return search(new TopKResult(), request, Search.SIMILAR);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which, how many, and what not
   */
  public final void similarInto(TopKResult result, TopKRequest request) {
    search(result, request, Search.SIMILAR);
  }

  /**
   * The other way round: who would want items, in the order of what is predicted for each user and the
   * item. Results are users.
   *
   * @param request which items, how many users, and who not
   * @return the results of every query
   */
  public final TopKResult usersFor(TopKRequest request) {
    return search(new TopKResult(), request, Search.USERS_FOR);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which items, how many users, and who not
   */
  public final void usersForInto(TopKResult result, TopKRequest request) {
    search(result, request, Search.USERS_FOR);
  }

  /**
   * The users most like users, by cosine.
   *
   * @param request which, how many, and who not
   * @return the results of every query
   */
  public final TopKResult similarUsers(TopKRequest request) {
    return search(new TopKResult(), request, Search.SIMILAR_USERS);
  }

  /**
   * The same into a result that is used again and keeps its memory. After a failure it is empty.
   *
   * @param result what is overwritten
   * @param request which, how many, and who not
   */
  public final void similarUsersInto(TopKResult result, TopKRequest request) {
    search(result, request, Search.SIMILAR_USERS);
  }

  /**
   * A number for every item, for one user.
   *
   * @param request who and what
   * @return in the order of the items
   */
  public final float[] rank(RankRequest request) {
    @Nullable Features[] given = {request.userFeatures, request.itemFeatures, request.pairs};
    int n =
        request.items != null
            ? request.items.length
            : request.itemKeys != null
                ? request.itemKeys.length
                : request.itemFeatures != null ? request.itemFeatures.count() : 0;
    if (request.userFeatures != null) {
      Checks.length("user features", request.userFeatures.count(), 1);
    }
    if (request.pairs != null) {
      Checks.length("pairs", request.pairs.count(), n);
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
    Checks.direct("ids", ids, ids.order());
    Checks.out(out, Math.multiplyExact(n, knowledge().vectorWidth));
    if (n == 0) {
      return;
    }
    call(
        context ->
            Native.encodeDirect(context, ofUsers, ids, ids.position(), out, out.position(), n));
  }

  private TopKResult search(TopKResult result, TopKRequest request, int which) {
    return Search.run(this, result, request, which);
  }

  /** How many vectors these are. */
  final int rows(String what, float[] vectors) {
    int width = knowledge().vectorWidth;
    if (width > 0 && vectors.length % width != 0) {
      throw new IllegalArgumentException(
          what + ": " + vectors.length + " floats are no vectors of " + width);
    }
    return width == 0 ? 0 : vectors.length / width;
  }
}
