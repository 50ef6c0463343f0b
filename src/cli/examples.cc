#include "cli/examples.h"

#include <algorithm>
#include <span>
#include <vector>

#include "cli/command.h"
#include "core/text.h"
#include "retrieval/topk.h"

namespace duomo::cli {
namespace {

constexpr size_t kUsers = 10, kTaken = 3, kItems = 5, kEnough = 3;

// Titles with dots between, each short enough for several to stand in a line.
std::string Titles(const Session& session, std::span<const uint32_t> rows) {
  constexpr size_t kLongest = 40;
  std::string out;
  for (uint32_t row : rows) {
    std::string title = session.Title(row);
    if (title.size() > kLongest) title = std::string(Utf8Prefix(title, kLongest)) + "…";
    out += (out.empty() ? "" : " · ") + title;
  }
  return out;
}

}  // namespace

void PrintExampleLists(const std::string& file) {
  Session session(file);
  const model::Model& model = session.model();
  if (!model.has_history() || model.users().count == 0) return;
  // Users all over the file, each with enough of a history to see taste in it.
  std::vector<uint32_t> users;
  uint64_t count = model.users().count, stride = count / kUsers + 1;
  for (uint64_t start = 0; start < count && users.size() < kUsers; start += stride) {
    for (uint64_t row = start; row < std::min(start + stride, count); ++row) {
      if (model.HistoryOf(row).size() < kEnough) continue;
      users.push_back(static_cast<uint32_t>(row));
      break;
    }
  }
  retrieval::Catalogue catalogue(session.engine());
  retrieval::SearchWorkspace work;
  if (!users.empty()) Print("\nWhat some users took last, and what they have not taken yet:\n");
  for (uint32_t user : users) {
    auto history = model.HistoryOf(user);
    retrieval::Query query;
    query.vector = session.Vector(model::Side::kUser, user);
    query.k = kItems;
    query.excluded = history;
    std::vector<uint32_t> best;
    for (const retrieval::Hit& hit : retrieval::TopK(catalogue, query, work))
      best.push_back(hit.row);
    Json key = session.Key(model::Side::kUser, user);
    std::string name = key.is_string() ? key.get<std::string>() : key.dump();
    Print("%s: %s\n  -> %s\n", name.c_str(),
          Titles(session, history.last(std::min(kTaken, history.size()))).c_str(),
          Titles(session, best).c_str());
  }
}

}  // namespace duomo::cli
