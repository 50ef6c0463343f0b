// duomo-convert index: makes what fast searches read.
#include "converter/edit/index.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "converter/command.h"
#include "converter/edit/entities.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "retrieval/lists.h"
#include "retrieval/planes.h"
#include "retrieval/topk.h"
#include "runtime/engine.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output;
  bool none = false, json = false, with_lists = false, users = false;
  size_t lists = 0;
  double recall = 0.95;
};

constexpr size_t kBest = 10, kQueries = 1000;

void RemovePlanes(Draft& draft, model::Side side) {
  const std::string planes = PrefixOf(side) + "/planes/", lists = PrefixOf(side) + "/lists/";
  draft.RemoveIf([&](std::string_view n) { return n.starts_with(planes) || n.starts_with(lists); });
}

void PutLists(Draft& draft, model::Side side, const retrieval::ListTensors& lists,
              uint32_t probes) {
  auto put = [&]<typename T>(const char* name, std::vector<uint64_t> shape,
                             std::span<const T> values) {
    draft.Put(file::OwnedTensor::From<T>(StrCat(PrefixOf(side), "/lists/", name), std::move(shape),
                                         values));
  };
  uint64_t n = lists.radii.size();
  put("begins", {n + 1}, std::span<const uint32_t>(lists.begins));
  put("centres", {n, lists.centres.size() / n}, std::span<const float>(lists.centres));
  put("radii", {n}, std::span<const float>(lists.radii));
  put("probes", {1}, std::span<const uint32_t>(&probes, 1));
}

// Whose vectors ask a side for its best: the other side's, or its own where those are not stored.
model::Side AskersOf(const model::Model& m, model::Side side) {
  const auto other = side == model::Side::kItem ? model::Side::kUser : model::Side::kItem;
  return m.side(other).vectors.empty() ? side : other;
}

// The part of the ten best of a side, for sampled askers, that a search finds which looks into
// `probes` lists.
class Recall {
 public:
  Recall(const runtime::Engine& engine, model::Side side)
      : engine_(engine), catalogue_(engine, /*prepare=*/false, side) {
    const model::Model& m = engine.model();
    const model::Side askers = AskersOf(m, side);
    uint64_t count = m.side(askers).count;
    for (size_t i = 0; i < std::min<uint64_t>(kQueries, count); ++i) {
      auto vector = engine.Vector(askers, i * count / std::min<uint64_t>(kQueries, count), buffer_);
      vectors_.emplace_back(vector.begin(), vector.end());
      exact_.push_back(Search(vectors_.back(), 0));
    }
  }
  size_t queries() const { return vectors_.size(); }

  double Of(size_t probes) {
    size_t found = 0, all = 0;
    for (size_t i = 0; i < vectors_.size(); ++i) {
      for (uint32_t row : Search(vectors_[i], probes)) {
        found += std::ranges::find(exact_[i], row) != exact_[i].end();
      }
      all += exact_[i].size();
    }
    return all == 0 ? 1 : static_cast<double>(found) / static_cast<double>(all);
  }

 private:
  std::vector<uint32_t> Search(std::span<const float> vector, size_t probes) {
    retrieval::Query q;
    q.vector = vector;
    q.k = kBest;
    q.approximate = probes > 0;
    q.probes = probes;
    std::vector<uint32_t> out;
    for (const retrieval::Hit& hit : retrieval::TopK(catalogue_, q, work_)) out.push_back(hit.row);
    return out;
  }

  const runtime::Engine& engine_;
  retrieval::Catalogue catalogue_;
  retrieval::SearchWorkspace work_;
  AlignedVector<float> buffer_;
  std::vector<std::vector<float>> vectors_;
  std::vector<std::vector<uint32_t>> exact_;
};

struct Made {
  size_t lists = 0, probes = 0, queries = 0;
  double recall = 1;
};

// One side in the order of its lists, with planes and lists, to `output`. In three steps, because
// planes are made of vectors in their new order, and the number of probes by searching.
Made SaveWithLists(const Options& o, Draft& draft, model::Side side, const std::string& output) {
  const std::string name = PrefixOf(side);
  const model::Rows& vectors = draft.model().side(side).vectors;
  if (vectors.count < retrieval::kFewestForPlanes) {
    Fail(Status::kInvalidArgument, o.file, " has ", vectors.count, " ", name,
         "; lists make sense from ", retrieval::kFewestForPlanes,
         " on, and speed from about a million");
  }
  retrieval::ListOptions options;
  options.lists = o.lists;
  retrieval::ListTensors lists = retrieval::MakeLists(vectors, options);
  Staged ordered(o.output, "ordered"), searched(o.output, "searched");
  Reorder(draft, side, lists.order);
  ordered.Write([&](const auto& path) { draft.Save(path, StrCat("index, new order of ", name)); });
  Draft second(ordered.path());
  PutPlanes(second, side);
  Made out;
  out.lists = lists.radii.size();
  PutLists(second, side, lists, 1);
  searched.Write([&](const auto& path) { second.Save(path, StrCat("index, codes of ", name)); });
  auto engine = runtime::Engine::Create(model::Model::Open(searched.path()));
  Recall recall(*engine, side);
  out.queries = recall.queries();
  for (out.probes = 1;; out.probes = std::min(out.lists, out.probes + (out.probes + 3) / 4)) {
    out.recall = recall.Of(out.probes);
    if (out.recall >= o.recall || out.probes == out.lists) break;
  }
  Draft last(searched.path());
  PutLists(last, side, lists, static_cast<uint32_t>(out.probes));
  last.Save(output, "index");
  return out;
}

// Of items alone, or of items and then of users.
std::vector<Made> SaveWithLists(const Options& o, Draft& draft) {
  if (!o.users) return {SaveWithLists(o, draft, model::Side::kItem, o.output)};
  std::vector<Made> out;
  Staged items(o.output, "items");
  items.Write(
      [&](const auto& path) { out.push_back(SaveWithLists(o, draft, model::Side::kItem, path)); });
  Draft with_items(items.path());
  out.push_back(SaveWithLists(o, with_items, model::Side::kUser, o.output));
  return out;
}

Json Describe(const char* of, const model::Entities& side) {
  const model::Planes& planes = side.planes;
  if (planes.empty()) {
    return {{of, side.count}, {"axes", Json()}, {"first_bytes", 0}, {"second_bytes", 0}};
  }
  return {{of, side.count},
          {"axes", planes.axes.empty() ? 0 : planes.dimensions()},
          {"first_bytes", planes.block_size() / 16},
          {"second_bytes", planes.stride()}};
}

std::string Sentence(const char* one, const model::Entities& side, const Options& o) {
  const model::Planes& planes = side.planes;
  std::string text = StrCat(Commas(side.count), " ", one, "s: ");
  if (planes.empty()) {
    text += "searches scan the vectors";
    if (!o.none) text += StrCat(", which is as fast for fewer than ", retrieval::kFewestForPlanes);
    return text + "\n";
  }
  text += planes.axes.empty() ? StrCat("half a byte for each of ", planes.width, " dimensions")
                              : StrCat("bytes along ", planes.dimensions(), " axes");
  return text + StrCat("; a search reads ", planes.block_size() / 16, " bytes of each, and ",
                       planes.stride(), " more where those do not decide\n");
}

void Run(const Options& o) {
  RequireReplaceable(o.output);
  Draft draft(o.file);
  if (model::IsJoint(draft.contents.description)) {
    Fail(Status::kUnsupported, o.file, " has one joint tower: there are no item vectors to search");
  }
  if (draft.model().items().vectors.empty()) {
    Fail(Status::kUnsupported, o.file, " holds no item vectors to search");
  }
  if (o.users && draft.model().users().vectors.empty()) {
    Fail(Status::kUnsupported, o.file, " holds no vectors of users to search; leave --users out");
  }
  std::vector<Made> made;  // of items, of users
  if (o.with_lists) {
    made = SaveWithLists(o, draft);
  } else {
    if (o.none) {
      RemovePlanes(draft, model::Side::kItem);
      RemovePlanes(draft, model::Side::kUser);
    } else {
      PutPlanes(draft);
      if (o.users) PutPlanes(draft, model::Side::kUser);
    }
    draft.Save(o.output, "index");
  }
  auto after = model::Model::Open(o.output);
  if (o.json) {
    Json out = {{"file", o.file},
                {"output", o.output},
                {"size_before", draft.size()},
                {"size_after", after->file().file_size()}};
    out.update(Describe("items", after->items()));
    if (o.users) out["users"] = Describe("count", after->users());
    for (size_t i = 0; i < made.size(); ++i) {
      Json& of = i == 0 ? out : out["users"];
      of["lists"] = made[i].lists;
      of["probes"] = made[i].probes;
      of["recall_at_10"] = made[i].recall;
      of["recall_queries"] = made[i].queries;
    }
    PrintJson(out);
    return;
  }
  Print(StrCat(o.output, ": ", Commas(after->file().file_size()), " bytes, before ",
               Commas(draft.size()), "\n", Sentence("item", after->items(), o)));
  if (o.users) Print(Sentence("user", after->users(), o));
  for (size_t i = 0; i < made.size(); ++i) {
    const auto side = i == 0 ? model::Side::kItem : model::Side::kUser;
    char recall[16];
    std::snprintf(recall, sizeof(recall), "%.2f", 100 * made[i].recall);
    Print(StrCat(Commas(made[i].lists), " lists of ", PrefixOf(side),
                 ": an approximate search looks into ", made[i].probes, " of them and finds ",
                 recall, " % of the ten best of ", made[i].queries, " ",
                 PrefixOf(AskersOf(*after, side)), "\n"));
  }
}

}  // namespace

void PutPlanes(Draft& draft, model::Side side) {
  RemovePlanes(draft, side);
  std::vector<file::OwnedTensor> tensors;
  retrieval::AddPlanes(tensors, draft.model().side(side).vectors, PrefixOf(side));
  for (auto& tensor : tensors) draft.Put(std::move(tensor));
}

void SaveIndexed(const std::string& path, const std::string& output, const std::string& label) {
  Draft draft(path);
  PutPlanes(draft);
  draft.Save(output, label);
}

void AddIndex(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(parent, "index",
                             "Make the codes of the vectors with which exact searches are fast",
                             o->file, o->output);
  auto* lists =
      c->add_option("--lists", o->lists,
                    "Also put the items into lists of near ones, for approximate searches "
                    "(DUOMO_APPROXIMATE); 0: about the root of their number. The items get "
                    "another order, which decides ties");
  lists->check(CLI::Range(0, 1 << 20))->each([o](const std::string&) { o->with_lists = true; });
  c->add_option("--recall", o->recall,
                "The share of the ten best that approximate searches must find")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(lists)
      ->capture_default_str();
  auto* users = c->add_flag("--users", o->users,
                            "Also make codes of the users' vectors, for searches of users "
                            "(duomo_users_for, duomo_similar_users); with --lists lists, too");
  c->add_flag("--none", o->none,
              "Remove the codes: a smaller file, whose searches scan the vectors")
      ->excludes(lists)
      ->excludes(users);
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
