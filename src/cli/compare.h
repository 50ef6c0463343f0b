// Rankings and ratings of several systems: what `duomo compare` and `duomo evaluate` share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/provenance.h"
#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/model_recommender.h"
#include "evaluation/protocol.h"
#include "evaluation/report.h"

namespace duomo::cli {

struct MeasureOptions {
  std::string split;          // empty: as the (first) file was trained
  std::string test;           // a table of test rows; or empty
  bool trained_rows = false;  // measure even on rows that a file was trained on
  std::optional<uint64_t> seed;
  std::vector<uint32_t> ks = {10, 50};
  uint32_t sampled_negatives = 0;
  bool curve = false;  // also recall at many k, for a chart
};

// --split, --seed, --test, --trained-rows, -k and --sampled-negatives. `options` must live as long
// as the command.
void AddMeasureOptions(CLI::App& command, MeasureOptions& options);

// The data and their split.
struct TestData {
  data::Dataset dataset;
  data::Split split;
  bool training_ratings = true;      // false: training rows are a file's history, which has none
  bool own_rows = false;             // the test rows are those that every file was not trained on
  std::vector<TrainedRows> trained;  // by file
  std::vector<std::string> remarks;  // sentences that belong beside the figures
};

// Reads the data by the options, and where these are silent as the first file says that it was
// trained: mapping, user range, split and seed. With --test the test rows are that table's, and
// without any other data the first file's users, items and history take their place. Throws
// Error(kInvalidArgument) where a file was trained on test rows, unless options.trained_rows, and
// where files were trained on different splits and the options name none. Says on stderr what could
// not be checked or was left out.
TestData OpenTestData(DataOptions data, const MeasureOptions& options,
                      const std::vector<TrainedFile>& files);

// What is ranked: the same for every command. Users of the test rows without a training row are
// left out where the search has chosen one of the files, which was measured so; test.remarks says
// how many. Throws Error(kInvalidArgument) where no case is left.
evaluation::RankingCases CasesOf(TestData& test, const std::vector<TrainedFile>& files);

// Whether the model learned to predict ratings, by its training report.
bool PredictsRatings(const model::Model& model);

// The rankings of all cases, and from them what reports show.
evaluation::RankingResult RankCases(const evaluation::Recommender& recommender,
                                    const evaluation::RankingTask& task,
                                    const MeasureOptions& options);
evaluation::SystemReport ReportOf(const evaluation::Recommender& recommender,
                                  evaluation::RankingResult result, const MeasureOptions& options);

// The same for parts of the cases, each with its title: without ties in time, cold items.
std::vector<evaluation::SystemReport> SliceReports(const evaluation::Recommender& recommender,
                                                   const evaluation::RankingCases& cases,
                                                   const evaluation::RankingResult& whole,
                                                   const MeasureOptions& options);

// What RankCases() gave, and for a system that `rates` its errors on the test rows.
evaluation::SystemReport MeasureSystem(const evaluation::Recommender& recommender, bool rates,
                                       const TestData& test, evaluation::RankingResult result,
                                       const MeasureOptions& options);

// What people have to know about the cases. Warnings: why the figures may be better than what will
// be; notes: what else they are made of.
struct Remarks {
  std::vector<std::string> warnings, notes;
};
Remarks RemarksOf(const evaluation::RankingCases& cases, const MeasureOptions& options);
// And about a system, called `name`: what it does not know, and scores that are no numbers.
// `model`: nullptr for what is no file.
void AddRemarks(const std::string& name, const evaluation::ModelRecommender* model,
                const evaluation::RankingTask& task, const evaluation::RankingResult& result,
                Remarks& out);
void LogRemarks(const Remarks& remarks);  // all of them on stderr

// --count: how many candidates the second of two stages puts in order.
void AddCountOption(CLI::App& command, size_t& count);

// Of the rows of one file, for JSON: {"checked": true, "share": 0.9, "allowed": true, …}.
Json TrainedRowsJson(const TrainedRows& rows);

// {"ndcg@10": {"value": …, "low": …, "high": …}, …}; no low and high where there is no interval.
Json MeasuresJson(const std::vector<evaluation::Measure>& measures);

// A table a k, one line a system; the best of each column has a star. A single system: one line a
// measure, with its interval.
void PrintSystems(const std::vector<evaluation::SystemReport>& systems);

}  // namespace duomo::cli
