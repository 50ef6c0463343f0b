// duomo evaluate: how far a file's predictions are from the ratings in a data set.
#include <optional>

#include "cli/workflow.h"
#include "core/error.h"
#include "data/open.h"
#include "evaluation/ratings.h"

namespace duomo::cli {

RatingReport EvaluateRatings(Session& session, const data::Dataset& dataset,
                             const data::Split& split) {
  // Rows of the data set's users and items in the model; absent ones cannot be predicted.
  auto rows_of = [&](model::Side side, const data::EntityTable& table) {
    const model::KeyIndex& keys = session.model().side(side).keys;
    std::vector<std::optional<uint64_t>> rows;
    for (size_t i = 0; i < table.size(); ++i) {
      rows.push_back(table.keys.empty() ? keys.Find(table.ids[i]) : keys.Find(table.keys[i]));
    }
    return rows;
  };
  auto users = rows_of(model::Side::kUser, dataset.users);
  auto items = rows_of(model::Side::kItem, dataset.items);
  const data::Interactions& all = dataset.interactions;
  std::vector<uint32_t> known;
  RatingReport report;
  for (uint32_t row : split.test) {
    if (users[all.users[row]] && items[all.items[row]]) {
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
    return session.engine().Predict(session.Dot(*users[user], *items[item]));
  });
  double scale = session.model().description().output.scale;
  report.cost = report.model.rmse * report.model.rmse / (scale * scale);
  evaluation::BiasBaseline baseline(all, split.train);
  report.global_mean = evaluation::MeasureRatings(
      all, known, [&](uint32_t, uint32_t) { return baseline.mean(); });
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
  std::string file, data, split;
  std::optional<uint64_t> seed;
  bool json = false;
};

// The seed that the file was trained with: a random split drawn by another one would test on rows
// that the model has learned from.
uint64_t SeedOf(const model::Model& model) {
  Json settings = Json::parse(model.report().settings, nullptr, false);
  if (!settings.is_object() || !settings.contains("seed")) return 0;
  const Json& seed = settings["seed"];
  return seed.is_number_unsigned() ? seed.get<uint64_t>() : 0;
}

void Run(const Options& o) {
  Session session(o.file);
  if (session.engine().joint()) {
    Fail(Status::kUnsupported, o.file, " ranks pairs; it does not predict ratings");
  }
  data::Dataset dataset = data::OpenDataset(o.data);
  std::string split = o.split.empty() ? session.model().report().split : o.split;
  uint64_t seed = o.seed ? *o.seed : SeedOf(session.model());
  RatingReport report = EvaluateRatings(
      session, dataset, data::MakeSplit(data::ParseSplit(split), dataset, o.data, seed));
  if (!o.json) {
    PrintReport(report, session.model().description().name);
    if (report.unknown > 0) {
      Print("%zu test rows have users or items that the model does not know\n", report.unknown);
    }
    return;
  }
  auto errors = [](const evaluation::RatingErrors& e) {
    return Json{{"rmse", e.rmse}, {"mae", e.mae}};
  };
  Json out = {{"file", o.file}, {"split", split}, {"test_rows", report.model.count},
              {"unknown_rows", report.unknown}, {"cost", report.cost}};
  out["model"] = errors(report.model);
  out["user_item_bias"] = errors(report.bias);
  out["global_mean"] = errors(report.global_mean);
  PrintJson(out);
}

}  // namespace

void AddEvaluate(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("evaluate", "Measure a model on the test rows of a data set");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("DATA", o->data, "A folder or zip with ml-1m's files")->required();
  c->add_option("--split", o->split,
                "Test rows: paddle, ratio:R, leave-last, time:Q [as the file was trained]")
      ->check(Checked("SPLIT", [](const std::string& text) { data::ParseSplit(text); }));
  c->add_option("--seed", o->seed, "Of the split ratio:R [as the file was trained]");
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
