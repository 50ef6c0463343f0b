#include "training/sequences.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "training/weights.h"

namespace duomo::training {

Sequences::Sequences(const data::Interactions& all, size_t user_count,
                     std::span<const uint32_t> numbers)
    : numbers_(numbers.begin(), numbers.end()) {
  bool timed = all.timestamps.size() == all.size();
  std::sort(numbers_.begin(), numbers_.end(), [&](uint32_t a, uint32_t b) {
    if (all.users[a] != all.users[b]) return all.users[a] < all.users[b];
    if (timed && all.timestamps[a] != all.timestamps[b]) {
      return all.timestamps[a] < all.timestamps[b];
    }
    return a < b;
  });
  offsets_.assign(user_count + 1, 0);
  for (uint32_t number : numbers_) ++offsets_[all.users[number] + 1];
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  items_.reserve(numbers_.size());
  for (uint32_t number : numbers_) items_.push_back(all.items[number]);
}

NextExamples::NextExamples(const data::Encoded& encoded, const data::Interactions& interactions,
                           const Sequences& history, const ExampleOptions& options, bool weighted,
                           std::span<const uint32_t> only)
    : encoded_(&encoded), interactions_(&interactions), history_(&history) {
  FindInputs(options);
  if (options.kind == ExampleKind::kSequences) {
    AddWindows(options);
    if (!only.empty()) KeepOnly(only);
    FindWeights(weighted, options.ties);
    return;
  }
  for (uint32_t user = 0; user < history.users(); ++user) {
    auto watches = history.Of(user);
    size_t first = options.minimum_history;
    if (options.per_user > 0 && watches.size() > options.per_user) {
      first = std::max(first, watches.size() - options.per_user);
    }
    for (size_t i = first; i < watches.size(); ++i) {
      examples_.push_back({user, watches[i], static_cast<uint32_t>(i)});
    }
  }
  if (!only.empty()) KeepOnly(only);
  FindWeights(weighted, options.ties);
}

NextExamples::NextExamples(const data::Encoded& encoded, const data::Interactions& interactions,
                           const Sequences& history, const ExampleOptions& options,
                           std::span<const uint32_t> labels, bool weighted)
    : encoded_(&encoded), interactions_(&interactions), history_(&history) {
  FindInputs(options);
  bool timed = interactions.timestamps.size() == interactions.size();
  for (uint32_t label : labels) {
    uint32_t user = interactions.users[label];
    auto watches = history.Of(user);
    auto older = [&](uint32_t number, uint32_t of) {
      if (timed && interactions.timestamps[number] != interactions.timestamps[of]) {
        return interactions.timestamps[number] < interactions.timestamps[of];
      }
      return number < of;
    };
    auto end = std::lower_bound(watches.begin(), watches.end(), label, older);
    examples_.push_back({user, label, static_cast<uint32_t>(end - watches.begin())});
  }
  FindWeights(weighted, 1);
}

void NextExamples::AddWindows(const ExampleOptions& options) {
  const model::Description& d = encoded_->description;
  uint32_t most = UINT32_MAX;  // what every attention encoder reads
  for (const model::Encoder& e : d.towers[0].encoders) {
    if (e.kind == model::EncoderKind::kAttention) most = std::min(most, model::PlacesOf(d, e));
  }
  const size_t places = options.window > 0 ? options.window : std::min<uint32_t>(most, 100);
  if (places > most) {
    Fail(Status::kInvalidArgument, "training.examples.window: ", places,
         " watches are more than the ", most, " that the model's attention reads");
  }
  if (options.context >= places) {
    Fail(Status::kInvalidArgument, "training.examples.context: must be less than the window's ",
         places, " watches");
  }
  windows_.assign(1, 0);
  for (uint32_t user = 0; user < history_->users(); ++user) {
    auto watches = history_->Of(user);
    size_t first = std::max<size_t>(options.minimum_history, 1);  // a place predicts the next
    if (options.per_user > 0 && watches.size() > options.per_user) {
      first = std::max(first, watches.size() - options.per_user);
    }
    // From the latest window back, so that the latest watches are in a full one.
    for (size_t end = watches.size(); end > first;) {
      size_t begin = end - 1 > places ? end - 1 - places : 0;  // the last watch is no place
      size_t label = std::max(first, begin + (begin > 0 ? options.context : 0) + 1);
      for (size_t i = label; i < end; ++i) {
        examples_.push_back(
            {user, watches[i], static_cast<uint32_t>(i), static_cast<uint32_t>(begin)});
      }
      windows_.push_back(static_cast<uint32_t>(examples_.size()));
      end = label;
    }
  }
}

void NextExamples::KeepOnly(std::span<const uint32_t> labels) {
  auto wanted = [&](const Example& e) {
    return std::binary_search(labels.begin(), labels.end(), e.label);
  };
  if (windows_.empty()) {
    std::erase_if(examples_, [&](const Example& e) { return !wanted(e); });
    return;
  }
  std::vector<Example> kept;
  std::vector<uint32_t> windows(1, 0);
  for (size_t w = 0; w + 1 < windows_.size(); ++w) {
    auto begin = examples_.begin() + windows_[w], end = examples_.begin() + windows_[w + 1];
    if (std::none_of(begin, end, wanted)) continue;
    kept.insert(kept.end(), begin, end);
    windows.push_back(static_cast<uint32_t>(kept.size()));
  }
  examples_ = std::move(kept);
  windows_ = std::move(windows);
}

size_t NextExamples::Predictions(std::span<const uint32_t> numbers) const {
  if (windows_.empty()) return numbers.size();
  size_t count = 0;
  for (uint32_t number : numbers) count += windows_[number + 1] - windows_[number];
  return count;
}

void NextExamples::FindWeights(bool weighted, double ties) {
  if (weighted) {
    std::vector<uint32_t> labels;
    labels.reserve(examples_.size());
    for (const Example& e : examples_) labels.push_back(e.label);
    weights_ = MeanOneWeights(*interactions_, labels);
  }
  const auto& times = interactions_->timestamps;
  if (ties == 1 || times.size() != interactions_->size()) return;
  if (weights_.empty()) weights_.assign(examples_.size(), 1.0f);
  double sum = 0;
  for (size_t i = 0; i < examples_.size(); ++i) {
    const Example& e = examples_[i];
    const bool tied = e.before > 0 && times[history_->Of(e.user)[e.before - 1]] == times[e.label];
    if (tied) weights_[i] *= static_cast<float>(ties);
    sum += weights_[i];
  }
  if (!(sum > 0)) {
    Fail(Status::kInvalidArgument,
         "training.examples.ties: 0 leaves nothing to learn: every watch has the time of the one "
         "before it");
  }
  for (float& w : weights_) w *= static_cast<float>(static_cast<double>(weights_.size()) / sum);
}

void NextExamples::FindInputs(const ExampleOptions& options) {
  const model::Description& d = encoded_->description;
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].kind == model::InputKind::kHistory) history_inputs_.push_back(i);
    if (!options.age.empty() && d.inputs[i].name == options.age) {
      age_input_ = static_cast<int32_t>(i);
    }
  }
  if (!options.age.empty() && (age_input_ < 0 || d.inputs[static_cast<size_t>(age_input_)].kind !=
                                                     model::InputKind::kNumber)) {
    Fail(Status::kInvalidArgument, "training.examples.age: \"", options.age,
         "\" is not a number input of the model");
  }
  for (uint32_t user = 0; user < history_->users(); ++user) {
    auto watches = history_->Of(user);
    if (!watches.empty() && !interactions_->timestamps.empty()) {
      now_ = std::max(now_, interactions_->timestamps[watches.back()]);
    }
  }
}

void NextExamples::GatherOne(const Example& e, uint32_t number, ExampleBatch& out) const {
  out.users.push_back(e.user);
  out.items.push_back(interactions_->items[e.label]);
  if (!weights_.empty()) out.weights.push_back(weights_[number]);
  auto watched = history_->ItemsOf(e.user).first(e.before);
  out.taken.push_back(watched);
  if (windows_.empty()) {
    for (size_t input : history_inputs_) {
      model::FeatureColumn& column = out.columns[input];
      uint32_t most = encoded_->description.inputs[input].max_length;
      auto kept = most > 0 && watched.size() > most ? watched.last(most) : watched;
      column.rows.insert(column.rows.end(), kept.begin(), kept.end());
      column.offsets.push_back(column.rows.size());
    }
  } else {
    out.begins.push_back(e.begin);
    out.ends.push_back(e.before);
  }
  if (age_input_ < 0) return;
  // In days before the end of training; at serving the input is unset, and its fallback, 0,
  // says "now".
  double seconds = 0;
  if (!interactions_->timestamps.empty()) {
    seconds = static_cast<double>(std::max<int64_t>(0, now_ - interactions_->timestamps[e.label]));
  }
  out.columns[static_cast<size_t>(age_input_)].numbers.push_back(
      static_cast<float>(seconds / 86400));
}

void NextExamples::Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const {
  const model::Description& d = encoded_->description;
  out.users.clear();
  out.items.clear();
  out.weights.clear();
  out.taken.clear();
  out.begins.clear();
  out.ends.clear();
  out.targets.assign(Predictions(numbers), 1.0f);
  out.columns.resize(d.inputs.size());
  for (size_t input : history_inputs_) {
    out.columns[input].kind = model::InputKind::kHistory;
    out.columns[input].rows.clear();
    out.columns[input].offsets.assign(1, 0);
  }
  if (age_input_ >= 0) {
    auto age = static_cast<size_t>(age_input_);
    out.columns[age].kind = model::InputKind::kNumber;
    out.columns[age].numbers.clear();
  }
  for (uint32_t number : numbers) {
    if (windows_.empty()) {
      GatherOne(examples_[number], number, out);
      continue;
    }
    for (uint32_t i = windows_[number]; i < windows_[number + 1]; ++i) {
      GatherOne(examples_[i], i, out);
    }
  }
  out.inputs.resize(d.inputs.size());
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    bool history = d.inputs[i].kind == model::InputKind::kHistory;
    if (history && !windows_.empty()) {
      out.inputs[i] = {history_->view(), out.users, out.ends, out.begins};
    } else if (history || static_cast<int32_t>(i) == age_input_) {
      out.inputs[i] = {out.columns[i].view(), {}};
    } else if (d.inputs[i].scope == model::Scope::kUser) {
      out.inputs[i] = {encoded_->users.inputs[i], out.users};
    } else if (d.inputs[i].scope == model::Scope::kItem) {
      out.inputs[i] = {encoded_->items.inputs[i], out.items};
    }
  }
}

}  // namespace duomo::training
