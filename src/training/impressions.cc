#include "training/impressions.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "core/error.h"
#include "core/random.h"
#include "data/model_rows.h"
#include "kernels/vector.h"
#include "runtime/fold_in.h"

namespace duomo::training {
namespace {

constexpr uint32_t kAbsent = data::kNotInModel;

int32_t FindPairInput(const model::Description& d, const std::string& name, const char* field) {
  if (name.empty()) return -1;
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].name == name && d.inputs[i].kind == model::InputKind::kNumber &&
        d.inputs[i].scope == model::Scope::kPair) {
      return static_cast<int32_t>(i);
    }
  }
  Fail(Status::kInvalidArgument, "training.examples.", field, ": \"", name,
       "\" is not a number input of scope pair");
}

}  // namespace

PairFeatures::PairFeatures(const model::FeatureView& likeness, size_t items) : masks_(items, 0) {
  for (size_t i = 0; i < items; ++i) {
    for (uint32_t row : likeness.RowsOf(i)) masks_[i] |= uint64_t{1} << (row % 64);
  }
}

float PairFeatures::SinceAlike(std::span<const uint32_t> history, uint32_t item) const {
  for (size_t back = 0; back < history.size(); ++back) {
    if (Alike(history[history.size() - 1 - back], item)) return static_cast<float>(back);
  }
  return static_cast<float>(history.size());
}

float PairFeatures::CountAlike(std::span<const uint32_t> history, uint32_t item) const {
  return static_cast<float>(
      std::count_if(history.begin(), history.end(), [&](uint32_t h) { return Alike(h, item); }));
}

CandidateSource::CandidateSource(std::shared_ptr<const runtime::Engine> engine)
    : engine_(std::move(engine)) {
  if (engine_->joint()) {
    Fail(Status::kUnsupported, "\"", engine_->model().description().name,
         "\" is a joint model and cannot make candidates; give a two-tower model");
  }
  const model::Model& model = engine_->model();
  vector_.resize(engine_->vector_width());
  likeness_width_ = model::TowerWidth(model.description(),
                                      model::TowerOf(model.description(), model::Side::kItem));
  if (model.items().vectors.empty()) return;  // Find() refuses
  for (uint64_t i = 0; i < model.items().count; ++i) {
    const float* v = engine_->Vector(model::Side::kItem, i, widened_[0]).data();
    norms_.push_back(std::sqrt(kernels::Vector().dot(v, v, likeness_width_)));
  }
}

void SetHistories(const model::Description& d, std::span<const uint64_t> offsets,
                  std::span<const uint32_t> rows, std::vector<runtime::InputSource>& inputs) {
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].kind != model::InputKind::kHistory) continue;
    inputs[i] = {{model::InputKind::kHistory, offsets, rows, {}}, {}};
  }
}

void CandidateSource::RunTower(std::optional<uint32_t> user, std::span<const uint32_t> history) {
  const model::Description& d = engine_->model().description();
  uint32_t row = user.value_or(0);
  uint64_t offsets[2] = {0, history.size()};
  std::vector<runtime::InputSource> inputs(d.inputs.size());
  if (user) engine_->StoredInputs(model::Side::kUser, {&row, 1}, inputs);
  SetHistories(d, offsets, history, inputs);
  engine_->Encode(model::Side::kUser, {1, inputs}, vector_.data(), work_);
}

std::vector<CandidateSource::Candidate> CandidateSource::Find(std::optional<uint32_t> user,
                                                              std::span<const uint32_t> history,
                                                              size_t count) {
  const model::Model& model = engine_->model();
  if (!user && !history.empty() && !model.items().vectors.empty() && runtime::FoldsIn(*engine_)) {
    runtime::FoldIn(*engine_, history, {}, vector_.data(), work_);
  } else {
    RunTower(user, history);
  }
  allowed_.Reset(model.items().count, true);
  for (uint32_t item : history) {
    if (item < model.items().count) allowed_.Clear(item);
  }
  retrieval::Query query;
  query.vector = vector_;
  query.k = count;
  query.allowed = &allowed_;
  auto hits = retrieval::TopK(retrieval::Catalogue(*engine_), query, search_);
  std::vector<Candidate> out;
  for (const retrieval::Hit& hit : hits) {
    // Relative to the best: how far the softmax puts an item behind this user's first one, which
    // means the same for every user; bare logits do not.
    out.push_back({hit.row, hit.score - hits.front().score, 0, 0});
  }
  Compare(history, out);
  return out;
}

void CandidateSource::Compare(std::span<const uint32_t> history,
                              std::vector<Candidate>& candidates) {
  if (history.empty()) return;
  auto recent = history.last(std::min(history.size(), kRecentWatches));
  auto vector = [&](uint32_t item, AlignedVector<float>& buffer) {
    return engine_->Vector(model::Side::kItem, item, buffer).data();
  };
  for (Candidate& c : candidates) {
    double sum = 0, cosine = 0;
    for (uint32_t item : recent) {
      double norms = norms_[c.item] * norms_[item];
      double dot = kernels::Vector().dot(vector(c.item, widened_[0]), vector(item, widened_[1]),
                                         likeness_width_);
      cosine = norms > 0 ? dot / norms : 0;
      sum += cosine;
    }
    c.like_last = static_cast<float>(cosine);
    c.like_recent = static_cast<float>(sum / static_cast<double>(recent.size()));
  }
}

ImpressionExamples::ImpressionExamples(const data::Encoded& encoded, const data::Dataset& dataset,
                                       const Sequences& history, const ExampleOptions& options,
                                       CandidateSource& candidates, uint64_t seed)
    : encoded_(&encoded), history_(&history) {
  const model::Description& d = encoded.description;
  score_input_ = FindPairInput(d, options.score, "score");
  since_input_ = FindPairInput(d, options.since_alike, "since_alike");
  count_input_ = FindPairInput(d, options.count_alike, "count_alike");
  like_last_input_ = FindPairInput(d, options.like_last, "like_last");
  like_recent_input_ = FindPairInput(d, options.like_recent, "like_recent");
  model::FeatureView likeness;
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].kind == model::InputKind::kHistory) history_inputs_.push_back(i);
    if (d.inputs[i].name == options.alike) likeness = encoded.items.inputs[i];
  }
  PairFeatures pairs(likeness, encoded.items.count);
  Random random(seed);
  const model::Model& model = candidates.engine().model();
  std::vector<uint32_t> model_users = data::RowsInModel(dataset.users, model.users().keys);
  std::vector<uint32_t> model_items = data::RowsInModel(dataset.items, model.items().keys);
  std::vector<uint32_t> data_items(model.items().count, kAbsent);
  for (size_t i = 0; i < model_items.size(); ++i) {
    if (model_items[i] != kAbsent) data_items[model_items[i]] = static_cast<uint32_t>(i);
  }
  std::vector<uint32_t> watched;  // by the candidate model's rows
  size_t candidates_shown = 0, negatives = 0;
  for (uint32_t user = 0; user < history.users(); ++user) {
    auto watches = history.Of(user);
    auto items = history.ItemsOf(user);
    size_t first = options.minimum_history;
    if (options.per_user > 0 && watches.size() > options.per_user) {
      first = std::max(first, watches.size() - options.per_user);
    }
    for (size_t i = first; i < watches.size(); ++i) {
      auto before = items.first(i);
      watched.clear();
      for (uint32_t item : before) {
        if (model_items[item] != kAbsent) watched.push_back(model_items[item]);
      }
      std::optional<uint32_t> known;
      if (model_users[user] != kAbsent) known = model_users[user];
      auto shown = candidates.Find(known, watched, options.candidates);
      std::erase_if(shown, [&](auto& c) {
        c.item = data_items[c.item];
        return c.item == kAbsent;
      });
      candidates_shown += shown.size();
      auto found = std::find_if(shown.begin(), shown.end(),
                                [&](const auto& c) { return c.item == items[i]; });
      if (found == shown.end()) continue;
      auto add = [&](const CandidateSource::Candidate& c, float target, float weight) {
        examples_.push_back({user, static_cast<uint32_t>(i), c.item, target, weight, c.score,
                             pairs.SinceAlike(before, c.item), pairs.CountAlike(before, c.item),
                             c.like_last, c.like_recent});
      };
      const float weight = dataset.interactions.ratings[watches[i]];
      if (!(weight >= 0) || !std::isfinite(weight)) {
        Fail(
            Status::kInvalidArgument, "the rating of interaction ", watches[i] + 1, " is ", weight,
            "; impressions take the rating of what was watched as its weight (stars, or how long), "
            "which must be 0 or a positive number");
      }
      add(*found, 1, weight);
      std::unordered_set<uint32_t> watched_later(items.begin() + static_cast<std::ptrdiff_t>(i),
                                                 items.end());
      for (uint32_t n = 0; n < options.negatives; ++n) {
        const auto& c = shown[random.Below(shown.size())];
        // What the user watches next is no example of what the user does not want.
        if (watched_later.contains(c.item)) continue;
        add(c, 0, 1);
        ++negatives;
      }
    }
  }
  if (examples_.empty()) {
    Fail(Status::kInvalidArgument, "the candidate model finds none of the watches among its best ",
         options.candidates, "; there is nothing to learn ranking from");
  }
  if (negatives > 0) {
    logit_correction_ =
        std::log(static_cast<double>(negatives) / static_cast<double>(candidates_shown));
  }
}

void ImpressionExamples::Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const {
  const model::Description& d = encoded_->description;
  out.users.clear();
  out.items.clear();
  out.targets.clear();
  out.weights.clear();
  out.taken.clear();
  out.columns.resize(d.inputs.size());
  for (model::FeatureColumn& column : out.columns) {
    column.rows.clear();
    column.numbers.clear();
    column.offsets.assign(1, 0);
  }
  auto number = [&](int32_t input, float value) {
    if (input >= 0) out.columns[static_cast<size_t>(input)].numbers.push_back(value);
  };
  for (uint32_t i : numbers) {
    const Example& e = examples_[i];
    out.users.push_back(e.user);
    out.items.push_back(e.item);
    out.targets.push_back(e.target);
    out.weights.push_back(e.weight);
    number(score_input_, e.score);
    number(since_input_, e.since);
    number(count_input_, e.count);
    number(like_last_input_, e.like_last);
    number(like_recent_input_, e.like_recent);
    for (size_t input : history_inputs_) {
      auto watched = history_->ItemsOf(e.user).first(e.before);
      uint32_t most = d.inputs[input].max_length;
      if (most > 0 && watched.size() > most) watched = watched.last(most);
      model::FeatureColumn& column = out.columns[input];
      column.rows.insert(column.rows.end(), watched.begin(), watched.end());
      column.offsets.push_back(column.rows.size());
    }
  }
  out.inputs.resize(d.inputs.size());
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    const model::Input& in = d.inputs[i];
    model::FeatureColumn& column = out.columns[i];
    column.kind = in.kind;
    if (in.kind == model::InputKind::kHistory) {
      out.inputs[i] = {{in.kind, column.offsets, column.rows, {}}, {}};
    } else if (in.scope == model::Scope::kPair) {
      out.inputs[i] = {{in.kind, {}, {}, column.numbers}, {}};
    } else if (in.scope == model::Scope::kUser) {
      out.inputs[i] = {encoded_->users.inputs[i], out.users};
    } else {
      out.inputs[i] = {encoded_->items.inputs[i], out.items};
    }
  }
}

}  // namespace duomo::training
