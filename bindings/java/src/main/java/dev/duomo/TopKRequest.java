package dev.duomo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to recommend, and to whom: for {@link Model#topK} and {@link Model#similarUsers} the queries are
 * users, for {@link Model#similar} and {@link Model#usersFor} items. What to leave out or allow is of what
 * is searched. Arrays of ids are not copied until the call.
 */
public final class TopKRequest {
  private static final int ALLOW_LISTED = 8;

  long @Nullable [] ids;
  byte @Nullable [][] keys;
  float @Nullable [] vectors;
  @Nullable Features features;
  @Nullable Lists histories;
  float @Nullable [] historyWeights;
  int k = 10;
  long @Nullable [] kEach;
  int flags;
  long @Nullable [] exclude;
  byte @Nullable [][] excludeKeys;
  @Nullable Lists excludeLists;
  long @Nullable [] allow;
  byte @Nullable [][] allowKeys;
  @Nullable ItemSet allowSet;
  @Nullable ItemSet @Nullable [] allowSets;
  float minimumScore;
  int probes;
  boolean withKeys;
  boolean withTitles;
  final List<byte[]> limitInputs = new ArrayList<>();
  final List<Integer> limits = new ArrayList<>();
  final List<Filter> filters = new ArrayList<>();

  private TopKRequest() {}

  /**
   * Known users or items.
   *
   * @param ids the queries
   * @return a request
   */
  public static TopKRequest of(long... ids) {
    TopKRequest request = new TopKRequest();
    request.ids = ids;
    return request;
  }

  /**
   * Known users or items, by string key.
   *
   * @param keys the queries
   * @return a request
   */
  public static TopKRequest of(String... keys) {
    TopKRequest request = new TopKRequest();
    request.keys = Native.texts("keys", keys);
    return request;
  }

  /**
   * Vectors, used as given.
   *
   * @param vectors row after row
   * @return a request
   */
  public static TopKRequest ofVectors(float[] vectors) {
    TopKRequest request = new TopKRequest();
    request.vectors = vectors;
    return request;
  }

  /**
   * Users or items that the file does not know.
   *
   * @param features one query a row
   * @return a request
   */
  public static TopKRequest ofFeatures(Features features) {
    TopKRequest request = new TopKRequest();
    request.features = java.util.Objects.requireNonNull(features, "features");
    return request;
  }

  /**
   * Users of whom nothing is known but what they have seen.
   *
   * @param histories item ids, oldest first; unknown ones are left out
   * @return a request
   */
  public static TopKRequest ofHistories(long[]... histories) {
    return new TopKRequest().histories(histories);
  }

  /**
   * Users of whom nothing is known but what they have seen, by string key.
   *
   * @param histories items, oldest first; unknown ones are left out
   * @return a request
   */
  public static TopKRequest ofHistories(String[]... histories) {
    return new TopKRequest().histories(histories);
  }

  /**
   * Histories that are used in place of what the file remembers of the users. Models that read no
   * histories fold them in.
   *
   * @param lists item ids, a list a query
   * @return this
   */
  public TopKRequest histories(long[]... lists) {
    histories = Lists.of(lists);
    return this;
  }

  /**
   * The same by string key.
   *
   * @param lists items, a list a query
   * @return this
   */
  public TopKRequest histories(String[]... lists) {
    histories = Lists.of("histories", lists);
    return this;
  }

  /**
   * How much each item of the histories says, where they are folded in.
   *
   * @param weights above 0, one for each item of all histories in turn
   * @return this
   */
  public TopKRequest historyWeights(float... weights) {
    historyWeights = weights;
    return this;
  }

  /**
   * How many results a query; 10 unless set. More than there are items is fine.
   *
   * @param value at least 1
   * @return this
   */
  public TopKRequest k(int value) {
    k = value;
    return this;
  }

  /**
   * How many results for each query, in place of one number for all.
   *
   * @param values a number a query, which may be 0
   * @return this
   */
  public TopKRequest kEach(int... values) {
    kEach = new long[values.length];
    for (int i = 0; i < values.length; ++i) {
      if (values[i] < 0) {
        throw new IllegalArgumentException("kEach[" + i + "]: " + values[i]);
      }
      kEach[i] = values[i];
    }
    return this;
  }

  /**
   * Leaves out what the user has seen.
   *
   * @return this
   */
  public TopKRequest excludeSeen() {
    flags |= 1;
    return this;
  }

  /**
   * What is never returned, to any query.
   *
   * @param ids unknown ones do no harm
   * @return this
   */
  public TopKRequest exclude(long... ids) {
    exclude = ids;
    excludeKeys = null;
    return this;
  }

  /**
   * The same by string key.
   *
   * @param keys unknown ones do no harm
   * @return this
   */
  public TopKRequest exclude(String... keys) {
    excludeKeys = Native.texts("exclude", keys);
    exclude = null;
    return this;
  }

  /**
   * What is never returned, a list a query, besides what is excluded for all.
   *
   * @param lists ids, a list a query
   * @return this
   */
  public TopKRequest excludeLists(long[]... lists) {
    excludeLists = Lists.of(lists);
    return this;
  }

  /**
   * The same by string key.
   *
   * @param lists keys, a list a query
   * @return this
   */
  public TopKRequest excludeLists(String[]... lists) {
    excludeLists = Lists.of("excludeLists", lists);
    return this;
  }

  /**
   * Returns only these; of none, nothing. For long lists that are used again see {@link ItemSet}.
   *
   * @param ids what is allowed
   * @return this
   */
  public TopKRequest allow(long... ids) {
    flags |= ALLOW_LISTED;
    allow = ids;
    allowKeys = null;
    return this;
  }

  /**
   * The same by string key.
   *
   * @param keys what is allowed
   * @return this
   */
  public TopKRequest allow(String... keys) {
    flags |= ALLOW_LISTED;
    allowKeys = Native.texts("allow", keys);
    allow = null;
    return this;
  }

  /**
   * Returns only items of a set.
   *
   * @param set what is allowed
   * @return this
   */
  public TopKRequest allow(ItemSet set) {
    allowSet = set;
    return this;
  }

  /**
   * Returns only items of the query's own set.
   *
   * @param sets one a query; null allows all
   * @return this
   */
  public TopKRequest allowEach(@Nullable ItemSet... sets) {
    allowSets = sets;
    return this;
  }

  /**
   * Returns only items that pass; several filters must all hold.
   *
   * @param filter the filter
   * @return this
   */
  public TopKRequest where(Filter filter) {
    filters.add(java.util.Objects.requireNonNull(filter, "filter"));
    return this;
  }

  /**
   * At most so many results of a query share a value: two of an artist, three of a genre. Several
   * limits all hold.
   *
   * @param input the name of an attribute, category or set
   * @param atMost at least 1
   * @return this
   */
  public TopKRequest limit(String input, int atMost) {
    if (atMost < 1) {
      throw new IllegalArgumentException("atMost: " + atMost);
    }
    limitInputs.add(Native.utf8(input, "input"));
    limits.add(atMost);
    return this;
  }

  /**
   * Leaves out scores below this.
   *
   * @param score in the unit of the results
   * @return this
   */
  public TopKRequest minimumScore(float score) {
    flags |= 2;
    minimumScore = score;
    return this;
  }

  /**
   * Looks into the likeliest lists only, where the file has lists: faster, and an item may be missed;
   * the scores are exact.
   *
   * @param lists how many to look into; 0: as many as the file says, and on until about 19 of 20 results
   *     or more are those of an exact search
   * @return this
   */
  public TopKRequest approximate(int lists) {
    if (lists < 0) {
      throw new IllegalArgumentException("lists: " + lists);
    }
    flags |= 4;
    probes = lists;
    return this;
  }

  /**
   * Has the results' string keys found, too: {@link TopKResult#key}.
   *
   * @return this
   */
  public TopKRequest withKeys() {
    withKeys = true;
    return this;
  }

  /**
   * Has the results' titles found, too: {@link TopKResult#title}.
   *
   * @return this
   */
  public TopKRequest withTitles() {
    withTitles = true;
    return this;
  }
}
