// duomo evaluate: how far a file's predictions are from the ratings in a data set, and how well it
// ranks the items that users will take.
#include "cli/compare.h"
#include "cli/two_stages.h"
#include "cli/workflow.h"
#include "core/error.h"
#include "data/model_rows.h"
#include "evaluation/model_recommender.h"
#include "evaluation/ratings.h"

namespace duomo::cli {

RatingReport EvaluateRatings(Session& session, const data::Dataset& dataset,
                             const data::Split& split) {
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
         " leaves no test rows that the model knows; give another --split");
  }
  report.model = evaluation::MeasureRatings(all, known, [&](uint32_t user, uint32_t item) {
    return session.engine().Predict(session.Dot(users[user], items[item]));
  });
  double scale = session.model().description().output.scale;
  report.cost = report.model.rmse * report.model.rmse / (scale * scale);
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
  line("global mean", report.global_mean);
  line("user + item bias", report.bias);
  line(name, report.model);
}

namespace {

struct Options {
  std::string file, candidates;
  DataOptions data;
  MeasureOptions measure;
  size_t count = 200;
  bool ranking = false, json = false;
};

// Splits whose test rows come later than the user's training rows ask what comes next.
bool AsksWhatIsNext(const std::string& split) {
  return split.starts_with("leave-last") || split.starts_with("time:");
}

// A ranking model: what it makes of a candidate model's lists.
void RunRanking(const Options& o, const Session& ranking) {
  if (o.candidates.empty()) {
    Fail(Status::kUnsupported, o.file,
         " puts candidates in order and predicts no ratings; name the model that finds them with "
         "--candidates");
  }
  Session candidates(o.candidates);
  TestData test = OpenTestData(o.data, o.measure, &ranking.model());
  evaluation::RankingCases cases = evaluation::BuildRankingCases(test.dataset, test.split);
  TwoStages stages =
      RunTwoStages(candidates.shared_engine(), ranking.shared_engine(), test, cases.task, o.count);
  auto before = RankCases(*stages.candidates, cases.task, o.measure);
  auto after = RankCases(*stages.pipeline, cases.task, o.measure);
  auto before_report = ReportOf(*stages.candidates, before, o.measure);
  auto after_report = ReportOf(*stages.pipeline, after, o.measure);
  evaluation::SystemReport difference;
  difference.measures = evaluation::RankingDifferences(after, before);
  if (o.json) {
    PrintJson({{"file", o.file},
               {"candidates", o.candidates},
               {"count", o.count},
               {"split", test.split.name},
               {"ranking",
                {{"users", cases.task.cases.size()},
                 {"items", cases.task.items},
                 {"later_training_rows", cases.later_training_rows},
                 {"measures", MeasuresJson(after_report.measures)},
                 {"candidates", MeasuresJson(before_report.measures)},
                 {"difference", MeasuresJson(difference.measures)}}}});
    return;
  }
  Print("%zu users, %u items: %zu candidates by %s, put in order by %s\n\n",
        cases.task.cases.size(), cases.task.items, o.count,
        candidates.model().description().name.c_str(), ranking.model().description().name.c_str());
  PrintSystems({before_report, after_report});
  Print("\npipeline less candidates, the same users drawn for both\n");
  PrintSystems({difference});
  for (const std::string& warning : Warnings(cases, o.measure)) Log("%s\n", warning.c_str());
}

void Run(const Options& o) {
  Session session(o.file);
  if (session.engine().joint()) return RunRanking(o, session);
  if (!o.candidates.empty()) {
    Fail(Status::kInvalidArgument, o.file, " is not a ranking model; it needs no --candidates");
  }
  if (model::ReadsHistory(session.model().description()) && !session.model().has_history()) {
    Log("%s reads histories but holds none: its users are measured as newcomers\n",
        o.file.c_str());
  }
  TestData test = OpenTestData(o.data, o.measure, &session.model());
  const std::string& name = session.model().description().name;
  bool rates = PredictsRatings(session.model());
  Json out = {{"file", o.file}, {"split", test.split.name}};
  if (rates) {
    RatingReport report = EvaluateRatings(session, test.dataset, test.split);
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
    out["user_item_bias"] = errors(report.bias);
    out["global_mean"] = errors(report.global_mean);
  }
  if (o.ranking || !rates || AsksWhatIsNext(test.split.name)) {
    evaluation::RankingCases cases = evaluation::BuildRankingCases(test.dataset, test.split);
    evaluation::ModelRecommender model(session.shared_engine(), test.dataset);
    auto system = MeasureSystem(model, false, test, cases.task, o.measure);
    out["ranking"] = {{"users", cases.task.cases.size()},
                      {"items", cases.task.items},
                      {"later_training_rows", cases.later_training_rows},
                      {"measures", MeasuresJson(system.measures)}};
    if (!o.json) {
      Print("%s%zu users ranked over %u items by %s\n", rates ? "\n" : "", cases.task.cases.size(),
            cases.task.items, name.c_str());
      PrintSystems({system});
      for (const std::string& warning : Warnings(cases, o.measure)) Log("%s\n", warning.c_str());
    }
  }
  if (o.json) PrintJson(out);
}

}  // namespace

void AddEvaluate(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("evaluate", "Measure a model on the test rows of a data set");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  AddDataOptions(*c, o->data);
  AddUserRange(*c, o->data, "as the file was trained");
  AddMeasureOptions(*c, o->measure);
  c->add_flag(
      "--ranking", o->ranking,
      "Also measure rankings [where the split is leave-last or time, or no ratings are predicted]");
  c->add_option("--candidates", o->candidates,
                "For a ranking model: the .duomo file that finds what it puts in order");
  AddCountOption(*c, o->count);
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
