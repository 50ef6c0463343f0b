package dev.duomo;

import org.jspecify.annotations.NullUnmarked;

/** How a request reaches the library: checked, flattened, its objects held. */
@NullUnmarked // the glue takes null for what is not given
final class Search {
  static final int TOP_K = 0;
  static final int SIMILAR = 1;
  static final int USERS_FOR = 2;
  static final int SIMILAR_USERS = 3;

  private Search() {}

  /** Fills the result, which is also returned. */
  static TopKResult run(Recommender of, TopKResult result, TopKRequest r, int which) {
    result.prepare(0, 0, false, false);
    int count = queries(of, r);
    if (r.histories != null) {
      Checks.length("histories", r.histories.rows(), count);
    }
    if (r.historyWeights != null) {
      int items = r.histories == null ? 0 : r.histories.size();
      Checks.length("historyWeights", r.historyWeights.length, items);
    }
    if (r.excludeLists != null) {
      Checks.length("excludeLists", r.excludeLists.rows(), count);
    }
    if (r.allowSets != null) {
      Checks.length("allowEach", r.allowSets.length, count);
    }
    if (r.k < 0) {
      throw new IllegalArgumentException("k: " + r.k);
    }
    // No query has more results than there are, so results need no more memory than that.
    long most = which >= USERS_FOR ? of.knowledge().userCount : of.knowledge().itemCount;
    long[] each = r.kEach == null ? null : r.kEach.clone();
    int k = (int) Math.min(r.k, Math.max(most, 1));
    if (each != null) {
      Checks.length("kEach", each.length, count);
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
      of.call(
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

  private static int queries(Recommender of, TopKRequest r) {
    if (r.ids != null) {
      return r.ids.length;
    }
    if (r.keys != null) {
      return r.keys.length;
    }
    if (r.vectors != null) {
      return of.rows("vectors", r.vectors);
    }
    if (r.features != null) {
      return r.features.count();
    }
    return r.histories == null ? 0 : r.histories.rows();
  }
}
