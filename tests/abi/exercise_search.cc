// The four searches of an exercise, and sets of items.
#include <algorithm>
#include <cmath>

#include "abi/exercise_parts.h"

namespace duomo::testing {
namespace {

struct Best {
  int64_t ids[kRows * kBest] = {};
  float scores[kRows * kBest] = {};
  size_t counts[kRows] = {};
  duomo_text keys[kRows * kBest] = {}, titles[kRows * kBest] = {};
};

constexpr SearchKind kKinds[] = {{"duomo_topk", duomo_topk, true, false, false},
                                 {"duomo_similar", duomo_similar, false, false, true},
                                 {"duomo_users_for", duomo_users_for, false, true, false},
                                 {"duomo_similar_users", duomo_similar_users, true, true, true}};

}  // namespace

void Exercise::Search() {
  for (const SearchKind& kind : kKinds) SearchAll(kind);
}

void Exercise::SearchAll(const SearchKind& kind) {
  const std::vector<int64_t>& ids = kind.of_users ? users_ : items_;
  const std::vector<int64_t>& listed = kind.finds_users ? users_ : items_;
  const size_t offsets[kRows + 1] = {0, 2, 2, listed.size()};
  duomo_topk_request plain = DUOMO_TOPK_REQUEST_INIT, r = plain;
  plain.k = r.k = kBest;
  r.ids = ids.data();
  r.count = ids.size();
  Search(kind, r);
  Search(kind, r, true);
  for (size_t i = 0; i < inputs_.size(); ++i) {
    Filters(kind, r, i);
    Limits(kind, r, i);
  }
  if (listed.size() == kRows) {
    r.exclude_offsets = offsets;
    r.exclude_ids = listed.data();
    r.flags = DUOMO_ALLOW_LISTED;
    r.allow_ids = listed.data();
    r.allow_count = listed.size();
  }
  r.flags |= DUOMO_MINIMUM_SCORE | (kind.cosine ? 0u : uint32_t{DUOMO_EXCLUDE_SEEN});
  r.minimum_score = -1e30f;
  Search(kind, r);
  r = plain;
  r.count = kRows;
  r.keys = kStrings;
  r.shared_exclude_keys = kStrings;
  r.shared_exclude_count = kRows;
  Search(kind, r);
  r = plain;
  r.count = kRows;
  r.vectors = (kind.of_users ? user_vectors_ : item_vectors_).data();
  Search(kind, r);
  r.flags = DUOMO_APPROXIMATE;
  Search(kind, r);
  r.probes = 1;
  Search(kind, r);
  r.flags = 0;
  r.probes = 0;
  r.vectors = nullptr;
  r.features = features_[kind.of_users ? DUOMO_USER : DUOMO_ITEM];
  if (r.features != nullptr) Search(kind, r);
  if (items_.size() < kRows) return;
  r = plain;
  r.count = kRows;
  r.history_offsets = offsets;
  r.history_ids = items_.data();
  r.flags = DUOMO_EXCLUDE_SEEN;
  Search(kind, r);
  if (users_.size() < kRows) return;
  r.ids = users_.data();
  Search(kind, r);
}

void Exercise::Filters(const SearchKind& kind, duomo_topk_request r, size_t input) {
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.input = names_[input].c_str();
  r.filters = &filter;
  r.filter_count = 1;
  for (int32_t mode : {DUOMO_ANY, DUOMO_ALL, DUOMO_NONE}) {
    filter.mode = mode;
    filter.value_count = 0;
    filter.strings = nullptr;
    filter.integers = nullptr;
    Search(kind, r);
    filter.value_count = 1;
    bool strings = inputs_[input].keys == DUOMO_KEYS_STRING;
    filter.strings = strings ? &kStrings[1] : nullptr;
    filter.integers = strings ? nullptr : kIntegers;
    Search(kind, r);
  }
}

void Exercise::Limits(const SearchKind& kind, duomo_topk_request r, size_t input) {
  duomo_limit limit = DUOMO_LIMIT_INIT;
  limit.input = names_[input].c_str();
  r.limits = &limit;
  r.limit_count = 1;
  Search(kind, r);
  limit.at_most = 2;
  r.k = 1;
  Search(kind, r);
}

void Exercise::Search(const SearchKind& kind, const duomo_topk_request& request, bool texts) {
  const char* name = kind.name;
  Best best;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = best.ids;
  result.scores = best.scores;
  result.counts = best.counts;
  result.keys = texts ? best.keys : nullptr;
  result.titles = texts ? best.titles : nullptr;
  duomo_status status = Make(name, Bytes(best), [&](duomo_context* c, duomo_error* e) {
    return kind.call(&result, c, &request, e);
  });
  if (status != DUOMO_OK) return;
  const uint64_t most = kind.finds_users ? info_.user_count : info_.item_count;
  for (size_t i = 0; i < request.count; ++i) {
    if (best.counts[i] > std::min<uint64_t>(request.k, most)) {
      Complain(name, ": more results than there are");
    }
    std::span<const float> scores(best.scores + i * request.k, best.counts[i]);
    for (size_t j = 1; j < scores.size(); ++j) {
      if (scores[j] <= scores[j - 1]) continue;
      Complain(name, ": out of order: ", scores[j - 1], " before ", scores[j]);
    }
    if (!kind.cosine) CheckPredictions(name, scores);
    for (float s : scores) {
      if (kind.cosine && !(s >= -1 && s <= 1)) Complain(name, ": a cosine outside of -1 … 1");
    }
    for (size_t j = 0; texts && j < scores.size(); ++j) {
      CheckText("a result's key", best.keys[i * request.k + j]);
      CheckText("a result's title", best.titles[i * request.k + j]);
    }
  }
}

// Sets of each way to make one, and searches that they restrict, by themselves and with others.
void Exercise::Sets() {
  std::vector<const duomo_item_set*> sets;
  auto make = [&](const char* name, const auto& call) {
    duomo_item_set* set = nullptr;
    duomo_status status =
        Make(name, Bytes(set), [&](duomo_context*, duomo_error* e) { return call(&set, e); });
    if (status != DUOMO_OK) return;
    if (duomo_item_set_count(set) > info_.item_count) Complain(name, ": more items than there are");
    for (int64_t id : items_) duomo_item_set_contains(set, id);
    sets.push_back(set);
  };
  make("duomo_item_set_from_ids", [&](duomo_item_set** out, duomo_error* e) {
    return duomo_item_set_from_ids(out, model_, items_.data(), nullptr, items_.size(), e);
  });
  make("duomo_item_set_from_ids", [&](duomo_item_set** out, duomo_error* e) {
    return duomo_item_set_from_ids(out, model_, nullptr, kStrings, std::size(kStrings), e);
  });
  for (const duomo_attribute_info& a : attributes_) {
    const std::string name(a.name.data, a.name.size);
    duomo_filter filter = DUOMO_FILTER_INIT;
    filter.input = name.c_str();
    filter.mode = DUOMO_RANGE;
    filter.minimum = 1990;
    filter.maximum = INFINITY;
    filter.flags = DUOMO_ABOVE_MINIMUM;
    if (a.kind <= DUOMO_ATTRIBUTE_SET) {
      filter = DUOMO_FILTER_INIT;
      filter.input = name.c_str();
      filter.mode = a.kind == DUOMO_ATTRIBUTE_SET ? DUOMO_NONE : DUOMO_ANY;
      filter.strings = kStrings;
      filter.value_count = std::size(kStrings);
    }
    make("duomo_item_set_from_filters", [&](duomo_item_set** out, duomo_error* e) {
      return duomo_item_set_from_filters(out, model_, &filter, 1, e);
    });
  }
  for (int32_t mode : {DUOMO_ANY, DUOMO_ALL, DUOMO_NONE}) {
    if (sets.empty()) break;
    const auto parts = sets;
    make("duomo_item_set_combine", [&](duomo_item_set** out, duomo_error* e) {
      return duomo_item_set_combine(out, mode, parts.data(), parts.size(), e);
    });
  }
  duomo_topk_request r = DUOMO_TOPK_REQUEST_INIT;
  r.k = kBest;
  r.count = users_.size();
  r.ids = users_.data();
  for (const duomo_item_set* set : sets) {
    r.allow_set = set;
    Search(kKinds[0], r);
  }
  if (!sets.empty()) {
    const std::vector<const duomo_item_set*> each(r.count, sets.back());
    const std::vector<size_t> ks(r.count, 2);
    r.allow_set = sets.front();
    r.allow_sets = each.data();
    r.k_each = ks.data();
    r.shared_exclude_ids = items_.data();
    r.shared_exclude_count = items_.empty() ? 0 : 1;
    r.flags = DUOMO_APPROXIMATE;
    Search(kKinds[0], r);
  }
  for (const duomo_item_set* set : sets) {
    duomo_item_set_release(const_cast<duomo_item_set*>(set));
  }
}

}  // namespace duomo::testing
