package dev.duomo;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The results of every query, best first: by {@link #hits}, or walked, as objects, and by {@link #id},
 * {@link #ids} and the like as numbers, without an object for each. One that is used again, with topKInto
 * and the like, keeps its memory; it is one thread's at a time.
 */
public final class TopKResult implements Iterable<List<Hit>> {
  private static final int SHOWN = 10; // queries


  private int size;
  private int k;
  long[] ids = {};
  float[] scores = {};
  long[] counts = {};
  byte @Nullable [][] keys;
  byte @Nullable [][] titles;

  /** No results yet: for {@link Model#topKInto}. */
  public TopKResult() {}

  /** Room for the results of so many queries; there are none before {@link #filled}. */
  void prepare(int queries, int places, boolean withKeys, boolean withTitles) {
    size = 0;
    keys = withKeys ? new byte[places][] : null;
    titles = withTitles ? new byte[places][] : null;
    if (ids.length < places) {
      ids = new long[places];
      scores = new float[places];
    }
    if (counts.length < queries) {
      counts = new long[queries];
    }
  }

  void filled(int queries, int k) {
    this.size = queries;
    this.k = k;
  }

  /**
   * The number of queries.
   *
   * @return as in the request
   */
  public int size() {
    return size;
  }

  /**
   * The number of results of a query, fewer than k where there are no more.
   *
   * @param query from 0
   * @return their number
   */
  public int count(int query) {
    return (int) counts[Objects.checkIndex(query, size)];
  }

  /**
   * A result's item, or user where those are searched.
   *
   * @param query from 0
   * @param rank from 0, the best
   * @return its id
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
   * A result's string key, where the request asked {@link TopKRequest#withKeys}.
   *
   * @param query from 0
   * @param rank from 0, the best
   * @return the key
   */
  public String key(int query, int rank) {
    return text(keys, query, rank, "withKeys");
  }

  /**
   * A result's title, where the request asked {@link TopKRequest#withTitles}.
   *
   * @param query from 0
   * @param rank from 0, the best
   * @return the title, possibly empty
   */
  public String title(int query, int rank) {
    return text(titles, query, rank, "withTitles");
  }

  private String text(byte @Nullable [][] texts, int query, int rank, String asked) {
    if (texts == null) {
      throw new IllegalStateException("the request did not ask " + asked + "()");
    }
    return Native.string(texts[at(query, rank)]);
  }

  /**
   * The items of a query.
   *
   * @param query from 0
   * @return a copy of the ids, best first
   */
  public long[] ids(int query) {
    int found = count(query);
    return Arrays.copyOfRange(ids, query * k, query * k + found);
  }

  /**
   * The scores of a query.
   *
   * @param query from 0
   * @return a copy of the scores, best first
   */
  public float[] scores(int query) {
    int found = count(query);
    return Arrays.copyOfRange(scores, query * k, query * k + found);
  }

  /**
   * The results of a query.
   *
   * @param query from 0
   * @return best first, fewer than k where there are no more; a copy, each with its key and title where
   *     the request asked for them
   */
  public List<Hit> hits(int query) {
    Hit[] hits = new Hit[count(query)];
    for (int rank = 0; rank < hits.length; ++rank) {
      hits[rank] =
          new Hit(
              id(query, rank),
              score(query, rank),
              keys == null ? null : key(query, rank),
              titles == null ? null : title(query, rank));
    }
    return List.of(hits);
  }

  /**
   * Walks the queries.
   *
   * @return what {@link #hits} gives for each
   */
  @Override
  public Iterator<List<Hit>> iterator() {
    return new Iterator<>() {
      private int next = 0;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public List<Hit> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return hits(next++);
      }
    };
  }

  /** Queries with their results, for people: {@code [[1006=4.12, 1010=3.9], []]}; the first ten of them. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("[");
    for (int query = 0; query < Math.min(size, SHOWN); ++query) {
      out.append(query == 0 ? "" : ", ").append(hits(query));
    }
    if (size > SHOWN) {
      out.append(", and ").append(size - SHOWN).append(" more");
    }
    return out.append("]").toString();
  }

  private int at(int query, int rank) {
    return query * k + Objects.checkIndex(rank, count(query));
  }
}
