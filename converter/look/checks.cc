#include "converter/look/checks.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "console/progress.h"
#include "converter/output.h"
#include "core/key_hash.h"
#include "core/text.h"
#include "file/crc.h"
#include "file/preamble.h"
#include "file/validate.h"
#include "model/parameters.h"
#include "retrieval/planes.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

using model::KeyIndex;
using model::KeyKind;
using model::Model;

// Offsets that start at 0, never fall and end at `end`. Says whether they do.
bool CheckOffsets(Check& check, const std::string& name, std::span<const uint64_t> offsets,
                  uint64_t end) {
  uint64_t before = check.problem_count;
  if (offsets.empty() || offsets[0] != 0) check.Problem(name, " do not start at 0");
  for (size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] < offsets[i - 1]) {
      check.Problem(name, " fall at ", i, ", from ", offsets[i - 1], " to ", offsets[i]);
    }
  }
  if (!offsets.empty() && offsets.back() != end) {
    check.Problem(name, " end at ", offsets.back(), " where there are ", end, " values");
  }
  return check.problem_count == before;
}

// Every text of a pair of tensors "PREFIX/offsets" and "PREFIX/text".
void CheckTexts(Check& check, const Model& model, const std::string& prefix) {
  auto offsets = model.file().Find(prefix + "/offsets")->As<uint64_t>();
  auto bytes = model.file().Find(prefix + "/text")->bytes;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!CheckOffsets(check, prefix + "/offsets", offsets, text.size())) return;
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    if (!IsUtf8(text.substr(offsets[i], offsets[i + 1] - offsets[i]))) {
      check.Problem(prefix, "/text: row ", i, " is not UTF-8");
    }
  }
}

template <typename Key>
void CheckAscending(Check& check, const std::string& prefix, uint64_t count,
                    std::span<const uint32_t> order, const Key& key) {
  // Strictly ascending keys name every row once: no row can be missing or stand there twice.
  for (uint64_t i = 0; i < count; ++i) {
    if (!order.empty() && order[i] >= count) {
      check.Problem(prefix, "/order: place ", i, " names row ", order[i], " of ", count);
      return;
    }
  }
  auto row = [&](uint64_t i) { return order.empty() ? i : uint64_t{order[i]}; };
  for (uint64_t i = 1; i < count; ++i) {
    auto before = key(row(i - 1)), after = key(row(i));
    if (before < after) continue;
    check.Problem(prefix,
                  before == after ? ": the same key stands in rows " : ": wrong order of rows ",
                  row(i - 1), " and ", row(i));
  }
}

// Of users or items: the ids of string keys, where the file has them.
void CheckIds(Check& check, const Model& model, const std::string& prefix, const KeyIndex& keys) {
  auto ids = model.file().Find(prefix + "/ids/sorted");
  if (keys.kind() != KeyKind::kString || !ids) return;
  auto sorted = ids->As<int64_t>();
  auto order = model.file().Find(prefix + "/ids/order")->As<uint32_t>();
  // Strictly ascending ids of the rows' keys name every row once.
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && sorted[i - 1] >= sorted[i]) {
      check.Problem(prefix, "/ids/sorted: place ", i, " is not above the one before");
    } else if (order[i] >= keys.size() || IdOfString(keys.StringAt(order[i])) != sorted[i]) {
      check.Problem(prefix, "/ids/sorted: place ", i, " is not the id of the key of its row");
    }
  }
}

void CheckKeyIndex(Check& check, const Model& model, const std::string& prefix,
                   const KeyIndex& keys) {
  if (keys.kind() == KeyKind::kRange || keys.size() == 0) return;
  std::span<const uint32_t> order;
  if (auto tensor = model.file().Find(prefix + "/order")) order = tensor->As<uint32_t>();
  if (keys.kind() == KeyKind::kInt64) {
    CheckAscending(check, prefix, keys.size(), order,
                   [&](uint64_t r) { return keys.IntegerAt(r); });
    return;
  }
  uint64_t before = check.problem_count;
  CheckTexts(check, model, prefix);
  if (check.problem_count != before) return;  // the keys mean nothing
  CheckAscending(check, prefix, keys.size(), order, [&](uint64_t r) { return keys.StringAt(r); });
}

void CheckRows(Check& check, const std::string& name, std::span<const uint32_t> rows,
               uint64_t limit, std::string_view of_what) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= limit) {
      check.Problem(name, ": value ", i, " is row ", rows[i], ", and ", of_what, " has ", limit);
    }
  }
}

// Rows read at once: what is not stored as floats is widened into a small buffer.
constexpr uint64_t kBlock = 1024;

// Calls visit(first row, floats of the rows [count × width]) for all rows.
template <typename Visit>
void ForBlocks(const model::Rows& rows, const Visit& visit) {
  AlignedVector<float> buffer;
  for (uint64_t begin = 0; begin < rows.count; begin += kBlock) {
    uint64_t count = std::min(kBlock, rows.count - begin);
    visit(begin, std::span(runtime::FloatsOf(rows, begin, count, buffer), count * rows.width));
  }
}

// `missing`: NaN is allowed.
void CheckFinite(Check& check, const std::string& name, const model::Rows& rows,
                 bool missing = false) {
  uint64_t bad = 0, first = 0;
  ForBlocks(rows, [&](uint64_t begin, std::span<const float> values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i]) || (missing && std::isnan(values[i]))) continue;
      if (bad++ == 0) first = begin * rows.width + i;
    }
  });
  if (bad > 0) check.Problem(name, ": ", bad, " values are not finite, the first at ", first);
}

void CheckFinite(Check& check, const std::string& name, std::span<const float> values,
                 bool missing = false) {
  model::Rows column;
  column.data = reinterpret_cast<const std::byte*>(values.data());
  column.count = values.size();
  column.width = 1;
  CheckFinite(check, name, column, missing);
}

constexpr std::pair<const char*, model::Side> kSides[] = {{"users", model::Side::kUser},
                                                          {"items", model::Side::kItem}};

void CheckPlanesOf(Check& check, const std::string& name, const model::Entities& entities) {
  const model::Planes& planes = entities.planes;
  const std::string of = name.substr(0, name.size() - 1);
  // Given the axes, they are the same on every machine.
  retrieval::PlaneTensors made =
      retrieval::MakePlanesAlong(entities.vectors, {planes.axes.begin(), planes.axes.end()});
  auto compare = [&](const char* plane, const uint8_t* stored, const auto& expected, size_t size) {
    for (uint64_t at = 0; at < expected.size(); at += size) {
      uint64_t n = std::min<uint64_t>(size, expected.size() - at);
      if (std::memcmp(stored + at, expected.data() + at, n) == 0) continue;
      check.Problem(name, "/planes/", plane, ": ", size == planes.stride() ? "row " : "block ",
                    at / size, " is not what the ", of,
                    " vectors give; make it again with `duomo-convert index`");
    }
  };
  compare("first", planes.first, made.first, planes.block_size());
  compare("second", planes.second, made.second, planes.stride());
  if (!std::equal(made.limits.begin(), made.limits.end(), planes.limits.begin())) {
    check.Problem(name, "/planes/limits are not what the ", of, " vectors give");
  }
}

}  // namespace

double ToleranceOf(file::DType dtype) {
  switch (dtype) {
    case file::DType::kF16:
      return 2e-3;
    case file::DType::kBF16:
      return 2e-2;
    case file::DType::kI8:
      return 5e-2;
    default:
      return 1e-5;
  }
}

Check CheckChecksums(const file::Reader& reader, std::span<const std::byte> bytes) {
  Check check{.name = "checksums"};
  const auto& segments = reader.segments();
  uint64_t total = 0;
  constexpr uint64_t kPiece = 1 << 22;
  console::Progress progress("verify checksums", bytes.size());
  for (const file::SegmentInfo& s : segments) {
    if (s.stored_size == 0) continue;
    total += s.stored_size;
    uint32_t found = 0;
    for (uint64_t at = 0; at < s.stored_size; at += kPiece) {
      auto piece = bytes.subspan(s.offset + at, std::min(kPiece, s.stored_size - at));
      found = file::UpdateCrc(found, piece);
      progress.Add(piece.size());
    }
    if (found != s.crc32) {
      check.Problem("segment \"", s.name, "\" (", s.stored_size, " bytes at ", s.offset,
                    ") does not match its checksum: ", Hex(found), " instead of ", Hex(s.crc32));
    }
  }
  file::Preamble preamble = file::ReadPreamble(bytes);
  uint64_t end = preamble.header_offset + preamble.header_size;
  auto zeros = [&](uint64_t until) {
    for (; end < until; ++end) {
      if (bytes[end] != std::byte{0}) check.Problem("the padding byte at ", end, " is not zero");
    }
  };
  for (size_t i : file::ByOffset(segments)) {
    zeros(segments[i].offset);
    end = segments[i].offset + segments[i].stored_size;
  }
  zeros(bytes.size());
  check.checked =
      StrCat("preamble, header, ", segments.size(), " segments, ", Commas(total), " bytes");
  return check;
}

Check CheckKeys(const Model& model) {
  Check check{.name = "keys"};
  for (auto [name, side] : kSides) {
    CheckKeyIndex(check, model, name, model.side(side).keys);
    CheckIds(check, model, name, model.side(side).keys);
  }
  const auto& vocabularies = model.description().vocabularies;
  uint64_t values = 0;
  for (uint32_t v = 0; v < vocabularies.size(); ++v) {
    CheckKeyIndex(check, model, "vocabularies/" + vocabularies[v].name, model.vocabulary(v));
    if (vocabularies[v].keys != KeyKind::kRange) values += vocabularies[v].size;
  }
  check.checked =
      StrCat(Commas(model.users().count), " users, ", Commas(model.items().count), " items, ",
             Commas(values), " listed values of ", vocabularies.size(), " vocabularies");
  return check;
}

Check CheckTitles(const Model& model) {
  Check check{.name = "titles"};
  uint64_t count = 0;
  for (auto [name, side] : kSides) {
    const model::Entities& entities = model.side(side);
    if (entities.title_offsets.empty()) continue;
    CheckTexts(check, model, StrCat(name, "/titles"));
    count += entities.count;
  }
  check.checked = StrCat(Commas(count), " titles");
  return check;
}

Check CheckFeatures(const Model& model) {
  Check check{.name = "features"};
  const model::Description& d = model.description();
  uint64_t values = 0;
  for (auto [name, side] : kSides) {
    const model::FeatureSet& features = model.side(side).features;
    for (size_t i = 0; i < features.inputs.size(); ++i) {
      const model::Input& in = d.inputs[i];
      const model::FeatureView& view = features.inputs[i];
      std::string prefix = StrCat(name, "/features/", in.name);
      values += view.rows.size() + view.numbers.size();
      if (in.kind == model::InputKind::kNumber) {
        CheckFinite(check, prefix + "/numbers", view.numbers, /*missing=*/true);
        continue;
      }
      if (!view.offsets.empty()) {
        CheckOffsets(check, prefix + "/offsets", view.offsets, view.rows.size());
      }
      const model::Vocabulary& v = d.vocabularies[static_cast<size_t>(in.vocabulary)];
      CheckRows(check, prefix + "/rows", view.rows, v.size + 1,
                StrCat("vocabulary \"", v.name, "\" with its unknown row"));
    }
  }
  check.checked = StrCat(Commas(values), " values of ", d.inputs.size(), " inputs");
  return check;
}

Check CheckAttributes(const Model& model) {
  Check check{.name = "attributes", .checked = "none stored"};
  uint64_t values = 0;
  for (const model::Attribute& a : model.attributes()) {
    const std::string prefix = model::AttributePrefix(a.name);
    values += a.integers.size() + a.numbers.size() + a.rows.rows.size();
    for (size_t i = 0; i < a.numbers.size(); ++i) {
      if (std::isinf(a.numbers[i])) check.Problem(prefix, "numbers: value ", i, " is infinite");
    }
    if (!a.listed()) continue;
    CheckKeyIndex(check, model, prefix + "values", a.values);
    if (a.kind == model::AttributeKind::kSet) {
      CheckOffsets(check, prefix + "offsets", a.rows.offsets, a.rows.rows.size());
    }
    CheckRows(check, prefix + "rows", a.rows.rows, a.values.size() + 1,
              "the list of values with the missing one");
  }
  if (!model.attributes().empty()) {
    check.checked = StrCat(Commas(values), " values of ", model.attributes().size(), " attributes");
  }
  return check;
}

Check CheckHistory(const Model& model) {
  Check check{.name = "history", .checked = "none stored"};
  if (!model.has_history()) return check;
  auto offsets = model.file().Find("users/history/offsets")->As<uint64_t>();
  auto rows = model.file().Find("users/history/rows")->As<uint32_t>();
  CheckOffsets(check, "users/history/offsets", offsets, rows.size());
  CheckRows(check, "users/history/rows", rows, model.items().count, "the file");
  check.checked = Commas(rows.size()) + " interactions";
  return check;
}

Check CheckParameters(const Model& model) {
  Check check{.name = "parameters"};
  const model::Description& d = model.description();
  uint64_t values = 0;
  auto parameters = model::ParametersOf(d);
  for (const model::Parameter& p : parameters) {
    auto found = model.parameter(p.name);
    CheckFinite(check, "parameters/" + p.name, found);
    values += found.size();
  }
  for (const model::Tower& tower : d.towers) {
    for (const model::Encoder& e : tower.encoders) {
      auto statistics = model.statistics(e.input);
      if (statistics.empty()) continue;
      std::string name = "the statistics of input " + d.inputs[e.input].name;
      CheckFinite(check, name, statistics);
      if (e.normalization == model::Normalization::kStandard && statistics[1] < 0) {
        check.Problem(name, ": the deviation is negative");
      }
      if (e.normalization == model::Normalization::kQuantile &&
          !std::is_sorted(statistics.begin(), statistics.end())) {
        check.Problem(name, ": the quantiles do not ascend");
      }
    }
  }
  const std::string& settings = model.report().settings;
  if (!settings.empty() && !Json::accept(settings)) {
    check.Problem("the settings of the training report are not JSON");
  }
  check.checked = StrCat(Commas(values), " in ", parameters.size(), " tensors");
  return check;
}

Check CheckVectors(const Model& model) {
  Check check{.name = "vectors"};
  if (model::IsJoint(model.description())) {
    check.checked = "none: a joint tower has no vectors";
    return check;
  }
  bool cosine = model.description().head.kind == model::HeadKind::kCosine;
  for (const auto& entry : kSides) {  // clang 14 captures no structured binding
    const char* name = entry.first;
    const model::Side side = entry.second;
    const model::Rows& vectors = model.side(side).vectors;
    const double tolerance = ToleranceOf(vectors.dtype);
    // clang does not capture the names of a structured binding.
    ForBlocks(vectors, [&, name = name](uint64_t begin, std::span<const float> values) {
      for (size_t i = 0; i < values.size(); i += vectors.width) {
        uint64_t row = begin + i / vectors.width;
        double squares = 0;
        for (float x : values.subspan(i, vectors.width)) squares += double{x} * double{x};
        if (!std::isfinite(squares)) {
          check.Problem(name, "/vectors: row ", row, " is not finite");
        } else if (cosine && squares != 0 && std::abs(std::sqrt(squares) - 1) > tolerance) {
          check.Problem(name, "/vectors: row ", row, " has length ", std::sqrt(squares),
                        ", and a cosine needs 1");
        }
      }
    });
    check.checked += StrCat(
        check.checked.empty() ? "" : ", ", Commas(vectors.count), " ", name,
        vectors.dtype == file::DType::kF32 ? "" : StrCat(" (", file::NameOf(vectors.dtype), ")"));
  }
  return check;
}

Check CheckPlanes(const Model& model) {
  Check check{.name = "search", .checked = "no codes: searches scan the vectors"};
  std::string checked;
  for (auto [name, side] : kSides) {
    const model::Entities& entities = model.side(side);
    if (entities.planes.empty()) continue;
    CheckPlanesOf(check, name, entities);
    checked += StrCat(checked.empty() ? "codes of " : ", ", Commas(entities.count), " ", name);
  }
  if (!checked.empty()) check.checked = checked;
  return check;
}

}  // namespace duomo::convert
