// Rules of thumb, column by column.
#include "data/propose.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/tokens.h"

namespace duomo::data {
namespace {

using model::EncoderKind;
using model::InputKind;
using model::KeyKind;
using model::Scope;

constexpr uint32_t kKeyWidth = 32, kTextWidth = 32, kSetWidth = 32, kNumberWidth = 8;
constexpr size_t kFewValues = 256, kManyInSets = 1000;
constexpr Tokenizer kProposed = Tokenizer::kUnicode;
constexpr uint32_t kNarrowest = 64, kWidest = 200;

// What a column's values are like.
struct Values {
  size_t rows = 0, distinct = 0;  // distinct: of values that are not missing
  std::vector<uint32_t> codes;    // by row: order of first appearance; of categories
};

template <typename Value>
Values Look(const std::vector<Value>& values) {
  Values out;
  out.rows = values.size();
  std::unordered_map<Value, uint32_t> codes;
  for (const Value& value : values) {
    out.codes.push_back(codes.emplace(value, static_cast<uint32_t>(codes.size())).first->second);
  }
  out.distinct = codes.size() - codes.count(Value{}) * (std::is_same_v<Value, std::string> ? 1 : 0);
  return out;
}

double WordsPerText(const std::vector<std::string>& texts) {
  size_t words = 0, some = 0;
  for (const std::string& text : texts) {
    words += Tokens(text, kProposed).size();
    some += text.empty() ? 0 : 1;
  }
  return some == 0 ? 0 : static_cast<double>(words) / static_cast<double>(some);
}

// Most of them: the words of an address say nothing about what it is the address of.
bool AreAddresses(const std::vector<std::string>& texts) {
  size_t some = 0, addresses = 0;
  for (const std::string& text : texts) {
    some += text.empty() ? 0 : 1;
    addresses += text.starts_with("http://") || text.starts_with("https://") ? 1 : 0;
  }
  return 2 * addresses > some;
}

class Proposer {
 public:
  Proposer(const Dataset& dataset, std::optional<Goal> goal) : dataset_(dataset), goal_(goal) {}

  Proposal Run() {
    if (dataset_.interactions.size() == 0 || dataset_.users.size() == 0 ||
        dataset_.items.size() == 0) {
      Fail(Status::kInvalidArgument, "a data set without interactions cannot be described");
    }
    model::Description& d = out_.model;
    d.name = dataset_.name.empty() || !GoodName(dataset_.name) ? "proposal" : dataset_.name;
    d.towers.resize(2);
    d.towers[0].side = model::Side::kUser;
    d.towers[1].side = model::Side::kItem;
    for (Scope scope : {Scope::kUser, Scope::kItem}) Side(scope);
    uint32_t width =
        2 * std::max(ConcatenatedWidth(d, d.towers[0]), ConcatenatedWidth(d, d.towers[1]));
    width = std::clamp((width + 7) / 8 * 8, kNarrowest, kWidest);
    for (model::Tower& tower : d.towers) tower.layers = {{.units = width}};
    HeadAndOutput();
    model::Validate(d, false);
    return std::move(out_);
  }

 private:
  static bool GoodName(const std::string& name) {
    bool plain = std::none_of(name.begin(), name.end(), [](char c) {
      return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    return plain && !name.empty() && name.size() <= 255;
  }

  template <typename... Parts>
  void LeaveOut(const Column& column, const Parts&... why) {
    out_.notes.push_back(StrCat(scope_ == Scope::kUser ? "users' \"" : "items' \"", column.name,
                                "\" is left out: ", why...));
  }

  void Side(Scope scope) {
    scope_ = scope;
    seen_.clear();
    const EntityTable& table = scope == Scope::kUser ? dataset_.users : dataset_.items;
    for (const Column& column : table.columns) {
      if (!GoodName(column.name)) {
        LeaveOut(column, "its name has a '/' or a character that cannot be shown");
      } else if (IsKey(column, table)) {
        Key(column);
      } else {
        Feature(column);
      }
    }
    if (tower().encoders.empty()) {
      Fail(Status::kInvalidArgument, "the ", scope == Scope::kUser ? "users" : "items",
           " have no column that a model could learn from");
    }
  }

  static bool IsKey(const Column& column, const EntityTable& table) {
    return column.kind == ColumnKind::kInteger  ? column.integers == table.ids
           : column.kind == ColumnKind::kString ? column.texts == table.keys
                                                : false;
  }

  model::Tower& tower() { return out_.model.towers[scope_ == Scope::kUser ? 0 : 1]; }

  // Adds an input with a vocabulary and table of its own; numbers have none.
  model::Encoder& Add(const Column& column, InputKind kind, KeyKind keys, EncoderKind encoder_kind,
                      uint32_t width) {
    model::Description& d = out_.model;
    bool number = kind == InputKind::kNumber;
    model::Encoder encoder;
    encoder.kind = encoder_kind;
    encoder.input = static_cast<uint32_t>(d.inputs.size());
    if (!number) {
      encoder.table = static_cast<int32_t>(d.tables.size());
      d.vocabularies.push_back({.name = column.name, .keys = keys, .integers = {}, .strings = {}});
      d.tables.push_back({column.name, static_cast<uint32_t>(d.vocabularies.size() - 1), width});
    }
    // Layers of towers have names of that form.
    if (column.name.starts_with("dense") || column.name.starts_with("convolution")) {
      encoder.name = "column " + column.name;
    }
    int32_t vocabulary = number ? -1 : static_cast<int32_t>(d.vocabularies.size()) - 1;
    d.inputs.push_back(
        {.name = column.name, .scope = scope_, .kind = kind, .vocabulary = vocabulary});
    d.inputs.back().bucketed = column.bucketed && keys == KeyKind::kInt64;
    tower().encoders.push_back(std::move(encoder));
    return tower().encoders.back();
  }

  void Category(const Column& column, KeyKind keys, uint32_t width) {
    Add(column, InputKind::kCategory, keys, EncoderKind::kEmbedding, width).layers = {
        {.units = width}};
  }

  void Key(const Column& column) {
    KeyKind keys = KeyKind::kString;
    if (column.kind == ColumnKind::kInteger) {
      // A range needs no list of keys in the file, but has a row for every gap.
      auto [least, most] = std::minmax_element(column.integers.begin(), column.integers.end());
      auto room = static_cast<int64_t>(2 * column.integers.size() + 1000);
      keys = *least >= 0 && *most < room ? KeyKind::kRange : KeyKind::kInt64;
    }
    Category(column, keys, kKeyWidth);
  }

  void Feature(const Column& column) {
    switch (column.kind) {
      case ColumnKind::kInteger:
        return Integers(column);
      case ColumnKind::kNumber:
        return Number(column, column.numbers);
      case ColumnKind::kString:
        return Strings(column);
      case ColumnKind::kSet:
        return Set(column);
    }
  }

  // True where a category column says what one before says in other words.
  bool Repeats(const Column& column, const Values& values) {
    auto [before, is_new] = seen_.emplace(values.codes, column.name);
    if (!is_new) LeaveOut(column, "it says the same as \"", before->second, "\"");
    return !is_new;
  }

  // Few enough to have seen each of them several times.
  static bool Repeat(const Values& values) {
    return values.distinct <= kFewValues ? values.distinct * 2 <= values.rows
                                         : values.distinct * 8 <= values.rows;
  }

  static uint32_t Width(size_t distinct) { return distinct <= 8 ? 8 : 16; }

  void Integers(const Column& column) {
    Values values = Look(column.integers);
    if (values.distinct < 2) return LeaveOut(column, "it has a single value");
    if (values.distinct <= kFewValues && Repeat(values)) {
      if (!Repeats(column, values)) Category(column, KeyKind::kInt64, Width(values.distinct));
    } else if (values.distinct == values.rows && values.rows > kFewValues) {
      LeaveOut(column, "it is different in every row, like one more key");
    } else {
      std::vector<float> numbers(column.integers.begin(), column.integers.end());
      Number(column, numbers);
    }
  }

  void Number(const Column& column, const std::vector<float>& numbers) {
    float least = INFINITY, most = -INFINITY;
    for (float value : numbers) {  // NaN changes neither
      least = std::min(least, value);
      most = std::max(most, value);
    }
    if (!(least < most)) return LeaveOut(column, "it has a single value");
    model::Encoder& encoder =
        Add(column, InputKind::kNumber, KeyKind::kRange, EncoderKind::kNumber, 0);
    encoder.normalization = model::Normalization::kStandard;
    encoder.layers = {{.units = kNumberWidth}};
  }

  void Strings(const Column& column) {
    Values values = Look(column.texts);
    bool title =
        scope_ == Scope::kItem && (column.name == "title" || column.texts == dataset_.items.titles);
    double words = WordsPerText(column.texts);
    if (values.distinct < 2) return LeaveOut(column, "it has a single value");
    if (AreAddresses(column.texts)) return LeaveOut(column, "its values are addresses of pages");
    if (!title && Repeat(values)) {
      if (!Repeats(column, values)) Category(column, KeyKind::kString, Width(values.distinct));
    } else if (title || words >= 1.5) {
      model::Encoder& encoder =
          Add(column, InputKind::kTokens, KeyKind::kString, EncoderKind::kConvolution, kTextWidth);
      out_.model.inputs.back().tokenizer = kProposed;
      encoder.windows = {3};
      encoder.filters = kTextWidth;
      encoder.activation = model::Activation::kTanh;
      encoder.pooling = model::Pooling::kMax;
    } else {
      LeaveOut(column, "its ", values.distinct, " values hardly repeat in ", values.rows, " rows");
    }
  }

  void Set(const Column& column) {
    Values values = Look(column.texts);
    if (values.distinct == 0) return LeaveOut(column, "it is empty");
    bool many = values.distinct > kManyInSets;
    model::Encoder& encoder = Add(column, InputKind::kCategorySet, KeyKind::kString,
                                  many ? EncoderKind::kBag : EncoderKind::kMultiHot, kSetWidth);
    if (many) {
      encoder.pooling = model::Pooling::kMean;
      encoder.layers = {{.units = kSetWidth}};
    } else {
      encoder.activation = model::Activation::kTanh;
    }
  }

  void HeadAndOutput() {
    const auto& ratings = dataset_.interactions.ratings;
    auto [least, most] = std::minmax_element(ratings.begin(), ratings.end());
    model::Description& d = out_.model;
    out_.implicit = goal_ ? *goal_ == Goal::kRank : *least == *most;
    if (out_.implicit) {
      d.head.kind = model::HeadKind::kDot;
      d.output.unit = "score";
      if (goal_) d.head.item_bias = ItemKey();
      return;
    }
    d.head = {model::HeadKind::kCosine, 5};
    double low = *least, high = *most;
    d.output.scale = (high - low) / (2 * d.head.scale);
    d.output.offset = (high + low) / 2;
    d.output.unit = "rating";
  }

  // The input of the items' keys; -1 where their column was left out.
  int32_t ItemKey() const {
    const auto& inputs = out_.model.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Column* column = dataset_.items.Find(inputs[i].name);
      if (inputs[i].scope == Scope::kItem && column != nullptr && IsKey(*column, dataset_.items)) {
        return static_cast<int32_t>(i);
      }
    }
    return -1;
  }

  const Dataset& dataset_;
  std::optional<Goal> goal_;
  Proposal out_;
  Scope scope_ = Scope::kUser;
  std::map<std::vector<uint32_t>, std::string> seen_;  // categories of this side, by their codes
};

}  // namespace

Proposal Propose(const Dataset& dataset, std::optional<Goal> goal) {
  return Proposer(dataset, goal).Run();
}

void DropUnused(model::Description& d, std::vector<uint8_t> inputs) {
  // Keeps the elements that are used; by old index, the new one.
  auto keep = [](auto& elements, const std::vector<uint8_t>& used) {
    std::vector<uint32_t> place(elements.size());
    uint32_t next = 0;
    for (size_t i = 0; i < place.size(); ++i) {
      if (used[i] == 0) continue;
      place[i] = next;
      if (next != i) elements[next] = std::move(elements[i]);
      ++next;
    }
    elements.resize(next);
    return place;
  };
  auto move = [](int32_t& index, const std::vector<uint32_t>& place) {
    if (index >= 0) index = static_cast<int32_t>(place[static_cast<size_t>(index)]);
  };
  std::vector<uint8_t> tables(d.tables.size()), vocabularies(d.vocabularies.size());
  inputs.resize(d.inputs.size());
  for (const model::Tower& tower : d.towers) {
    for (const model::Encoder& e : tower.encoders) {
      inputs[e.input] = 1;
      if (e.table >= 0) tables[static_cast<size_t>(e.table)] = 1;
    }
  }
  for (int32_t bias : {d.head.user_bias, d.head.item_bias}) {
    if (bias >= 0) inputs[static_cast<size_t>(bias)] = 1;
  }
  auto input_place = keep(d.inputs, inputs), table_place = keep(d.tables, tables);
  for (const model::Input& input : d.inputs) {
    if (input.vocabulary >= 0) vocabularies[static_cast<size_t>(input.vocabulary)] = 1;
  }
  for (const model::Table& table : d.tables) vocabularies[table.vocabulary] = 1;
  auto vocabulary_place = keep(d.vocabularies, vocabularies);
  for (model::Tower& tower : d.towers) {
    for (model::Encoder& e : tower.encoders) {
      e.input = input_place[e.input];
      move(e.table, table_place);
    }
  }
  move(d.head.user_bias, input_place);
  move(d.head.item_bias, input_place);
  for (model::Input& input : d.inputs) move(input.vocabulary, vocabulary_place);
  for (model::Table& table : d.tables) table.vocabulary = vocabulary_place[table.vocabulary];
}

}  // namespace duomo::data
