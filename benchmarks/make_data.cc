// duomo_bench_data: the files that the benchmarks and the peers search, made with Duomo's rooms.
//   known MODEL OUT           MODEL with a history of 200 random items for every user
//   trained MODEL ITEMS OUT   ITEMS items through MODEL's item tower: each has, input by input,
//                             the values of a random item of MODEL (id of one, genres of another,
//                             title of a third). Users, their vectors and the towers are MODEL's.
//   request CANDIDATES RANKING ITEMS CANDIDATES_OUT RANKING_OUT   see request/make_request.cc
//   noise ITEMS WIDTH OUT     unit vectors without structure: normal numbers, normalised; 1,024
//                             users
// Items are 1, 2, 3, …; the same arguments give the same file.
#include "make_data.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "core/error.h"
#include "core/random.h"
#include "model/model.h"
#include "model/parameters.h"
#include "retrieval/planes.h"
#include "runtime/engine.h"

namespace duomo::bench {

std::vector<int64_t> Ids(uint64_t n) {
  std::vector<int64_t> ids(n);
  for (uint64_t i = 0; i < n; ++i) ids[i] = static_cast<int64_t>(i + 1);
  return ids;
}

// Everything of MODEL but what begins with `without`.
model::Contents CopyOf(const model::Model& from, std::string_view without) {
  model::Contents c;
  c.description = from.description();
  c.report = from.report();
  for (const file::SegmentInfo& segment : from.file().segments()) {
    if (segment.name.starts_with(without)) continue;
    file::Tensor tensor = *from.file().Find(segment.name);
    c.tensors.push_back({std::string(segment.name),
                         tensor.dtype,
                         {tensor.shape.begin(), tensor.shape.end()},
                         {tensor.bytes.begin(), tensor.bytes.end()},
                         false});
  }
  return c;
}

void AddVectors(model::Contents& c, const char* name, std::span<const float> vectors,
                uint64_t width) {
  c.tensors.push_back(
      file::OwnedTensor::From<float>(name, {vectors.size() / width, width}, vectors));
  if (std::string_view(name) != "items/vectors") return;
  model::Rows rows;
  rows.data = c.tensors.back().bytes.data();
  rows.count = vectors.size() / width;
  rows.width = width;
  retrieval::AddPlanes(c.tensors, rows);
}

namespace {

constexpr size_t kHistory = 200, kNoiseUsers = 1024, kBlock = 4096;

void Known(const model::Model& from, const std::string& path) {
  model::Contents c = CopyOf(from, "users/history");
  Random random(1);
  model::FeatureColumn history{model::InputKind::kHistory, {0}, {}, {}};
  std::vector<uint32_t> items(from.items().count);
  for (size_t i = 0; i < items.size(); ++i) items[i] = static_cast<uint32_t>(i);
  for (uint64_t user = 0; user < from.users().count; ++user) {
    for (size_t i = 0; i < std::min(kHistory, items.size()); ++i) {  // without repetition
      std::swap(items[i], items[i + random.Below(items.size() - i)]);
      history.rows.push_back(items[i]);
    }
    history.offsets.push_back(history.rows.size());
  }
  model::AddFeature(c.tensors, "users/history", history.view());
  model::Save(path, c);
}

// One input of ITEMS items, each as some item of `from`.
model::FeatureColumn Recombine(const model::FeatureView& from, uint64_t count, uint64_t items,
                               Random& random) {
  model::FeatureColumn column{from.kind, {}, {}, {}};
  if (!from.offsets.empty()) column.offsets.push_back(0);
  for (uint64_t i = 0; i < items; ++i) {
    uint64_t row = random.Below(count);
    if (!from.numbers.empty()) column.numbers.push_back(from.numbers[row]);
    auto rows = from.RowsOf(row);
    column.rows.insert(column.rows.end(), rows.begin(), rows.end());
    if (!from.offsets.empty()) column.offsets.push_back(column.rows.size());
  }
  return column;
}

void Trained(std::shared_ptr<const model::Model> from, uint64_t items, const std::string& path) {
  model::Contents c = CopyOf(*from, "items/");
  std::erase_if(c.tensors, [](const auto& t) { return t.name.starts_with("users/history"); });
  auto engine = runtime::Engine::Create(from);
  const model::Description& d = from->description();
  Random random(1);
  std::vector<model::FeatureColumn> columns(d.inputs.size());
  std::vector<runtime::InputSource> inputs(d.inputs.size());
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope != model::Scope::kItem) continue;
    columns[i] = Recombine(from->items().features.inputs[i], from->items().count, items, random);
    inputs[i].view = columns[i].view();
    model::AddFeature(c.tensors, StrCat("items/features/", d.inputs[i].name), inputs[i].view);
  }
  model::AddKeys(c.tensors, "items", Ids(items));
  uint64_t width = engine->vector_width();
  AlignedVector<float> vectors(items * width);
  runtime::Workspace work;
  std::vector<uint32_t> rows;
  for (uint64_t begin = 0; begin < items; begin += kBlock) {
    rows.clear();
    for (uint64_t i = begin; i < std::min(items, begin + kBlock); ++i) {
      rows.push_back(static_cast<uint32_t>(i));
    }
    for (runtime::InputSource& input : inputs) input.rows = rows;
    engine->Encode(model::Side::kItem, {rows.size(), inputs}, &vectors[begin * width], work);
  }
  AddVectors(c, "items/vectors", vectors, width);
  model::Save(path, c);
}

AlignedVector<float> UnitVectors(uint64_t n, uint64_t width, Random& random) {
  AlignedVector<float> vectors(n * width);
  for (uint64_t i = 0; i < n; ++i) {
    std::span<float> row(&vectors[i * width], width);
    double squares = 0;
    for (float& x : row) {
      x = static_cast<float>(random.Normal());
      squares += static_cast<double>(x) * static_cast<double>(x);
    }
    auto scale = static_cast<float>(1 / std::sqrt(squares));
    for (float& x : row) x *= scale;
  }
  return vectors;
}

void AddNoise(model::Contents& c, const std::string& side, uint64_t n, uint64_t width,
              Random& random) {
  model::AddKeys(c.tensors, side, Ids(n));
  model::FeatureColumn rows{model::InputKind::kCategory, {}, std::vector<uint32_t>(n), {}};
  model::AddFeature(c.tensors, StrCat(side, "/features/", side, "_kind"), rows.view());
  AddVectors(c, (side + "/vectors").c_str(), UnitVectors(n, width, random), width);
}

void Noise(uint64_t items, uint64_t width, const std::string& path) {
  model::Contents c;
  model::Description& d = c.description;
  d.name = "noise";
  d.vocabularies = {{"kind", model::KeyKind::kRange, 1, {}, {}}};
  d.tables = {{"kind", 0, static_cast<uint32_t>(width)}};
  d.inputs = {{"users_kind", model::Scope::kUser, model::InputKind::kCategory, 0, 0, 0},
              {"items_kind", model::Scope::kItem, model::InputKind::kCategory, 0, 0, 0}};
  model::Encoder user, item;
  user.table = item.table = 0;
  item.input = 1;
  d.towers = {{model::Side::kUser, {user}, {}}, {model::Side::kItem, {item}, {}}};
  for (const model::Parameter& p : model::ParametersOf(d)) {
    AlignedVector<float> values(p.size(), 1.0f);
    c.tensors.push_back(file::OwnedTensor::From<float>("parameters/" + p.name, p.shape, values));
  }
  Random random(1);
  AddNoise(c, "items", items, width, random);
  AddNoise(c, "users", kNoiseUsers, width, random);
  model::Save(path, c);
}

int Run(int argc, char** argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "known" && argc == 4) {
    Known(*model::Model::Open(argv[2]), argv[3]);
  } else if (what == "trained" && argc == 5) {
    Trained(model::Model::Open(argv[2]), std::strtoull(argv[3], nullptr, 10), argv[4]);
  } else if (what == "request" && argc == 7) {
    MakeRequest(argv[2], argv[3], std::strtoull(argv[4], nullptr, 10), argv[5], argv[6]);
  } else if (what == "noise" && argc == 5) {
    Noise(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10), argv[4]);
  } else {
    std::fprintf(stderr,
                 "usage: duomo_bench_data known MODEL OUT | trained MODEL ITEMS OUT | noise ITEMS "
                 "WIDTH OUT | request CANDIDATES RANKING ITEMS CANDIDATES_OUT RANKING_OUT\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace duomo::bench

int main(int argc, char** argv) {
  try {
    return duomo::bench::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "duomo_bench_data: %s\n", error.what());
    return 1;
  }
}
