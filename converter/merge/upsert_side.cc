// Records come in: what they say, and which rows it touches.
#include "converter/merge/upsert_side.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "converter/edit/entities.h"
#include "core/error.h"
#include "model/quantize.h"

namespace duomo::convert {

using model::InputKind;
using model::KeyKind;
using model::Side;

UpsertSide::UpsertSide(Draft& draft, Side side, const UpsertSide* items,
                       const MergeOptions& options)
    : draft_(draft),
      m_(draft.model()),
      d_(m_.description()),
      side_(side),
      prefix_(PrefixOf(side)),
      old_(m_.side(side)),
      items_(items),
      options_(options),
      columns_(d_.inputs.size()),
      attributes_(m_, options.records) {
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    columns_[i].kind = d_.inputs[i].kind;
    bool list =
        columns_[i].kind == InputKind::kCategorySet || columns_[i].kind == InputKind::kTokens;
    if (Reads(i) && list) columns_[i].offsets = {0};
  }
}

bool UpsertSide::Reads(size_t input) const {
  auto scope = side_ == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
  return d_.inputs[input].scope == scope && d_.inputs[input].kind != InputKind::kHistory;
}

void UpsertSide::Read(TableInput input) {
  RecordTable records(std::move(input.bytes), std::move(input.where), m_, side_, options_.records);
  uint64_t rows = 0;
  while (records.Next()) {
    ++rows;
    try {
      Take(ReadRow(records));
    } catch (const Error& error) {
      if (error.status() != Status::kInvalidArgument) throw;
      records.table().Bad(error.message());
    }
  }
  counts_.form = records.table().form();
  counts_.skipped = records.table().skipped();
  if (rows == 0 && counts_.skipped == 0) {
    Fail(Status::kInvalidArgument, records.table().where(), ": there are no records");
  }
}

std::optional<uint32_t> UpsertSide::Find(std::string_view key) const {
  if (auto row = FindKey(old_.keys, key)) return row;
  auto found = key_rows_.find(std::string(key));
  if (found == key_rows_.end()) {  // "7.0" for 7
    if (auto number = IntegerKey(key)) found = key_rows_.find(StrCat(*number));
  }
  return found == key_rows_.end() ? std::nullopt : std::optional(found->second);
}

UpsertSide::Said UpsertSide::ReadRow(RecordTable& record) const {
  Said said;
  said.key = record.key();
  if (said.key.empty()) Fail(Status::kInvalidArgument, "there is no id");
  bool integers = old_.count > 0 && old_.keys.kind() != KeyKind::kString;
  if (integers) {
    auto number = IntegerKey(said.key);
    if (!number) {
      Fail(Status::kInvalidArgument, "the id \"", said.key,
           "\" is not a whole number as the other ", "keys of ", prefix_);
    }
    said.key = StrCat(*number);
  }
  if (auto title = record.title()) said.title = std::string(*title);
  said.features.resize(d_.inputs.size());
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    if (!Reads(i)) continue;
    if (auto cell = record.Feature(i)) {
      said.features[i] = ReadFeature(m_, i, *cell, record.InBlanks(i));
    }
  }
  if (side_ == Side::kItem) said.attributes = attributes_.Read(record);
  if (auto cell = record.history()) {
    said.history.emplace();
    for (const std::string& key : ListOf(*cell)) {
      auto row = items_->Find(key);
      if (!row) Fail(Status::kInvalidArgument, "history: there is no item \"", key, "\"");
      said.history->push_back(*row);
    }
  }
  if (record.vector_has_null()) {
    Fail(Status::kInvalidArgument, "vector: null is not a number; give all ",
         model::VectorWidth(d_), " numbers");
  }
  if (auto cell = record.vector()) said.vector = ReadVector(*cell);
  return said;
}

std::vector<float> UpsertSide::ReadVector(std::string_view cell) const {
  std::vector<float> out;
  std::string text(cell);
  for (char& c : text) {
    bool between = c == data::kListMark || c == '|' || c == ',' || c == ';' || c == '[' || c == ']';
    if (between || c == '\t') c = ' ';
  }
  double squares = 0;
  for (size_t at = 0; (at = text.find_first_not_of(' ', at)) != text.npos;) {
    size_t end = std::min(text.find(' ', at), text.size());
    out.push_back(FiniteFloat(std::string_view(text).substr(at, end - at), "vector"));
    squares += double{out.back()} * double{out.back()};
    at = end;
  }
  if (out.empty()) return out;
  if (model::IsJoint(d_)) Fail(Status::kInvalidArgument, "vector: a joint tower has no vectors");
  if (old_.vectors.empty() && old_.count > 0) {
    Fail(Status::kInvalidArgument, "vector: the file has no frozen vectors of ", prefix_,
         "; give features instead");
  }
  if (out.size() != model::VectorWidth(d_)) {
    Fail(Status::kInvalidArgument, "vector: must be a list of ", model::VectorWidth(d_),
         " numbers, and is one of ", out.size(), out.size() == 1 ? " number" : " numbers");
  }
  bool cosine = d_.head.kind == model::HeadKind::kCosine && squares > 0;
  double factor = 1 / std::sqrt(squares);
  for (float& x : out) {
    if (cosine) x = static_cast<float>(double{x} * factor);
  }
  return out;
}

std::vector<uint32_t> UpsertSide::HistoryOf(uint32_t row) const {
  auto changed = histories_.find(row);
  if (changed != histories_.end()) return changed->second;
  if (row >= old_.count || !m_.has_history()) return {};
  auto stored = m_.HistoryOf(row);
  return {stored.begin(), stored.end()};
}

bool UpsertSide::SameVector(uint32_t row, const std::vector<float>& vector) const {
  const model::Rows& stored = old_.vectors;
  if (stored.empty()) return false;
  std::vector<std::byte> bytes(vector.size() * file::SizeOf(stored.dtype));
  float scale = 0;
  if (!model::StoreRows(stored.dtype, vector.data(), 1, vector.size(), bytes.data(), &scale)) {
    Fail(Status::kInvalidArgument, "vector: a number is beyond the range of ",
         file::NameOf(stored.dtype), ", as the file has its vectors");
  }
  return std::memcmp(stored.data + row * bytes.size(), bytes.data(), bytes.size()) == 0 &&
         (stored.scales == nullptr || stored.scales[row] == scale);
}

// A row of the file joins the touched with what is stored, and what is said instead. Says whether
// anything became another, and whether its tower would see that.
uint32_t UpsertSide::TouchOld(uint32_t row, const Said* said, bool& changed, bool& moved) {
  auto touch = static_cast<uint32_t>(touched_.size());
  touched_.push_back(row);
  touch_of_.emplace(row, touch);
  titles_.emplace_back(said != nullptr && said->title ? std::string_view(*said->title)
                                                      : old_.Title(row));
  if (titles_.back() != old_.Title(row)) titles_changed_ = changed = true;
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    if (!Reads(i)) continue;
    FeatureValue value = ValueAt(old_.features.inputs[i], row);
    const Value* now = said == nullptr ? nullptr : &said->features[i];
    if (now != nullptr && *now && !SameValue(d_.inputs[i].kind, value, **now)) {
      value = **now;
      features_changed_ = changed = moved = true;
    }
    AppendValue(columns_[i], value);
  }
  return touch;
}

void UpsertSide::Take(const Said& said) {
  const bool reads_history = side_ == Side::kUser && model::ReadsHistory(d_);
  auto row = Find(said.key);
  bool known = row && *row < old_.count;
  if (row && (touch_of_.contains(*row) || !known)) {
    Fail(Status::kInvalidArgument, "the id \"", said.key, "\" stands twice");
  }
  if (known && !options_.replace) {
    Fail(Status::kInvalidArgument, "the id \"", said.key, "\" is in the file already");
  }
  bool changed = !known, moved = !known;
  uint32_t touch = 0;
  if (known) {
    // First of all what may be refused.
    bool same = said.vector && !said.vector->empty() && SameVector(*row, *said.vector);
    touch = TouchOld(*row, &said, changed, moved);
    if (said.history && *said.history != HistoryOf(*row)) {
      changed = true;
      moved |= reads_history;
    }
    if (said.vector) {
      moved = !same;
      changed |= moved;
    }
  } else {
    row = static_cast<uint32_t>(rows());
    keys_.push_back(said.key);
    key_rows_.emplace(said.key, *row);
    touch = static_cast<uint32_t>(touched_.size());
    touched_.push_back(*row);
    touch_of_.emplace(*row, touch);
    titles_.push_back(said.title.value_or(""));
    titles_changed_ |= !titles_.back().empty();
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      if (!Reads(i)) continue;
      AppendValue(columns_[i],
                  said.features[i] ? *said.features[i] : ReadFeature(m_, i, "", false));
    }
  }
  changed |= attributes_.Take(*row, said.attributes);
  if (said.history && (!known || *said.history != HistoryOf(*row)))
    histories_[*row] = *said.history;
  if (said.vector && !said.vector->empty() && moved) given_[touch] = *said.vector;
  moved_.push_back(moved);
  ++(!known ? counts_.added : changed ? counts_.replaced : counts_.unchanged);
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    uint64_t unknown = said.features[i] ? said.features[i]->unknown : 0;
    if (unknown > 0) unknown_[d_.inputs[i].name] += unknown;
  }
}

void UpsertSide::Append(uint32_t user, uint32_t item) {
  auto found = histories_.find(user);
  if (found == histories_.end()) found = histories_.emplace(user, HistoryOf(user)).first;
  found->second.push_back(item);
  if (!model::ReadsHistory(d_)) return;
  auto touched = touch_of_.find(user);
  if (touched != touch_of_.end()) {
    // A vector that came in the same run stays: whoever made it knew the history.
    if (!given_.contains(touched->second)) moved_[touched->second] = true;
    return;
  }
  bool changed = false, moved = false;
  TouchOld(user, nullptr, changed, moved);
  moved_.push_back(true);
}

}  // namespace duomo::convert
