package dev.duomo;

import org.jspecify.annotations.Nullable;

/** One user and many items, with what is known only of the pairs. */
public final class RankRequest {
  int flags;
  long user;
  byte @Nullable [] userKey;
  @Nullable Features userFeatures;
  long @Nullable [] items;
  byte @Nullable [][] itemKeys;
  @Nullable Features itemFeatures;
  @Nullable Features pairs;
  long @Nullable [] history;
  byte @Nullable [][] historyKeys;

  private RankRequest() {}

  /**
   * A known user.
   *
   * @param user its id
   * @return a request
   */
  public static RankRequest of(long user) {
    RankRequest request = new RankRequest();
    request.flags = 1;
    request.user = user;
    return request;
  }

  /**
   * A known user, by string key.
   *
   * @param user its key
   * @return a request
   */
  public static RankRequest of(String user) {
    RankRequest request = new RankRequest();
    request.userKey = Native.utf8(user, "user");
    return request;
  }

  /**
   * A user whom the file does not know.
   *
   * @param user features of one row
   * @return a request
   */
  public static RankRequest ofFeatures(Features user) {
    RankRequest request = new RankRequest();
    request.userFeatures = java.util.Objects.requireNonNull(user, "user");
    return request;
  }

  /**
   * The items, known.
   *
   * @param ids in the order of the results
   * @return this
   */
  public RankRequest items(long... ids) {
    items = ids;
    itemKeys = null;
    itemFeatures = null;
    return this;
  }

  /**
   * The items, known, by string key.
   *
   * @param keys in the order of the results
   * @return this
   */
  public RankRequest items(String... keys) {
    itemKeys = Native.texts("items", keys);
    items = null;
    itemFeatures = null;
    return this;
  }

  /**
   * The items, from raw features.
   *
   * @param features in the order of the results
   * @return this
   */
  public RankRequest items(Features features) {
    itemFeatures = features;
    items = null;
    itemKeys = null;
    return this;
  }

  /**
   * What is known of the pairs.
   *
   * @param features a row an item
   * @return this
   */
  public RankRequest pairs(Features features) {
    pairs = features;
    return this;
  }

  /**
   * Is used in place of what the file remembers of the user.
   *
   * @param items their ids, oldest first
   * @return this
   */
  public RankRequest history(long... items) {
    history = items;
    historyKeys = null;
    return this;
  }

  /**
   * The same by string key.
   *
   * @param items their keys, oldest first
   * @return this
   */
  public RankRequest history(String... items) {
    historyKeys = Native.texts("history", items);
    history = null;
    return this;
  }
}
