// duomo topk and duomo similar: the best items of users, the nearest items of items.
#include "retrieval/topk.h"

#include <algorithm>

#include "cli/command.h"
#include "cli/recommendations.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string file;
  std::vector<std::string> queries, exclude, history;
  std::string users, output;
  size_t k = 10;
  bool exclude_seen = false, skip_unknown = false, json = false;
};

// Lists of one command, as text or JSON.
class Lists {
 public:
  Lists(Session& session, const Options& options)
      : session_(session), options_(options), catalogue_(session.engine()) {
    excluded_ = session.Rows(model::Side::kItem, options.exclude);
  }

  // The best items for a vector, without the excluded ones and `seen`; `title` stands above them.
  Json Find(std::span<const float> vector, bool similar, std::span<const uint32_t> seen,
            const std::string& title) {
    retrieval::RowMask allowed;
    allowed.Reset(session_.model().items().count, true);
    for (uint32_t item : excluded_) allowed.Clear(item);
    for (uint32_t item : seen) {
      if (item < allowed.rows()) allowed.Clear(item);
    }
    retrieval::Query query;
    query.vector = vector;
    query.k = options_.k;
    query.allowed = &allowed;
    query.measure = similar ? retrieval::Measure::kCosine : retrieval::Measure::kPrediction;
    Json results = Json::array();
    if (!options_.json) Print("%s:\n", title.c_str());
    size_t place = 0;
    for (const retrieval::Hit& hit : retrieval::TopK(catalogue_, query, work_)) {
      ++place;
      if (!options_.json) {
        Print("%3zu. %6.3f  %s\n", place, static_cast<double>(hit.score),
              session_.Title(hit.row).c_str());
        continue;
      }
      Json result = {{"item", session_.Key(model::Side::kItem, hit.row)}};
      if (similar) {
        result["cosine"] = hit.score;
      } else {
        result["score"] = session_.engine().Score(session_.DotWithItem(vector, hit.row));
        result["rating"] = hit.score;
      }
      result["title"] = session_.Title(hit.row);
      results.push_back(std::move(result));
    }
    return results;
  }

 private:
  Session& session_;
  const Options& options_;
  std::vector<uint32_t> excluded_;
  retrieval::Catalogue catalogue_;
  retrieval::SearchWorkspace work_;
};

void RunSimilar(const Options& o) {
  Session session(o.file);
  Lists lists(session, o);
  Json out = Json::array();
  for (const std::string& id : o.queries) {
    auto row = static_cast<uint32_t>(session.Row(model::Side::kItem, id));
    Json found = lists.Find(session.Vector(model::Side::kItem, row), true, {&row, 1},
                            "Like " + session.Title(row));
    out.push_back({{"item", session.Key(model::Side::kItem, row)}, {"similar", std::move(found)}});
  }
  if (o.json) PrintJson({{"items", std::move(out)}});
}

void RequireStoredHistory(const Session& session) {
  if (session.model().has_history()) return;
  Fail(Status::kUnsupported, session.file(), " remembers no history; train with --store-history");
}

// One list for what somebody has just taken; `o.queries` may say who it is.
void RunHistory(const Options& o, Session& session) {
  std::vector<uint32_t> history = session.Rows(model::Side::kItem, o.history);
  if (history.empty()) Fail(Status::kInvalidArgument, "--history names no items");
  std::optional<uint32_t> user;
  if (!o.queries.empty()) {
    user = static_cast<uint32_t>(session.Row(model::Side::kUser, o.queries[0]));
  }
  std::span<const float> vector = session.HistoryVector(user, history);
  std::vector<uint32_t> seen;
  if (o.exclude_seen) seen = history;
  Lists lists(session, o);
  Json found = lists.Find(
      vector, false, seen,
      user ? "For user " + o.queries[0] + " with this history" : std::string("For this history"));
  if (!o.json) return;
  Json entry = Json::object();
  if (user) entry["user"] = session.Key(model::Side::kUser, *user);
  for (uint32_t item : history) {
    entry["history"].push_back(session.Key(model::Side::kItem, item));
  }
  entry["items"] = std::move(found);
  PrintJson({{"users", Json::array({entry})}});
}

void RunFile(const Options& o, Session& session) {
  UserList users;
  if (o.users.empty()) {
    for (const std::string& id : o.queries) {
      users.rows.push_back(static_cast<uint32_t>(session.Row(model::Side::kUser, id)));
    }
  } else {
    users = ReadUsers(session, o.users, o.skip_unknown);
  }
  ListOptions options{o.k, session.Rows(model::Side::kItem, o.exclude), o.exclude_seen};
  uint64_t lines = WriteRecommendations(session, users.rows, options, o.output);
  Log("wrote %s: %s items for %s user%s\n", o.output.c_str(), console::Commas(lines).c_str(),
      console::Commas(users.rows.size()).c_str(), users.rows.size() == 1 ? "" : "s");
  if (users.unknown > 0) {
    Log("left out, because %s does not know them: %s\n", o.file.c_str(),
        UnknownUsers(users).c_str());
  }
  if (o.json) {
    PrintJson({{"file", o.output},
               {"users", users.rows.size()},
               {"lines", lines},
               {"unknown_users", users.unknown}});
  }
}

void RunTopk(const Options& o) {
  Session session(o.file);
  if (!o.history.empty()) return RunHistory(o, session);
  if (o.exclude_seen) RequireStoredHistory(session);
  if (!o.output.empty()) return RunFile(o, session);
  Lists lists(session, o);
  Json out = Json::array();
  for (const std::string& id : o.queries) {
    auto row = static_cast<uint32_t>(session.Row(model::Side::kUser, id));
    std::span<const uint32_t> seen;
    if (o.exclude_seen) seen = session.model().HistoryOf(row);
    Json found = lists.Find(session.Vector(model::Side::kUser, row), false, seen, "For user " + id);
    out.push_back({{"user", session.Key(model::Side::kUser, row)}, {"items", std::move(found)}});
  }
  if (o.json) PrintJson({{"users", std::move(out)}});
}

CLI::App* AddCommon(CLI::App& app, const char* name, const char* help,
                    const std::shared_ptr<Options>& o) {
  CLI::App* c = app.add_subcommand(name, help);
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("-k", o->k, "Length of the lists; may be more than there are items")
      ->capture_default_str()
      ->check(AtLeastOne());
  c->add_option("--exclude", o->exclude,
                "Ids of items to leave out, with commas between; may be repeated");
  AddJson(c, o->json);
  return c;
}

}  // namespace

void AddTopk(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddCommon(app, "topk", "The best items for users", o);
  auto* user = c->add_option("--user", o->queries, "A user's id; may be repeated");
  auto* history = c->add_option("--history", o->history,
                                "Ids of items, oldest first and with commas between: for somebody "
                                "without an id, or instead of what is known of --user");
  auto* output = c->add_option("-o,--output", o->output,
                               "Write to this file: .csv (user,rank,item,score,title) or .jsonl")
                     ->check(Checked("FILE", [](const std::string& path) { FormatOf(path); }))
                     ->excludes(history);
  auto* users = c->add_option("--users", o->users,
                              "A table with a column of users, or one a line; or \"all\"")
                    ->needs(output)
                    ->excludes(user)
                    ->excludes(history);
  c->add_flag("--skip-unknown", o->skip_unknown,
              "Leave out users that the model does not know, instead of stopping")
      ->needs(users);
  c->add_flag("--exclude-seen", o->exclude_seen,
              "Leave out what the user has rated already, or the items of --history");
  c->callback([=] {
    if (user->count() + history->count() + users->count() == 0) {
      throw CLI::RequiredError("--user, --users or --history");
    }
    if (history->count() > 0 && o->queries.size() > 1) {
      throw CLI::ValidationError("--history", "is that of one user; give one --user, or none");
    }
    RunTopk(*o);
  });
}

void AddSimilar(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddCommon(app, "similar", "The nearest items of items", o);
  c->add_option("--item", o->queries, "An item's id; may be repeated")->required();
  c->callback([=] { RunSimilar(*o); });
}

}  // namespace duomo::cli
