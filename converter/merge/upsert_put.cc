// What has come in, put into the draft: columns of old and new rows, and vectors.
#include <algorithm>
#include <memory>
#include <numeric>

#include "converter/edit/entities.h"
#include "converter/merge/upsert_side.h"
#include "core/error.h"
#include "model/quantize.h"
#include "runtime/engine.h"
#include "runtime/fold_in.h"

namespace duomo::convert {

using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;
using model::Side;

void UpsertSide::Finish() {
  PutKeys();
  PutTitles();
  PutFeatures();
  PutHistory();
  if (side_ == Side::kItem) attributes_.Finish(draft_, rows());
  PutVectors();
}

void UpsertSide::PutAll(std::vector<file::OwnedTensor> tensors, const std::string& like) {
  const file::TensorSource* source = draft_.Find(like);
  bool compress = source != nullptr && source->compress;
  for (auto& t : tensors) {
    t.compress = compress;
    draft_.Put(std::move(t));
  }
}

void UpsertSide::PutKeys() {
  if (keys_.empty()) return;
  bool strings = old_.count > 0 ? old_.keys.kind() == KeyKind::kString
                                : !std::ranges::all_of(keys_, [](const std::string& key) {
                                    auto number = IntegerKey(key);
                                    return number && StrCat(*number) == key;
                                  });
  std::vector<file::OwnedTensor> made;
  if (strings) {
    std::vector<std::string> all;
    for (uint64_t row = 0; row < old_.count; ++row) all.emplace_back(old_.keys.StringAt(row));
    all.insert(all.end(), keys_.begin(), keys_.end());
    model::AddKeys(made, prefix_, all);
  } else {
    std::vector<int64_t> all;
    for (uint64_t row = 0; row < old_.count; ++row) all.push_back(old_.keys.IntegerAt(row));
    for (const std::string& key : keys_) all.push_back(*IntegerKey(key));
    model::AddKeys(made, prefix_, all);
  }
  draft_.RemoveIf([&](std::string_view name) { return name == prefix_ + "/order"; });
  PutAll(std::move(made), prefix_ + (strings ? "/text" : "/keys"));
}

void UpsertSide::PutTitles() {
  bool none = old_.title_offsets.empty();
  if (!titles_changed_ && (none || keys_.empty())) return;
  std::vector<std::string> all;
  for (uint64_t row = 0; row < rows(); ++row) all.emplace_back(old_.Title(row));
  for (size_t i = 0; i < touched_.size(); ++i) all[touched_[i]] = titles_[i];
  bool left = std::ranges::any_of(all, [](const std::string& title) { return !title.empty(); });
  if (none && !left) return;
  std::vector<file::OwnedTensor> made;
  model::AddTexts(made, prefix_ + "/titles", all);
  PutAll(std::move(made), prefix_ + "/titles/text");
}

void UpsertSide::PutFeatures() {
  if (!features_changed_ && keys_.empty()) return;
  for (size_t i = 0; i < d_.inputs.size(); ++i) {
    if (!Reads(i)) continue;
    FeatureColumn all;
    all.kind = d_.inputs[i].kind;
    bool list = all.kind == InputKind::kCategorySet || all.kind == InputKind::kTokens;
    if (list) all.offsets = {0};
    auto touched = columns_[i].view();
    for (uint32_t row = 0; row < rows(); ++row) {
      auto touch = touch_of_.find(row);
      AppendValue(all, touch != touch_of_.end() ? ValueAt(touched, touch->second)
                                                : ValueAt(old_.features.inputs[i], row));
    }
    PutFeature(draft_, StrCat(prefix_, "/features/", d_.inputs[i].name), all);
  }
}

void UpsertSide::PutHistory() {
  if (side_ != Side::kUser) return;
  bool grows = m_.has_history() && !keys_.empty();
  if (histories_.empty() && !grows) return;
  FeatureColumn all;
  all.kind = InputKind::kHistory;
  all.offsets = {0};
  for (uint32_t row = 0; row < rows(); ++row) {
    for (uint32_t item : HistoryOf(row)) all.rows.push_back(item);
    all.offsets.push_back(all.rows.size());
  }
  PutFeature(draft_, "users/history", all);
}

// What the tower makes of touched rows as they are now.
AlignedVector<float> UpsertSide::Encode(const std::vector<uint32_t>& touches) const {
  auto engine = runtime::Engine::Create(draft_.shared_model());
  std::vector<uint32_t> places(touches.size());
  std::iota(places.begin(), places.end(), 0u);
  FeatureColumn history;
  history.kind = InputKind::kHistory;
  history.offsets = {0};
  std::vector<runtime::InputSource> inputs(d_.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (Reads(i)) inputs[i] = {columns_[i].view(), touches};
  }
  if (side_ == Side::kUser && model::ReadsHistory(d_)) {
    for (uint32_t touch : touches) {
      for (uint32_t item : HistoryOf(touched_[touch])) history.rows.push_back(item);
      history.offsets.push_back(history.rows.size());
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (d_.inputs[i].kind == InputKind::kHistory) inputs[i] = {history.view(), places};
    }
  }
  AlignedVector<float> out(touches.size() * engine->vector_width());
  runtime::Workspace work;
  if (!touches.empty()) engine->Encode(side_, {touches.size(), inputs}, out.data(), work);
  if (side_ != Side::kUser || !runtime::FoldsIn(*engine) || m_.items().vectors.empty()) return out;
  // Nothing reads the histories of such a model: new users get the vector that training would have
  // given to somebody with these items.
  for (size_t i = 0; i < touches.size(); ++i) {
    const uint32_t row = touched_[touches[i]];
    const auto items = HistoryOf(row);
    if (row < old_.count || items.empty()) continue;
    runtime::FoldIn(*engine, items, {}, out.data() + i * engine->vector_width(), work);
  }
  return out;
}

void UpsertSide::PutVectors() {
  bool frozen = !old_.vectors.empty() || old_.count == 0;
  if (model::IsJoint(d_) || !frozen) return;
  std::vector<uint32_t> all, made;  // touches whose vector is another; that the tower makes
  for (uint32_t touch = 0; touch < touched_.size(); ++touch) {
    if (!moved_[touch]) continue;
    all.push_back(touch);
    if (!given_.contains(touch)) made.push_back(touch);
  }
  if (all.empty()) return;
  vectors_changed_ = true;
  made_ = made.size();
  std::ranges::sort(all, {}, [&](uint32_t touch) { return touched_[touch]; });
  const size_t width = model::VectorWidth(d_);
  AlignedVector<float> towers = Encode(made), floats(all.size() * width);
  std::unordered_map<uint32_t, size_t> place;
  for (size_t i = 0; i < made.size(); ++i) place[made[i]] = i;
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < all.size(); ++i) {
    rows.push_back(touched_[all[i]]);
    auto given = given_.find(all[i]);
    const float* from =
        given != given_.end() ? given->second.data() : towers.data() + place[all[i]] * width;
    std::copy_n(from, width, floats.begin() + static_cast<ptrdiff_t>(i * width));
  }
  std::vector<file::OwnedTensor> tensors;
  model::AddRows(tensors, prefix_ + "/vectors", {all.size(), width}, floats, old_.vectors.dtype);
  for (const file::OwnedTensor& t : tensors) PatchTensor(t, rows);
}

// Puts row i of `made` in the place of row rows[i], which ascend; those that are not there come at
// the end.
void UpsertSide::PatchTensor(const file::OwnedTensor& made, const std::vector<uint32_t>& rows) {
  file::TensorSource* source = draft_.Find(made.name);
  if (source == nullptr) return draft_.Put(file::OwnedTensor(made));
  const size_t size = made.bytes.size() / rows.size();
  source->shape[0] = this->rows();
  auto bytes = std::make_shared<AlignedVector<std::byte>>(made.bytes);
  source->write = [before = source->write, bytes, rows, size,
                   count = old_.count](const file::TensorSource::Sink& sink) {
    uint64_t at = 0;  // bytes of the old tensor
    size_t next = 0;
    std::vector<std::byte> piece;
    before([&](std::span<const std::byte> part) {
      piece.assign(part.begin(), part.end());
      uint64_t end = at + part.size();
      for (size_t i = next; i < rows.size() && rows[i] < count && rows[i] * size < end; ++i) {
        uint64_t from = std::max<uint64_t>(rows[i] * size, at);
        uint64_t to = std::min<uint64_t>((rows[i] + size_t{1}) * size, end);
        std::copy_n(bytes->begin() + static_cast<ptrdiff_t>(i * size + from - rows[i] * size),
                    to - from, piece.begin() + static_cast<ptrdiff_t>(from - at));
        if ((rows[i] + size_t{1}) * size <= end) next = i + 1;
      }
      at = end;
      sink(piece);
    });
    size_t added = static_cast<size_t>(std::ranges::lower_bound(rows, count) - rows.begin());
    sink(std::span<const std::byte>(*bytes).subspan(added * size));
  };
}

}  // namespace duomo::convert
