// duomo topk and duomo similar: the best items of users, the nearest items of items.
#include "retrieval/topk.h"

#include "cli/command.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string file;
  std::vector<std::string> queries, exclude;
  size_t k = 10;
  bool exclude_seen = false, json = false;
};

void Run(const Options& o, model::Side side) {
  bool similar = side == model::Side::kItem;
  Session session(o.file);
  const runtime::Engine& engine = session.engine();
  const model::Model& model = session.model();
  if (o.exclude_seen && !model.has_history()) {
    Fail(Status::kUnsupported, o.file, " remembers no history; train with --store-history");
  }
  std::vector<uint64_t> excluded;
  for (const std::string& id : o.exclude) excluded.push_back(session.Row(model::Side::kItem, id));
  const char* plural = similar ? "items" : "users";
  Json out = {{plural, Json::array()}};
  retrieval::Catalogue catalogue(engine);
  retrieval::Workspace work;
  for (const std::string& id : o.queries) {
    uint64_t row = session.Row(side, id);
    retrieval::RowMask allowed;
    allowed.Reset(model.items().count, true);
    for (uint64_t item : excluded) allowed.Clear(item);
    if (similar) allowed.Clear(row);
    if (o.exclude_seen) {
      for (uint32_t item : model.HistoryOf(row)) {
        if (item < model.items().count) allowed.Clear(item);
      }
    }
    retrieval::Query query;
    query.vector = session.Vector(side, row);
    query.k = o.k;
    query.allowed = &allowed;
    query.measure = similar ? retrieval::Measure::kCosine : retrieval::Measure::kPrediction;
    Json results = Json::array();
    if (!o.json && similar) Print("Like %s:\n", session.Title(row).c_str());
    if (!o.json && !similar) Print("For user %s:\n", id.c_str());
    size_t place = 0;
    for (const retrieval::Hit& hit : retrieval::TopK(catalogue, query, work)) {
      ++place;
      if (!o.json) {
        Print("%3zu. %6.3f  %s\n", place, static_cast<double>(hit.score),
              session.Title(hit.row).c_str());
        continue;
      }
      Json result = {{"item", session.Key(model::Side::kItem, hit.row)}};
      if (similar) {
        result["cosine"] = NineDigits(hit.score);
      } else {
        result["score"] = NineDigits(engine.Score(session.Dot(row, hit.row)));
        result["rating"] = NineDigits(hit.score);
      }
      result["title"] = session.Title(hit.row);
      results.push_back(std::move(result));
    }
    out[plural].push_back({{similar ? "item" : "user", session.Key(side, row)},
                           {similar ? "similar" : "items", std::move(results)}});
  }
  if (o.json) PrintJson(out);
}

CLI::App* AddCommon(CLI::App& app, const char* name, const char* help,
                    const std::shared_ptr<Options>& o) {
  CLI::App* c = app.add_subcommand(name, help);
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("-k", o->k, "How many; more than there are is fine")
      ->capture_default_str()
      ->check(AtLeastOne());
  c->add_option("--exclude", o->exclude, "Item ids to leave out")->delimiter(',');
  c->add_flag("--json", o->json, "Print JSON");
  return c;
}

}  // namespace

void AddTopk(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddCommon(app, "topk", "The best items for users", o);
  c->add_option("--user", o->queries, "A user's id; may be repeated")->required();
  c->add_flag("--exclude-seen", o->exclude_seen, "Leave out what the user has rated already");
  c->callback([=] { Run(*o, model::Side::kUser); });
}

void AddSimilar(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddCommon(app, "similar", "The nearest items of items", o);
  c->add_option("--item", o->queries, "An item's id; may be repeated")->required();
  c->callback([=] { Run(*o, model::Side::kItem); });
}

}  // namespace duomo::cli
