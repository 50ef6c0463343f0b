#include "converter/addition.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "converter/attribute_columns.h"
#include "converter/entities.h"
#include "converter/record_features.h"
#include "core/error.h"
#include "description/fields.h"
#include "model/quantize.h"

namespace duomo::convert {
namespace {

using description::Fields;
using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;
using model::Side;

// The new rows of one side.
class Addition {
 public:
  Addition(Draft& draft, Side side, const Addition* items)
      : draft_(draft),
        m_(draft.model()),
        d_(m_.description()),
        side_(side),
        prefix_(PrefixOf(side)),
        old_(m_.side(side)),
        new_items_(items),
        features_(m_, side) {
    strings_ = old_.keys.kind() == KeyKind::kString;
    history_.kind = InputKind::kHistory;
    history_.offsets = {0};
  }

  void Add(const Record& record) {
    if (!record.json.is_object()) {
      Fail(Status::kInvalidArgument, record.where, ": not a JSON object");
    }
    Fields f(record.json, record.where + ": record");
    AddKey(f);
    titles_.push_back(f.Text("title", ""));
    Json none = Json::object();
    Fields features(f.Has("features") ? f.Get("features") : none, record.where + ": features");
    features_.Add(features);
    AddHistory(f);
    AddVector(f);
    f.Finish();
    ++count_;
  }

  // Puts everything into the draft.
  void Finish() {
    if (count_ == 0) return;
    PutKeys();
    PutTitles();
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      if (!features_.Reads(i)) continue;
      FeatureColumn all = features_.columns()[i];
      if (old_.count > 0) {
        all = ColumnOf(old_.features.inputs[i], OldRows());
        Append(all, features_.columns()[i]);
      }
      PutFeature(draft_, StrCat(prefix_, "/features/", d_.inputs[i].name), all);
    }
    if (side_ == Side::kUser && (m_.has_history() || !history_.rows.empty())) {
      FeatureColumn all = m_.has_history() ? ColumnOf(m_.history(), OldRows()) : NoHistories();
      Append(all, history_);
      PutFeature(draft_, "users/history", all);
    }
    if (side_ == Side::kItem) AddMissingAttributes(draft_, count_);
    PutNewVectors();
  }

  uint64_t count() const { return count_; }
  uint64_t given() const { return vectors_.size(); }
  const std::map<std::string, uint64_t>& unknown() const { return features_.unknown(); }

  // Of an old or a new row.
  std::optional<uint32_t> Find(const Json& key) const {
    if (strings_) {
      if (!key.is_string()) return std::nullopt;
      const auto& text = key.get_ref<const std::string&>();
      if (auto row = old_.keys.Find(text)) return static_cast<uint32_t>(*row);
      auto found = string_rows_.find(text);
      return found == string_rows_.end() ? std::nullopt : std::optional(found->second);
    }
    auto number = Integer(key);
    if (!number) return std::nullopt;
    if (auto row = old_.keys.Find(*number)) return static_cast<uint32_t>(*row);
    auto found = integer_rows_.find(*number);
    return found == integer_rows_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::vector<uint32_t> OldRows() const {
    std::vector<uint32_t> rows(old_.count);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
  }
  FeatureColumn NoHistories() const {
    FeatureColumn out;
    out.kind = InputKind::kHistory;
    out.offsets.assign(old_.count + 1, 0);
    return out;
  }

  void AddKey(Fields& f) {
    const Json& id = f.Get("id");
    if (old_.count == 0 && count_ == 0) strings_ = !Integer(id);
    if (strings_ ? !id.is_string() : !Integer(id)) {
      f.Wrong("id", id.dump(), " is not a ", strings_ ? "text" : "whole number",
              " as the other keys of ", prefix_);
    }
    if (auto row = Find(id)) {
      f.Wrong("id", id.dump(), *row < old_.count ? " is in the file already" : " stands twice");
    }
    auto row = static_cast<uint32_t>(old_.count + count_);
    if (strings_) {
      strings_added_.push_back(id.get<std::string>());
      string_rows_[strings_added_.back()] = row;
    } else {
      integers_added_.push_back(*Integer(id));
      integer_rows_[integers_added_.back()] = row;
    }
  }

  void AddHistory(Fields& f) {
    if (side_ == Side::kUser && f.Has("history")) {
      const Json& list = f.Get("history");
      if (!list.is_array()) f.Wrong("history", "must be a list of items' keys");
      for (const Json& key : list) {
        auto row = new_items_->Find(key);
        if (!row) f.Wrong("history", "there is no item ", key.dump());
        history_.rows.push_back(*row);
      }
    }
    history_.offsets.push_back(history_.rows.size());
  }

  void AddVector(Fields& f) {
    if (!f.Has("vector")) return;
    if (model::IsJoint(d_)) f.Wrong("vector", "a joint tower has no vectors");
    const Json& list = f.Get("vector");
    uint64_t width = model::VectorWidth(d_);
    if (!list.is_array() || list.size() != width) {
      f.Wrong("vector", "must be a list of ", width, " numbers");
    }
    std::vector<double> values;
    double squares = 0;
    for (const Json& one : list) {
      auto number = Real(one);
      if (!number || !std::isfinite(static_cast<float>(*number))) {
        f.Wrong("vector", one.dump(), " is no finite number");
      }
      values.push_back(*number);
      squares += *number * *number;
    }
    bool cosine = d_.head.kind == model::HeadKind::kCosine && squares > 0;
    double factor = cosine ? 1 / std::sqrt(squares) : 1;
    std::vector<float>& out = vectors_[count_];
    for (double x : values) out.push_back(static_cast<float>(x * factor));
  }

  static void Append(FeatureColumn& to, const FeatureColumn& from) {
    uint64_t base = to.rows.size();
    to.rows.insert(to.rows.end(), from.rows.begin(), from.rows.end());
    to.numbers.insert(to.numbers.end(), from.numbers.begin(), from.numbers.end());
    for (size_t i = 1; i < from.offsets.size(); ++i) to.offsets.push_back(base + from.offsets[i]);
  }

  void PutAll(std::vector<file::OwnedTensor> tensors, const std::string& like) {
    const file::TensorSource* source = draft_.Find(like);
    bool compress = source != nullptr && source->compress;
    for (auto& t : tensors) {
      t.compress = compress;
      draft_.Put(std::move(t));
    }
  }

  void PutKeys() {
    std::vector<file::OwnedTensor> made;
    if (strings_) {
      std::vector<std::string> all;
      for (uint64_t row = 0; row < old_.count; ++row) all.emplace_back(old_.keys.StringAt(row));
      all.insert(all.end(), strings_added_.begin(), strings_added_.end());
      model::AddKeys(made, prefix_, all);
    } else {
      std::vector<int64_t> all;
      for (uint64_t row = 0; row < old_.count; ++row) all.push_back(old_.keys.IntegerAt(row));
      all.insert(all.end(), integers_added_.begin(), integers_added_.end());
      model::AddKeys(made, prefix_, all);
    }
    draft_.RemoveIf([&](std::string_view name) { return name == prefix_ + "/order"; });
    PutAll(std::move(made), prefix_ + (strings_ ? "/text" : "/keys"));
  }

  void PutTitles() {
    bool any = std::ranges::any_of(titles_, [](const auto& t) { return !t.empty(); });
    if (old_.title_offsets.empty() && !any) return;
    std::vector<std::string> all;
    for (uint64_t row = 0; row < old_.count; ++row) all.emplace_back(old_.Title(row));
    all.insert(all.end(), titles_.begin(), titles_.end());
    std::vector<file::OwnedTensor> made;
    model::AddTexts(made, prefix_ + "/titles", all);
    PutAll(std::move(made), prefix_ + "/titles/text");
  }

  void PutNewVectors() {
    bool frozen = !old_.vectors.empty();
    if (model::IsJoint(d_) || (!frozen && old_.count > 0)) {
      if (vectors_.empty()) return;
      Fail(Status::kInvalidArgument, "the file has no frozen vectors of ", prefix_,
           "; give features instead of vectors");
    }
    size_t width = model::VectorWidth(d_);
    auto engine = runtime::Engine::Create(draft_.shared_model());
    std::vector<runtime::InputSource> inputs(d_.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      bool own_history = d_.inputs[i].kind == InputKind::kHistory && side_ == Side::kUser;
      if (features_.Reads(i)) inputs[i].view = features_.columns()[i].view();
      if (own_history) inputs[i].view = history_.view();
    }
    std::vector<float> floats(count_ * width);
    runtime::Workspace work;
    engine->Encode(side_, {count_, inputs}, floats.data(), work);
    for (const auto& [place, vector] : vectors_) {
      std::ranges::copy(vector, floats.begin() + static_cast<ptrdiff_t>(place * width));
    }
    std::vector<file::OwnedTensor> made;
    model::AddRows(made, prefix_ + "/vectors", {count_, width}, floats, old_.vectors.dtype);
    for (file::OwnedTensor& t : made) AppendTensor(std::move(t));
  }

  // Puts the rows of `t` behind those that the draft has.
  void AppendTensor(file::OwnedTensor t) {
    file::TensorSource* source = draft_.Find(t.name);
    if (source == nullptr) return draft_.Put(std::move(t));
    source->shape[0] += t.shape[0];
    auto added = std::make_shared<file::OwnedTensor>(std::move(t));
    source->write = [before = source->write, added](const file::TensorSource::Sink& sink) {
      before(sink);
      sink(added->bytes);
    };
  }

  Draft& draft_;
  const model::Model& m_;
  const model::Description& d_;
  Side side_;
  std::string prefix_;
  const model::Entities& old_;
  const Addition* new_items_;
  bool strings_ = false;
  uint64_t count_ = 0;
  std::vector<int64_t> integers_added_;
  std::vector<std::string> strings_added_, titles_;
  std::unordered_map<int64_t, uint32_t> integer_rows_;
  std::unordered_map<std::string, uint32_t> string_rows_;
  FeatureReader features_;
  FeatureColumn history_;
  std::map<uint64_t, std::vector<float>> vectors_;  // given, by place among the new
};

}  // namespace

Added AddRecords(Draft& draft, std::span<const Record> users, std::span<const Record> items) {
  Addition new_items(draft, Side::kItem, nullptr), new_users(draft, Side::kUser, &new_items);
  for (const Record& record : items) new_items.Add(record);
  for (const Record& record : users) new_users.Add(record);
  new_items.Finish();
  new_users.Finish();
  Added out;
  out.users = new_users.count();
  out.items = new_items.count();
  out.vectors_given = new_users.given() + new_items.given();
  for (auto [added, side] :
       {std::pair(out.users, Side::kUser), std::pair(out.items, Side::kItem)}) {
    if (added == 0) continue;
    for (std::string& name : RemoveDerived(draft, side)) out.left_out.push_back(std::move(name));
  }
  for (const Addition* a : {&new_users, &new_items}) {
    for (const auto& [input, n] : a->unknown()) out.unknown[input] = n;
  }
  return out;
}

}  // namespace duomo::convert
