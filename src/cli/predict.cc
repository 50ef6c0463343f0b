// duomo predict: ratings of pairs.
#include "cli/command.h"
#include "cli/id_table.h"
#include "cli/keys.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string file, pairs, user;
  std::vector<std::string> items;
  bool json = false;
};

struct Pair {
  uint64_t user, item;
};

void ReadPairs(const Session& session, const std::string& path, std::vector<Pair>& pairs) {
  IdTable table(path, IdTable::Kind::kPairs);
  while (table.Next()) {
    try {
      pairs.push_back({session.Row(model::Side::kUser, table.user()),
                       session.Row(model::Side::kItem, table.item())});
    } catch (const Error& error) {
      table.FailHere(error.status(), error.message());
    }
  }
  if (pairs.empty()) Fail(Status::kInvalidArgument, path, " holds no pairs of users and items");
}

void Run(const Options& o) {
  Session session(o.file);
  std::vector<Pair> pairs;
  if (!o.pairs.empty()) ReadPairs(session, o.pairs, pairs);
  for (const std::string& item : o.items) {
    pairs.push_back(
        {session.Row(model::Side::kUser, o.user), session.Row(model::Side::kItem, item)});
  }
  Json out = {{"predictions", Json::array()}};
  for (const Pair& pair : pairs) {
    double dot = session.Dot(pair.user, pair.item);
    float score = session.engine().Score(dot), rating = session.engine().Predict(dot);
    if (o.json) {
      out["predictions"].push_back({{"user", session.Key(model::Side::kUser, pair.user)},
                                    {"item", session.Key(model::Side::kItem, pair.item)},
                                    {"score", score},
                                    {"rating", rating}});
    } else {
      Print("user %s, item %s: %.2f %s   %s\n",
            session.KeyText(model::Side::kUser, pair.user).c_str(),
            session.KeyText(model::Side::kItem, pair.item).c_str(), static_cast<double>(rating),
            session.model().description().output.unit.c_str(), session.Title(pair.item).c_str());
    }
  }
  if (o.json) PrintJson(out);
}

}  // namespace

void AddPredict(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("predict", "Predict the ratings of users for items");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  auto* user = c->add_option("--user", o->user, "The user's id");
  auto* item = c->add_option("--item", o->items, "An item's id; may be repeated")->needs(user);
  user->needs(item);
  auto* pairs =
      c->add_option("--pairs", o->pairs,
                    "A table with a user and an item a line, with tabs, commas, semicolons "
                    "or blanks between; a header is optional");
  AddJson(c, o->json);
  c->callback([=] {
    if (item->count() == 0 && pairs->count() == 0) {
      throw CLI::RequiredError("--user with --item, or --pairs");
    }
    Run(*o);
  });
}

}  // namespace duomo::cli
