package dev.duomo;

/** Which argument, or part of a request, was wrong. */
public enum Argument {
  /** None of these says it. */
  OTHER,
  /** Where results go. */
  OUT,
  /** The model. */
  MODEL,
  /** The context. */
  CONTEXT,
  /** Options. */
  OPTIONS,
  /** The path or buffer. */
  FILE,
  /** The request as a whole. */
  REQUEST,
  /** Ids, keys or vectors of users. */
  USERS,
  /** Ids, keys or vectors of items. */
  ITEMS,
  /** Whom a search is for. */
  QUERIES,
  /** Features. */
  FEATURES,
  /** Histories, or their weights. */
  HISTORY,
  /** What is never to be returned. */
  EXCLUDE,
  /** What alone is to be returned. */
  ALLOW,
  /** Filters. */
  FILTERS,
  /** Limits. */
  LIMITS,
  /** The name of an input, attribute or entry of the metadata. */
  NAME,
  /** Values of features. */
  VALUES;

  static Argument of(int code) {
    Argument[] all = values();
    return code >= 0 && code < all.length ? all[code] : OTHER;
  }
}
