#include "converter/look/compare.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "console/progress.h"
#include "converter/output.h"
#include "core/error.h"
#include "model/binding.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

using file::DType;
using file::Tensor;
using model::Model;
using model::Rows;

constexpr uint64_t kBlock = 1 << 18;  // numbers at a time
constexpr size_t kSome = 5;
constexpr size_t kPiece = 1 << 22;  // bytes

// Whether `name` is the scales of an i8 tensor of that file.
bool AreScales(const Model& m, std::string_view name) {
  constexpr std::string_view kEnd = "/scales";
  if (!name.ends_with(kEnd)) return false;
  auto owner = m.file().Find(name.substr(0, name.size() - kEnd.size()));
  return owner && owner->dtype == DType::kI8;
}

std::string Describe(const Model& m, const std::string& name, const std::optional<Tensor>& t) {
  if (!t) return "";
  bool scales = t->dtype == DType::kI8 && m.file().Find(name + "/scales");
  return StrCat(file::NameOf(t->dtype), " ", ShapeText(t->shape), scales ? " + scales" : "");
}

// The tensor as rows that can be widened; none for what no row type holds.
std::optional<Rows> AsRows(const Model& m, const std::string& name, const Tensor& t) {
  if (!model::IsRowType(t.dtype) || t.shape.empty()) return std::nullopt;
  Rows rows;
  rows.dtype = t.dtype;
  rows.data = t.bytes.data();
  rows.count = t.shape[0];
  rows.width = 1;
  for (uint64_t n : t.shape.subspan(1)) rows.width *= n;
  if (t.dtype != DType::kI8) return rows;
  auto scales = m.file().Find(name + "/scales");
  if (!scales || scales->dtype != DType::kF32 || scales->rows() != rows.count) return std::nullopt;
  rows.scales = scales->As<float>().data();
  return rows;
}

void Count(TensorDifference& d, double a, double b, double& sum) {
  ++d.elements;
  if (std::isnan(a) && std::isnan(b)) return;
  double difference = std::abs(a - b);
  if (a == b) return;
  ++d.changed;
  if (!std::isfinite(difference)) {
    ++d.not_numbers;
    return;
  }
  d.largest = std::max(d.largest, difference);
  sum += difference;
}

// Whether the bytes are the same.
bool SameBytes(std::span<const std::byte> a, std::span<const std::byte> b,
               console::Progress& progress) {
  if (a.size() != b.size()) return false;
  for (size_t begin = 0; begin < a.size(); begin += kPiece) {
    size_t count = std::min(kPiece, a.size() - begin);
    if (std::memcmp(a.data() + begin, b.data() + begin, count) != 0) return false;
    progress.Add(count);
  }
  return true;
}

void CompareRows(TensorDifference& d, const Model& first, const Rows& a, const Model& second,
                 const Rows& b, console::Progress& progress) {
  AlignedVector<float> x, y;
  double sum = 0;
  uint64_t block = std::max<uint64_t>(1, kBlock / std::max<uint64_t>(a.width, 1));
  for (uint64_t begin = 0; begin < a.count; begin += block) {
    uint64_t count = std::min(block, a.count - begin);
    const float* p = runtime::FloatsOf(a, begin, count, x);
    const float* q = runtime::FloatsOf(b, begin, count, y);
    for (uint64_t i = 0; i < count * a.width; ++i) Count(d, double{p[i]}, double{q[i]}, sum);
    auto part = [&](const Rows& rows) {
      size_t row = rows.width * file::SizeOf(rows.dtype);
      return std::span(rows.data + begin * row, count * row);
    };
    progress.Add(part(a).size());
    first.file().DropPages(part(a));
    second.file().DropPages(part(b));
  }
  uint64_t numbers = d.elements - d.not_numbers;
  d.mean = numbers == 0 ? 0 : sum / static_cast<double>(numbers);
  d.numeric = d.compared = true;
}

// Rows of the same key: what happened to those who stayed.
void CompareByKey(TensorDifference& d, const model::Entities& a, const model::Entities& b) {
  AlignedVector<float> x, y;
  double sum = 0;
  for (uint64_t row = 0; row < a.count; ++row) {
    auto other = a.keys.kind() == model::KeyKind::kString ? b.keys.Find(a.keys.StringAt(row))
                                                          : b.keys.Find(a.keys.IntegerAt(row));
    if (!other) continue;
    const float* p = runtime::FloatsOf(a.vectors, row, 1, x);
    const float* q = runtime::FloatsOf(b.vectors, *other, 1, y);
    for (uint64_t i = 0; i < a.vectors.width; ++i) Count(d, double{p[i]}, double{q[i]}, sum);
  }
  uint64_t numbers = d.elements - d.not_numbers;
  d.mean = numbers == 0 ? 0 : sum / static_cast<double>(numbers);
  d.numeric = d.compared = true;
}

void CompareBytes(TensorDifference& d, const Tensor& a, const Tensor& b) {
  size_t unit = file::SizeOf(a.dtype);
  for (size_t i = 0; i < a.bytes.size(); i += unit) {
    ++d.elements;
    d.changed += std::memcmp(a.bytes.data() + i, b.bytes.data() + i, unit) != 0;
  }
  d.compared = true;
}

bool SameKeys(const model::Entities& a, const model::Entities& b) {
  if (a.count != b.count || a.keys.kind() != b.keys.kind()) return false;
  for (uint64_t i = 0; i < a.count; ++i) {
    if (a.keys.IntegerAt(i) != b.keys.IntegerAt(i) || a.keys.StringAt(i) != b.keys.StringAt(i)) {
      return false;
    }
  }
  return true;
}

// Whether it differs.
bool CompareOne(TensorDifference& d, const Model& first, const Model& second,
                console::Progress& progress) {
  auto a = first.file().Find(d.name), b = second.file().Find(d.name);
  d.first = Describe(first, d.name, a);
  d.second = Describe(second, d.name, b);
  if (!a || !b) return true;
  for (auto [name, side] : {std::pair("users/vectors", model::Side::kUser),
                            std::pair("items/vectors", model::Side::kItem)}) {
    const model::Entities &x = first.side(side), &y = second.side(side);
    if (d.name != name || x.vectors.width != y.vectors.width || SameKeys(x, y)) continue;
    CompareByKey(d, x, y);
    return true;
  }
  bool shaped = std::ranges::equal(a->shape, b->shape);
  if (!shaped) return true;
  if (a->dtype == b->dtype && SameBytes(a->bytes, b->bytes, progress)) {
    auto x = first.file().Find(d.name + "/scales"), y = second.file().Find(d.name + "/scales");
    bool i8 = a->dtype == DType::kI8 && x && y;
    if (!i8 || std::ranges::equal(x->bytes, y->bytes)) return false;
  }
  auto x = AsRows(first, d.name, *a), y = AsRows(second, d.name, *b);
  if (x && y) {
    CompareRows(d, first, *x, second, *y, progress);
  } else if (a->dtype == b->dtype) {
    CompareBytes(d, *a, *b);
  }
  return true;
}

std::string KeyText(const model::KeyIndex& keys, uint64_t row) {
  return keys.kind() == model::KeyKind::kString ? std::string(keys.StringAt(row))
                                                : StrCat(keys.IntegerAt(row));
}

// How many keys of `a` are not in `b`, the first few, and how many stand in another row.
void CountMissing(const model::KeyIndex& a, const model::KeyIndex& b, uint64_t& missing,
                  std::vector<std::string>& some, uint64_t* moved) {
  for (uint64_t row = 0; row < a.size(); ++row) {
    auto found =
        a.kind() == model::KeyKind::kString ? b.Find(a.StringAt(row)) : b.Find(a.IntegerAt(row));
    if (!found) {
      if (++missing <= kSome) some.push_back(KeyText(a, row));
    } else if (moved != nullptr && *found != row) {
      ++*moved;
    }
  }
}

}  // namespace

std::vector<TensorDifference> CompareTensors(const Model& a, const Model& b) {
  std::set<std::string> names;
  for (const Model* m : {&a, &b}) {
    for (const file::SegmentInfo& s : m->file().segments()) {
      if (!AreScales(*m, s.name)) names.insert(std::string(s.name));
    }
  }
  std::vector<TensorDifference> out;
  uint64_t total = 0;
  for (const file::SegmentInfo& s : a.file().segments()) total += s.size;
  console::Progress progress("diff", total);
  for (const std::string& name : names) {
    TensorDifference d;
    d.name = name;
    if (CompareOne(d, a, b, progress)) out.push_back(std::move(d));
  }
  return out;
}

std::vector<KeyDifference> CompareKeys(const Model& a, const Model& b) {
  std::vector<KeyDifference> out;
  auto compare = [&](std::string of, const model::KeyIndex& x, const model::KeyIndex& y) {
    KeyDifference d;
    d.of = std::move(of);
    d.first = x.size();
    d.second = y.size();
    CountMissing(x, y, d.removed, d.some_removed, &d.moved);
    CountMissing(y, x, d.added, d.some_added, nullptr);
    if (d.removed + d.added + d.moved > 0) out.push_back(std::move(d));
  };
  compare("users", a.users().keys, b.users().keys);
  compare("items", a.items().keys, b.items().keys);
  const auto &x = a.description().vocabularies, &y = b.description().vocabularies;
  for (uint32_t i = 0; i < x.size(); ++i) {
    for (uint32_t j = 0; j < y.size(); ++j) {
      if (x[i].name != y[j].name) continue;
      compare("vocabularies/" + x[i].name, a.vocabulary(i), b.vocabulary(j));
    }
  }
  return out;
}

}  // namespace duomo::convert
