// duomo demo: the whole path at once, on invented data or on the real thing.
#include <filesystem>
#include <tuple>

#include "cli/workflow.h"
#include "data/movielens.h"
#include "data/synthetic.h"
#include "page/page.h"
#include "retrieval/topk.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string data, folder = "demo";
  uint32_t threads = 0;
};

// Somebody with an ordinary number of ratings: the example of every printout.
uint32_t TypicalUser(const data::Dataset& dataset) {
  std::vector<size_t> counts(dataset.users.size());
  for (uint32_t user : dataset.interactions.users) ++counts[user];
  size_t mean = dataset.interactions.size() / dataset.users.size();
  for (uint32_t user = 0; user < counts.size(); ++user) {
    if (counts[user] >= mean && counts[user] <= 2 * mean) return user;
  }
  return 0;
}

void Recommend(Session& session, uint32_t user) {
  const model::Model& model = session.model();
  retrieval::Catalogue catalogue(session.engine());
  retrieval::SearchWorkspace work;
  retrieval::RowMask allowed;
  allowed.Reset(model.items().count, true);
  for (uint32_t item : model.HistoryOf(user)) allowed.Clear(item);
  retrieval::Query query;
  query.vector = session.Vector(model::Side::kUser, user);
  query.allowed = &allowed;
  auto hits = retrieval::TopK(catalogue, query, work);
  std::vector<retrieval::Hit> best(hits.begin(), hits.end());
  if (best.empty()) return;
  std::string id = session.Key(model::Side::kUser, user).dump();
  std::string item = session.Key(model::Side::kItem, best[0].row).dump();
  Print("\nUser %s would give item %s, %s, %.2f %s.\n", id.c_str(), item.c_str(),
        session.Title(best[0].row).c_str(), static_cast<double>(best[0].score),
        model.description().output.unit.c_str());
  Print("\nTop %zu for user %s, without what was rated already:\n", best.size(), id.c_str());
  for (size_t i = 0; i < best.size(); ++i) {
    Print("  %2zu.  %.2f  %s\n", i + 1, static_cast<double>(best[i].score),
          session.Title(best[i].row).c_str());
  }
  allowed.Reset(model.items().count, true);
  allowed.Clear(best[0].row);
  query.vector = session.Vector(model::Side::kItem, best[0].row);
  query.measure = retrieval::Measure::kCosine;
  Print("\nLike %s, by cosine:\n", session.Title(best[0].row).c_str());
  for (const retrieval::Hit& hit : retrieval::TopK(catalogue, query, work)) {
    Print("       %.3f  %s\n", static_cast<double>(hit.score), session.Title(hit.row).c_str());
  }
}

// Where this build can; where it cannot, it says how it could.
void WriteDemoPage(const std::string& file, const std::string& folder) {
  if (!page::CanMakePages()) {
    Log("no page to look at: %s\n\n", page::kHowToMakePages);
    return;
  }
  const std::string output = folder + "/demo.html";
  page::WritePage(model::Model::Open(file), {file, "The demo's movies"}, output);
  Log("wrote %s: open it in a browser\n\n", output.c_str());
}

void Run(const Options& o) {
  std::filesystem::create_directories(o.folder);
  bool synthetic = o.data.empty();
  std::string data = synthetic ? o.folder + "/synthetic.zip" : o.data;
  if (synthetic) {
    data::WriteMovieLens1M(data::MakeSynthetic(2000, 1000, 200000, 0), data);
    Log("made %s\n", data.c_str());
  }
  data::Dataset dataset = data::ReadMovieLens1M(data);
  TrainingRun run;
  std::tie(run.recipe, run.options) = FindRecipe("hybrid", "");
  run.options.threads = o.threads;
  if (synthetic) {
    // A fifth of MovieLens's ratings: larger steps make up for the shorter passes.
    run.options.passes = 8;
    run.options.learning_rate = 1e-3;
    run.options.schedule = training::Schedule::kLinear;
  }
  run.store_history = true;
  run.file = o.folder + "/demo.duomo";
  run.plot = o.folder + "/cost.svg";
  data::Split split = data::MakeSplit("paddle", dataset.interactions);
  TrainingResult result = Train(run, dataset, split);
  Log("wrote %s and %s, %.1f s in all\n", run.file.c_str(), run.plot.c_str(), result.seconds);

  WriteDemoPage(run.file, o.folder);

  Session session(run.file);
  PrintReport(EvaluateRatings(session, dataset, split), session.model().description().name);
  Recommend(session, TypicalUser(dataset));
}

}  // namespace

void AddDemo(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand(
      "demo", "Make data, train, evaluate, recommend, and make a page to look at");
  c->add_option("DATA", o->data, "A folder or zip with ml-1m's files [data made for the purpose]");
  c->add_option("-o,--output", o->folder, "The folder for demo.duomo, demo.html and cost.svg")
      ->capture_default_str();
  c->add_option("--threads", o->threads, "0: one a core")->capture_default_str();
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
