// Part of duomo.hpp: requests. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_REQUESTS_HPP_
#define DUOMO_CPP_REQUESTS_HPP_

#include <algorithm>
#include <duomo/cpp/items.hpp>
#include <duomo/cpp/keys.hpp>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

// For Context::TopK and SimilarUsers the queries are users, for Similar and UsersFor items. Borrows
// its arguments until the call, except single ids, keys, filters and the vectors that Kept owns.
class TopKRequest {
 public:
  static TopKRequest User(int64_t id) { return TopKRequest(id); }
  static TopKRequest Item(int64_t id) { return TopKRequest(id); }
  static TopKRequest Users(Kept<int64_t> ids) { return TopKRequest(std::move(ids)); }
  static TopKRequest Items(Kept<int64_t> ids) { return TopKRequest(std::move(ids)); }
  // The same by string keys.
  static TopKRequest User(const std::string& key) {
    return TopKRequest(Keys(std::vector<std::string>{key}));
  }
  static TopKRequest Item(const std::string& key) {
    return TopKRequest(Keys(std::vector<std::string>{key}));
  }
  static TopKRequest UsersByKey(Keys keys) { return TopKRequest(std::move(keys)); }
  static TopKRequest ItemsByKey(Keys keys) { return TopKRequest(std::move(keys)); }
  // [queries * vector_width], used as given.
  static TopKRequest Vectors(Kept<float> vectors) {
    TopKRequest r;
    r.vectors_ = std::move(vectors);
    return r;
  }
  static TopKRequest OfFeatures(const Features& features) {
    TopKRequest r;
    r.c_.count = features.count();
    r.c_.features = features.get();
    return r;
  }
  static TopKRequest OfFeatures(const Features&&) = delete;  // would be destroyed too early
  // Users who are known by their history only, oldest item first.
  static TopKRequest OfHistory(Kept<int64_t> ids) {
    return TopKRequest().OneQuery().History(std::move(ids));
  }
  static TopKRequest OfHistories(KeptLists<int64_t> lists) {
    TopKRequest r;
    r.c_.count = lists.view().offsets.empty() ? 0 : lists.view().offsets.size() - 1;
    return r.Histories(std::move(lists));
  }

  static TopKRequest OfHistoryKeys(Keys keys) {
    return TopKRequest().OneQuery().HistoryKeys(std::move(keys));
  }
  static TopKRequest OfHistoryKeyLists(KeyLists lists) {
    TopKRequest r;
    r.c_.count = lists.size();
    return r.HistoryKeyLists(std::move(lists));
  }

  TopKRequest& K(size_t k) { return c_.k = k, *this; }
  TopKRequest& ExcludeSeen() { return c_.flags |= DUOMO_EXCLUDE_SEEN, *this; }
  TopKRequest& MinimumScore(float score) {
    c_.flags |= DUOMO_MINIMUM_SCORE;
    c_.minimum_score = score;
    return *this;
  }
  // Searches only the lists most likely to hold good items, if the file has lists; 0: the number
  // that the file recommends, and more if necessary (duomo.h). Faster, but may miss an item; the
  // scores are exact.
  TopKRequest& Approximate(size_t probes = 0) {
    c_.flags |= DUOMO_APPROXIMATE;
    c_.probes = probes;
    return *this;
  }
  // The number of results of each query, at most K(); the result has memory for K() of each.
  TopKRequest& KEach(Kept<size_t> ks) { return k_each_ = std::move(ks), *this; }
  // Items that are not returned: for all queries, or a list for each; both apply.
  TopKRequest& Exclude(Kept<int64_t> ids) {
    return shared_exclude_keys_.reset(), shared_exclude_ = std::move(ids), *this;
  }
  TopKRequest& Exclude(KeptLists<int64_t> lists) {
    return exclude_keys_.reset(), exclude_ = std::move(lists), *this;
  }
  TopKRequest& ExcludeKeys(Keys keys) {
    return shared_exclude_.reset(), shared_exclude_keys_ = std::move(keys), *this;
  }
  TopKRequest& ExcludeKeyLists(KeyLists lists) {
    return exclude_.reset(), exclude_keys_ = std::move(lists), *this;
  }
  // Returns only these items; nothing for an empty list.
  TopKRequest& Allow(Kept<int64_t> ids) {
    return allow_keys_.reset(), allow_ = std::move(ids), *this;
  }
  TopKRequest& AllowKeys(Keys keys) { return allow_.reset(), allow_keys_ = std::move(keys), *this; }
  // Returns only items in the set, or for each query in its own set; both apply. The request keeps
  // the sets.
  TopKRequest& AllowSet(ItemSet set) { return set_ = std::move(set), *this; }
  TopKRequest& AllowSets(std::vector<ItemSet> sets) { return sets_ = std::move(sets), *this; }
  TopKRequest& Where(Filter filter) { return filters_.push_back(std::move(filter)), *this; }
  // Limits the results that share a value of an attribute or input: at most two of an artist.
  TopKRequest& Limit(std::string input, uint32_t at_most) {
    return limits_.emplace_back(std::move(input), at_most), *this;
  }
  // Adds keys and titles to the results: Hits::key(), Hits::title().
  TopKRequest& WithKeys() { return with_keys_ = true, *this; }
  TopKRequest& WithTitles() { return with_titles_ = true, *this; }
  // Histories that replace those in the file; History() is for one query.
  TopKRequest& History(Kept<int64_t> ids) {
    return NoHistory().one_history_ = std::move(ids), *this;
  }
  TopKRequest& Histories(KeptLists<int64_t> lists) {
    return NoHistory().histories_ = std::move(lists), *this;
  }
  TopKRequest& HistoryKeys(Keys keys) {
    return NoHistory().one_history_keys_ = std::move(keys), *this;
  }
  TopKRequest& HistoryKeyLists(KeyLists lists) {
    return NoHistory().history_keys_ = std::move(lists), *this;
  }

 private:
  friend class Context;

  TopKRequest() = default;
  explicit TopKRequest(int64_t id) : one_id_(id) { c_.count = 1; }
  explicit TopKRequest(Kept<int64_t> ids) : ids_(std::move(ids)) { c_.count = ids_->span().size(); }
  explicit TopKRequest(Keys keys) : keys_(std::move(keys)) { c_.count = keys_->size(); }
  TopKRequest& OneQuery() { return c_.count = 1, *this; }
  TopKRequest& NoHistory() {
    one_history_.reset(), histories_.reset();
    return one_history_keys_.reset(), history_keys_.reset(), *this;
  }

  // The C form of the request, with the arrays that it points to. Not movable.
  struct Call {
    // most: users or items that are searched.
    explicit Call(const TopKRequest& r, size_t vector_width, size_t most);
    Call(const Call&) = delete;

    duomo_topk_request c;
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = DUOMO_OK;
    size_t history_offsets[2] = {0, 0};
    Filter::Array filters;
    std::vector<size_t> k_each;
    std::vector<const duomo_item_set*> sets;
    std::vector<duomo_limit> limits;
  };

  duomo_topk_request c_ = DUOMO_TOPK_REQUEST_INIT;
  std::optional<int64_t> one_id_;
  std::optional<Kept<int64_t>> ids_, one_history_, shared_exclude_, allow_;
  std::optional<Kept<float>> vectors_;
  std::optional<KeptLists<int64_t>> exclude_, histories_;
  std::optional<Kept<size_t>> k_each_;
  std::vector<Filter> filters_;
  ItemSet set_;
  std::optional<std::vector<ItemSet>> sets_;
  std::optional<Keys> keys_, one_history_keys_, shared_exclude_keys_, allow_keys_;
  std::optional<KeyLists> history_keys_, exclude_keys_;
  std::vector<std::pair<std::string, uint32_t>> limits_;
  bool with_keys_ = false, with_titles_ = false;
};

inline TopKRequest::Call::Call(const TopKRequest& r, size_t vector_width, size_t most)
    : c(r.c_), filters(r.filters_) {
  using internal::CheckLists, internal::CheckSize, internal::Given;
  auto check = [&](duomo_status s) { status = status == DUOMO_OK ? s : status; };
  // A query has at most as many results as there are items or users, which bounds the memory.
  c.k = std::min(c.k, std::max<size_t>(most, 1));
  if (r.one_id_) c.ids = &*r.one_id_;
  if (r.ids_) c.ids = Given(r.ids_->span());
  if (r.keys_) c.keys = r.keys_->data();
  if (r.vectors_) {
    c.vectors = Given(r.vectors_->span());
    if (vector_width > 0) {  // else the library reports what is wrong
      c.count = r.vectors_->span().size() / vector_width;
      check(CheckSize("vectors", r.vectors_->span().size(), c.count * vector_width, error));
    }
  }
  if (r.one_history_) {
    check(CheckSize("a single history: the queries", c.count, 1, error));
    history_offsets[1] = r.one_history_->span().size();
    c.history_offsets = history_offsets;
    c.history_ids = Given(r.one_history_->span());
  }
  if (r.histories_) {
    check(CheckLists("histories", r.histories_->view(), c.count, error));
    c.history_offsets = r.histories_->view().offsets.data();
    c.history_ids = r.histories_->view().values.data();
  }
  if (r.one_history_keys_) {
    check(CheckSize("a single history: the queries", c.count, 1, error));
    history_offsets[1] = r.one_history_keys_->size();
    c.history_offsets = history_offsets;
    c.history_keys = r.one_history_keys_->data();
  }
  if (r.history_keys_) {
    check(CheckSize("history lists", r.history_keys_->size(), c.count, error));
    c.history_offsets = r.history_keys_->offsets();
    c.history_keys = r.history_keys_->keys().data();
  }
  if (r.exclude_keys_) {
    check(CheckSize("exclude lists", r.exclude_keys_->size(), c.count, error));
    c.exclude_offsets = r.exclude_keys_->offsets();
    c.exclude_keys = r.exclude_keys_->keys().data();
  }
  if (r.shared_exclude_keys_) {
    c.shared_exclude_keys = r.shared_exclude_keys_->data();
    c.shared_exclude_count = r.shared_exclude_keys_->size();
  }
  if (r.exclude_) {
    check(CheckLists("exclude", r.exclude_->view(), c.count, error));
    c.exclude_offsets = r.exclude_->view().offsets.data();
    c.exclude_ids = Given(r.exclude_->view().values);
  }
  if (r.shared_exclude_) {
    c.shared_exclude_ids = Given(r.shared_exclude_->span());
    c.shared_exclude_count = r.shared_exclude_->span().size();
  }
  if (r.k_each_) {
    check(CheckSize("k_each", r.k_each_->span().size(), c.count, error));
    for (size_t k : r.k_each_->span()) k_each.push_back(k <= r.c_.k ? std::min(k, c.k) : k);
    c.k_each = Given(Span<const size_t>(k_each));
  }
  c.allow_set = r.set_.get();
  if (r.sets_) {
    check(CheckSize("allow_sets", r.sets_->size(), c.count, error));
    for (const ItemSet& set : *r.sets_) sets.push_back(set.get());
    c.allow_sets = sets.data();
  }
  if (r.allow_) {
    c.flags |= DUOMO_ALLOW_LISTED;
    c.allow_ids = Given(r.allow_->span());
    c.allow_count = r.allow_->span().size();
  }
  if (r.allow_keys_) {
    c.flags |= DUOMO_ALLOW_LISTED;
    c.allow_keys = r.allow_keys_->data();
    c.allow_count = r.allow_keys_->size();
  }
  for (const auto& [input, at_most] : r.limits_) {
    duomo_limit limit = DUOMO_LIMIT_INIT;
    limit.input = input.c_str();
    limit.at_most = at_most;
    limits.push_back(limit);
  }
  c.limits = limits.data();
  c.limit_count = limits.size();
  c.filters = filters.c.data();
  c.filter_count = filters.c.size();
}

// One user and many items. Borrows its arguments until the call, except the vectors that Kept owns.
class RankRequest {
 public:
  static RankRequest User(int64_t id) {
    RankRequest r;
    r.c_.flags = DUOMO_RANK_USER_ID;
    r.c_.user_id = id;
    return r;
  }
  static RankRequest User(const std::string& key) {
    RankRequest r;
    r.user_ = Keys(std::vector<std::string>{key});
    r.c_.user_key = r.user_.data()[0];
    return r;
  }
  static RankRequest OfUser(const Features& features) {
    RankRequest r;
    r.c_.user_features = features.get();
    return r;
  }
  RankRequest& Items(Kept<int64_t> ids) {
    items_ = std::move(ids);
    c_.item_ids = items_.span().data();
    c_.item_keys = nullptr;
    c_.item_features = nullptr;
    return c_.n = items_.span().size(), *this;
  }
  RankRequest& ItemsByKey(Keys keys) {
    item_keys_ = std::move(keys);
    c_.item_ids = nullptr;
    c_.item_keys = item_keys_.data();
    c_.item_features = nullptr;
    return c_.n = item_keys_.size(), *this;
  }
  RankRequest& Items(const Features& features) {
    c_.item_ids = nullptr;
    c_.item_keys = nullptr;
    c_.item_features = features.get();
    return c_.n = features.count(), *this;
  }
  RankRequest& Pairs(const Features& features) { return c_.pair_features = features.get(), *this; }
  RankRequest& History(Kept<int64_t> ids) {
    history_ = std::move(ids);
    c_.history_ids = internal::Given(history_.span());
    c_.history_keys = nullptr;
    return c_.history_count = history_.span().size(), *this;
  }
  RankRequest& HistoryKeys(Keys keys) {
    history_keys_ = std::move(keys);
    c_.history_ids = nullptr;
    c_.history_keys = history_keys_.data();
    return c_.history_count = history_keys_.size(), *this;
  }
  // They would be destroyed before the call.
  static RankRequest OfUser(const Features&&) = delete;
  RankRequest& Items(const Features&&) = delete;
  RankRequest& Pairs(const Features&&) = delete;

 private:
  friend class Context;
  duomo_rank_request c_ = DUOMO_RANK_REQUEST_INIT;
  Kept<int64_t> items_, history_;
  Keys user_, item_keys_, history_keys_;  // c_ points to them; copies share them
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_REQUESTS_HPP_
