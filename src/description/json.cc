#include "description/json.h"

#include <array>
#include <limits>

namespace duomo::description {
namespace {

using namespace model;  // NOLINT: this file translates that namespace's types one by one
using std::string_view;

// In the order of the enums' values.
constexpr string_view kScopes[] = {"user", "item", "pair"};
constexpr string_view kInputKinds[] = {"category", "set", "text", "history", "number"};
constexpr string_view kKeyKinds[] = {"range", "integer", "string"};
constexpr string_view kActivations[] = {"identity", "tanh", "sigmoid", "relu"};
constexpr string_view kPoolings[] = {"sum", "mean", "max"};
constexpr string_view kNormalizations[] = {"none", "standard", "quantile"};
constexpr string_view kEncoderKinds[] = {"embedding",   "bag",    "multi_hot",
                                         "convolution", "number", "attention"};
constexpr string_view kPlaces[] = {"learned", "distances", "both"};
constexpr string_view kTokenizers[] = {"spaces", "unicode"};  // from version 1
constexpr string_view kSides[] = {"user", "item", "joint"};
constexpr string_view kHeadKinds[] = {"cosine", "dot", "logistic"};
constexpr string_view kOutputKinds[] = {"linear", "exponential", "sigmoid"};

template <typename Enum, size_t n>
Enum Choose(Fields& f, const char* name, const string_view (&names)[n]) {
  return static_cast<Enum>(f.Choice(name, names));
}
template <typename Enum, size_t n>
Enum Choose(Fields& f, const char* name, const string_view (&names)[n], Enum fallback) {
  return static_cast<Enum>(f.Choice(name, names, static_cast<size_t>(fallback)));
}
template <typename Enum, size_t n>
std::string NameOf(Enum value, const string_view (&names)[n]) {
  return std::string(names[static_cast<size_t>(value)]);
}

uint32_t Small(Fields& f, const char* name, uint64_t value) {
  if (value > std::numeric_limits<uint32_t>::max()) f.Wrong(name, "is too large");
  return static_cast<uint32_t>(value);
}

// The index of the part called what the field says; the error lists the names.
template <typename T>
int32_t Reference(Fields& f, const char* name, const std::vector<T>& parts) {
  std::string wanted = f.Text(name), possible;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].name == wanted) return static_cast<int32_t>(i);
    possible += StrCat(i == 0 ? "" : ", ", parts[i].name);
  }
  f.Wrong(name, "there is no \"", wanted, "\"; possible: ", possible);
}

std::vector<Dense> ReadLayers(Fields& f) {
  std::vector<Dense> layers;
  f.ForEach("dense", [&](Fields& e) {
    layers.push_back({Small(e, "units", e.Count("units")),
                      Choose<Activation>(e, "activation", kActivations, Activation::kTanh)});
  });
  return layers;
}

Vocabulary ReadVocabulary(Fields& f) {
  Vocabulary v;
  v.name = f.Text("name");
  v.keys = Choose<KeyKind>(f, "keys", kKeyKinds, KeyKind::kString);
  v.size = f.Count("size", 0);
  if (!f.Has("values")) return v;
  const Json& values = f.Get("values");
  if (!values.is_array()) f.Wrong("values", "must be an array");
  for (const Json& value : values) {
    if (v.keys == KeyKind::kInt64 && value.is_number_integer()) {
      v.integers.push_back(value.get<int64_t>());
    } else if (v.keys == KeyKind::kString && value.is_string()) {
      v.strings.push_back(value.get<std::string>());
    } else {
      f.Wrong("values", "must be strings for string keys, whole numbers for integer keys");
    }
  }
  return v;
}

Encoder ReadEncoder(Fields& f, const Description& d) {
  Encoder e;
  e.name = f.Text("name", "");
  e.input = static_cast<uint32_t>(Reference(f, "input", d.inputs));
  e.kind = Choose<EncoderKind>(f, "kind", kEncoderKinds);
  if (e.kind != EncoderKind::kNumber) e.table = Reference(f, "table", d.tables);
  if (e.kind == EncoderKind::kBag) e.pooling = Choose<Pooling>(f, "pooling", kPoolings);
  if (e.kind == EncoderKind::kMultiHot || e.kind == EncoderKind::kConvolution) {
    e.activation = Choose<Activation>(f, "activation", kActivations, Activation::kTanh);
  }
  if (e.kind == EncoderKind::kConvolution) {
    e.pooling = Choose<Pooling>(f, "pooling", kPoolings, Pooling::kMax);
    const Json& windows = f.Get("windows");
    if (!windows.is_array()) f.Wrong("windows", "must be an array of sizes");
    for (const Json& w : windows) {
      if (!w.is_number_unsigned() || w.get<uint64_t>() > 64) {
        f.Wrong("windows", "must be an array of sizes from 1 to 64");
      }
      e.windows.push_back(w.get<uint32_t>());
    }
    e.filters = Small(f, "filters", f.Count("filters"));
  }
  if (e.kind == EncoderKind::kAttention) {
    e.activation = Choose<Activation>(f, "activation", kActivations, Activation::kRelu);
    e.positions = Small(f, "positions", f.Count("positions"));
    e.blocks = Small(f, "blocks", f.Count("blocks", 2));
    e.heads = Small(f, "heads", f.Count("heads", 1));
    uint32_t dim = d.tables[static_cast<size_t>(e.table)].dim;
    e.feed_forward = Small(f, "feed_forward", f.Count("feed_forward", dim));
    e.places = Choose<Places>(f, "places", kPlaces, Places::kLearned);
  }
  if (e.kind == EncoderKind::kNumber) {
    e.normalization =
        Choose<Normalization>(f, "normalization", kNormalizations, Normalization::kNone);
    e.square = f.Flag("square", false);
    e.root = f.Flag("root", false);
  }
  e.layers = ReadLayers(f);
  return e;
}

Json LayersJson(const std::vector<Dense>& layers) {
  Json out = Json::array();
  for (const Dense& l : layers) {
    out.push_back({{"units", l.units}, {"activation", NameOf(l.activation, kActivations)}});
  }
  return out;
}

Json EncoderJson(const Description& d, const Encoder& e) {
  Json out;
  if (!e.name.empty()) out["name"] = e.name;
  out["input"] = d.inputs[e.input].name;
  out["kind"] = NameOf(e.kind, kEncoderKinds);
  if (e.table >= 0) out["table"] = d.tables[static_cast<size_t>(e.table)].name;
  if (e.kind == EncoderKind::kBag || e.kind == EncoderKind::kConvolution) {
    out["pooling"] = NameOf(e.pooling, kPoolings);
  }
  if (e.kind == EncoderKind::kMultiHot || e.kind == EncoderKind::kConvolution ||
      e.kind == EncoderKind::kAttention) {
    out["activation"] = NameOf(e.activation, kActivations);
  }
  if (e.kind == EncoderKind::kConvolution) {
    out["windows"] = e.windows;
    out["filters"] = e.filters;
  }
  if (e.kind == EncoderKind::kAttention) {
    out["positions"] = e.positions;
    out["blocks"] = e.blocks;
    out["heads"] = e.heads;
    out["feed_forward"] = e.feed_forward;
    out["places"] = NameOf(e.places, kPlaces);
  }
  if (e.kind == EncoderKind::kNumber) {
    out["normalization"] = NameOf(e.normalization, kNormalizations);
    out["square"] = e.square;
    out["root"] = e.root;
  }
  if (!e.layers.empty()) out["dense"] = LayersJson(e.layers);
  return out;
}

// Every table and every encoder `members` times, "NAME 1" to "NAME n": networks side by side, whose
// vectors are the parts of one.
void Repeat(Description& d, uint32_t members) {
  const std::vector<Table> tables = std::move(d.tables);
  d.tables.clear();
  auto name = [](const std::string& of, uint32_t member) { return StrCat(of, " ", member + 1); };
  for (uint32_t m = 0; m < members; ++m) {
    for (Table t : tables) {
      t.name = name(t.name, m);
      d.tables.push_back(std::move(t));
    }
  }
  for (Tower& tower : d.towers) {
    const std::vector<Encoder> encoders = std::move(tower.encoders);
    tower.encoders.clear();
    for (uint32_t m = 0; m < members; ++m) {
      for (Encoder e : encoders) {
        e.name = name(e.name.empty() ? d.inputs[e.input].name : e.name, m);
        if (e.table >= 0) e.table += static_cast<int32_t>(m * tables.size());
        tower.encoders.push_back(std::move(e));
      }
    }
  }
}

constexpr uint32_t kMostMembers = 256;

}  // namespace

Description FromJson(const Json& json) {
  Description d;
  Fields f(json, "");
  d.name = f.Text("name");
  const uint64_t members = f.Count("members", 1);
  if (members < 1 || members > kMostMembers) {
    f.Wrong("members", "must be from 1 to ", kMostMembers);
  }
  f.ForEach("vocabularies", [&](Fields& e) { d.vocabularies.push_back(ReadVocabulary(e)); });
  f.ForEach("tables", [&](Fields& e) {
    d.tables.push_back({e.Text("name"),
                        static_cast<uint32_t>(Reference(e, "vocabulary", d.vocabularies)),
                        Small(e, "dim", e.Count("dim"))});
  });
  f.ForEach("inputs", [&](Fields& e) {
    Input in;
    in.name = e.Text("name");
    in.scope = Choose<Scope>(e, "scope", kScopes);
    in.kind = Choose<InputKind>(e, "kind", kInputKinds);
    if (in.kind == InputKind::kNumber) {
      in.fallback = static_cast<float>(e.Number("fallback", 0));
    } else {
      in.vocabulary = Reference(e, "vocabulary", d.vocabularies);
      in.max_length = Small(e, "max_length", e.Count("max_length", 0));
    }
    if (in.kind == InputKind::kTokens) {
      in.tokenizer = static_cast<Tokenizer>(1 + e.Choice("tokens", kTokenizers, 0));
    }
    if (in.kind == InputKind::kCategory) in.bucketed = e.Flag("bucketed", false);
    d.inputs.push_back(std::move(in));
  });
  f.ForEach("towers", [&](Fields& t) {
    Tower tower;
    tower.side = Choose<Side>(t, "side", kSides);
    t.ForEach("encoders", [&](Fields& e) { tower.encoders.push_back(ReadEncoder(e, d)); });
    tower.layers = ReadLayers(t);
    d.towers.push_back(std::move(tower));
  });
  Fields head(f.Get("head"), "head");
  d.head.kind = Choose<HeadKind>(head, "kind", kHeadKinds);
  d.head.scale = head.Number("scale", 1);
  if (head.Has("user_bias")) d.head.user_bias = Reference(head, "user_bias", d.inputs);
  if (head.Has("item_bias")) d.head.item_bias = Reference(head, "item_bias", d.inputs);
  d.head.global_bias = head.Flag("global_bias", false);
  head.Finish();
  Fields output(f.Get("output"), "output");
  d.output.kind = Choose<OutputKind>(output, "kind", kOutputKinds, OutputKind::kLinear);
  d.output.scale = output.Number("scale", 1);
  d.output.offset = output.Number("offset", 0);
  d.output.unit = output.Text("unit", "");
  output.Finish();
  f.Finish();
  if (f.Has("members")) Repeat(d, static_cast<uint32_t>(members));
  Validate(d, false);
  return d;
}

Json ToJson(const Description& d) {
  Json out;
  out["name"] = d.name;
  for (const Vocabulary& v : d.vocabularies) {
    Json& e = out["vocabularies"].emplace_back(
        Json{{"name", v.name}, {"keys", NameOf(v.keys, kKeyKinds)}});
    if (v.size > 0) e["size"] = v.size;
    if (!v.integers.empty()) e["values"] = v.integers;
    if (!v.strings.empty()) e["values"] = v.strings;
  }
  for (const Table& t : d.tables) {
    out["tables"].push_back(
        {{"name", t.name}, {"vocabulary", d.vocabularies[t.vocabulary].name}, {"dim", t.dim}});
  }
  for (const Input& in : d.inputs) {
    Json& e = out["inputs"].emplace_back(Json{{"name", in.name},
                                              {"scope", NameOf(in.scope, kScopes)},
                                              {"kind", NameOf(in.kind, kInputKinds)}});
    if (in.kind == InputKind::kNumber) {
      if (in.fallback != 0) e["fallback"] = in.fallback;
    } else {
      e["vocabulary"] = d.vocabularies[static_cast<size_t>(in.vocabulary)].name;
      if (in.max_length > 0) e["max_length"] = in.max_length;
      if (in.tokenizer != Tokenizer::kSpaces) {
        e["tokens"] = kTokenizers[static_cast<size_t>(in.tokenizer) - 1];
      }
      if (in.bucketed) e["bucketed"] = true;
    }
  }
  for (const Tower& t : d.towers) {
    Json& e = out["towers"].emplace_back(Json{{"side", NameOf(t.side, kSides)}});
    for (const Encoder& encoder : t.encoders) e["encoders"].push_back(EncoderJson(d, encoder));
    if (!t.layers.empty()) e["dense"] = LayersJson(t.layers);
  }
  Json& head = out["head"] = {{"kind", NameOf(d.head.kind, kHeadKinds)}, {"scale", d.head.scale}};
  auto name = [&](int32_t input) { return d.inputs[static_cast<size_t>(input)].name; };
  if (d.head.user_bias >= 0) head["user_bias"] = name(d.head.user_bias);
  if (d.head.item_bias >= 0) head["item_bias"] = name(d.head.item_bias);
  if (d.head.global_bias) head["global_bias"] = true;
  out["output"] = {{"kind", NameOf(d.output.kind, kOutputKinds)},
                   {"scale", d.output.scale},
                   {"offset", d.output.offset},
                   {"unit", d.output.unit}};
  return out;
}

Recipe RecipeFromText(const std::string& text, const std::string& source) {
  try {
    Json json = ParseJson(text, source);
    Fields f(json, "");
    Recipe recipe;
    recipe.model = FromJson(f.Get("model"));
    recipe.split = f.Text("split", recipe.split);
    if (f.Has("training")) recipe.training = f.Get("training");
    if (f.Has("data")) recipe.data = f.Get("data");
    // What else a search would try, for people: `duomo describe` writes it.
    if (f.Has("search")) f.Get("search");
    f.Finish();
    return recipe;
  } catch (const Error& error) {
    if (error.message().starts_with(source)) throw;
    throw Error(error.status(), StrCat(source, ": ", error.message()));
  }
}

}  // namespace duomo::description
