#include "converter/look/describe.h"

#include <algorithm>

#include "converter/output.h"
#include "core/error.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using namespace model;

const char* NameOf(Activation activation) {
  switch (activation) {
    case Activation::kIdentity:
      return "linear";
    case Activation::kTanh:
      return "tanh";
    case Activation::kSigmoid:
      return "sigmoid";
    case Activation::kRelu:
      return "relu";
  }
  return "?";
}

const char* NameOf(Pooling pooling) {
  return pooling == Pooling::kSum ? "sum" : pooling == Pooling::kMean ? "mean" : "max";
}

std::string DenseText(const Dense& dense) {
  return StrCat("dense ", dense.units, " ", NameOf(dense.activation));
}

std::string InputText(const Description& d, const Input& in, const Encoder& e) {
  if (in.kind == InputKind::kNumber) {
    switch (e.normalization) {
      case Normalization::kNone:
        return "number";
      case Normalization::kStandard:
        return "number, standardised";
      case Normalization::kQuantile:
        return "number, by quantile";
    }
  }
  std::string size = Commas(d.vocabularies[static_cast<size_t>(in.vocabulary)].size);
  std::string limit = in.max_length == 0 ? "" : Commas(in.max_length);
  switch (in.kind) {
    case InputKind::kCategory:
      return StrCat("one of ", size, in.bucketed ? " ranges" : "");
    case InputKind::kCategorySet:
      return "set of " + size;
    case InputKind::kTokens:
      return StrCat("text, ", size, " words",
                    in.tokenizer == Tokenizer::kUnicode ? " by Unicode" : "",
                    limit.empty() ? "" : ", first " + limit);
    default:
      return StrCat("history of ", size, " items", limit.empty() ? "" : ", latest " + limit);
  }
}

std::string EncoderText(const Description& d, const Encoder& e) {
  std::string out;
  uint32_t dim = e.table < 0 ? 0 : d.tables[static_cast<size_t>(e.table)].dim;
  switch (e.kind) {
    case EncoderKind::kEmbedding:
      out = StrCat("embedding ", dim);
      break;
    case EncoderKind::kBag:
      out = StrCat(NameOf(e.pooling), " of embeddings ", dim);
      break;
    case EncoderKind::kMultiHot:
      out = StrCat("multi-hot → dense ", dim, " ", NameOf(e.activation));
      break;
    case EncoderKind::kConvolution:
      out = StrCat("embedding ", dim, " → windows of ");
      for (size_t i = 0; i < e.windows.size(); ++i) out += StrCat(i == 0 ? "" : ",", e.windows[i]);
      out += StrCat(" × ", e.filters, " ", NameOf(e.activation), " → ", NameOf(e.pooling));
      break;
    case EncoderKind::kAttention:
      out = StrCat("attention of embeddings ", dim, " over the latest ", model::PlacesOf(d, e),
                   ", ", e.blocks, e.blocks == 1 ? " block" : " blocks", " of ", e.heads,
                   e.heads == 1 ? " head" : " heads", " and dense ", e.feed_forward, " ",
                   NameOf(e.activation));
      break;
    case EncoderKind::kNumber:
      out = StrCat("x", e.square ? ", x²" : "", e.root ? ", √x" : "");
      break;
  }
  // A table of another name is worth telling: it is shared, or could be.
  if (e.table >= 0) {
    const std::string& table = d.tables[static_cast<size_t>(e.table)].name;
    auto users = [&](const Tower& t) {
      return std::count_if(t.encoders.begin(), t.encoders.end(),
                           [&](const Encoder& other) { return other.table == e.table; });
    };
    ptrdiff_t uses = 0;
    for (const Tower& t : d.towers) uses += users(t);
    if (uses > 1) out += StrCat(" (shared table ", table, ")");
  }
  for (const Dense& dense : e.layers) out += " → " + DenseText(dense);
  return out;
}

std::string TowerText(const Description& d, const Tower& tower) {
  Table table({{"", {}, true}, {"", {}, false}, {"", {}, true}, {"", Table::Align::kRight, false}});
  for (size_t i = 0; i < tower.encoders.size(); ++i) {
    const Encoder& e = tower.encoders[i];
    const Input& in = d.inputs[e.input];
    std::string name = e.name.empty() ? in.name : e.name;
    if (tower.side == Side::kJoint) {
      name += in.scope == Scope::kUser   ? " (user)"
              : in.scope == Scope::kItem ? " (item)"
                                         : " (pair)";
    }
    bool last = i + 1 == tower.encoders.size();
    table.Add({(last ? "└ " : "├ ") + name, InputText(d, in, e), EncoderText(d, e),
               StrCat(EncoderWidth(d, e))});
  }
  std::string result = StrCat("concatenated ", ConcatenatedWidth(d, tower));
  for (const Dense& dense : tower.layers) result += " → " + DenseText(dense);
  return StrCat(TowerPrefix(tower.side), " tower: ", result, "\n", table.Text());
}

// "scale · " unless it is 1.
std::string Times(double scale) { return scale == 1 ? "" : StrCat(scale, " · "); }

}  // namespace

std::string HeadText(const Description& d) {
  const Head& head = d.head;
  switch (head.kind) {
    case HeadKind::kCosine:
      return Times(head.scale) + "cos(user, item)";
    case HeadKind::kLogistic:
      return "w · joint + b";
    case HeadKind::kDot:
      break;
  }
  std::string sum = "⟨user, item⟩";
  if (head.user_bias >= 0) sum += " + user bias";
  if (head.item_bias >= 0) sum += " + item bias";
  if (head.global_bias) sum += " + global bias";
  return head.scale == 1 ? sum : StrCat(Times(head.scale), "(", sum, ")");
}

std::string OutputText(const Description& d) {
  const Output& output = d.output;
  std::string out = Times(output.scale);
  out += output.kind == OutputKind::kLinear        ? "head"
         : output.kind == OutputKind::kExponential ? "exp(head)"
                                                   : "sigmoid(head)";
  if (output.offset > 0) out += StrCat(" + ", output.offset);
  if (output.offset < 0) out += StrCat(" − ", -output.offset);
  if (!output.unit.empty()) out += StrCat("  [", output.unit, "]");
  return out;
}

std::string DescriptionText(const Description& d) {
  std::string out;
  for (const Tower& tower : d.towers) out += TowerText(d, tower) + "\n";
  return StrCat(out, "head    ", HeadText(d), "\noutput  ", OutputText(d), "\n");
}

}  // namespace duomo::convert
