// duomo evaluate: how far a file's predictions are from the ratings in a data set, and how well it
// ranks the items that users will take.
#include <algorithm>
#include <optional>

#include "cli/compare.h"
#include "cli/provenance.h"
#include "cli/two_stages.h"
#include "cli/workflow.h"
#include "core/error.h"
#include "data/model_rows.h"
#include "description/fields.h"
#include "evaluation/model_recommender.h"
#include "evaluation/ratings.h"

namespace duomo::cli {

RatingReport EvaluateRatings(Session& session, const data::Dataset& dataset,
                             const data::Split& split, bool training_ratings) {
  std::vector<uint32_t> users = data::RowsInModel(dataset.users, session.model().users().keys);
  std::vector<uint32_t> items = data::RowsInModel(dataset.items, session.model().items().keys);
  const data::Interactions& all = dataset.interactions;
  std::vector<uint32_t> known;
  RatingReport report;
  for (uint32_t row : split.test) {
    if (users[all.users[row]] != data::kNotInModel && items[all.items[row]] != data::kNotInModel) {
      known.push_back(row);
    } else {
      ++report.unknown;
    }
  }
  if (known.empty()) {
    Fail(Status::kInvalidArgument, "the split \"", split.name, "\" of ", dataset.name,
         " leaves no test rows that the model knows; give new rows with --test FILE");
  }
  report.model = evaluation::MeasureRatings(all, known, [&](uint32_t user, uint32_t item) {
    return session.engine().Predict(session.Dot(users[user], items[item]));
  });
  double scale = session.model().description().output.scale;
  report.cost = report.model.rmse * report.model.rmse / (scale * scale);
  if (!training_ratings || split.train.empty()) return report;
  evaluation::BiasBaseline baseline(all, split.train);
  report.global_mean =
      evaluation::MeasureRatings(all, known, [&](uint32_t, uint32_t) { return baseline.mean(); });
  report.bias = evaluation::MeasureRatings(
      all, known, [&](uint32_t user, uint32_t item) { return baseline.Predict(user, item); });
  return report;
}

void PrintReport(const RatingReport& report, const std::string& name) {
  auto line = [](const std::string& what, const evaluation::RatingErrors& errors) {
    Print("  %-24s %7.4f %7.4f\n", what.c_str(), errors.rmse, errors.mae);
  };
  Print("%zu test ratings              RMSE     MAE\n", report.model.count);
  if (report.global_mean) line("global mean", *report.global_mean);
  if (report.bias) line("user + item bias", *report.bias);
  line(name, report.model);
}

namespace {

struct Options {
  std::string file, candidates;
  DataOptions data;
  MeasureOptions measure;
  size_t count = 200;
  bool no_ranking = false, ranking = false, json = false;
};

void PrintRemarks(const TestData& test) {
  for (const std::string& remark : test.remarks) Print("%s\n", remark.c_str());
}

// What the file says of systems that a model has to beat, as it was measured in training:
// {"popularity": {"ndcg@10": 0.1, …}, …}. What has another form is left out.
std::vector<evaluation::SystemReport> FloorsOf(const model::Model& model) {
  std::vector<evaluation::SystemReport> out;
  Json settings = SettingsOf(model);
  if (!settings.contains("floors")) return out;
  const Json& floors = settings["floors"];
  if (!floors.is_object()) return out;
  for (const auto& [name, measures] : floors.items()) {
    evaluation::SystemReport floor;
    floor.name = name;
    if (!measures.is_object()) continue;
    for (const auto& [measure, value] : measures.items()) {
      if (!value.is_number()) continue;
      bool error = measure == "rmse" || measure == "mae";
      double number = value.get<double>();
      floor.measures.push_back({measure,
                                error ? evaluation::Better::kLower : evaluation::Better::kHigher,
                                {number, number, number}});
    }
    if (!floor.measures.empty()) out.push_back(std::move(floor));
  }
  return out;
}

// What was measured in training and stands in the file: floors and the model's own figures.
void AddFileFigures(const model::Model& model, Json& out) {
  for (const evaluation::SystemReport& floor : FloorsOf(model)) {
    for (const evaluation::Measure& m : floor.measures) {
      out["floors"][floor.name][m.name] = m.value.estimate;
    }
  }
  for (const auto& [name, value] : model.report().metrics) out["file_metrics"][name] = value;
}

// Measures that the model's own line has, so that columns are few and full.
std::vector<evaluation::SystemReport> Beside(const evaluation::SystemReport& system,
                                             std::vector<evaluation::SystemReport> floors) {
  for (evaluation::SystemReport& floor : floors) {
    std::erase_if(floor.measures, [&](const evaluation::Measure& m) {
      return std::none_of(system.measures.begin(), system.measures.end(),
                          [&](const evaluation::Measure& own) { return own.name == m.name; });
    });
  }
  std::erase_if(floors, [](const auto& floor) { return floor.measures.empty(); });
  return floors;
}

// The model's ranking, and beside it the floors that the file carries where the test rows are the
// same; else these under a heading of their own.
void PrintRanking(const model::Model& model, const evaluation::SystemReport& system,
                  const TestData& test) {
  std::vector<evaluation::SystemReport> floors = Beside(system, FloorsOf(model));
  if (!test.own_rows || floors.empty()) PrintSystems({system});
  if (floors.empty()) return;
  if (test.own_rows) {
    floors.insert(floors.begin(), system);
  } else {
    Print("\nas the file says, measured in training on other rows:\n");
  }
  PrintSystems(floors);
}

// What is ranked. Nothing where that is not wanted, or where no user is left to rank for though
// there are ratings to measure, which is said.
std::optional<evaluation::RankingCases> CasesFor(TestData& test, const TrainedFile& file,
                                                 bool rates, bool no_ranking) {
  if (rates && no_ranking) return std::nullopt;
  try {
    return CasesOf(test, {file});
  } catch (const Error& error) {
    if (!rates || error.status() != Status::kInvalidArgument) throw;
    test.remarks.push_back("no ranking: " + error.message());
    return std::nullopt;
  }
}

void PrintMetrics(const model::Model& model) {
  std::string line;
  for (const auto& [name, value] : model.report().metrics) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.6g", value);
    line += StrCat(line.empty() ? "" : ", ", name, ' ', text);
  }
  if (!line.empty()) Print("\nin the file: %s\n", line.c_str());
}

// A ranking model: what it makes of a candidate model's lists.
void RunRanking(const Options& o, const Session& ranking) {
  if (o.candidates.empty()) {
    Fail(Status::kUnsupported, o.file,
         " puts candidates in order and predicts no ratings; name the model that finds them with "
         "--candidates");
  }
  Session candidates(o.candidates);
  std::vector<TrainedFile> files = {{&ranking.model(), o.file},
                                    {&candidates.model(), o.candidates}};
  TestData test = OpenTestData(o.data, o.measure, files);
  evaluation::RankingCases cases = CasesOf(test, files);
  TwoStages stages =
      RunTwoStages(candidates.shared_engine(), ranking.shared_engine(), test, cases.task, o.count);
  auto before = RankCases(*stages.candidates, cases.task, o.measure);
  auto after = RankCases(*stages.pipeline, cases.task, o.measure);
  auto before_report = ReportOf(*stages.candidates, before, o.measure);
  auto after_report = ReportOf(*stages.pipeline, after, o.measure);
  // The same cases for both, so the same parts.
  auto before_parts = SliceReports(*stages.candidates, cases, before, o.measure);
  auto after_parts = SliceReports(*stages.pipeline, cases, after, o.measure);
  evaluation::SystemReport difference;
  difference.measures = evaluation::RankingDifferences(after, before);
  if (o.json) {
    Json parts = Json::object();
    for (size_t i = 0; i < before_parts.size(); ++i) {
      parts[before_parts[i].name] = {{"measures", MeasuresJson(after_parts[i].measures)},
                                     {"candidates", MeasuresJson(before_parts[i].measures)}};
    }
    PrintJson({{"file", o.file},
               {"candidates", o.candidates},
               {"count", o.count},
               {"split", test.split.name},
               {"trained_rows", TrainedRowsJson(test.trained[0])},
               {"candidates_trained_rows", TrainedRowsJson(test.trained[1])},
               {"ranking",
                {{"users", cases.task.cases.size()},
                 {"items", cases.task.items},
                 {"later_training_rows", cases.later_training_rows},
                 {"measures", MeasuresJson(after_report.measures)},
                 {"candidates", MeasuresJson(before_report.measures)},
                 {"parts", parts},
                 {"difference", MeasuresJson(difference.measures)}}},
               {"calibration", {{"predicted", stages.predicted}, {"observed", stages.observed}}}});
    return;
  }
  Print("%zu users, %u items: %zu candidates by %s, put in order by %s\n\n",
        cases.task.cases.size(), cases.task.items, o.count,
        candidates.model().description().name.c_str(), ranking.model().description().name.c_str());
  PrintSystems({before_report, after_report});
  for (size_t i = 0; i < before_parts.size(); ++i) {
    Print("\n%s\n", before_parts[i].name.c_str());
    before_parts[i].name = before_report.name;
    after_parts[i].name = after_report.name;
    PrintSystems({before_parts[i], after_parts[i]});
  }
  Print("\npipeline less candidates, the same users drawn for both\n");
  PrintSystems({difference});
  Print("\nall candidates of a user together: %s %.3g predicted, %.3g observed\n",
        ranking.model().description().output.unit.c_str(), stages.predicted, stages.observed);
  PrintRemarks(test);
  LogRemarks(RemarksOf(cases, o.measure));
}

void Run(const Options& o) {
  Session session(o.file);
  if (session.engine().joint()) return RunRanking(o, session);
  if (!o.candidates.empty()) {
    Fail(Status::kInvalidArgument, o.file, " is not a ranking model; it needs no --candidates");
  }
  if (model::ReadsHistory(session.model().description()) && !session.model().has_history()) {
    Log("%s reads histories but holds none: its users are measured as newcomers\n", o.file.c_str());
  }
  TrainedFile file{&session.model(), o.file};
  TestData test = OpenTestData(o.data, o.measure, {file});
  const std::string& name = session.model().description().name;
  bool rates = PredictsRatings(session.model());
  Json out = {{"file", o.file},
              {"split", test.split.name},
              {"trained_rows", TrainedRowsJson(test.trained[0])}};
  if (rates) {
    RatingReport report = EvaluateRatings(session, test.dataset, test.split, test.training_ratings);
    if (!o.json) {
      PrintReport(report, name);
      if (report.unknown > 0) {
        Print("%zu test rows have users or items that the model does not know\n", report.unknown);
      }
    }
    auto errors = [](const evaluation::RatingErrors& e) {
      return Json{{"rmse", e.rmse}, {"mae", e.mae}};
    };
    out.update({{"test_rows", report.model.count},
                {"unknown_rows", report.unknown},
                {"cost", report.cost}});
    out["model"] = errors(report.model);
    if (report.bias) out["user_item_bias"] = errors(*report.bias);
    if (report.global_mean) out["global_mean"] = errors(*report.global_mean);
  }
  if (std::optional<evaluation::RankingCases> found = CasesFor(test, file, rates, o.no_ranking)) {
    const evaluation::RankingCases& cases = *found;
    evaluation::ModelRecommender model(session.shared_engine(), test.dataset);
    evaluation::RankingResult whole = RankCases(model, cases.task, o.measure);
    auto system = ReportOf(model, whole, o.measure);
    auto slices = SliceReports(model, cases, whole, o.measure);
    out["ranking"] = {{"users", cases.task.cases.size()},
                      {"items", cases.task.items},
                      {"later_training_rows", cases.later_training_rows},
                      {"repeated_rows", cases.repeated_rows},
                      {"measures", MeasuresJson(system.measures)}};
    Remarks remarks = RemarksOf(cases, o.measure);
    AddRemarks(name, &model, cases.task, whole, remarks);
    for (const auto* sentences : {&remarks.warnings, &remarks.notes}) {
      for (const std::string& sentence : *sentences) out["ranking"]["remarks"].push_back(sentence);
    }
    for (const auto& slice : slices) {
      out["ranking"]["parts"][slice.name] = MeasuresJson(slice.measures);
    }
    if (!o.json) {
      Print("%s%zu users ranked over %u items by %s\n", rates ? "\n" : "", cases.task.cases.size(),
            cases.task.items, name.c_str());
      PrintRanking(session.model(), system, test);
      for (const auto& slice : slices) {
        Print("\n%s\n", slice.name.c_str());
        PrintSystems({slice});
      }
      LogRemarks(remarks);
    }
  }
  AddFileFigures(session.model(), out);
  if (!test.remarks.empty()) out["remarks"] = test.remarks;
  if (o.json) return PrintJson(out);
  PrintMetrics(session.model());
  PrintRemarks(test);
}

}  // namespace

void AddEvaluate(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("evaluate", "Measure a model on the test rows of a data set");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  AddDataOptions(*c, o->data);
  // Test rows of one's own need no other data.
  c->parse_complete_callback([o] {
    bool own = !o->data.tables.interactions.empty();
    if (o->data.data.empty() && !own && o->measure.test.empty()) {
      throw CLI::RequiredError(
          "DATA, or --interactions FILE for data of your own, or --test FILE for test rows alone,");
    }
    if (!o->data.data.empty() && own) throw CLI::ExcludesError("DATA", "--interactions");
  });
  AddUserRange(*c, o->data, "as the file was trained");
  AddMeasureOptions(*c, o->measure);
  c->add_flag("--no-ranking", o->no_ranking,
              "Measure ratings only, without ranking all items for every user");
  c->add_flag("--ranking", o->ranking, "Measure rankings, which is the default; for older scripts")
      ->group("");
  c->add_option("--candidates", o->candidates,
                "For a ranking model: the .duomo file that finds its candidates");
  AddCountOption(*c, o->count);
  AddJson(c, o->json);
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
