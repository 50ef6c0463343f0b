package dev.duomo;

import java.util.Arrays;

/** The results of every query, best first. */
public final class TopKResult {
  private final int k;
  private final long[] ids;
  private final float[] scores;
  private final long[] counts;

  TopKResult(int k, long[] ids, float[] scores, long[] counts) {
    this.k = k;
    this.ids = ids;
    this.scores = scores;
    this.counts = counts;
  }

  /**
   * The number of queries.
   *
   * @return as in the request
   */
  public int size() {
    return counts.length;
  }

  /**
   * The number of results of a query, fewer than k where there are no more.
   *
   * @param query from 0
   * @return their number
   */
  public int count(int query) {
    return (int) counts[query];
  }

  /**
   * A result's item.
   *
   * @param query from 0
   * @param rank from 0, the best
   * @return the item's id
   */
  public long id(int query, int rank) {
    return ids[at(query, rank)];
  }

  /**
   * A result's score.
   *
   * @param query from 0
   * @param rank from 0, the best
   * @return in the unit of the output, for similar items their cosine
   */
  public float score(int query, int rank) {
    return scores[at(query, rank)];
  }

  /**
   * The items of a query.
   *
   * @param query from 0
   * @return a copy of the ids, best first
   */
  public long[] ids(int query) {
    return Arrays.copyOfRange(ids, query * k, query * k + count(query));
  }

  /**
   * The scores of a query.
   *
   * @param query from 0
   * @return a copy of the scores, best first
   */
  public float[] scores(int query) {
    return Arrays.copyOfRange(scores, query * k, query * k + count(query));
  }

  private int at(int query, int rank) {
    return query * k + java.util.Objects.checkIndex(rank, count(query));
  }
}
