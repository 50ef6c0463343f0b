// duomo recommend: two stages, a candidate model and a ranking model.
#include "cli/command.h"
#include "core/error.h"
#include "training/pipeline.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string candidates, ranking, user;
  std::vector<std::string> history;
  size_t count = 200, k = 10;
  bool json = false;
};

void Run(const Options& o) {
  Session session(o.candidates);
  const model::Model& model = session.model();
  auto ranking = runtime::Engine::Create(model::Model::Open(o.ranking));
  training::Pipeline pipeline(session.shared_engine(), ranking);
  std::optional<uint32_t> user;
  std::vector<uint32_t> history;
  if (!o.user.empty()) {
    user = static_cast<uint32_t>(session.Row(model::Side::kUser, o.user));
    auto stored = model.HistoryOf(*user);
    history.assign(stored.begin(), stored.end());
  }
  if (!o.history.empty()) {
    history = session.Rows(model::Side::kItem, o.history);
  }
  if (history.empty()) {
    Fail(Status::kUnsupported, o.candidates,
         " remembers no history of this user; name the items "
         "with --history, or train with --store-history");
  }
  auto results = pipeline.Recommend(user, history, o.count, o.k);
  const std::string& unit = ranking->model().description().output.unit;
  Json items = Json::array();
  for (size_t i = 0; i < results.size(); ++i) {
    const auto& r = results[i];
    if (o.json) {
      items.push_back({{"item", session.Key(model::Side::kItem, r.item)},
                       {"candidate_score", r.candidate_score},
                       {"output", r.output},
                       {"title", session.Title(r.item)}});
    } else {
      if (i == 0) Print("by %s:\n", unit.empty() ? "the ranking model" : unit.c_str());
      Print("%3zu. %8.4f  %s\n", i + 1, static_cast<double>(r.output),
            session.Title(r.item).c_str());
    }
  }
  if (!o.json) return;
  Json out;
  if (user) out["user"] = session.Key(model::Side::kUser, *user);
  out["candidates"] = o.count;
  out["items"] = std::move(items);
  PrintJson(out);
}

}  // namespace

void AddRecommend(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app.add_subcommand("recommend", "Find candidates with one model and rank them with another");
  c->add_option("CANDIDATES", o->candidates, "A two-tower .duomo file")->required();
  c->add_option("RANKING", o->ranking, "A ranking .duomo file")->required();
  auto* user = c->add_option("--user", o->user, "A known user's id");
  auto* history = c->add_option("--history", o->history,
                                "Item ids, oldest first: instead of what the file "
                                "remembers, or of somebody it does not know; with commas between");
  c->add_option("--candidates", o->count, "Number of candidates to rank")
      ->capture_default_str()
      ->check(AtLeastOne());
  c->add_option("-k", o->k, "Number of items to print")->capture_default_str()->check(AtLeastOne());
  AddJson(c, o->json);
  c->callback([=] {
    if (user->count() == 0 && history->count() == 0) {
      throw CLI::RequiredError("--user or --history");
    }
    Run(*o);
  });
}

}  // namespace duomo::cli
