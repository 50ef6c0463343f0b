// large_file OUT.duomo GIGABYTES vectors|table: a model of which frozen item vectors of 200
// numbers, or the rows of a table, fill so much, and the rest is small; for the converter's figures
// (benchmarks/convert). Everything in it is made up.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "core/random.h"
#include "model/model.h"
#include "model/parameters.h"

namespace {

using namespace duomo;

constexpr uint64_t kWidth = 200, kFew = 1000, kBlock = 4096;

// `rows` rows of unit length. The same ones again every 64 blocks, so that making them is not what
// takes the time.
file::TensorSource Vectors(std::string name, uint64_t rows) {
  auto write = [rows](const file::TensorSource::Sink& sink) {
    std::vector<float> some(kBlock * kWidth + 64 * 997);
    Random random(1);
    for (float& x : some) {
      x = static_cast<float>((random.Uniform() - 0.5) * 0.244949);  // √(12 / 200)
    }
    for (uint64_t begin = 0; begin < rows; begin += kBlock) {
      uint64_t count = std::min(kBlock, rows - begin);
      size_t shift = begin / kBlock % 64 * 997;
      sink(std::as_bytes(std::span(some).subspan(shift, count * kWidth)));
    }
  };
  return {std::move(name), file::DType::kF32, {rows, kWidth}, write, false};
}

void AddSide(model::Contents& c, const std::string& prefix, const std::string& input, uint64_t n) {
  std::vector<int64_t> keys(n);
  model::FeatureColumn rows;
  rows.kind = model::InputKind::kCategory;
  rows.rows.assign(n, 0);
  for (uint64_t i = 0; i < n; ++i) keys[i] = static_cast<int64_t>(i);
  model::AddKeys(c.tensors, prefix, keys);
  model::AddFeature(c.tensors, prefix + "/features/" + input, rows.view());
  c.sources.push_back(Vectors(prefix + "/vectors", n));
}

void Make(const std::string& path, double gigabytes, bool is_table) {
  const auto rows = static_cast<uint64_t>(gigabytes * 1e9 / (kWidth * 4));
  model::Contents c;
  model::Description& d = c.description;
  d.name = "large";
  d.vocabularies = {{"kind", model::KeyKind::kRange, is_table ? rows : 4, {}, {}}};
  d.tables = {{"kind", 0, kWidth}};
  d.inputs = {{"user_kind", model::Scope::kUser, model::InputKind::kCategory, 0, 0, 0},
              {"item_kind", model::Scope::kItem, model::InputKind::kCategory, 0, 0, 0}};
  model::Encoder user, item;
  user.table = item.table = 0;
  item.input = 1;
  d.towers = {{model::Side::kUser, {user}, {}}, {model::Side::kItem, {item}, {}}};
  d.head = {model::HeadKind::kDot, 1, -1, -1, false};
  for (const model::Parameter& p : model::ParametersOf(d)) {
    c.sources.push_back(Vectors("parameters/" + p.name, p.shape[0]));
  }
  AddSide(c, "users", "user_kind", kFew);
  AddSide(c, "items", "item_kind", is_table ? kFew : rows);
  model::Save(path, c);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 4 ? argv[3] : "";
  if (what != "vectors" && what != "table") {
    return std::fprintf(stderr, "large_file OUT.duomo GIGABYTES vectors|table\n"), 2;
  }
  try {
    Make(argv[1], std::atof(argv[2]), what == "table");
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "large_file: %s\n", error.what()), 1;
  }
}
