#include "model/description.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "core/error.h"
#include "core/text.h"

namespace duomo::model {
namespace {

// Enough for any real network, small enough that no product of two overflows.
constexpr uint32_t kMaxWidth = 1u << 20;
constexpr uint64_t kMaxRows = 1ull << 40;
constexpr size_t kMaxParts = 4096;
constexpr uint32_t kMaxPositions = 4096;
constexpr uint64_t kMaxSequence = 1u << 22;

template <typename... Parts>
void Require(bool condition, const std::string& where, const Parts&... parts) {
  if (!condition) Fail(Status::kInvalidArgument, "description: ", where, ": ", parts...);
}

template <typename Enum>
void RequireEnum(Enum value, Enum last, const std::string& where) {
  auto number = static_cast<int32_t>(value);
  Require(number >= 0 && number <= static_cast<int32_t>(last), where, "unknown value ", number);
}

std::string At(const char* list, size_t i, const char* field = nullptr) {
  std::string where = StrCat(list, '[', i, ']');
  if (field != nullptr) where += StrCat('.', field);
  return where;
}

// "dense0", "convolution3": an encoder of that name would share parameter names with a layer.
bool IsLayerName(std::string_view name) {
  for (std::string_view prefix : {"dense", "convolution"}) {
    if (name.starts_with(prefix) && name.size() > prefix.size() && name[prefix.size()] >= '0' &&
        name[prefix.size()] <= '9') {
      return true;
    }
  }
  return false;
}

class Checker {
 public:
  Checker(const Description& d, bool bound) : d_(d), bound_(bound) {}

  void Run() {
    CheckName(d_.name, "name");
    CheckVocabularies();
    CheckTables();
    CheckInputs();
    CheckTowers();
    CheckHead();
    RequireEnum(d_.output.kind, OutputKind::kSigmoid, "output.kind");
    Require(std::isfinite(d_.output.scale) && d_.output.scale > 0, "output.scale",
            "must be a positive number");
    Require(std::isfinite(d_.output.offset), "output.offset", "must be finite");
    Require(d_.output.unit.size() <= 255 && IsUtf8(d_.output.unit), "output.unit",
            "must be at most 255 bytes of UTF-8");
  }

 private:
  void CheckName(const std::string& name, const std::string& where) {
    const char* wrong = WrongName(name);
    Require(wrong == nullptr, where, wrong == nullptr ? "" : wrong);
  }

  template <typename T>
  void CheckNames(const std::vector<T>& parts, const char* list) {
    Require(parts.size() <= kMaxParts, list, "at most ", kMaxParts, " are possible");
    std::set<std::string> seen;
    for (size_t i = 0; i < parts.size(); ++i) {
      CheckName(parts[i].name, At(list, i, "name"));
      Require(seen.insert(parts[i].name).second, At(list, i, "name"), "\"", parts[i].name,
              "\" is used twice");
    }
  }

  void CheckVocabularies() {
    CheckNames(d_.vocabularies, "vocabularies");
    for (size_t i = 0; i < d_.vocabularies.size(); ++i) {
      const Vocabulary& v = d_.vocabularies[i];
      RequireEnum(v.keys, KeyKind::kString, At("vocabularies", i, "keys"));
      Require(v.size <= kMaxRows, At("vocabularies", i, "size"), "too large");
      Require(!bound_ || v.size > 0, At("vocabularies", i, "size"), "the vocabulary \"", v.name,
              "\" is empty; nothing in the data fills it");
      Require(v.keys == KeyKind::kInt64 || v.integers.empty(), At("vocabularies", i, "values"),
              "integers are only for integer keys");
      Require(v.keys == KeyKind::kString || v.strings.empty(), At("vocabularies", i, "values"),
              "strings are only for string keys");
      std::set<int64_t> integers(v.integers.begin(), v.integers.end());
      std::set<std::string> strings(v.strings.begin(), v.strings.end());
      Require(integers.size() == v.integers.size() && strings.size() == v.strings.size(),
              At("vocabularies", i, "values"), "a value stands there twice");
    }
  }

  void CheckTables() {
    CheckNames(d_.tables, "tables");
    for (size_t i = 0; i < d_.tables.size(); ++i) {
      Require(d_.tables[i].vocabulary < d_.vocabularies.size(), At("tables", i, "vocabulary"),
              "no such vocabulary");
      Require(d_.tables[i].dim > 0 && d_.tables[i].dim <= kMaxWidth, At("tables", i, "dim"),
              "must be 1 to ", kMaxWidth);
    }
  }

  void CheckInputs() {
    CheckNames(d_.inputs, "inputs");
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      const Input& in = d_.inputs[i];
      RequireEnum(in.scope, Scope::kPair, At("inputs", i, "scope"));
      RequireEnum(in.kind, InputKind::kNumber, At("inputs", i, "kind"));
      auto tokenizer = static_cast<uint32_t>(in.tokenizer);
      Require(tokenizer >= 1 && tokenizer <= kLastTokenizer, At("inputs", i, "tokenizer"),
              "unknown version ", tokenizer);
      Require(in.kind == InputKind::kTokens || in.tokenizer == Tokenizer::kSpaces,
              At("inputs", i, "tokenizer"), "only text is cut into words");
      bool ranges = in.kind == InputKind::kCategory && in.vocabulary >= 0 &&
                    static_cast<size_t>(in.vocabulary) < d_.vocabularies.size() &&
                    d_.vocabularies[static_cast<size_t>(in.vocabulary)].keys == KeyKind::kInt64;
      Require(!in.bucketed || ranges, At("inputs", i, "bucketed"),
              "only a category with integer keys has ranges");
      if (in.kind == InputKind::kNumber) {
        Require(in.vocabulary == -1, At("inputs", i, "vocabulary"), "numbers have none");
        Require(std::isfinite(in.fallback), At("inputs", i, "fallback"), "must be finite");
      } else {
        Require(in.vocabulary >= 0 && static_cast<size_t>(in.vocabulary) < d_.vocabularies.size(),
                At("inputs", i, "vocabulary"), "no such vocabulary");
        KeyKind keys = d_.vocabularies[static_cast<size_t>(in.vocabulary)].keys;
        Require(in.kind != InputKind::kTokens || keys == KeyKind::kString,
                At("inputs", i, "vocabulary"), "words need string keys");
      }
    }
  }

  void CheckLayers(const std::vector<Dense>& layers, const std::string& where) {
    Require(layers.size() <= 64, where, "at most 64 layers are possible");
    for (size_t i = 0; i < layers.size(); ++i) {
      std::string layer = StrCat(where, '[', i, ']');
      Require(layers[i].units > 0 && layers[i].units <= kMaxWidth, layer + ".units",
              "must be 1 to ", kMaxWidth);
      RequireEnum(layers[i].activation, Activation::kRelu, layer + ".activation");
    }
  }

  void CheckEncoder(const Encoder& e, Side side, const std::string& where) {
    Require(e.input < d_.inputs.size(), where + ".input", "no such input");
    const Input& in = d_.inputs[e.input];
    Require(side == Side::kJoint || static_cast<int32_t>(in.scope) == static_cast<int32_t>(side),
            where + ".input", "\"", in.name, "\" is not an input of this side");
    RequireEnum(e.kind, EncoderKind::kAttention, where + ".kind");
    RequireEnum(e.pooling, Pooling::kMax, where + ".pooling");
    RequireEnum(e.activation, Activation::kRelu, where + ".activation");
    RequireEnum(e.normalization, Normalization::kQuantile, where + ".normalization");
    bool number = in.kind == InputKind::kNumber;
    Require(number == (e.kind == EncoderKind::kNumber), where + ".kind",
            "does not fit the input \"", in.name, "\"");
    if (number) {
      Require(e.table == -1, where + ".table", "numbers have none");
    } else {
      Require(e.table >= 0 && static_cast<size_t>(e.table) < d_.tables.size(), where + ".table",
              "no such table");
      const Table& table = d_.tables[static_cast<size_t>(e.table)];
      Require(static_cast<int32_t>(table.vocabulary) == in.vocabulary, where + ".table", "\"",
              table.name, "\" has another vocabulary than the input \"", in.name, "\"");
    }
    Require(e.kind != EncoderKind::kEmbedding || in.kind == InputKind::kCategory, where + ".kind",
            "an embedding takes one category; for several use a bag");
    Require(e.kind != EncoderKind::kBag || e.pooling != Pooling::kMax, where + ".pooling",
            "a bag pools by sum or mean");
    if (e.kind == EncoderKind::kConvolution) {
      Require(in.kind == InputKind::kTokens || in.kind == InputKind::kHistory, where + ".kind",
              "a convolution needs words or a history");
      Require(!e.windows.empty() && e.windows.size() <= 16, where + ".windows",
              "must be 1 to 16 window sizes");
      std::set<uint32_t> seen;
      for (uint32_t w : e.windows) {
        Require(w >= 1 && w <= 64, where + ".windows", "a window has 1 to 64 words");
        Require(seen.insert(w).second, where + ".windows", w, " stands there twice");
      }
      Require(e.filters > 0 && e.filters <= kMaxWidth, where + ".filters", "must be 1 to ",
              kMaxWidth);
    }
    if (e.kind == EncoderKind::kAttention) CheckAttention(e, where);
    if (e.normalization != Normalization::kNone) {
      Require(number, where + ".normalization", "only numbers are normalised");
      // The file holds one set of statistics for each input.
      Normalization& before = normalizations_[e.input];
      Require(before == Normalization::kNone || before == e.normalization, where + ".normalization",
              "another encoder normalises \"", in.name, "\" otherwise");
      before = e.normalization;
    }
    CheckLayers(e.layers, where + ".dense");
    Require(EncoderRawWidth(d_, e) <= kMaxWidth, where, "wider than ", kMaxWidth);
    Require(EncoderWidth(d_, e) <= kMaxWidth, where, "wider than ", kMaxWidth);
  }

  void CheckAttention(const Encoder& e, const std::string& where) {
    Require(d_.inputs[e.input].kind == InputKind::kHistory, where + ".kind",
            "attention needs a history");
    uint32_t dim = d_.tables[static_cast<size_t>(e.table)].dim;
    RequireEnum(e.places, Places::kBoth, where + ".places");
    Require(e.positions >= 1 && e.positions <= kMaxPositions, where + ".positions", "must be 1 to ",
            kMaxPositions);
    Require(e.blocks >= 1 && e.blocks <= 64, where + ".blocks", "must be 1 to 64");
    Require(e.heads >= 1 && dim % e.heads == 0, where + ".heads", "the table's ", dim,
            " numbers cannot be shared among ", e.heads, " heads alike");
    Require(e.feed_forward >= 1 && e.feed_forward <= kMaxWidth, where + ".feed_forward",
            "must be 1 to ", kMaxWidth);
    // Work and memory of one history at run time.
    Require(uint64_t{e.positions} * std::max(3 * dim, e.feed_forward) <= kMaxSequence, where,
            "positions times width are at most ", kMaxSequence);
  }

  void CheckTowers() {
    bool joint = d_.towers.size() == 1 && d_.towers[0].side == Side::kJoint;
    bool two = d_.towers.size() == 2 && d_.towers[0].side == Side::kUser &&
               d_.towers[1].side == Side::kItem;
    Require(joint || two, "towers", "must be \"user\" and \"item\", or \"joint\" alone");
    for (size_t t = 0; t < d_.towers.size(); ++t) {
      const Tower& tower = d_.towers[t];
      Require(!tower.encoders.empty() && tower.encoders.size() <= kMaxParts,
              At("towers", t, "encoders"), "at least one is needed");
      std::set<std::string> seen;
      for (size_t i = 0; i < tower.encoders.size(); ++i) {
        std::string where = StrCat(At("towers", t), '.', At("encoders", i));
        CheckEncoder(tower.encoders[i], tower.side, where);
        const Encoder& e = tower.encoders[i];
        if (!e.name.empty()) CheckName(e.name, where + ".name");
        std::string name = e.name.empty() ? d_.inputs[e.input].name : e.name;
        Require(seen.insert(name).second, where + ".name", "\"", name,
                "\" is used twice in this tower; give one of them a name of its own");
        Require(!IsLayerName(name), where + ".name", "\"", name,
                "\" is how parameters of layers are called; give the encoder another name");
      }
      CheckLayers(tower.layers, At("towers", t, "dense"));
      Require(ConcatenatedWidth(d_, tower) <= kMaxWidth, At("towers", t), "wider than ", kMaxWidth);
    }
    if (two) {
      Require(TowerWidth(d_, d_.towers[0]) == TowerWidth(d_, d_.towers[1]), "towers",
              "the user tower is ", TowerWidth(d_, d_.towers[0]), " wide, the item tower ",
              TowerWidth(d_, d_.towers[1]), "; they must be equal");
    }
  }

  void CheckBias(int32_t input, Scope scope, const char* where) {
    if (input == -1) return;
    Require(input >= 0 && static_cast<size_t>(input) < d_.inputs.size(), where, "no such input");
    const Input& in = d_.inputs[static_cast<size_t>(input)];
    Require(in.kind == InputKind::kCategory && in.scope == scope, where, "\"", in.name,
            "\" must be a category of that side");
    Require(d_.head.kind == HeadKind::kDot, where, "only a dot head has biases");
  }

  void CheckHead() {
    RequireEnum(d_.head.kind, HeadKind::kLogistic, "head.kind");
    Require(std::isfinite(d_.head.scale) && d_.head.scale > 0, "head.scale",
            "must be a positive number");
    Require(IsJoint(d_) == (d_.head.kind == HeadKind::kLogistic), "head.kind",
            "a joint tower has the logistic head; two towers have cosine or dot");
    CheckBias(d_.head.user_bias, Scope::kUser, "head.user_bias");
    CheckBias(d_.head.item_bias, Scope::kItem, "head.item_bias");
    Require(!d_.head.global_bias || d_.head.kind == HeadKind::kDot, "head.global_bias",
            "only a dot head has one; the logistic head always has its own");
  }

  const Description& d_;
  bool bound_;
  std::map<uint32_t, Normalization> normalizations_;  // by input
};

}  // namespace

const char* WrongName(std::string_view name) {
  if (name.empty() || name.size() > 255 || !IsUtf8(name)) return "must be 1 to 255 bytes of UTF-8";
  // Names are joined with '/' to name parameters and segments.
  if (name.find('/') != name.npos) return "must not contain '/'";
  for (char c : name) {  // names go through C strings and terminals
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return "must not contain control characters";
    }
  }
  return nullptr;
}

void Validate(const Description& description, bool bound) { Checker(description, bound).Run(); }

bool ReadsHistory(const Description& d) {
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [](const Input& input) { return input.kind == InputKind::kHistory; });
}

bool IsJoint(const Description& d) { return d.towers[0].side == Side::kJoint; }

const Tower& TowerOf(const Description& d, Side side) {
  return d.towers[side == Side::kItem ? 1 : 0];
}

uint32_t PlacesOf(const Description& d, const Encoder& e) {
  uint32_t most = d.inputs[e.input].max_length;
  return most > 0 ? std::min(most, e.positions) : e.positions;
}

uint32_t EncoderRawWidth(const Description& d, const Encoder& e) {
  switch (e.kind) {
    case EncoderKind::kConvolution:
      return static_cast<uint32_t>(e.windows.size()) * e.filters;
    case EncoderKind::kNumber:
      return 1u + (e.square ? 1u : 0u) + (e.root ? 1u : 0u);
    default:
      return d.tables[static_cast<size_t>(e.table)].dim;
  }
}

uint32_t EncoderWidth(const Description& d, const Encoder& e) {
  return e.layers.empty() ? EncoderRawWidth(d, e) : e.layers.back().units;
}

uint32_t ConcatenatedWidth(const Description& d, const Tower& t) {
  uint64_t width = 0;
  for (const Encoder& e : t.encoders) width += EncoderWidth(d, e);
  return width > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(width);
}

uint32_t TowerWidth(const Description& d, const Tower& t) {
  return t.layers.empty() ? ConcatenatedWidth(d, t) : t.layers.back().units;
}

uint32_t VectorWidth(const Description& d) {
  bool biases = d.head.user_bias >= 0 || d.head.item_bias >= 0 || d.head.global_bias;
  return TowerWidth(d, d.towers[0]) + (biases ? 2 : 0);
}

}  // namespace duomo::model
