// duomo-convert index: makes what fast searches read.
#include "converter/index.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "converter/command.h"
#include "converter/entities.h"
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
  bool none = false, json = false, with_lists = false;
  size_t lists = 0;
  double recall = 0.95;
};

constexpr size_t kBest = 10, kQueries = 1000;

void RemovePlanes(Draft& draft) {
  draft.RemoveIf([](std::string_view n) {
    return n.starts_with("items/planes/") || n.starts_with("items/lists/");
  });
}

void PutLists(Draft& draft, const retrieval::ListTensors& lists, uint32_t probes) {
  auto put = [&]<typename T>(const char* name, std::vector<uint64_t> shape,
                             std::span<const T> values) {
    draft.Put(file::OwnedTensor::From<T>(StrCat("items/lists/", name), std::move(shape), values));
  };
  uint64_t n = lists.radii.size();
  put("begins", {n + 1}, std::span<const uint32_t>(lists.begins));
  put("centres", {n, lists.centres.size() / n}, std::span<const float>(lists.centres));
  put("radii", {n}, std::span<const float>(lists.radii));
  put("probes", {1}, std::span<const uint32_t>(&probes, 1));
}

// The part of the ten best of sampled users (or items, where no user's vector is stored) that a
// search finds which looks into `probes` lists.
class Recall {
 public:
  explicit Recall(const runtime::Engine& engine) : engine_(engine), catalogue_(engine) {
    const model::Model& m = engine.model();
    model::Side side = m.users().vectors.empty() ? model::Side::kItem : model::Side::kUser;
    uint64_t count = m.side(side).count;
    for (size_t i = 0; i < std::min<uint64_t>(kQueries, count); ++i) {
      auto vector = engine.Vector(side, i * count / std::min<uint64_t>(kQueries, count), buffer_);
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
  retrieval::Workspace work_;
  AlignedVector<float> buffer_;
  std::vector<std::vector<float>> vectors_;
  std::vector<std::vector<uint32_t>> exact_;
};

struct Made {
  size_t lists = 0, probes = 0, queries = 0;
  double recall = 1;
};

// The items in the order of their lists, with planes and lists, to `output`. In three steps,
// because planes are made of vectors in their new order, and the number of probes by searching.
Made SaveWithLists(const Options& o, Draft& draft) {
  const model::Rows& vectors = draft.model().items().vectors;
  if (vectors.count < retrieval::kFewestForPlanes) {
    Fail(Status::kInvalidArgument, o.file, " has ", vectors.count, " items; lists make sense from ",
         retrieval::kFewestForPlanes, " on, and speed from about a million");
  }
  retrieval::ListOptions options;
  options.lists = o.lists;
  retrieval::ListTensors lists = retrieval::MakeLists(vectors, options);
  Staged ordered(o.output, "ordered"), searched(o.output, "searched");
  ReorderItems(draft, lists.order);
  ordered.Write([&](const auto& path) { draft.Save(path, "index, new order"); });
  Draft second(ordered.path());
  PutPlanes(second);
  Made out;
  out.lists = lists.radii.size();
  PutLists(second, lists, 1);
  searched.Write([&](const auto& path) { second.Save(path, "index, codes"); });
  auto engine = runtime::Engine::Create(model::Model::Open(searched.path()));
  Recall recall(*engine);
  out.queries = recall.queries();
  for (out.probes = 1;; out.probes = std::min(out.lists, out.probes + (out.probes + 3) / 4)) {
    out.recall = recall.Of(out.probes);
    if (out.recall >= o.recall || out.probes == out.lists) break;
  }
  Draft last(searched.path());
  PutLists(last, lists, static_cast<uint32_t>(out.probes));
  last.Save(o.output, "index");
  return out;
}

std::string Describe(const model::Planes& planes) {
  if (planes.empty()) return "searches scan the vectors";
  return planes.axes.empty() ? StrCat("half a byte for each of ", planes.width, " dimensions")
                             : StrCat("bytes along ", planes.dimensions(), " axes");
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
  Made made;
  if (o.with_lists) {
    made = SaveWithLists(o, draft);
  } else {
    o.none ? RemovePlanes(draft) : PutPlanes(draft);
    draft.Save(o.output, "index");
  }
  auto after = model::Model::Open(o.output);
  const model::Planes& planes = after->items().planes;
  uint64_t first = planes.empty() ? 0 : planes.block_size() / 16;
  if (o.json) {
    Json axes = planes.empty() ? Json() : Json(planes.axes.empty() ? 0 : planes.dimensions());
    Json out = {{"file", o.file},
                {"output", o.output},
                {"items", after->items().count},
                {"axes", axes},
                {"first_bytes", first},
                {"second_bytes", planes.empty() ? 0 : planes.stride()},
                {"size_before", draft.size()},
                {"size_after", after->file().file_size()}};
    if (made.lists > 0) {
      out["lists"] = made.lists;
      out["probes"] = made.probes;
      out["recall_at_10"] = made.recall;
      out["recall_queries"] = made.queries;
    }
    PrintJson(out);
    return;
  }
  Print(StrCat(o.output, ": ", Commas(after->file().file_size()), " bytes, before ",
               Commas(draft.size()), "\n", Commas(after->items().count),
               " items: ", Describe(planes)));
  if (!planes.empty()) {
    Print(StrCat("; a search reads ", first, " bytes an item, and ", planes.stride(),
                 " more where those do not decide"));
  } else if (!o.none) {
    Print(StrCat(", which is as fast for fewer than ", retrieval::kFewestForPlanes));
  }
  Print("\n");
  if (made.lists > 0) {
    char recall[16];
    std::snprintf(recall, sizeof(recall), "%.2f", 100 * made.recall);
    Print(StrCat(Commas(made.lists), " lists: an approximate search looks into ", made.probes,
                 " of them and finds ", recall, " % of the ten best of ", made.queries,
                 draft.model().users().vectors.empty() ? " items\n" : " users\n"));
  }
}

}  // namespace

void PutPlanes(Draft& draft) {
  RemovePlanes(draft);
  std::vector<file::OwnedTensor> tensors;
  retrieval::AddPlanes(tensors, draft.model().items().vectors);
  for (auto& tensor : tensors) draft.Put(std::move(tensor));
}

void SaveIndexed(const std::string& path, const std::string& output, const std::string& label) {
  Draft draft(path);
  PutPlanes(draft);
  draft.Save(output, label);
}

void AddIndex(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "index", "Make (again) the codes of the item vectors that fast exact searches read");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  c->add_option("-o,--output", o->output, "The .duomo file to write; replaced as a whole")
      ->required();
  auto* lists =
      c->add_option("--lists", o->lists,
                    "Also put the items into lists of near ones, for approximate searches "
                    "(DUOMO_APPROXIMATE); 0: about the root of their number. The items get "
                    "another order, which decides ties");
  lists->check(CLI::Range(0, 1 << 20))->each([o](const std::string&) { o->with_lists = true; });
  c->add_option("--recall", o->recall,
                "The part of the ten best that approximate searches shall find")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(lists)
      ->capture_default_str();
  c->add_flag("--none", o->none, "Leave them out: a smaller file, whose searches scan the vectors")
      ->excludes(lists);
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
