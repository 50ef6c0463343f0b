// Part of duomo.hpp: what to recommend to whom, and what comes back. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_REQUESTS_HPP_
#define DUOMO_CPP_REQUESTS_HPP_

#include <algorithm>
#include <duomo/cpp/model.hpp>
#include <iterator>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

// Items whose input has any, all or none (mode: DUOMO_ANY, …) of the values, which are copied.
class Filter {
 public:
  static Filter Strings(std::string input, int32_t mode, std::vector<std::string> values) {
    Filter f(std::move(input), mode);
    return f.strings_ = std::move(values), f;
  }
  static Filter Integers(std::string input, int32_t mode, std::vector<int64_t> values) {
    Filter f(std::move(input), mode);
    return f.integers_ = std::move(values), f;
  }

 private:
  friend class TopKRequest;
  Filter(std::string input, int32_t mode) : input_(std::move(input)), mode_(mode) {}

  std::string input_;
  int32_t mode_;
  std::vector<std::string> strings_;
  std::vector<int64_t> integers_;
};

// For Context::TopK the queries are users, for Context::Similar items. Borrows what it is given
// until the call, but for single ids, filters and what Kept takes over.
class TopKRequest {
 public:
  static TopKRequest User(int64_t id) { return TopKRequest(id); }
  static TopKRequest Item(int64_t id) { return TopKRequest(id); }
  static TopKRequest Users(Kept<int64_t> ids) { return TopKRequest(std::move(ids)); }
  static TopKRequest Items(Kept<int64_t> ids) { return TopKRequest(std::move(ids)); }
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
  static TopKRequest OfFeatures(const Features&&) = delete;  // they would be gone before the call
  // Users of whom nothing is known but what they watched, oldest first.
  static TopKRequest OfHistory(Kept<int64_t> ids) {
    return TopKRequest().OneQuery().History(std::move(ids));
  }
  static TopKRequest OfHistories(KeptLists<int64_t> lists) {
    TopKRequest r;
    r.c_.count = lists.view().offsets.empty() ? 0 : lists.view().offsets.size() - 1;
    return r.Histories(std::move(lists));
  }

  TopKRequest& K(size_t k) { return c_.k = k, *this; }
  TopKRequest& ExcludeSeen() { return c_.flags |= DUOMO_EXCLUDE_SEEN, *this; }
  TopKRequest& MinimumScore(float score) {
    c_.flags |= DUOMO_MINIMUM_SCORE;
    c_.minimum_score = score;
    return *this;
  }
  // Looks into the likeliest lists only, where the file has lists; 0: as many as it says, and on as
  // it takes (duomo.h). Faster, and an item may be missed; the scores are exact.
  TopKRequest& Approximate(size_t probes = 0) {
    c_.flags |= DUOMO_APPROXIMATE;
    c_.probes = probes;
    return *this;
  }
  // What is never returned: to every query the same, or a list for each.
  TopKRequest& Exclude(Kept<int64_t> ids) {
    return shared_exclude_ = std::move(ids), exclude_.reset(), *this;
  }
  TopKRequest& Exclude(KeptLists<int64_t> lists) {
    return shared_exclude_.reset(), exclude_ = std::move(lists), *this;
  }
  // Only these; of an empty list, nothing.
  TopKRequest& Allow(Kept<int64_t> ids) { return allow_ = std::move(ids), *this; }
  TopKRequest& Where(Filter filter) { return filters_.push_back(std::move(filter)), *this; }
  // What the users have watched, instead of what the file remembers; History() is for one query.
  TopKRequest& History(Kept<int64_t> ids) {
    return one_history_ = std::move(ids), histories_.reset(), *this;
  }
  TopKRequest& Histories(KeptLists<int64_t> lists) {
    return one_history_.reset(), histories_ = std::move(lists), *this;
  }

 private:
  friend class Context;

  TopKRequest() = default;
  explicit TopKRequest(int64_t id) : one_id_(id) { c_.count = 1; }
  explicit TopKRequest(Kept<int64_t> ids) : ids_(std::move(ids)) { c_.count = ids_->span().size(); }
  TopKRequest& OneQuery() { return c_.count = 1, *this; }

  // The request as C sees it, with the arrays that it points to. Stays where it is made.
  struct Call {
    explicit Call(const TopKRequest& r, size_t vector_width, size_t item_count);
    Call(const Call&) = delete;

    duomo_topk_request c;
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = DUOMO_OK;
    size_t history_offsets[2] = {0, 0};
    std::vector<size_t> exclude_offsets;
    std::vector<int64_t> exclude_ids;
    std::vector<duomo_filter> filters;
    std::vector<std::vector<const char*>> strings;
  };

  duomo_topk_request c_ = DUOMO_TOPK_REQUEST_INIT;
  std::optional<int64_t> one_id_;
  std::optional<Kept<int64_t>> ids_, one_history_, shared_exclude_, allow_;
  std::optional<Kept<float>> vectors_;
  std::optional<KeptLists<int64_t>> exclude_, histories_;
  std::vector<Filter> filters_;
};

inline TopKRequest::Call::Call(const TopKRequest& r, size_t vector_width, size_t item_count)
    : c(r.c_) {
  using internal::CheckLists, internal::CheckSize, internal::Given;
  auto check = [&](duomo_status s) { status = status == DUOMO_OK ? s : status; };
  // No query has more results than there are items, so results need no more memory than that.
  c.k = std::min(c.k, std::max<size_t>(item_count, 1));
  if (r.one_id_) c.ids = &*r.one_id_;
  if (r.ids_) c.ids = Given(r.ids_->span());
  if (r.vectors_) {
    c.vectors = Given(r.vectors_->span());
    if (vector_width > 0) {  // else the library says what is wrong
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
  if (r.exclude_) {
    check(CheckLists("exclude", r.exclude_->view(), c.count, error));
    c.exclude_offsets = r.exclude_->view().offsets.data();
    c.exclude_ids = Given(r.exclude_->view().values);
  }
  if (r.shared_exclude_ && status == DUOMO_OK) {
    exclude_offsets.push_back(0);
    for (size_t i = 0; i < c.count; ++i) {
      const Ids ids = r.shared_exclude_->span();
      exclude_ids.insert(exclude_ids.end(), ids.begin(), ids.end());
      exclude_offsets.push_back(exclude_ids.size());
    }
    c.exclude_offsets = exclude_offsets.data();
    c.exclude_ids = Given(Ids(exclude_ids));
  }
  if (r.allow_) {
    c.allow_ids = Given(r.allow_->span());
    c.allow_count = r.allow_->span().size();
  }
  strings.reserve(r.filters_.size());  // so that what filters point to stays where it is
  for (const Filter& f : r.filters_) {
    strings.emplace_back();
    for (const std::string& s : f.strings_) strings.back().push_back(s.c_str());
    duomo_filter filter = DUOMO_FILTER_INIT;
    filter.mode = f.mode_;
    filter.input = f.input_.c_str();
    if (!f.strings_.empty()) filter.strings = strings.back().data();
    if (!f.integers_.empty()) filter.integers = f.integers_.data();
    filter.value_count = f.strings_.size() + f.integers_.size();
    filters.push_back(filter);
  }
  c.filters = filters.data();
  c.filter_count = filters.size();
}

struct ScoredId {
  int64_t id;
  float score;
};

// The results of one query, best first; refers to a TopKResult.
class Hits {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ScoredId;
    using difference_type = std::ptrdiff_t;
    using pointer = const ScoredId*;
    using reference = ScoredId;
    iterator() = default;
    iterator(const int64_t* id, const float* score) : id_(id), score_(score) {}
    ScoredId operator*() const { return {*id_, *score_}; }
    iterator& operator++() { return ++id_, ++score_, *this; }
    iterator operator++(int) { return {id_++, score_++}; }
    bool operator==(const iterator& other) const { return id_ == other.id_; }
    bool operator!=(const iterator& other) const { return id_ != other.id_; }

   private:
    const int64_t* id_ = nullptr;
    const float* score_ = nullptr;
  };

  Hits(Ids ids, Span<const float> scores) : ids_(ids), scores_(scores) {}
  size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  ScoredId operator[](size_t i) const { return {ids_[i], scores_[i]}; }
  iterator begin() const { return {ids_.begin(), scores_.begin()}; }
  iterator end() const { return {ids_.end(), scores_.end()}; }
  Ids ids() const { return ids_; }
  Span<const float> scores() const { return scores_; }

 private:
  Ids ids_;
  Span<const float> scores_;
};

// The same with memory of its own: what [] of a result without a name gives.
class OwnedHits {
 public:
  explicit OwnedHits(const Hits& hits)
      : ids_(hits.ids().begin(), hits.ids().end()),
        scores_(hits.scores().begin(), hits.scores().end()) {}
  size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  ScoredId operator[](size_t i) const { return {ids_[i], scores_[i]}; }
  Hits::iterator begin() const { return {ids_.data(), scores_.data()}; }
  Hits::iterator end() const {
    return {ids_.data() + ids_.size(), scores_.data() + scores_.size()};
  }
  Ids ids() const& { return ids_; }
  Span<const float> scores() const& { return scores_; }
  operator Hits() const& { return {ids_, scores_}; }
  // What these would refer to is gone before it can be used: give the hits a name.
  Ids ids() const&& = delete;
  Span<const float> scores() const&& = delete;
  operator Hits() const&& = delete;

 private:
  std::vector<int64_t> ids_;
  std::vector<float> scores_;
};

// The results of every query of a request. Given to Context::TopKInto again, it keeps its memory.
class TopKResult {
 public:
  size_t size() const { return counts_.size(); }
  Hits operator[](size_t query) const& {
    size_t at = query * k_, n = counts_[query];
    return {Ids(ids_.data() + at, n), Span<const float>(scores_.data() + at, n)};
  }
  // for (auto [id, score] : context.TopK(request)[0])
  OwnedHits operator[](size_t query) const&& { return OwnedHits((*this)[query]); }

 private:
  friend class Context;
  size_t k_ = 0;
  std::vector<int64_t> ids_;
  std::vector<float> scores_;
  std::vector<size_t> counts_;
};

// One user and many items. Borrows what it is given until the call, but for what Kept takes over.
class RankRequest {
 public:
  static RankRequest User(int64_t id) {
    RankRequest r;
    r.c_.flags = DUOMO_RANK_USER_ID;
    r.c_.user_id = id;
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
    c_.item_features = nullptr;
    return c_.n = items_.span().size(), *this;
  }
  RankRequest& Items(const Features& features) {
    c_.item_ids = nullptr;
    c_.item_features = features.get();
    return c_.n = features.count(), *this;
  }
  RankRequest& Pairs(const Features& features) { return c_.pair_features = features.get(), *this; }
  RankRequest& History(Kept<int64_t> ids) {
    history_ = std::move(ids);
    c_.history_ids = internal::Given(history_.span());
    return c_.history_count = history_.span().size(), *this;
  }
  // They would be gone before the call.
  static RankRequest OfUser(const Features&&) = delete;
  RankRequest& Items(const Features&&) = delete;
  RankRequest& Pairs(const Features&&) = delete;

 private:
  friend class Context;
  duomo_rank_request c_ = DUOMO_RANK_REQUEST_INIT;
  Kept<int64_t> items_, history_;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_REQUESTS_HPP_
