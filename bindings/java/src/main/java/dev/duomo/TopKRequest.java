package dev.duomo;

import java.util.ArrayList;
import java.util.List;

/**
 * What to recommend, and to whom: for {@link Model#topK} the queries are users, for {@link
 * Model#similar} items. Arrays are not copied until the call.
 */
public final class TopKRequest {
  long[] ids;
  float[] vectors;
  Features features;
  long[][] histories;
  int k = 10;
  int flags;
  long[] sharedExclude;
  long[][] exclude;
  long[] allow;
  float minimumScore;
  int probes;
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
   * Histories that stand for what the file remembers of the users.
   *
   * @param lists one a query
   * @return this
   */
  public TopKRequest histories(long[]... lists) {
    histories = lists;
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
   * Leaves out what the user has seen.
   *
   * @return this
   */
  public TopKRequest excludeSeen() {
    flags |= 1;
    return this;
  }

  /**
   * Items never to return, to any query.
   *
   * @param items their ids; unknown ones do no harm
   * @return this
   */
  public TopKRequest exclude(long... items) {
    sharedExclude = items;
    exclude = null;
    return this;
  }

  /**
   * Items never to return, a list a query.
   *
   * @param lists one a query
   * @return this
   */
  public TopKRequest excludeLists(long[]... lists) {
    exclude = lists;
    sharedExclude = null;
    return this;
  }

  /**
   * Returns only these items.
   *
   * @param items their ids
   * @return this
   */
  public TopKRequest allow(long... items) {
    allow = items;
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
   * @param lists how many to look into; 0: as many as the file says
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
}
