// Self-attention in an ONNX graph, spelt as attention.cc does: walked from the vector of the
// newest item back to the embeddings, block by block.
#include <algorithm>
#include <cmath>

#include "converter/onnx/parts.h"
#include "core/error.h"

namespace duomo::convert {

using model::EncoderKind;
using model::Places;
using onnx::Bindings;
using onnx::Node;
using onnx::Pattern;
using onnx::Tensor;

namespace {

constexpr double kVeryLow = -1e4;  // what hides the future

bool Near(double a, double b) { return std::abs(a - b) <= 1e-5 * std::max(1.0, std::abs(b)); }

}  // namespace

// What one walk gathers. Weights are by the end of their names in a model, without the prefix.
struct PartFinder::Sequence {
  PartFound part;
  std::string list, place, count;  // values: rows' mask, the place of each, how many there are
  size_t dim = 0;
  std::vector<std::vector<WeightFound>> blocks;  // from the last to the first
};

std::vector<float> PartFinder::Sized(Value constant, size_t size, Value at) {
  std::vector<float> values = Weights(*view_.Constant(constant));
  if (values.size() != size) {
    FailAt(at, StrCat("\"", constant, "\" has ", values.size(), " numbers where attention needs ",
                      size));
  }
  return values;
}

// The value under a layer norm of `dim` numbers, whose weights go to `out` under that name.
std::optional<std::string> PartFinder::NormOf(Value value, size_t dim, const std::string& name,
                                              std::vector<WeightFound>& out) {
  static const Pattern kNorm("LayerNormalization[axis=-1|2](x, $gain, $shift)");
  Bindings found;
  if (!view_.Matches(value, kNorm, found)) return std::nullopt;
  if (!Near(double{onnx::FloatOf(*view_.Maker(value), "epsilon", 1e-5f)} * 1e5, 1)) {
    FailAt(value, "attention's layer norms have an epsilon of 1e-5");
  }
  out.push_back({name + "/gain", Sized(found["gain"], dim, value)});
  out.push_back({name + "/shift", Sized(found["shift"], dim, value)});
  return found["x"];
}

// The value that a product with a weight [in, units] and a bias is of.
std::optional<std::string> PartFinder::ProductOf(Value value, size_t& units,
                                                 std::vector<float>& weight,
                                                 std::vector<float>& bias) {
  static const Pattern kProduct("Add(MatMul(x, $weight), $bias)");
  Bindings found;
  if (!view_.Matches(value, kProduct, found)) return std::nullopt;
  const Tensor& tensor = *view_.Constant(found["weight"]);
  if (tensor.dims.size() != 2) return std::nullopt;
  units = static_cast<size_t>(tensor.dims[1]);
  weight = Weights(tensor);
  bias = Sized(found["bias"], units, value);
  return found["x"];
}

// Whether keys at `past` come no later than what asks, and are there.
bool PartFinder::IsSeen(Value value, Sequence& s, bool is_last) {
  static const Pattern kSees(
      "And(LessOrEqual(Unsqueeze[axes=1](keys), Unsqueeze[axes=2](queries)), "
      "Unsqueeze[axes=1](present))");
  Bindings found;
  if (!view_.Matches(value, kSees, found) || found["present"] != s.list) return false;
  if (s.place.empty()) {  // the first that is met says which value the places are
    static const Pattern kPlace("CumSum[exclusive=1;reverse=0](Cast(present), 1)");
    Bindings place;
    if (!view_.Matches(found["keys"], kPlace, place) || place["present"] != s.list) return false;
    s.place = found["keys"];
  }
  if (found["keys"] != s.place) return false;
  return is_last ? IsNewest(found["queries"], s) : found["queries"] == s.place;
}

bool PartFinder::IsNewest(Value value, const Sequence& s) {
  static const Pattern kNewest("Sub(count, 1)");
  Bindings found;
  return view_.Matches(value, kNewest, found) && found["count"] == s.count;
}

// By whom the shares of attention are corrected: [heads, positions], by distance.
bool PartFinder::Distances(Value value, Sequence& s, bool is_last, std::vector<WeightFound>& out) {
  static const Pattern kDistance(
      "Transpose[perm=1.0.2.3](Gather[axis=1]($table, Clip(Sub(Unsqueeze[axes=2](queries), "
      "Unsqueeze[axes=1](keys)), 0, $most)))");
  Bindings found;
  if (!view_.Matches(value, kDistance, found) || found["keys"] != s.place) return false;
  if (!(is_last ? IsNewest(found["queries"], s) : found["queries"] == s.place)) return false;
  const Tensor& table = *view_.Constant(found["table"]);
  if (table.dims.size() != 2) return false;
  SetPositions(s, table.dims[1], found["most"], value);
  out.push_back(
      {"distances",
       Sized(found["table"], size_t{s.part.encoder.heads} * s.part.encoder.positions, value)});
  return true;
}

void PartFinder::SetPositions(Sequence& s, int64_t positions, Value most, Value at) {
  auto limit = onnx::ScalarOf(*view_.Constant(most));
  uint32_t& own = s.part.encoder.positions;
  if (positions < 1 || positions > UINT32_MAX || !limit ||
      *limit != static_cast<double>(positions - 1) ||
      (own > 0 && own != static_cast<uint32_t>(positions))) {
    FailAt(at, "attention's tables of places and distances have one row for each place");
  }
  own = static_cast<uint32_t>(positions);
}

// One block: `value` is what it leaves; returns what it begins with.
std::string PartFinder::BlockOf(Value value, Sequence& s, bool is_last) {
  Step step(*this, value);
  std::vector<WeightFound>& out = s.blocks.emplace_back();
  model::Encoder& e = s.part.encoder;
  auto fail = [&](Value at) -> std::string {
    FailAt(at,
           "as a block of attention: norm, queries, keys and values, softmax, output, norm and "
           "two layers, as `export onnx` writes them");
  };
  auto product = [&](Value at, const std::string& name, size_t in, size_t& units) {
    std::vector<float> weight, bias;
    auto x = ProductOf(at, units, weight, bias);
    if (!x || weight.size() != in * units) return fail(at);
    out.push_back({name + "/weight", std::move(weight)});
    out.push_back({name + "/bias", std::move(bias)});
    return *x;
  };
  // x + feed forward of its norm.
  Bindings sum;
  static const Pattern kSum("Add(x, change)");
  if (!view_.Matches(value, kSum, sum)) return fail(value);
  auto split = [&](Bindings& of) {  // the change ends in a product with a bias
    static const Pattern kChange("Add(MatMul(x, $weight), $bias)");
    Bindings ignored;
    if (!view_.Matches(of["change"], kChange, ignored)) std::swap(of["change"], of["x"]);
  };
  split(sum);
  size_t units = 0, inner = 0;
  std::vector<float> weight, bias;
  auto hidden = ProductOf(sum["change"], units, weight, bias);
  if (!hidden || units != s.dim) return fail(sum["change"]);
  out.push_back({"outer/weight", weight});
  out.push_back({"outer/bias", bias});
  model::Activation activation = model::Activation::kIdentity;
  if (const Node* node = view_.Maker(*hidden)) {
    if (node->op == "Relu") activation = model::Activation::kRelu;
    if (node->op == "Tanh") activation = model::Activation::kTanh;
    if (node->op == "Sigmoid") activation = model::Activation::kSigmoid;
    if (activation != model::Activation::kIdentity) hidden = node->inputs.at(0);
  }
  std::string normed = product(*hidden, "inner", s.dim, inner);
  if (weight.size() != inner * s.dim || inner == 0 || inner > UINT32_MAX) return fail(value);
  if (s.blocks.size() == 1) {
    e.feed_forward = static_cast<uint32_t>(inner);
    e.activation = activation;
  } else if (e.feed_forward != inner || e.activation != activation) {
    FailAt(value, "all blocks of attention have one width and one activation");
  }
  auto middle = NormOf(normed, s.dim, "norm1", out);
  if (!middle || *middle != view_.Resolve(sum["x"])) return fail(value);

  // x + output of what the heads saw.
  Bindings attended;
  if (!view_.Matches(*middle, kSum, attended)) return fail(*middle);
  split(attended);
  std::string wide = product(attended["change"], "output", s.dim, units);
  if (units != s.dim) return fail(*middle);
  static const Pattern kSeen(
      "Reshape(Transpose[perm=0.2.1.3](MatMul(Softmax[axis=-1|3](Where(Unsqueeze[axes=1](sees), "
      "shares, $low)), Transpose[perm=0.2.1.3](Reshape(value, $heads)))), $shape)");
  Bindings seen;
  if (!view_.Matches(wide, kSeen, seen)) return fail(wide);
  const std::vector<float> heads = Weights(*view_.Constant(seen["heads"]));
  auto low = onnx::ScalarOf(*view_.Constant(seen["low"]));
  if (heads.size() != 4 || !(heads[2] >= 1) || !(heads[2] <= static_cast<float>(s.dim)) || !low ||
      *low > kVeryLow || !IsSeen(seen["sees"], s, is_last)) {
    return fail(wide);
  }
  const auto count = static_cast<uint32_t>(heads[2]);
  if (s.blocks.size() == 1) e.heads = count;
  if (e.heads != count || s.dim % count != 0) {
    FailAt(wide, "all blocks of attention have so many heads as divide its width");
  }
  std::string shares = seen["shares"];
  static const Pattern kProducts(
      "Mul(MatMul(Transpose[perm=0.2.1.3](Reshape(query, $heads)), "
      "Transpose[perm=0.2.3.1](Reshape(key, $heads))), $scale)");
  Bindings by;
  bool distances = false;
  if (!view_.Matches(shares, kProducts, by)) {
    Bindings corrected;
    if (!view_.Matches(shares, kSum, corrected)) return fail(shares);
    std::string products = corrected["x"], table = corrected["change"];
    if (!view_.Matches(products, kProducts, by)) {
      std::swap(products, table);
      if (!view_.Matches(products, kProducts, by)) return fail(shares);
    }
    if (!Distances(table, s, is_last, out)) return fail(table);
    distances = true;
  }
  const Places places = distances ? Places::kDistances : Places::kLearned;  // for now
  if (s.blocks.size() > 1 && e.places != places) {
    FailAt(shares, "all blocks of attention know distances, or none");
  }
  e.places = places;
  auto scale = onnx::ScalarOf(*view_.Constant(by["scale"]));
  const auto head_width = s.dim / count;
  if (by["heads"] != seen["heads"] || !scale ||
      !Near(*scale * std::sqrt(static_cast<double>(head_width)), 1)) {
    return fail(shares);
  }
  // Queries, keys and values, to stand side by side.
  const std::string thirds[] = {by["query"], by["key"], seen["value"]};
  std::vector<float> parts[3], part_biases[3];
  std::string from[3];
  for (size_t third = 0; third < 3; ++third) {
    auto x = ProductOf(thirds[third], units, parts[third], part_biases[third]);
    if (!x || units != s.dim || parts[third].size() != s.dim * s.dim) return fail(thirds[third]);
    from[third] = *x;
  }
  std::vector<float> all(s.dim * 3 * s.dim), biases;
  for (size_t third = 0; third < 3; ++third) {
    for (size_t i = 0; i < s.dim; ++i) {
      std::copy_n(&parts[third][i * s.dim], s.dim, &all[(i * 3 + third) * s.dim]);
    }
    biases.insert(biases.end(), part_biases[third].begin(), part_biases[third].end());
  }
  out.push_back({"attention/weight", std::move(all)});
  out.push_back({"attention/bias", std::move(biases)});
  std::string asked = from[1], own = attended["x"];
  auto begin = NormOf(asked, s.dim, "norm0", out);
  if (!begin || from[2] != asked) return fail(wide);
  if (is_last) {
    own = PickedFrom(own, s);
    from[0] = PickedFrom(from[0], s);
  }
  if (from[0] != asked || view_.Resolve(own) != view_.Resolve(*begin)) return fail(wide);
  return *begin;
}

// What the newest item is picked from, [n, m, dim]; "" where it is not.
std::string PartFinder::PickedFrom(Value value, const Sequence& s) {
  static const Pattern kPick(
      "MatMul(Unsqueeze[axes=1](Cast(And(Equal(place, newest), present))), x)");
  Bindings found;
  if (!view_.Matches(value, kPick, found) || found["place"] != s.place ||
      found["present"] != s.list || !IsNewest(found["newest"], s)) {
    return "";
  }
  return found["x"];
}

std::optional<PartFound> PartFinder::AttentionOf(Value value) {
  static const Pattern kVector("Mul(Squeeze[axes=1](normed), Cast(Greater(count, 0)))");
  static const Pattern kCount("ReduceSum[axes=1;keepdims=1](Cast(present))");
  Bindings found, counted;
  if (!view_.Matches(value, kVector, found)) return std::nullopt;
  const Node* norm = view_.Maker(found["normed"]);
  if (norm == nullptr || norm->op != "LayerNormalization") return std::nullopt;
  if (!view_.Matches(found["count"], kCount, counted)) {
    FailAt(found["count"], "as the number of items that attention reads");
  }
  Sequence s;
  s.list = counted["present"];
  s.count = found["count"];
  auto mask = MaskOf(s.list, -1);
  if (!mask || !mask->present) FailAt(s.list, "as a mask of the items that attention reads");
  model::Encoder& e = s.part.encoder;
  e.kind = EncoderKind::kAttention;
  e.input = mask->input;
  e.positions = 0;
  const Tensor* gain = norm->inputs.size() == 3 ? view_.Constant(norm->inputs[1]) : nullptr;
  if (gain == nullptr || gain->dims.size() != 1 || gain->dims[0] < 1) {
    FailAt(found["normed"], "attention's norm has one gain a number");
  }
  s.dim = static_cast<size_t>(gain->dims[0]);
  std::vector<WeightFound> own;
  auto x = NormOf(found["normed"], s.dim, "norm", own);
  if (!x) FailAt(found["normed"], "attention ends in a layer norm");
  std::string at = *x;
  static const Pattern kEmbedded("Mul(Gather[axis=0]($table, rows), $root)");
  static const Pattern kPlaced("Add(x, Gather[axis=0]($positions, Clip(place, 0, $most)))");
  while (true) {
    Bindings end;
    bool placed = view_.Matches(at, kPlaced, end);
    Bindings embedded;
    if (view_.Matches(placed ? Value(end["x"]) : Value(at), kEmbedded, embedded)) {
      if (s.blocks.empty()) FailAt(at, "attention has at least one block");
      auto input = RowsInput(embedded["rows"], 2);
      auto root = onnx::ScalarOf(*view_.Constant(embedded["root"]));
      if (!input || *input != e.input || !root ||
          !Near(*root, std::sqrt(static_cast<double>(s.dim))) ||
          (placed && end["place"] != s.place)) {
        FailAt(at, "attention begins with embeddings times the root of their width, and places");
      }
      s.part.table.constant = view_.Resolve(embedded["table"]);
      if (placed) {
        const Tensor& table = *view_.Constant(end["positions"]);
        SetPositions(s, table.dims.empty() ? 0 : table.dims[0], end["most"], at);
        own.push_back({"positions", Sized(end["positions"], size_t{e.positions} * s.dim, at)});
      }
      bool distances = e.places == Places::kDistances;
      if (!placed && !distances) FailAt(at, "attention knows places, distances or both");
      e.places = placed ? distances ? Places::kBoth : Places::kLearned : Places::kDistances;
      break;
    }
    at = BlockOf(at, s, s.blocks.empty());
  }
  e.blocks = static_cast<uint32_t>(s.blocks.size());
  for (size_t i = 0; i < s.blocks.size(); ++i) {
    for (WeightFound& w : s.blocks[s.blocks.size() - 1 - i]) {
      own.push_back({StrCat("block", i, "/", w.name), std::move(w.values)});
    }
  }
  s.part.weights = std::move(own);
  // A limit of as many items as there are places is that of the places.
  if (mask->max_length < 1 || mask->max_length > e.positions) {
    FailAt(s.list, "attention reads as many of the newest items as it has places, or fewer");
  }
  const uint32_t declared = like_.inputs[e.input].max_length;
  const bool is_free = mask->max_length == e.positions;  // the input may give more
  s.part.max_length =
      is_free && (declared == 0 || declared > e.positions) ? declared : mask->max_length;
  return s.part;
}

}  // namespace duomo::convert
