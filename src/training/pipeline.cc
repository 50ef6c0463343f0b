#include "training/pipeline.h"

#include <algorithm>

#include "core/error.h"
#include "training/options.h"

namespace duomo::training {
namespace {

constexpr uint32_t kAbsent = UINT32_MAX;

std::vector<uint32_t> MatchKeys(const model::Entities& from, const model::Entities& to) {
  std::vector<uint32_t> rows(from.count, kAbsent);
  bool strings = from.keys.kind() == model::KeyKind::kString;
  if (strings != (to.keys.kind() == model::KeyKind::kString)) {
    Fail(Status::kInvalidArgument,
         "one of the two models has string keys, the other has integers; train both on one data "
         "set");
  }
  for (uint32_t i = 0; i < from.count; ++i) {
    auto row = strings ? to.keys.Find(from.keys.StringAt(i)) : to.keys.Find(from.keys.IntegerAt(i));
    if (row) rows[i] = static_cast<uint32_t>(*row);
  }
  return rows;
}

int32_t InputCalled(const model::Description& d, const std::string& name) {
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (!name.empty() && d.inputs[i].name == name) return static_cast<int32_t>(i);
  }
  return -1;
}

// Of the settings that a file remembers; what stands beside them there is for others.
ExampleOptions ExamplesOf(const model::Model& model) {
  if (model.report().settings.empty()) return {};
  description::Json settings = description::ParseJson(model.report().settings, "training report");
  if (!settings.is_object() || !settings.contains("examples")) return {};
  return OptionsFromJson({{"examples", settings["examples"]}}).examples;
}

}  // namespace

Pipeline::Pipeline(std::shared_ptr<const runtime::Engine> candidates,
                   std::shared_ptr<const runtime::Engine> ranking)
    : candidates_(std::move(candidates)), ranking_(std::move(ranking)) {
  const model::Model& model = ranking_->model();
  const model::Description& d = model.description();
  if (!ranking_->joint()) {
    Fail(Status::kUnsupported, "\"", d.name, "\" is not a ranking model; it has two towers");
  }
  ranking_items_ = MatchKeys(candidates_.engine().model().items(), model.items());
  ranking_users_ = MatchKeys(candidates_.engine().model().users(), model.users());
  ExampleOptions examples = ExamplesOf(model);
  score_input_ = InputCalled(d, examples.score);
  since_input_ = InputCalled(d, examples.since_alike);
  count_input_ = InputCalled(d, examples.count_alike);
  like_last_input_ = InputCalled(d, examples.like_last);
  like_recent_input_ = InputCalled(d, examples.like_recent);
  int32_t alike = InputCalled(d, examples.alike);
  model::FeatureView likeness;
  if (alike >= 0) likeness = model.items().features.inputs[static_cast<size_t>(alike)];
  pairs_.emplace(likeness, model.items().count);
}

std::vector<Pipeline::Result> Pipeline::Recommend(std::optional<uint32_t> user,
                                                  std::span<const uint32_t> history, size_t count,
                                                  size_t k) {
  const model::Description& d = ranking_->model().description();
  auto shown = candidates_.Find(user, history, count);
  std::erase_if(shown, [&](const auto& c) { return ranking_items_[c.item] == kAbsent; });
  size_t n = shown.size();
  if (n == 0) return {};
  std::vector<uint32_t> watched, items, users;
  for (uint32_t item : history) {
    if (item < ranking_items_.size() && ranking_items_[item] != kAbsent)
      watched.push_back(ranking_items_[item]);
  }
  std::vector<float> scores, since, counts, like_last, like_recent;
  for (const auto& c : shown) {
    uint32_t item = ranking_items_[c.item];
    items.push_back(item);
    scores.push_back(c.score);
    like_last.push_back(c.like_last);
    like_recent.push_back(c.like_recent);
    since.push_back(pairs_->SinceAlike(watched, item));
    counts.push_back(pairs_->CountAlike(watched, item));
  }
  std::vector<runtime::InputSource> inputs(d.inputs.size());
  if (user && ranking_users_[*user] != kAbsent) {
    users.assign(n, ranking_users_[*user]);
    ranking_->StoredInputs(model::Side::kUser, users, inputs);
  }
  ranking_->StoredInputs(model::Side::kItem, items, inputs);
  // One history for the whole batch: every row reads entity 0.
  uint64_t offsets[2] = {0, watched.size()};
  std::vector<uint32_t> zeros(n, 0);
  SetHistories(d, offsets, watched, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (d.inputs[i].kind == model::InputKind::kHistory) inputs[i].rows = zeros;
  }
  auto pair = [&](int32_t input, std::span<const float> values) {
    if (input < 0) return;
    inputs[static_cast<size_t>(input)] = {{model::InputKind::kNumber, {}, {}, values}, {}};
  };
  pair(score_input_, scores);
  pair(since_input_, since);
  pair(count_input_, counts);
  pair(like_last_input_, like_last);
  pair(like_recent_input_, like_recent);
  std::vector<float> heads(n);
  ranking_->Rank({n, inputs}, heads.data(), work_);
  std::vector<Result> results;
  for (size_t i = 0; i < n; ++i) {
    results.push_back({shown[i].item, shown[i].score, ranking_->Output(heads[i])});
  }
  std::stable_sort(results.begin(), results.end(),
                   [](const Result& a, const Result& b) { return a.output > b.output; });
  results.resize(std::min(k, results.size()));
  return results;
}

}  // namespace duomo::training
