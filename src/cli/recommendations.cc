#include "cli/recommendations.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "cli/id_table.h"
#include "cli/keys.h"
#include "console/progress.h"
#include "core/error.h"
#include "core/file_io.h"
#include "core/thread_count.h"
#include "core/thread_pool.h"
#include "retrieval/topk.h"

namespace duomo::cli {
namespace {

constexpr size_t kBatch = 256;

std::string Quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
  std::string out = "\"";
  for (char c : cell) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

std::string Digits(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
  return text;
}

// Turns lists into lines.
class Lines {
 public:
  Lines(const Session& session, ListFormat format) : session_(session), format_(format) {}

  std::string Header() const {
    return format_ == ListFormat::kCsv ? "user,rank,item,score,title\n" : "";
  }

  void Append(uint32_t user, std::span<const retrieval::Hit> hits, std::string& out) const {
    size_t rank = 0;
    for (const retrieval::Hit& hit : hits) {
      ++rank;
      std::string title = session_.Title(hit.row);
      if (format_ == ListFormat::kJsonLines) {
        out += console::JsonText({{"user", session_.Key(model::Side::kUser, user)},
                                  {"rank", rank},
                                  {"item", session_.Key(model::Side::kItem, hit.row)},
                                  {"score", hit.score},
                                  {"title", title}});
      } else {
        out += StrCat(Quoted(session_.KeyText(model::Side::kUser, user)), ',', rank, ',',
                      Quoted(session_.KeyText(model::Side::kItem, hit.row)), ',', Digits(hit.score),
                      ',', Quoted(title));
      }
      out += '\n';
    }
  }

 private:
  const Session& session_;
  ListFormat format_;
};

// The vectors of some users, [count, width]: those of the file, or made by the tower.
class Vectors {
 public:
  explicit Vectors(const runtime::Engine& engine) : engine_(engine) {}

  void Of(std::span<const uint32_t> users, AlignedVector<float>& out) {
    size_t width = engine_.vector_width();
    out.resize(users.size() * width);
    if (engine_.model().users().vectors.empty()) {
      engine_.StoredInputs(model::Side::kUser, users, work_.inputs);
      std::vector<runtime::InputSource> inputs = work_.inputs;
      engine_.Encode(model::Side::kUser, {users.size(), inputs}, out.data(), work_);
      return;
    }
    for (size_t i = 0; i < users.size(); ++i) {
      std::span<const float> vector = engine_.Vector(model::Side::kUser, users[i], one_);
      std::copy(vector.begin(), vector.end(), out.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
  }

 private:
  const runtime::Engine& engine_;
  runtime::Workspace work_;
  AlignedVector<float> one_;
};

}  // namespace

UserList ReadUsers(const Session& session, const std::string& path, bool skip_unknown) {
  UserList users;
  const model::KeyIndex& keys = session.model().users().keys;
  if (path == "all") {
    users.rows.resize(keys.size());
    std::iota(users.rows.begin(), users.rows.end(), 0u);
  } else {
    std::vector<bool> seen(keys.size());
    std::unordered_set<std::string> unknown;
    IdTable table(path, IdTable::Kind::kUsers);
    while (table.Next()) {
      auto row = FindKey(keys, table.user());
      if (row && !seen[*row]) {
        seen[*row] = true;
        users.rows.push_back(static_cast<uint32_t>(*row));
      }
      if (row || !unknown.insert(table.user()).second || users.examples.size() == 3) continue;
      users.examples.push_back(table.user());
    }
    users.unknown = unknown.size();
  }
  if (users.unknown > 0 && !skip_unknown) {
    Fail(Status::kNotFound, path, ": ", session.file(), " does not know ", UnknownUsers(users),
         "; leave such users out with --skip-unknown");
  }
  if (users.rows.empty()) {
    Fail(Status::kInvalidArgument, path, " has no users that ", session.file(), " knows");
  }
  return users;
}

std::string UnknownUsers(const UserList& users) {
  std::string out =
      StrCat(console::Commas(users.unknown), users.unknown == 1 ? " user: " : " users: ");
  for (size_t i = 0; i < users.examples.size(); ++i) {
    out += StrCat(i == 0 ? "" : ", ", users.examples[i]);
  }
  return users.unknown > users.examples.size() ? out + " …" : out;
}

ListFormat FormatOf(const std::string& path) {
  if (path.ends_with(".csv")) return ListFormat::kCsv;
  if (path.ends_with(".jsonl")) return ListFormat::kJsonLines;
  Fail(Status::kInvalidArgument, '"', path, "\" ends neither in .csv nor in .jsonl");
}

uint64_t WriteRecommendations(Session& session, std::span<const uint32_t> users,
                              const ListOptions& options, const std::string& path) {
  const runtime::Engine& engine = session.engine();
  const model::Model& model = session.model();
  session.RequireVectors();
  uint64_t items = model.items().count;
  retrieval::RowMask allowed;
  allowed.Reset(items, true);
  for (uint32_t item : options.excluded) allowed.Clear(item);

  ThreadPool pool(FewThreads());
  retrieval::Team team{pool.size(), [&](const auto& work) { pool.Run(work); }};
  retrieval::Catalogue catalogue(engine);
  retrieval::SearchWorkspace work;
  Vectors vectors(engine);
  AlignedVector<float> batch_vectors;
  std::vector<std::vector<uint32_t>> seen(kBatch);
  Lines lines(session, FormatOf(path));

  console::Progress progress("recommend", users.size());
  AtomicFile file(path);
  file.Write(lines.Header());
  uint64_t written = 0;
  for (size_t begin = 0; begin < users.size(); begin += kBatch) {
    auto batch = users.subspan(begin, std::min(kBatch, users.size() - begin));
    vectors.Of(batch, batch_vectors);
    std::vector<retrieval::Query> queries(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      size_t width = engine.vector_width();
      queries[i].vector = std::span<const float>(batch_vectors).subspan(i * width, width);
      queries[i].k = options.k;
      queries[i].allowed = &allowed;
      if (!options.exclude_seen) continue;
      auto history = model.HistoryOf(batch[i]);
      seen[i].assign(history.begin(), history.end());
      std::erase_if(seen[i], [&](uint32_t item) { return item >= items; });
      queries[i].excluded = seen[i];
    }
    retrieval::TopK(catalogue, queries, team, work);
    std::string text;
    for (size_t i = 0; i < batch.size(); ++i) {
      size_t first = i == 0 ? 0 : work.ends[i - 1];
      lines.Append(batch[i], std::span(work.hits).subspan(first, work.ends[i] - first), text);
    }
    file.Write(text);
    written += work.hits.size();
    progress.Add(batch.size());
  }
  file.Commit();
  return written;
}

}  // namespace duomo::cli
