// Exact top-k over the items, or users, of a model. Stands on runtime; knows no C types.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/stop.h"
#include "model/features.h"
#include "retrieval/catalogue.h"
#include "retrieval/item_set.h"
#include "retrieval/row_mask.h"

namespace duomo::retrieval {

struct Hit {
  uint32_t row;
  float score;
};

// How the score of a vector and an item's vector is computed.
//  kPrediction: what Engine::Predict makes of their dot product.
//  kCosine: their cosine, −1 … 1; a zero vector has 0 with all. For dot heads the bias columns are
//           left out: they say how popular an item is, not what it is like.
enum class Measure { kPrediction, kCosine };

// The values of the catalogue's rows in one column, as small integers; a row may have several.
struct Column {
  model::FeatureView rows;
  uint64_t known = 0;  // numbers from here on are no value
};

// At most so many results, at least 1, share a value of the column. Rows without a value are not
// limited, those with several count for each of them.
struct Limit {
  Column column;
  size_t at_most = 1;
};

struct Query {
  static constexpr uint64_t kNotCounted = UINT64_MAX;
  std::span<const float> vector;     // vector_width floats, used as given
  size_t k = 10;                     // more than there are items is fine
  const RowMask* allowed = nullptr;  // a bit an item; nullptr: every item
  uint64_t allowed_count =
      kNotCounted;               // of `allowed`, where it is known: an approximate search counts
  const ItemSet* set = nullptr;  // and besides only these; nullptr: every item
  std::span<const uint32_t> excluded = {};  // rows besides; in any order, repetition does no harm
  bool has_minimum = false;
  float minimum = 0;  // scores below are left out
  Measure measure = Measure::kPrediction;
  // Where a row has at most one value (a category): at most so many results share it, and each is
  // the best that those before it allow. nullptr: no limit. TopK() may give up (SearchWorkspace);
  // limits.h does not, and has limits of every kind.
  const Limit* limit = nullptr;
  // Searches only the most promising lists of the catalogue, if it has lists and most items are
  // allowed. `probes` is the number of lists; if they hold too few results, or if it is the number
  // of all lists, the search is exact. 0: the number that the catalogue recommends for the best 10
  // of all items; for more results, or if some items are not allowed, more lists, until hardly any
  // of the best can be missing (probe.cc), or an exact search.
  bool approximate = false;
  size_t probes = 0;
};

// The threads of a search: run(work) calls work(0) … work(size-1), on any threads, and returns when
// all are done. The results do not depend on it. With a size of 1, run is not called.
struct Team {
  size_t size = 1;
  std::function<void(const std::function<void(size_t)>& work)> run = nullptr;
};

class TeamMember;

// Scratch memory of searches, for one call at a time; it grows and is reused. Holds the results of
// the last call: query i has hits[ends[i-1]] … hits[ends[i]-1].
struct SearchWorkspace {
  SearchWorkspace();
  SearchWorkspace(SearchWorkspace&&) noexcept;
  SearchWorkspace& operator=(SearchWorkspace&&) noexcept;
  ~SearchWorkspace();
  Stop stop;                                             // asked between chunks of rows
  AlignedVector<std::unique_ptr<TeamMember>> searchers;  // one a member of the team
  AlignedVector<Hit> hits;
  AlignedVector<size_t> ends;
  // The queries with a limit that were given up, ascending: too few rows have different values.
  // They have no hits.
  AlignedVector<size_t> given_up;
};

// For each query the best k allowed items, best first, ties by lower row: equal to scoring every
// allowed item and sorting by the head's number (Engine::Score; cosines by themselves), unless the
// query asks for less. Fewer where there are no more. Throws Error(kUnsupported) where the file
// holds no item vectors.
void TopK(const Catalogue& catalogue, std::span<const Query> queries, const Team& team,
          SearchWorkspace& work);

// The same for one, on this thread; the span is in `work`.
std::span<const Hit> TopK(const Catalogue& catalogue, const Query& query, SearchWorkspace& work);

}  // namespace duomo::retrieval
