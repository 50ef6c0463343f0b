// duomo predict: ratings of pairs.
#include <cerrno>
#include <cstring>
#include <fstream>

#include "cli/command.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string file, pairs, user;
  std::vector<std::string> items;
  bool json = false;
};

struct Pair {
  std::string user, item;
};

std::vector<Pair> ReadPairs(const std::string& path) {
  std::ifstream in(path);
  if (!in) Fail(Status::kIo, "cannot open ", path, ": ", std::strerror(errno));
  std::vector<Pair> pairs;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    std::istringstream words(line);
    Pair pair;
    std::string rest;
    if (!(words >> pair.user)) continue;  // an empty line
    if (!(words >> pair.item) || (words >> rest)) {
      Fail(Status::kInvalidArgument, path, ":", number, ": expected \"user item\"");
    }
    pairs.push_back(std::move(pair));
  }
  if (in.bad()) Fail(Status::kIo, "cannot read ", path, ": ", std::strerror(errno));
  return pairs;
}

void Run(const Options& o) {
  Session session(o.file);
  std::vector<Pair> pairs;
  if (!o.pairs.empty()) pairs = ReadPairs(o.pairs);
  for (const std::string& item : o.items) pairs.push_back({o.user, item});
  Json out = {{"predictions", Json::array()}};
  for (const Pair& pair : pairs) {
    uint64_t user = session.Row(model::Side::kUser, pair.user);
    uint64_t item = session.Row(model::Side::kItem, pair.item);
    double dot = session.Dot(user, item);
    float score = session.engine().Score(dot), rating = session.engine().Predict(dot);
    if (o.json) {
      out["predictions"].push_back({{"user", session.Key(model::Side::kUser, user)},
                                    {"item", session.Key(model::Side::kItem, item)},
                                    {"score", NineDigits(score)},
                                    {"rating", NineDigits(rating)}});
    } else {
      Print("user %s, item %s: %.2f %s   %s\n", pair.user.c_str(), pair.item.c_str(),
            static_cast<double>(rating), session.model().description().output.unit.c_str(),
            session.Title(item).c_str());
    }
  }
  if (o.json) PrintJson(out);
}

}  // namespace

void AddPredict(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("predict", "Predict what users would give to items");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  auto* user = c->add_option("--user", o->user, "The user's id");
  auto* item = c->add_option("--item", o->items, "An item's id; may be repeated")->needs(user);
  user->needs(item);
  auto* pairs = c->add_option("--pairs", o->pairs, "A file with one \"user item\" a line");
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([=] {
    if (item->count() == 0 && pairs->count() == 0) {
      throw CLI::RequiredError("--user with --item, or --pairs");
    }
    Run(*o);
  });
}

}  // namespace duomo::cli
