#include "converter/edit/entities.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "converter/edit/attribute_columns.h"
#include "converter/output.h"
#include "core/error.h"
#include "model/parameters.h"
#include "model/quantize.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

using file::TensorSource;
using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;
using model::Side;

constexpr size_t kPiece = 1 << 20;  // bytes
constexpr uint64_t kBlockRows = 4096;

using RowList = std::shared_ptr<const std::vector<uint32_t>>;

model::Scope ScopeOf(Side side) {
  return side == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
}

void PutAll(Draft& draft, std::vector<file::OwnedTensor> tensors, bool compress) {
  for (file::OwnedTensor& t : tensors) {
    t.compress = compress;
    draft.Put(std::move(t));
  }
}

bool IsCompressed(Draft& draft, const std::string& name) {
  const TensorSource* source = draft.Find(name);
  return source != nullptr && source->compress;
}

// Puts the tensor `name` [n, …] with these rows of it only.
void GatherRows(Draft& draft, const std::string& name, const RowList& rows) {
  TensorSource* source = draft.Find(name);
  auto tensor = draft.model().file().Find(name);
  if (source == nullptr || !tensor) return;
  size_t row_bytes = tensor->shape[0] == 0 ? 0 : tensor->bytes.size() / tensor->shape[0];
  source->shape[0] = rows->size();
  const file::Reader& file = draft.model().file();
  // In another order pages are needed again.
  bool ascending = std::is_sorted(rows->begin(), rows->end());
  source->write = [&file, bytes = tensor->bytes, row_bytes, rows,
                   ascending](const TensorSource::Sink& sink) {
    std::vector<std::byte> piece;
    piece.reserve(kPiece + row_bytes);
    size_t first = 0;
    for (size_t i = 0; i < rows->size(); ++i) {
      auto row = bytes.subspan((*rows)[i] * row_bytes, row_bytes);
      piece.insert(piece.end(), row.begin(), row.end());
      if (piece.size() < kPiece && i + 1 < rows->size()) continue;
      sink(piece);
      piece.clear();
      if (!ascending) continue;
      size_t end = ((*rows)[i] + size_t{1}) * row_bytes;
      file.DropPages(bytes.subspan(first, end - first));
      first = end;
    }
  };
  draft.CheckBefore(*source);
}

void KeepKeys(Draft& draft, const std::string& prefix, const model::KeyIndex& keys,
              const std::vector<uint32_t>& rows) {
  bool compress = IsCompressed(draft, prefix + "/keys") || IsCompressed(draft, prefix + "/text");
  draft.RemoveIf([&](std::string_view name) { return name == prefix + "/order"; });
  std::vector<file::OwnedTensor> made;
  if (keys.kind() == KeyKind::kString) {
    std::vector<std::string> kept;
    for (uint32_t row : rows) kept.emplace_back(keys.StringAt(row));
    model::AddKeys(made, prefix, kept);
  } else {
    std::vector<int64_t> kept;
    for (uint32_t row : rows) kept.push_back(keys.IntegerAt(row));
    model::AddKeys(made, prefix, kept);
  }
  PutAll(draft, std::move(made), compress);
}

// One value that nobody has had, since no vocabulary is empty.
void PutNobody(Draft& draft, const model::Vocabulary& v, const model::KeyIndex& keys) {
  const std::string prefix = "vocabularies/" + v.name;
  draft.RemoveIf([&](std::string_view name) { return name.starts_with(prefix + "/"); });
  std::vector<file::OwnedTensor> made;
  if (v.keys == KeyKind::kString) {
    std::string nobody = "-";
    while (keys.Find(nobody)) nobody += '-';
    model::AddKeys(made, prefix, std::span<const std::string>(&nobody, 1));
  } else {
    int64_t nobody = INT64_MIN;
    while (keys.Find(nobody)) ++nobody;
    model::AddKeys(made, prefix, std::span<const int64_t>(&nobody, 1));
  }
  PutAll(draft, std::move(made), false);
}

}  // namespace

std::string PrefixOf(Side side) { return side == Side::kItem ? "items" : "users"; }

void PutFeature(Draft& draft, const std::string& prefix, const FeatureColumn& column) {
  bool compress = IsCompressed(draft, prefix + "/rows") || IsCompressed(draft, prefix + "/numbers");
  std::vector<file::OwnedTensor> made;
  model::AddFeature(made, prefix, column.view());
  PutAll(draft, std::move(made), compress);
}

FeatureColumn ColumnOf(const model::FeatureView& view, const std::vector<uint32_t>& rows) {
  FeatureColumn out;
  out.kind = view.kind;
  bool lists = view.kind != InputKind::kCategory && view.kind != InputKind::kNumber;
  if (lists) out.offsets.push_back(0);
  for (uint32_t row : rows) {
    if (view.kind == InputKind::kNumber) {
      out.numbers.push_back(view.numbers[row]);
      continue;
    }
    auto values = view.RowsOf(row);
    out.rows.insert(out.rows.end(), values.begin(), values.end());
    if (lists) out.offsets.push_back(out.rows.size());
  }
  return out;
}

void KeepRows(Draft& draft, Side side, const std::vector<uint32_t>& rows) {
  const model::Model& m = draft.model();
  const model::Description& d = m.description();
  const model::Entities& entities = m.side(side);
  const std::string prefix = PrefixOf(side);
  if (side == Side::kItem) KeepAttributeRows(draft, rows);
  if (rows.empty()) {
    draft.RemoveIf([&](std::string_view name) { return name.starts_with(prefix + "/"); });
    return;
  }
  KeepKeys(draft, prefix, entities.keys, rows);
  std::string titles = prefix + "/titles";
  if (draft.Find(titles + "/offsets") != nullptr) {
    bool compress = IsCompressed(draft, titles + "/text");
    std::vector<std::string> kept;
    for (uint32_t row : rows) kept.emplace_back(entities.Title(row));
    std::vector<file::OwnedTensor> made;
    model::AddTexts(made, titles, kept);
    PutAll(draft, std::move(made), compress);
  }
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope != ScopeOf(side) || d.inputs[i].kind == InputKind::kHistory) continue;
    PutFeature(draft, StrCat(prefix, "/features/", d.inputs[i].name),
               ColumnOf(entities.features.inputs[i], rows));
  }
  auto list = std::make_shared<const std::vector<uint32_t>>(rows);
  GatherRows(draft, prefix + "/vectors", list);
  GatherRows(draft, prefix + "/vectors/scales", list);
  if (side == Side::kUser && draft.Find("users/history/offsets") != nullptr) {
    PutFeature(draft, "users/history", ColumnOf(m.history(), rows));
  }
}

std::vector<std::string> RemoveDerived(Draft& draft, Side side) {
  const model::Description& d = draft.model().description();
  const std::string prefix = PrefixOf(side) + "/";
  std::vector<std::string> known = {"keys",           "order",           "offsets",
                                    "text",           "ids/sorted",      "ids/order",
                                    "titles/offsets", "titles/text",     "vectors",
                                    "vectors/scales", "history/offsets", "history/rows"};
  for (const model::Input& input : d.inputs) {
    if (input.scope != ScopeOf(side)) continue;
    for (const char* part : {"rows", "offsets", "numbers"}) {
      known.push_back(StrCat("features/", input.name, "/", part));
    }
  }
  std::vector<std::string> removed;
  draft.RemoveIf([&](std::string_view name) {
    if (!name.starts_with(prefix)) return false;
    if (std::ranges::find(known, name.substr(prefix.size())) != known.end()) return false;
    removed.emplace_back(name);
    return true;
  });
  return removed;
}

std::string LeftOutText(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = "left out, since made for the rows as they were:";
  bool index = false;
  for (const std::string& name : names) {
    text += StrCat(&name == &names[0] ? " " : ", ", name);
    std::string_view rest = std::string_view(name).substr(name.find('/') + 1);
    index |= rest.starts_with("planes/") || rest.starts_with("lists/");
  }
  return text + (index ? "; `duomo-convert index` makes codes for fast searches again\n" : "\n");
}

void KeepValues(Draft& draft, uint32_t vocabulary, const std::vector<uint32_t>& rows) {
  const model::Model& m = draft.model();
  model::Description& d = draft.contents.description;
  model::Vocabulary& v = d.vocabularies[vocabulary];
  const uint64_t old_size = v.size;
  bool ascending = std::is_sorted(rows.begin(), rows.end());
  if (rows.size() == old_size && ascending) return;
  if (v.keys == KeyKind::kRange && (!ascending || rows.empty() || rows.back() + 1 != rows.size())) {
    v.keys = KeyKind::kInt64;
  }
  if (rows.empty()) {
    PutNobody(draft, v, m.vocabulary(vocabulary));
  } else if (v.keys != KeyKind::kRange) {
    KeepKeys(draft, "vocabularies/" + v.name, m.vocabulary(vocabulary), rows);
  }
  v.size = std::max<size_t>(1, rows.size());

  auto with_unknown = std::make_shared<std::vector<uint32_t>>(rows);
  with_unknown->resize(v.size + 1, static_cast<uint32_t>(old_size));
  auto gather = [&](const std::string& parameter) {
    GatherRows(draft, "parameters/" + parameter, with_unknown);
    GatherRows(draft, "parameters/" + parameter + "/scales", with_unknown);
  };
  for (uint32_t t = 0; t < d.tables.size(); ++t) {
    if (d.tables[t].vocabulary == vocabulary) gather(model::TableName(d, t));
  }
  auto reads_it = [&](int32_t input) {
    return input >= 0 &&
           d.inputs[static_cast<size_t>(input)].vocabulary == static_cast<int32_t>(vocabulary);
  };
  if (reads_it(d.head.user_bias)) gather("head/user_bias");
  if (reads_it(d.head.item_bias)) gather("head/item_bias");

  std::vector<uint32_t> now(old_size + 1, static_cast<uint32_t>(v.size));
  for (size_t i = 0; i < rows.size(); ++i) now[rows[i]] = static_cast<uint32_t>(i);
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    const model::Input& input = d.inputs[i];
    if (!reads_it(static_cast<int32_t>(i)) || input.kind == InputKind::kHistory) continue;
    if (input.scope == model::Scope::kPair) continue;
    std::string prefix = input.scope == model::Scope::kItem ? "items" : "users";
    std::string name = StrCat(prefix, "/features/", input.name, "/rows");
    TensorSource* source = draft.Find(name);
    if (source == nullptr) continue;
    // What stands there now, rows kept or not, with other numbers.
    source->write = [before = source->write, now](const TensorSource::Sink& sink) {
      std::vector<uint32_t> piece;
      before([&](std::span<const std::byte> bytes) {
        piece.resize(bytes.size() / sizeof(uint32_t));
        if (piece.empty()) return;  // which has no address to copy from
        std::memcpy(piece.data(), bytes.data(), piece.size() * sizeof(uint32_t));
        for (uint32_t& row : piece) row = now[std::min<size_t>(row, now.size() - 1)];
        sink(std::as_bytes(std::span(piece)));
      });
    };
  }
}

void KeepHistoryValues(Draft& draft, const std::vector<uint32_t>& items) {
  const model::Description& d = draft.model().description();
  std::vector<bool> done(d.vocabularies.size());
  for (const model::Input& input : d.inputs) {
    if (input.kind != InputKind::kHistory) continue;
    auto v = static_cast<uint32_t>(input.vocabulary);
    if (done[v]) continue;
    done[v] = true;
    std::vector<uint32_t> values = items;
    std::erase_if(values, [&](uint32_t row) { return row >= d.vocabularies[v].size; });
    KeepValues(draft, v, values);
  }
}

void Reorder(Draft& draft, Side side, const std::vector<uint32_t>& order) {
  const model::Model& m = draft.model();
  KeepRows(draft, side, order);
  RemoveDerived(draft, side);
  if (side == Side::kUser) return;
  KeepHistoryValues(draft, order);
  if (draft.Find("users/history/offsets") == nullptr) return;
  std::vector<uint32_t> now(order.size()), users(m.users().count);
  for (size_t i = 0; i < order.size(); ++i) now[order[i]] = static_cast<uint32_t>(i);
  std::iota(users.begin(), users.end(), 0u);
  FeatureColumn history = ColumnOf(m.history(), users);
  for (uint32_t& row : history.rows) row = row < now.size() ? now[row] : row;
  PutFeature(draft, "users/history", history);
}

void PutVectors(Draft& draft, Side side, uint64_t count, file::DType dtype, const MakeRows& make) {
  std::string name = PrefixOf(side) + "/vectors";
  uint64_t width = model::VectorWidth(draft.contents.description);
  bool compress = IsCompressed(draft, name);
  TensorSource vectors{name, dtype, {count, width}, {}, compress};
  TensorSource scales{name + "/scales", file::DType::kF32, {count}, {}, compress};
  auto write = [=](bool give_scales, const TensorSource::Sink& sink) {
    AlignedVector<float> floats;
    AlignedVector<std::byte> bytes;
    std::vector<float> own;
    for (uint64_t begin = 0; begin < count; begin += kBlockRows) {
      uint64_t n = std::min(kBlockRows, count - begin);
      floats.resize(n * width);
      bytes.resize(n * width * file::SizeOf(dtype));
      own.resize(n);
      make(begin, n, floats.data());
      if (!model::StoreRows(dtype, floats.data(), n, width, bytes.data(), own.data())) {
        Fail(Status::kInvalidArgument, "tensor \"", name, "\" would get numbers that are not ",
             "finite, or beyond the range of ", file::NameOf(dtype));
      }
      sink(give_scales ? std::as_bytes(std::span(own)) : std::span<const std::byte>(bytes));
    }
  };
  vectors.write = [write](const TensorSource::Sink& sink) { write(false, sink); };
  scales.write = [write](const TensorSource::Sink& sink) { write(true, sink); };
  draft.Put(std::move(vectors));
  draft.RemoveIf([&](std::string_view n) { return n == scales.name; });
  if (dtype == file::DType::kI8) draft.Put(std::move(scales));
}

}  // namespace duomo::convert
