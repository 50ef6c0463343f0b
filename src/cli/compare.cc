// duomo compare: several files and baselines on the same test cases, as table, JSON and HTML.
#include "cli/compare.h"

#include <algorithm>
#include <utility>

#include "cli/baselines.h"
#include "cli/cost_log.h"
#include "cli/two_stages.h"
#include "console/signals.h"
#include "core/error.h"
#include "core/file_io.h"
#include "evaluation/baselines/rating_matrix.h"
#include "evaluation/model_recommender.h"
#include "evaluation/projection.h"

namespace duomo::cli {
namespace {

using evaluation::ModelRecommender;

constexpr size_t kMapItems = 4000;  // more dots hide each other, and make the page heavy

struct Options {
  DataOptions data;
  std::string html, social;
  std::vector<std::string> files, baselines, logs;
  std::vector<std::string> pipeline;  // none, or CANDIDATES, RANKING
  MeasureOptions measure;
  size_t count = 200;
  bool json = false;
};

std::string Title(const data::EntityTable& items, uint32_t row) {
  if (row < items.titles.size() && !items.titles[row].empty()) return items.titles[row];
  return items.keys.empty() ? std::to_string(items.ids[row]) : items.keys[row];
}

std::vector<evaluation::MapPoint> MapOf(const ModelRecommender& model, const TestData& test) {
  const data::EntityTable& items = test.dataset.items;
  std::vector<uint32_t> rows;
  for (uint32_t row : test.split.train) {
    if (model.KnowsItem(test.dataset.interactions.items[row])) {
      rows.push_back(test.dataset.interactions.items[row]);
    }
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  if (rows.empty()) return {};
  if (rows.size() > kMapItems) rows.resize(kMapItems);
  const data::Column* genres = FirstSet(items);
  std::vector<float> vectors;
  for (uint32_t row : rows) {
    std::span<const float> v = model.ItemVector(row);
    vectors.insert(vectors.end(), v.begin(), v.end());
  }
  auto plane = evaluation::PrincipalPlane(vectors, vectors.size() / rows.size());
  std::vector<evaluation::MapPoint> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string genre;
    if (genres && genres->offsets[rows[i]] < genres->offsets[rows[i] + 1]) {
      genre = genres->texts[genres->offsets[rows[i]]];
    }
    out.push_back({plane[i][0], plane[i][1], Title(items, rows[i]), genre});
  }
  return out;
}

// Three users from the whole range of the cases.
std::vector<evaluation::ExampleUser> ExamplesOf(const ModelRecommender& model,
                                                const evaluation::RatingMatrix& ratings,
                                                const TestData& test,
                                                const evaluation::RankingTask& task) {
  constexpr size_t kLiked = 6, kRecommended = 8;
  std::vector<const evaluation::RankingCase*> known;
  for (const auto& c : task.cases) {
    if (model.KnowsUser(c.user) && !c.excluded.empty()) known.push_back(&c);
  }
  const data::EntityTable& users = test.dataset.users;
  std::vector<evaluation::ExampleUser> out;
  std::vector<float> scores(task.items);
  size_t wanted = std::min<size_t>(3, known.size());
  for (size_t i = 0; i < wanted; ++i) {
    const evaluation::RankingCase& c = *known[(2 * i + 1) * known.size() / (2 * wanted)];
    evaluation::ExampleUser user;
    user.name =
        "User " + (users.keys.empty() ? std::to_string(users.ids[c.user]) : users.keys[c.user]);
    auto span = ratings.OfUser(c.user);
    std::vector<evaluation::RatingMatrix::Entry> liked(span.begin(), span.end());
    std::stable_sort(liked.begin(), liked.end(),
                     [](auto a, auto b) { return a.rating > b.rating; });
    if (liked.size() > kLiked) liked.resize(kLiked);
    for (auto entry : liked) {
      char rating[32];
      std::snprintf(rating, sizeof(rating), "%g", static_cast<double>(entry.rating));
      user.liked.push_back({Title(test.dataset.items, entry.row), rating, false});
    }
    model.Score(c.user, scores);
    for (uint32_t row : evaluation::TopRows(scores, c.excluded, kRecommended)) {
      bool found = std::binary_search(c.relevant.begin(), c.relevant.end(), row);
      user.recommended.push_back({Title(test.dataset.items, row), found ? "held out" : "", found});
    }
    out.push_back(user);
  }
  return out;
}

void Run(Options o) {
  std::sort(o.measure.ks.begin(), o.measure.ks.end());
  o.measure.ks.erase(std::unique(o.measure.ks.begin(), o.measure.ks.end()), o.measure.ks.end());
  o.measure.curve = !o.html.empty();
  std::vector<std::unique_ptr<Session>> sessions, stages;
  for (const std::string& file : o.files) sessions.push_back(std::make_unique<Session>(file));
  for (const std::string& file : o.pipeline) stages.push_back(std::make_unique<Session>(file));
  std::vector<TrainedFile> models;
  for (size_t i = 0; i < sessions.size(); ++i) {
    models.push_back({&sessions[i]->model(), o.files[i]});
  }
  for (size_t i = 0; i < stages.size(); ++i) {
    models.push_back({&stages[i]->model(), o.pipeline[i]});
  }
  TestData test = OpenTestData(o.data, o.measure, models);
  evaluation::RankingCases cases = CasesOf(test, models);
  Remarks remarks = RemarksOf(cases, o.measure);
  auto ratings = evaluation::RatingMatrix::Make(test.dataset, test.split.train);

  evaluation::Report report;
  Json systems = Json::array();
  auto measure = [&](const evaluation::Recommender& recommender, bool rates,
                     const std::string& file, const ModelRecommender* model = nullptr,
                     const TrainedRows* trained = nullptr) {
    Log("measuring %s\n", file.empty() ? std::string(recommender.name()).c_str() : file.c_str());
    auto whole = RankCases(recommender, cases.task, o.measure);
    auto parts = SliceReports(recommender, cases, whole, o.measure);
    auto system = MeasureSystem(recommender, rates, test, whole, o.measure);
    if (!file.empty()) {  // files of one preset have one name
      system.name = file.substr(file.rfind('/') + 1);
      if (system.name.ends_with(".duomo")) system.name.resize(system.name.size() - 6);
    }
    AddRemarks(system.name, model, cases.task, whole, remarks);
    Json json = {{"name", system.name}};
    if (!file.empty()) json["file"] = file;
    if (trained != nullptr) json["trained_rows"] = TrainedRowsJson(*trained);
    json["measures"] = MeasuresJson(system.measures);
    for (evaluation::SystemReport& part : parts) {
      std::string title = std::exchange(part.name, system.name);
      json["parts"][title] = MeasuresJson(part.measures);
      auto of = std::find_if(report.parts.begin(), report.parts.end(),
                             [&](const auto& other) { return other.title == title; });
      if (of == report.parts.end()) of = report.parts.insert(of, {title, {}});
      of->systems.push_back(std::move(part));
    }
    systems.push_back(json);
    report.systems.push_back(std::move(system));
  };
  for (size_t i = 0; i < sessions.size(); ++i) {
    ModelRecommender model(sessions[i]->shared_engine(), test.dataset);
    measure(model, PredictsRatings(sessions[i]->model()), o.files[i], &model, &test.trained[i]);
    if (i > 0 || o.html.empty()) continue;
    report.model = report.systems[0].name;
    report.map = MapOf(model, test);
    report.examples = ExamplesOf(model, *ratings, test, cases.task);
  }
  if (!stages.empty()) {
    Log("putting %zu candidates a user in order\n", o.count);
    TwoStages lists = RunTwoStages(stages[0]->shared_engine(), stages[1]->shared_engine(), test,
                                   cases.task, o.count);
    measure(*lists.pipeline, false, "");
  }
  for (const std::string& name : o.baselines) {
    auto baseline = MakeBaseline(name, {test.dataset, test.split, ratings, o.social});
    measure(*baseline, baseline->PredictsRatings(), "");
  }
  report.warnings = remarks.warnings;
  report.notes = remarks.notes;
  report.notes.insert(report.notes.end(), test.remarks.begin(), test.remarks.end());
  if (!o.html.empty()) {
    for (const std::string& log : o.logs) report.costs.push_back(CostChartOfLog(log));
    report.title = "Recommenders on " + test.dataset.name;
    report.subtitle =
        StrCat("Split ", test.split.name, ": ", test.split.train.size(), " rows to train, ",
               test.split.test.size(), " to test; ", cases.task.cases.size(), " users ranked over ",
               cases.task.items, " items.");
    console::Interruptible whole;  // a signal waits until the file is
    AtomicFile file(o.html);
    file.Write(report.Html());
    file.Commit();
  }
  if (o.json) {
    PrintJson({{"data", test.dataset.name},
               {"split", test.split.name},
               {"users", cases.task.cases.size()},
               {"items", cases.task.items},
               {"test_rows", test.split.test.size()},
               {"later_training_rows", cases.later_training_rows},
               {"remarks", test.remarks},
               {"warnings", report.warnings},
               {"notes", remarks.notes},
               {"systems", systems}});
    return;
  }
  Print("%s, split %s: %zu users ranked over %u items\n\n", test.dataset.name.c_str(),
        test.split.name.c_str(), cases.task.cases.size(), cases.task.items);
  PrintSystems(report.systems);
  for (const evaluation::ReportPart& part : report.parts) {
    Print("\n%s\n", part.title.c_str());
    PrintSystems(part.systems);
  }
  for (const std::string& remark : test.remarks) Print("%s\n", remark.c_str());
  LogRemarks(remarks);
}

}  // namespace

void AddCompare(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("compare", "Measure several models and baselines side by side");
  c->add_option("DATA_AND_FILES", o->files,
                "A MovieLens folder or zip (unless --interactions is given), then .duomo files")
      ->option_text("DATA FILE...");
  AddTableOptions(*c, o->data);
  AddUserRange(*c, o->data, "as the first file was trained");
  std::vector<std::string> baselines = BaselineNames();
  c->add_option("--baselines", o->baselines,
                "With commas between: " + CLI::detail::join(baselines, ", "))
      ->delimiter(',')
      ->check(CLI::IsMember(baselines));
  c->add_option("--social", o->social, "For social-cf: a CSV file of who knows whom");
  c->add_option("--pipeline", o->pipeline,
                "CANDIDATES RANKING: two .duomo files to be measured as two stages")
      ->expected(2);
  AddCountOption(*c, o->count);
  AddMeasureOptions(*c, o->measure);
  AddJson(c, o->json);
  auto* html = c->add_option("--html", o->html, "Write a report as one HTML page");
  c->add_option(
       "--logs", o->logs,
       "With commas between: logs of trainings (train --log), as cost curves in the report")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->needs(html);
  c->parse_complete_callback([o] {  // wrong usage has an exit code of its own
    if (o->data.tables.interactions.empty()) {
      if (o->files.empty()) {
        throw CLI::RequiredError("DATA, or --interactions FILE for data of your own,");
      }
      o->data.data = o->files.front();
      o->files.erase(o->files.begin());
    }
    if (o->files.empty() && o->baselines.empty() && o->pipeline.empty()) {
      throw CLI::RequiredError("a FILE, --pipeline or --baselines");
    }
  });
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
