// Self-attention over a history as ONNX nodes; FORMAT.md has the formulas. As in the runtime, only
// the newest item asks in the last block. Rows of −1 may stand anywhere: what counts is which place
// an item has among those that are there.
#include <cmath>
#include <limits>

#include "converter/onnx/encoders.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::convert {

using onnx::Ints;
using onnx::Name;

namespace {

constexpr auto kToFloat = static_cast<int64_t>(onnx::Type::kFloat);
constexpr auto kToInt64 = static_cast<int64_t>(onnx::Type::kInt64);

}  // namespace

Name EncoderBuilder::Norm(const std::string& name, const Name& x) {
  return Node("LayerNormalization", name,
              {x, Parameter(name + "/gain"), Parameter(name + "/shift")},
              {{"axis", int64_t{-1}}, {"epsilon", 1e-5f}});
}

// x [n, m, in] · weight + bias.
Name EncoderBuilder::Product(const std::string& name, const Name& x) {
  Name y = Node("MatMul", name, {x, Parameter(name + "/weight")});
  return Node("Add", name + "/sum", {y, Parameter(name + "/bias")});
}

// One of three that lie side by side: queries, keys and values. [n, heads, m, width of a head], or
// with keys turned.
Name EncoderBuilder::Third(const std::string& block, const char* what, size_t which, const Name& x,
                           uint32_t heads) {
  const std::string all = block + "/attention", name = StrCat(all, "/", what);
  const model::Rows rows = model_.parameter(all + "/weight");
  AlignedVector<float> widened, widened_bias;
  const float* weight = runtime::FloatsOf(rows, 0, rows.count, widened);
  const size_t dim = rows.count;
  std::vector<float> own(dim * dim);
  for (size_t i = 0; i < dim; ++i) {
    std::copy_n(weight + (i * 3 + which) * dim, dim, &own[i * dim]);
  }
  const model::Rows bias = model_.parameter(all + "/bias");
  const float* biases = runtime::FloatsOf(bias, 0, bias.count, widened_bias) + which * dim;
  const auto size = static_cast<int64_t>(dim);
  Name y = Node("MatMul", name, {x, Constant<float>(name + "/weight", {size, size}, own)});
  Name b = Constant<float>(name + "/bias", {size}, std::span(biases, dim));
  y = Node("Add", name + "/sum", {y, b});
  Name shape =
      Shared<int64_t>(StrCat("heads/", heads, "/", size), {4}, {0, 0, heads, size / heads});
  y = Node("Reshape", name + "/heads", {y, shape});
  return Node("Transpose", name + "/turned", {y},
              {{"perm", which == 1 ? Ints{0, 2, 3, 1} : Ints{0, 2, 1, 3}}});
}

Name EncoderBuilder::Attention(const model::Encoder& e, const std::string& prefix) {
  const uint32_t limit = model::PlacesOf(d_, e);
  const List list = ListOf(e.input, limit);
  const auto dim = static_cast<int64_t>(d_.tables[static_cast<size_t>(e.table)].dim);
  const Name last_place = Integer(int64_t{e.positions} - 1);
  Name ones = Node("Cast", prefix + "/ones", {list.present}, {{"to", kToInt64}});
  Name place = Node("CumSum", prefix + "/place", {ones, Integer(1)},
                    {{"exclusive", int64_t{1}}, {"reverse", int64_t{0}}});
  Name count = Node("ReduceSum", prefix + "/count", {ones, Axes({1})}, {{"keepdims", int64_t{1}}});
  Name newest_place = Node("Sub", prefix + "/newest_place", {count, Integer(1)});
  Name is_newest = Node("Equal", prefix + "/is_newest", {place, newest_place});
  is_newest = Node("And", prefix + "/picked", {is_newest, list.present});
  Name pick = Node("Cast", prefix + "/pick", {is_newest}, {{"to", kToFloat}});
  pick = Node("Unsqueeze", prefix + "/pick_row", {pick, Axes({1})});  // [n, 1, m]

  Name x = Node("Gather", prefix + "/embeddings", {Table(e), list.rows});
  x = Node("Mul", prefix + "/scaled", {x, Scalar(std::sqrt(static_cast<float>(dim)))});
  if (e.places != model::Places::kDistances) {
    // Places of what is not there are in no table; nobody looks at them.
    Name inside = Node("Clip", prefix + "/place_inside", {place, Integer(0), last_place});
    Name position =
        Node("Gather", prefix + "/position", {Parameter(prefix + "/positions"), inside});
    x = Node("Add", prefix + "/placed", {x, position});
  }
  Name key_place = Node("Unsqueeze", prefix + "/key_place", {place, Axes({1})});  // [n, 1, m]
  Name there = Node("Unsqueeze", prefix + "/there", {list.present, Axes({1})});
  for (uint32_t i = 0; i < e.blocks; ++i) {
    const bool is_last = i + 1 == e.blocks;
    const std::string block = StrCat(prefix, "/block", i);
    // [n, q, 1]: the places that ask.
    Name query_place =
        Node("Unsqueeze", block + "/query_place", {is_last ? newest_place : place, Axes({2})});
    Name y = Norm(block + "/norm0", x);
    if (is_last) x = Node("MatMul", block + "/newest", {pick, x});
    Name asks = is_last ? Node("MatMul", block + "/asks", {pick, y}) : y;
    Name query = Third(block, "query", 0, asks, e.heads);
    Name key = Third(block, "key", 1, y, e.heads);
    Name value = Third(block, "value", 2, y, e.heads);
    Name shares = Node("MatMul", block + "/products", {query, key});  // [n, heads, q, m]
    const double width = static_cast<double>(dim) / e.heads;
    shares = Node("Mul", block + "/products_scaled", {shares, Scalar(1 / std::sqrt(width))});
    if (e.places != model::Places::kLearned) {
      Name distance = Node("Sub", block + "/distance", {query_place, key_place});
      distance = Node("Clip", block + "/distance_inside", {distance, Integer(0), last_place});
      distance = Node("Gather", block + "/by_distance", {Parameter(block + "/distances"), distance},
                      {{"axis", int64_t{1}}});  // [heads, n, q, m]
      distance = Node("Transpose", block + "/by_head", {distance}, {{"perm", Ints{1, 0, 2, 3}}});
      shares = Node("Add", block + "/with_distances", {shares, distance});
    }
    Name past = Node("LessOrEqual", block + "/past", {key_place, query_place});
    Name sees = Node("And", block + "/sees", {past, there});
    sees = Node("Unsqueeze", block + "/sees_of_head", {sees, Axes({1})});
    shares = Node("Where", block + "/seen",
                  {sees, shares, Scalar(std::numeric_limits<float>::lowest())});
    shares = Node("Softmax", block + "/shares", {shares}, {{"axis", int64_t{-1}}});
    Name mixed = Node("MatMul", block + "/mixed", {shares, value});
    mixed = Node("Transpose", block + "/mixed_turned", {mixed}, {{"perm", Ints{0, 2, 1, 3}}});
    Name shape = Shared<int64_t>(StrCat("width/", dim), {3}, {0, 0, dim});
    mixed = Node("Reshape", block + "/mixed_wide", {mixed, shape});
    x = Node("Add", block + "/attended", {x, Product(block + "/output", mixed)});
    Name hidden = Product(block + "/inner", Norm(block + "/norm1", x));
    hidden = Activate(e.activation, block + "/activation", hidden);
    x = Node("Add", block + "/fed", {x, Product(block + "/outer", hidden)});
  }
  x = Norm(prefix + "/norm", x);
  x = Node("Squeeze", prefix + "/vector", {x, Axes({1})});
  // Nobody who has nothing looks like anything.
  Name some = Node("Greater", prefix + "/some", {count, Integer(0)});
  some = Node("Cast", prefix + "/if_any", {some}, {{"to", kToFloat}});
  return Node("Mul", prefix + "/attention", {x, some});
}

}  // namespace duomo::convert
