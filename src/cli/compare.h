// Rankings and ratings of several systems: what `duomo compare` and `duomo evaluate` share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/data_options.h"
#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/protocol.h"
#include "evaluation/report.h"

namespace duomo::cli {

struct MeasureOptions {
  std::string split;  // empty: as the (first) file was trained
  std::optional<uint64_t> seed;
  std::vector<uint32_t> ks = {10, 50};
  uint32_t sampled_negatives = 0;
  bool curve = false;  // also recall at many k, for a chart
};

// --split, --seed, -k and --sampled-negatives. `options` must live as long as the command.
void AddMeasureOptions(CLI::App& command, MeasureOptions& options);

// The data and their split, by the options or else as `model` was trained (may be null).
struct TestData {
  data::Dataset dataset;
  data::Split split;
};
TestData OpenTestData(DataOptions data, const MeasureOptions& options, const model::Model* model);

// Whether the model learned to predict ratings, by its training report.
bool PredictsRatings(const model::Model& model);

// The rankings of all cases, and from them what reports show.
evaluation::RankingResult RankCases(const evaluation::Recommender& recommender,
                                    const evaluation::RankingTask& task,
                                    const MeasureOptions& options);
evaluation::SystemReport ReportOf(const evaluation::Recommender& recommender,
                                  evaluation::RankingResult result, const MeasureOptions& options);

// Both, and for a system that `rates` its errors on the test rows.
evaluation::SystemReport MeasureSystem(const evaluation::Recommender& recommender, bool rates,
                                       const TestData& test, const evaluation::RankingTask& task,
                                       const MeasureOptions& options);

// What people have to know about the cases; empty: nothing.
std::vector<std::string> Warnings(const evaluation::RankingCases& cases,
                                  const MeasureOptions& options);

// --count: how many candidates the second of two stages puts in order.
void AddCountOption(CLI::App& command, size_t& count);

// {"ndcg@10": {"value": …, "low": …, "high": …}, …}; no low and high where there is no interval.
Json MeasuresJson(const std::vector<evaluation::Measure>& measures);

// A table a k, one line a system; the best of each column has a star. A single system: one line a
// measure, with its interval.
void PrintSystems(const std::vector<evaluation::SystemReport>& systems);

}  // namespace duomo::cli
