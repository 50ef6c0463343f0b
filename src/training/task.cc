#include "training/task.h"

#include <numeric>

#include "core/error.h"

namespace duomo::training {

std::vector<std::string> ComputedInputs(const TrainingOptions& options) {
  if (options.examples.age.empty()) return {};
  return {options.examples.age};
}

Task::Task(const data::Encoded& encoded, const data::Dataset& dataset, const data::Split& split,
           const TrainingOptions& options, std::shared_ptr<const runtime::Engine> candidates,
           std::span<const uint32_t> only) {
  const data::Interactions& all = dataset.interactions;
  bool weighted = UsesWeights(options);
  if (options.examples.kind == ExampleKind::kRatings) {
    train_ = std::make_unique<RatingExamples>(
        encoded, all, only.empty() ? std::span<const uint32_t>(split.train) : only, weighted);
    if (!split.test.empty()) {
      test_ = std::make_unique<RatingExamples>(encoded, all, split.test, weighted);
    }
    return;
  }
  sequences_.emplace(all, dataset.users.size(), split.train);
  if (options.examples.kind == ExampleKind::kImpressions) {
    if (candidates == nullptr) {
      Fail(Status::kInvalidArgument,
           "this model learns from what a candidate model shows: name its file with --candidates");
    }
    if (!only.empty()) {
      Fail(Status::kUnsupported, "a ranking model learns from all rows, not from some of them");
    }
    CandidateSource source(std::move(candidates));
    train_ = std::make_unique<ImpressionExamples>(encoded, dataset, *sequences_, options.examples,
                                                  source, options.seed);
    return;  // its test is a ranking, not a cost; see evaluation
  }
  // Tests are a watch at a time in any case: the last one of a history is what will be asked for.
  train_ =
      std::make_unique<NextExamples>(encoded, all, *sequences_, options.examples, weighted, only);
  if (!split.test.empty()) {
    test_ = std::make_unique<NextExamples>(encoded, all, *sequences_, options.examples, split.test,
                                           weighted);
  }
}

std::vector<uint32_t> HistoryRows(const model::Description& d, const data::Dataset& dataset,
                                  const data::Split& split) {
  if (model::ReadsHistory(d)) return split.train;
  std::vector<uint32_t> rows(dataset.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

}  // namespace duomo::training
