#include "model/parameters.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace duomo::model {
namespace {

Parameter TableParameter(std::string name, uint64_t rows, uint64_t dim) {
  return {std::move(name), {rows + 1, dim}, true, {{0, rows, 1 / std::sqrt(double(rows))}}};
}

// A dense layer's weight and bias.
void AddDense(std::vector<Parameter>& out, const std::string& prefix, uint64_t in, uint64_t units,
              std::vector<Parameter::Block> init = {}) {
  if (init.empty()) init = {{0, in, 1 / std::sqrt(double(in))}};
  out.push_back({prefix + "/weight", {in, units}, false, std::move(init)});
  out.push_back({prefix + "/bias", {units}, false, {}});
}

// A layer norm's gain and shift, which begin as those that change nothing.
void AddNorm(std::vector<Parameter>& out, const std::string& prefix, uint64_t width) {
  out.push_back({prefix + "/gain", {width}, false, {}, 1});
  out.push_back({prefix + "/shift", {width}, false, {}});
}

void AddAttention(std::vector<Parameter>& out, const Description& d, const Encoder& e,
                  const std::string& prefix) {
  const uint64_t dim = d.tables[static_cast<size_t>(e.table)].dim;
  if (e.places != Places::kDistances) {
    // As large as the table's rows, to which they are added.
    double rows = double(d.vocabularies[d.tables[static_cast<size_t>(e.table)].vocabulary].size);
    out.push_back({prefix + "/positions",
                   {e.positions, dim},
                   false,
                   {{0, e.positions, 1 / std::sqrt(std::max(rows, 1.0))}}});
  }
  for (uint32_t i = 0; i < e.blocks; ++i) {
    std::string block = StrCat(prefix, "/block", i);
    AddNorm(out, block + "/norm0", dim);
    AddDense(out, block + "/attention", dim, 3 * dim);
    if (e.places != Places::kLearned) {
      out.push_back({block + "/distances", {e.heads, e.positions}, false, {}});
    }
    AddDense(out, block + "/output", dim, dim);
    AddNorm(out, block + "/norm1", dim);
    AddDense(out, block + "/inner", dim, e.feed_forward);
    AddDense(out, block + "/outer", e.feed_forward, dim);
  }
  AddNorm(out, prefix + "/norm", dim);
}

}  // namespace

uint64_t Parameter::size() const {
  uint64_t product = 1;
  for (uint64_t n : shape) product *= n;
  return product;
}

uint64_t Parameter::known_size() const { return is_table ? size() - shape[1] : size(); }

std::string TableName(const Description& d, uint32_t table) {
  return StrCat("tables/", d.tables[table].name);
}

std::string TowerPrefix(Side side) {
  return side == Side::kUser ? "user" : side == Side::kItem ? "item" : "joint";
}

std::string EncoderPrefix(const Description& d, Side side, const Encoder& e) {
  return StrCat(TowerPrefix(side), '/', e.name.empty() ? d.inputs[e.input].name : e.name);
}

std::vector<Parameter> ParametersOf(const Description& d) {
  std::vector<Parameter> out;
  for (uint32_t i = 0; i < d.tables.size(); ++i) {
    const Table& table = d.tables[i];
    out.push_back(
        TableParameter(TableName(d, i), d.vocabularies[table.vocabulary].size, table.dim));
  }
  for (const Tower& tower : d.towers) {
    // The first tower layer is drawn as if it had one matrix for each concatenated encoder, as
    // the reference network's initialisation does.
    std::vector<Parameter::Block> blocks;
    uint64_t begin = 0;
    for (const Encoder& e : tower.encoders) {
      std::string prefix = EncoderPrefix(d, tower.side, e);
      if (e.kind == EncoderKind::kMultiHot) {
        out.push_back({prefix + "/bias", {EncoderRawWidth(d, e)}, false, {}});
      }
      if (e.kind == EncoderKind::kConvolution) {
        uint64_t dim = d.tables[static_cast<size_t>(e.table)].dim;
        for (uint32_t w : e.windows) {
          AddDense(out, StrCat(prefix, "/convolution", w), w * dim, e.filters);
        }
      }
      if (e.kind == EncoderKind::kAttention) AddAttention(out, d, e, prefix);
      uint64_t width = EncoderRawWidth(d, e);
      for (size_t i = 0; i < e.layers.size(); ++i) {
        AddDense(out, StrCat(prefix, "/dense", i), width, e.layers[i].units);
        width = e.layers[i].units;
      }
      blocks.push_back({begin, begin + width, 1 / std::sqrt(double(width))});
      begin += width;
    }
    uint64_t width = begin;
    for (size_t i = 0; i < tower.layers.size(); ++i) {
      AddDense(out, StrCat(TowerPrefix(tower.side), "/dense", i), width, tower.layers[i].units,
               i == 0 ? blocks : std::vector<Parameter::Block>{});
      width = tower.layers[i].units;
    }
    if (d.head.kind == HeadKind::kLogistic) AddDense(out, "head", width, 1);
  }
  auto add_bias = [&](int32_t input, const char* name) {
    if (input < 0) return;
    const Input& in = d.inputs[static_cast<size_t>(input)];
    uint64_t rows = d.vocabularies[static_cast<size_t>(in.vocabulary)].size;
    out.push_back({name, {rows + 1, 1}, true, {}});
  };
  add_bias(d.head.user_bias, "head/user_bias");
  add_bias(d.head.item_bias, "head/item_bias");
  if (d.head.global_bias) out.push_back({"head/global_bias", {1}, false, {}});
  return out;
}

}  // namespace duomo::model
