// See compare.h: options, measuring and printing, without the commands.
#include <algorithm>
#include <cstring>

#include "cli/compare.h"
#include "cli/provenance.h"
#include "core/error.h"
#include "core/thread_count.h"
#include "description/fields.h"
#include "evaluation/slices.h"
#include "selection/search.h"

namespace duomo::cli {
namespace {

// Characters, not bytes: for columns that stand under each other.
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Padded(const std::string& text, size_t width, bool left) {
  std::string space(width > Width(text) ? width - Width(text) : 0, ' ');
  return left ? text + space : space + text;
}

std::string Format(double value) {
  char text[400];
  std::snprintf(text, sizeof(text), std::abs(value) < 10 ? "%.4f" : "%.1f", value);
  return text;
}

void PrintTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += Padded(row[i], widths[i], i == 0) + "  ";
    line.erase(line.find_last_not_of(' ') + 1);
    Print("%s\n", line.c_str());
  }
}

}  // namespace

void AddMeasureOptions(CLI::App& command, MeasureOptions& o) {
  AddSplitOption(command, o.split, "as the file was trained");
  command.add_option("--seed", o.seed, "Seed of a random split [as the file was trained]");
  command
      .add_option(
          "--test", o.test,
          "A table of test rows (as --interactions): all of them count, and all rows of the "
          "data are training rows")
      ->excludes("--split")
      ->excludes("--seed");
  command
      .add_option("--trained-rows", o.trained_rows,
                  "allow: measure even on rows that a file was trained on [refuse]")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, bool>{{"refuse", false}, {"allow", true}}));
  command.add_option("-k", o.ks, "Lengths of the lists, with commas between")
      ->delimiter(',')
      ->check(AtLeastOne())
      ->capture_default_str();
  command.add_option(
      "--sampled-negatives", o.sampled_negatives,
      "Rank among so many random items instead of all: only for comparison with papers [all]");
}

bool PredictsRatings(const model::Model& model) {
  // What was learned from squared errors predicts ratings, whatever their unit is called; a model
  // from elsewhere is given the benefit of the doubt.
  Json settings = SettingsOf(model);
  return settings.value("predicts_ratings", settings.value("loss", "squared") == "squared");
}

evaluation::RankingResult RankCases(const evaluation::Recommender& recommender,
                                    const evaluation::RankingTask& task, const MeasureOptions& o) {
  evaluation::RankingOptions options;
  options.ks = o.ks;
  if (o.curve) {
    for (uint32_t k : {1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100}) {
      if (std::find(o.ks.begin(), o.ks.end(), k) == o.ks.end()) options.ks.push_back(k);
    }
  }
  options.sampled_negatives = o.sampled_negatives;
  ThreadPool pool(FewThreads());
  return EvaluateRanking(recommender, task, options, pool);
}

std::vector<evaluation::SystemReport> SliceReports(const evaluation::Recommender& recommender,
                                                   const evaluation::RankingCases& cases,
                                                   const evaluation::RankingResult& whole,
                                                   const MeasureOptions& o) {
  if (o.sampled_negatives > 0) return {};  // parts of a sample say nothing
  evaluation::RankingOptions options;
  options.ks = o.ks;
  ThreadPool pool(FewThreads());
  std::vector<evaluation::SystemReport> out;
  for (evaluation::Slice& slice : MeasureSlices(recommender, cases, whole, options, pool)) {
    out.push_back(ReportOf(recommender, std::move(slice.result), o));
    out.back().name = slice.title;
  }
  return out;
}

evaluation::SystemReport ReportOf(const evaluation::Recommender& recommender,
                                  evaluation::RankingResult result, const MeasureOptions& o) {
  evaluation::SystemReport report;
  report.name = recommender.name();
  for (const evaluation::RankingAt& at : result.at) {
    report.recall_by_k.push_back({at.k, at.mean.recall});
  }
  std::sort(report.recall_by_k.begin(), report.recall_by_k.end());
  result.at.resize(o.ks.size());  // what follows was asked for by the curve alone
  report.measures = evaluation::RankingMeasures(result);
  return report;
}

evaluation::SystemReport MeasureSystem(const evaluation::Recommender& recommender, bool rates,
                                       const TestData& test, evaluation::RankingResult result,
                                       const MeasureOptions& o) {
  evaluation::SystemReport report = ReportOf(recommender, std::move(result), o);
  if (rates) {
    const data::Interactions& all = test.dataset.interactions;
    for (auto& m : evaluation::RatingMeasures(recommender, all, test.split.test)) {
      report.measures.push_back(m);
    }
    report.calibration = evaluation::Calibrate(recommender, all, test.split.test);
  }
  return report;
}

evaluation::RankingCases CasesOf(TestData& test, const std::vector<TrainedFile>& files) {
  evaluation::RankingCases cases = evaluation::BuildRankingCases(test.dataset, test.split);
  bool chosen = std::any_of(files.begin(), files.end(), [](const TrainedFile& file) {
    return SettingsOf(*file.model).contains("selection");
  });
  if (!chosen) return cases;
  size_t newcomers = selection::LeaveOutNewcomers(cases);
  if (newcomers > 0) test.remarks.push_back(selection::NewcomersSentence(newcomers));
  if (cases.task.cases.empty()) {
    Fail(Status::kInvalidArgument,
         "no user has rows both to learn from and to be tested on, so "
         "nothing can be ranked; give another --split, or test rows with "
         "--test FILE");
  }
  return cases;
}

Remarks RemarksOf(const evaluation::RankingCases& cases, const MeasureOptions& o) {
  Remarks out;
  std::string ahead = cases.LooksAhead() ? cases.FutureSentence() : "";
  for (std::string& sentence : cases.Sentences()) {
    (sentence == ahead ? out.warnings : out.notes).push_back(std::move(sentence));
  }
  if (o.sampled_negatives > 0) {
    out.warnings.push_back(StrCat("Ranked among ", o.sampled_negatives,
                                  " drawn items: far higher than among all, and not always in the "
                                  "same order. Only for comparison with papers."));
  }
  return out;
}

void AddRemarks(const std::string& name, const evaluation::ModelRecommender* model,
                const evaluation::RankingTask& task, const evaluation::RankingResult& result,
                Remarks& out) {
  if (model != nullptr) {
    for (std::string& sentence : model->UnknownSentences(task)) {
      out.warnings.push_back(std::move(sentence));
    }
  }
  if (result.nan_scores > 0) {
    out.warnings.push_back(StrCat(result.nan_scores, " scores of \"", name,
                                  "\" are not numbers; they rank below all others. Something in it "
                                  "is broken."));
  }
}

void LogRemarks(const Remarks& remarks) {
  for (const auto* sentences : {&remarks.warnings, &remarks.notes}) {
    for (const std::string& sentence : *sentences) Log("%s\n", sentence.c_str());
  }
}

void AddCountOption(CLI::App& command, size_t& count) {
  command.add_option("--count", count, "Number of candidates that the ranking model ranks")
      ->capture_default_str()
      ->check(AtLeastOne());
}

Json MeasuresJson(const std::vector<evaluation::Measure>& measures) {
  Json out = Json::object();
  for (const evaluation::Measure& m : measures) {
    Json value = {{"value", m.value.estimate}};
    if (m.has_interval) value.update({{"low", m.value.low}, {"high", m.value.high}});
    out[m.name] = value;
  }
  return out;
}

void PrintSystems(const std::vector<evaluation::SystemReport>& systems) {
  if (systems.size() == 1) {
    std::vector<std::vector<std::string>> rows = {{"", "value", "95 % interval"}};
    for (const evaluation::Measure& m : systems[0].measures) {
      rows.push_back({m.name, Format(m.value.estimate),
                      m.has_interval ? Format(m.value.low) + " – " + Format(m.value.high) : ""});
    }
    return PrintTable(rows);
  }
  std::vector<std::string> ks;
  auto k_of = [](const std::string& name) {
    size_t at = name.find('@');
    return at == name.npos ? std::string() : name.substr(at);
  };
  std::vector<std::string> names;
  for (const auto& system : systems) {
    for (const auto& m : system.measures) {
      if (std::find(names.begin(), names.end(), m.name) == names.end()) names.push_back(m.name);
      if (std::find(ks.begin(), ks.end(), k_of(m.name)) == ks.end()) ks.push_back(k_of(m.name));
    }
  }
  for (const std::string& k : ks) {
    std::vector<std::vector<std::string>> rows(1 + systems.size());
    rows[0].push_back("");
    for (size_t s = 0; s < systems.size(); ++s) rows[s + 1].push_back(systems[s].name);
    for (const std::string& name : names) {
      if (k_of(name) != k) continue;
      rows[0].push_back(name + ' ');
      for (size_t s = 0; s < systems.size(); ++s) {
        std::string cell = "- ";
        for (const auto& m : systems[s].measures) {
          if (m.name == name) cell = Format(m.value.estimate) + (IsBest(systems, m) ? "*" : " ");
        }
        rows[s + 1].push_back(cell);
      }
    }
    PrintTable(rows);
    Print("\n");
  }
  Print("* the best of its column; --json and --html have 95 %% intervals\n");
}

}  // namespace duomo::cli
