// Small networks of every kind, and examples for them with all that features can be: unknown and
// missing values, empty sets and texts, repeated words, texts longer than is read.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "model/description.h"
#include "training/examples.h"

namespace duomo::training {

enum : uint32_t { kUserId, kTags, kSeen, kAge, kItemId, kGenres, kTitle, kPrice, kGap, kPlace };

inline model::Description Inputs() {
  using namespace model;  // NOLINT
  Description d;
  d.name = "test";
  const char* names[] = {"user", "tag", "item", "genre", "word", "place"};
  const uint64_t sizes[] = {5, 4, 6, 4, 7, 3};
  const uint32_t dims[] = {3, 2, 3, 2, 3, 2};
  for (uint32_t i = 0; i < 6; ++i) {
    KeyKind keys = i == 4 ? KeyKind::kString : KeyKind::kRange;
    d.vocabularies.push_back({names[i], keys, sizes[i], {}, {}});
    d.tables.push_back({names[i], i, dims[i]});
  }
  d.tables.push_back({"wide", 2, 6});
  d.inputs = {{"user_id", Scope::kUser, InputKind::kCategory, 0, 0, 0},
              {"tags", Scope::kUser, InputKind::kCategorySet, 1, 0, 0},
              {"seen", Scope::kUser, InputKind::kHistory, 2, 3, 0},
              {"age", Scope::kUser, InputKind::kNumber, -1, 0, 30},
              {"item_id", Scope::kItem, InputKind::kCategory, 2, 0, 0},
              {"genres", Scope::kItem, InputKind::kCategorySet, 3, 0, 0},
              {"title", Scope::kItem, InputKind::kTokens, 4, 4, 0},
              {"price", Scope::kItem, InputKind::kNumber, -1, 0, 2},
              {"gap", Scope::kPair, InputKind::kNumber, -1, 0, 1},
              {"place", Scope::kPair, InputKind::kCategory, 5, 0, 0}};
  return d;
}

inline model::Encoder Encode(model::EncoderKind kind, uint32_t input) {
  const int32_t tables[] = {0, 1, 2, -1, 2, 3, 4, -1, -1, 5};
  model::Encoder e;
  e.kind = kind;
  e.input = input;
  e.table = tables[input];
  return e;
}
inline model::Encoder Embedding(uint32_t input, std::vector<model::Dense> layers = {}) {
  model::Encoder e = Encode(model::EncoderKind::kEmbedding, input);
  e.layers = std::move(layers);
  return e;
}
inline model::Encoder Bag(uint32_t input, model::Pooling pooling) {
  model::Encoder e = Encode(model::EncoderKind::kBag, input);
  e.pooling = pooling;
  return e;
}
inline model::Encoder MultiHot(uint32_t input, model::Activation activation) {
  model::Encoder e = Encode(model::EncoderKind::kMultiHot, input);
  e.activation = activation;
  return e;
}
inline model::Encoder Convolution(uint32_t input, std::vector<uint32_t> windows,
                                  model::Pooling pooling,
                                  model::Activation activation = model::Activation::kTanh) {
  model::Encoder e = Encode(model::EncoderKind::kConvolution, input);
  e.windows = std::move(windows);
  e.filters = 4;
  e.pooling = pooling;
  e.activation = activation;
  return e;
}
inline model::Encoder Attention(uint32_t heads, uint32_t blocks, model::Places places,
                                model::Activation activation = model::Activation::kTanh) {
  model::Encoder e = Encode(model::EncoderKind::kAttention, kSeen);
  e.table = 6;
  e.positions = 4;  // one more than the input gives
  e.blocks = blocks;
  e.heads = heads;
  e.feed_forward = 5;
  e.places = places;
  e.activation = activation;
  return e;
}
inline model::Encoder Number(uint32_t input, model::Normalization normalization, bool square,
                             bool root, std::vector<model::Dense> layers = {}) {
  model::Encoder e = Encode(model::EncoderKind::kNumber, input);
  e.normalization = normalization;
  e.square = square;
  e.root = root;
  e.layers = std::move(layers);
  return e;
}

// Two towers that end in 3 numbers.
inline model::Description Towers(std::vector<model::Encoder> user, std::vector<model::Encoder> item,
                                 model::HeadKind head = model::HeadKind::kCosine,
                                 model::Activation activation = model::Activation::kTanh) {
  model::Description d = Inputs();
  d.towers = {{model::Side::kUser, std::move(user), {{3, activation}}},
              {model::Side::kItem, std::move(item), {{3, activation}}}};
  d.head.kind = head;
  d.head.scale = head == model::HeadKind::kCosine ? 5 : 1.5;
  return d;
}

inline model::Description JointTower() {
  model::Description d = Inputs();
  d.towers = {{model::Side::kJoint,
               {Embedding(kUserId), Bag(kSeen, model::Pooling::kMean), Embedding(kItemId),
                Embedding(kPlace, {{2, model::Activation::kRelu}}),
                Number(kGap, model::Normalization::kStandard, true, true)},
               {{5, model::Activation::kRelu}, {3, model::Activation::kTanh}}}};
  d.head.kind = model::HeadKind::kLogistic;
  return d;
}

// Nine examples of the inputs above, with targets of both signs and, if asked, weights.
class SmallExamples : public Examples {
 public:
  // windows: histories are shared by neighbouring examples, as NextExamples' windows are.
  SmallExamples(const model::Description& d, bool weighted, bool windows = false)
      : d_(d), weighted_(weighted), windows_(windows) {
    using model::InputKind;
    columns_.resize(d.inputs.size());
    for (size_t i = 0; i < d.inputs.size(); ++i) columns_[i].kind = d.inputs[i].kind;
    columns_[kUserId].rows = {0, 1, 2, 3, 4, 5};  // 5: unknown
    columns_[kItemId].rows = {5, 4, 3, 2, 1, 0, 6};
    columns_[kPlace].rows = {0, 1, 2, 3, 2, 1, 0, 0, 2};  // by example
    Lists(kTags, {{0, 2}, {}, {3}, {1, 2, 3}, {4}, {0}});
    Lists(kSeen, {{0, 1, 2, 3, 4}, {5}, {}, {2, 2}, {1, 6, 0}, {3}});
    Lists(kGenres, {{0}, {1, 2}, {}, {0, 1, 2, 3}, {3, 4}, {2}, {1}});
    Lists(kTitle, {{0, 1, 2}, {3}, {}, {4, 4, 5, 6, 0, 1}, {7, 2}, {1, 7, 1}, {6, 5, 4, 3}});
    columns_[kAge].numbers = {18, 25, NAN, 50, 33.5f, 41};
    columns_[kPrice].numbers = {0.5f, 1, 3, NAN, 2.25f, 9, 4};
    columns_[kGap].numbers = {0, 1.5f, -2, NAN, 4, 0.25f, 3, 8, 1};
    for (const model::FeatureColumn& c : columns_) items_.inputs.push_back(c.view());
    items_.count = 7;
  }

  size_t size() const override { return 9; }
  bool static_features() const override { return false; }
  const model::FeatureSet& items() const { return items_; }

  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override {
    static constexpr uint32_t kUsers[] = {0, 1, 2, 3, 4, 5, 0, 2, 3};
    static constexpr uint32_t kItems[] = {6, 5, 4, 3, 2, 1, 0, 3, 5};
    static constexpr float kTargets[] = {1, -1, 3, -3, 5, 0, 2.5f, -0.5f, 1};
    out.users.clear();
    out.items.clear();
    out.targets.clear();
    out.weights.clear();
    for (uint32_t i : numbers) {
      out.users.push_back(kUsers[i]);
      out.items.push_back(kItems[i]);
      out.targets.push_back(kTargets[i]);
      if (weighted_) out.weights.push_back(0.5f + static_cast<float>(i % 3));
    }
    numbers_.assign(numbers.begin(), numbers.end());
    // A window from its first watch, the next of the same user, one whose first watch is only
    // looked at, a single watch, and none.
    static constexpr uint32_t kWhose[] = {0, 0, 0, 0, 0, 4, 4, 3, 2};
    static constexpr uint32_t kBegins[] = {0, 0, 0, 2, 2, 0, 0, 1, 0};
    static constexpr uint32_t kEnds[] = {1, 2, 3, 4, 5, 2, 3, 2, 0};
    whose_.clear();
    out.begins.clear();
    out.ends.clear();
    out.taken.clear();
    for (uint32_t i : numbers) {
      whose_.push_back(windows_ ? kWhose[i] : kUsers[i]);
      out.begins.push_back(kBegins[i]);
      out.ends.push_back(kEnds[i]);
      auto all = columns_[kSeen].view().RowsOf(whose_.back());
      out.taken.push_back(windows_ ? all.first(kEnds[i]) : all);
    }
    out.inputs.clear();
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      model::Scope scope = d_.inputs[i].scope;
      out.inputs.push_back({columns_[i].view(), scope == model::Scope::kUser   ? out.users
                                                : scope == model::Scope::kItem ? out.items
                                                                               : numbers_});
    }
    if (windows_) out.inputs[kSeen] = {columns_[kSeen].view(), whose_, out.ends, out.begins};
  }

 private:
  void Lists(uint32_t input, const std::vector<std::vector<uint32_t>>& lists) {
    columns_[input].offsets = {0};
    for (const auto& list : lists) {
      columns_[input].rows.insert(columns_[input].rows.end(), list.begin(), list.end());
      columns_[input].offsets.push_back(columns_[input].rows.size());
    }
  }

  const model::Description& d_;
  bool weighted_, windows_;
  std::vector<model::FeatureColumn> columns_;
  model::FeatureSet items_;
  mutable std::vector<uint32_t> whose_;    // of whom the history is
  mutable std::vector<uint32_t> numbers_;  // one worker at a time
};

}  // namespace duomo::training
