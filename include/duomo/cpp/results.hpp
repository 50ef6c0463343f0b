// Part of duomo.hpp: results. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_RESULTS_HPP_
#define DUOMO_CPP_RESULTS_HPP_

#include <duomo/cpp/base.hpp>
#include <iterator>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

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

  Hits(Ids ids, Span<const float> scores, const duomo_text* keys = nullptr,
       const duomo_text* titles = nullptr)
      : ids_(ids), scores_(scores), keys_(keys), titles_(titles) {}
  size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  ScoredId operator[](size_t i) const { return {ids_[i], scores_[i]}; }
  iterator begin() const { return {ids_.begin(), scores_.begin()}; }
  iterator end() const { return {ids_.end(), scores_.end()}; }
  Ids ids() const { return ids_; }
  Span<const float> scores() const { return scores_; }
  // The key and title of result i, if the request asked for them, else empty; the texts belong to
  // the model.
  std::string_view key(size_t i) const { return keys_ == nullptr ? "" : internal::View(keys_[i]); }
  std::string_view title(size_t i) const {
    return titles_ == nullptr ? "" : internal::View(titles_[i]);
  }

 private:
  friend class OwnedHits;
  Ids ids_;
  Span<const float> scores_;
  const duomo_text *keys_, *titles_;
};

// The same, owning its memory: the type of [] on a temporary result.
class OwnedHits {
 public:
  explicit OwnedHits(const Hits& hits)
      : ids_(hits.ids().begin(), hits.ids().end()),
        scores_(hits.scores().begin(), hits.scores().end()) {
    if (hits.keys_ != nullptr) keys_.assign(hits.keys_, hits.keys_ + size());
    if (hits.titles_ != nullptr) titles_.assign(hits.titles_, hits.titles_ + size());
  }
  size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  ScoredId operator[](size_t i) const { return {ids_[i], scores_[i]}; }
  Hits::iterator begin() const { return {ids_.data(), scores_.data()}; }
  Hits::iterator end() const {
    return {ids_.data() + ids_.size(), scores_.data() + scores_.size()};
  }
  Ids ids() const& { return ids_; }
  Span<const float> scores() const& { return scores_; }
  std::string_view key(size_t i) const { return keys_.empty() ? "" : internal::View(keys_[i]); }
  std::string_view title(size_t i) const {
    return titles_.empty() ? "" : internal::View(titles_[i]);
  }
  operator Hits() const& {
    return {ids_, scores_, keys_.empty() ? nullptr : keys_.data(),
            titles_.empty() ? nullptr : titles_.data()};
  }
  // These would refer to destroyed memory: give the hits a name.
  Ids ids() const&& = delete;
  Span<const float> scores() const&& = delete;
  operator Hits() const&& = delete;

 private:
  std::vector<int64_t> ids_;
  std::vector<float> scores_;
  std::vector<duomo_text> keys_, titles_;
};

// The results of all queries of a request. Context::TopKInto reuses its memory.
class TopKResult {
 public:
  size_t size() const { return counts_.size(); }
  Hits operator[](size_t query) const& {
    size_t at = query * k_, n = counts_[query];
    return {Ids(ids_.data() + at, n), Span<const float>(scores_.data() + at, n),
            keys_.empty() ? nullptr : keys_.data() + at,
            titles_.empty() ? nullptr : titles_.data() + at};
  }
  // for (auto [id, score] : context.TopK(request)[0])
  OwnedHits operator[](size_t query) const&& { return OwnedHits((*this)[query]); }

 private:
  friend class Context;
  size_t k_ = 0;
  std::vector<int64_t> ids_;
  std::vector<float> scores_;
  std::vector<size_t> counts_;
  std::vector<duomo_text> keys_, titles_;  // empty: not requested
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_RESULTS_HPP_
