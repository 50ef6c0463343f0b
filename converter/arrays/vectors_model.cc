// From vectors to a model that knows nothing else.
#include <algorithm>
#include <cmath>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/vectors.h"
#include "core/error.h"
#include "model/features.h"

namespace duomo::convert {
namespace {

using model::Side;

// The row that no value of a one-value vocabulary has.
constexpr uint32_t kUnknown = 1;
// A length as good as 1 in floats.
constexpr double kUnit = 1e-6;

// Gives whole rows, many at a time.
void ReadRows(const VectorFile& file, const std::function<void(std::span<float>)>& sink) {
  const size_t width = file.width();
  if (file.array().column_major) {
    AlignedVector<float> all = FloatsOf(file.arrays, file.array());
    sink(all);
    return;
  }
  AlignedVector<float> rows;
  ReadFloats(file.arrays, file.array(), [&](std::span<const float> piece) {
    rows.insert(rows.end(), piece.begin(), piece.end());
    size_t whole = rows.size() / width * width;
    if (whole == 0) return;
    sink(std::span(rows).first(whole));
    rows.erase(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(whole));
  });
}

double SquaredLength(std::span<const float> row) {
  double squares = 0;
  for (float x : row) squares += double{x} * double{x};
  return squares;
}

// True where the row has been changed.
bool Normalize(std::span<float> row) {
  double length = std::sqrt(SquaredLength(row));
  if (!(length > 0) || !std::isfinite(length) || std::abs(length - 1) <= kUnit) return false;
  for (float& x : row) x = static_cast<float>(double{x} / length);
  return true;
}

class Builder {
 public:
  Builder(VectorModel& out, const VectorOptions& options, uint64_t width)
      : out_(out), o_(options), width_(width), biases_(width) {}

  void Describe() {
    model::Description& d = out_.contents.description;
    d.name = "vectors";
    d.head = o_.head;
    d.output = o_.output;
    for (uint32_t i = 0; i < 2; ++i) {
      const char* name = i == 0 ? "user" : "item";
      model::Vocabulary vocabulary;
      vocabulary.name = name;
      vocabulary.size = 1;
      vocabulary.strings = {"average"};
      d.vocabularies.push_back(vocabulary);
      d.tables.push_back({name, i, static_cast<uint32_t>(width_)});
      d.inputs.push_back({name, i == 0 ? model::Scope::kUser : model::Scope::kItem,
                          model::InputKind::kCategory, static_cast<int32_t>(i), 0, 0});
      model::Encoder encoder;
      encoder.input = i;
      encoder.table = static_cast<int32_t>(i);
      d.towers.push_back({i == 0 ? Side::kUser : Side::kItem, {encoder}, {}});
      std::vector<std::string> values = {"average"};
      model::AddKeys(out_.contents.tensors, StrCat("vocabularies/", name),
                     std::span<const std::string>(values));
    }
  }

  void Add(const VectorFile* file, const std::string& name, VectorCounts& counts) {
    std::vector<double> sums(width_);
    if (file != nullptr) {
      Survey(*file, sums, counts);
      Put(*file, name + "s");
      for (size_t i = 0; i < width_ && counts.count > 1; ++i) {
        if (ones_[i] == counts.count) biases_[i] = true;
      }
    }
    const auto rows = static_cast<double>(std::max<uint64_t>(1, counts.count));
    std::vector<float> table(2 * width_);
    for (size_t i = 0; i < table.size(); ++i) {
      table[i] = static_cast<float>(sums[i % width_] / rows);
    }
    out_.contents.tensors.push_back(
        file::OwnedTensor::From<float>(StrCat("parameters/tables/", name), {2, width_}, table));
  }

  // How new users are folded in, once all vectors have been added. A column of ones on one side
  // stands for biases on the other.
  void FoldIn() {
    model::FoldIn out = o_.fold_in.value_or(model::FoldIn{});
    for (uint32_t i = 0; i < width_ && !cosine(); ++i) {
      if (biases_[i]) out.fixed.push_back(i);
    }
    if (o_.fold_in || !out.fixed.empty()) out_.contents.fold_in = out;
  }

 private:
  bool cosine() const { return o_.head.kind == model::HeadKind::kCosine; }

  void Survey(const VectorFile& file, std::vector<double>& sums, VectorCounts& counts) {
    ones_.assign(width_, 0);
    std::string what = StrCat(file.arrays.where, ": ", QuotedName(file.array().name));
    ReadRows(file, [&](std::span<float> rows) {
      if (!o_.allow_nonfinite) {
        CheckFinite(what, file.array().shape, rows, counts.count * width_);
      }
      for (size_t at = 0; at < rows.size(); at += width_) {
        auto row = rows.subspan(at, width_);
        counts.zero += std::ranges::all_of(row, [](float x) { return x == 0; });
        counts.normalized += cosine() && Normalize(row);
        for (size_t i = 0; i < width_; ++i) {
          if (std::isfinite(row[i])) sums[i] += double{row[i]};
          ones_[i] += row[i] == 1.0f;
        }
        ++counts.count;
      }
    });
  }

  void Put(const VectorFile& file, const std::string& prefix) {
    auto& tensors = out_.contents.tensors;
    if (file.keys.size() != file.count()) {
      Fail(Status::kInvalidArgument, file.arrays.where, ": ", file.count(), " vectors, and ",
           file.keys.size(), " keys of ", prefix);
    }
    file.keys.AddTo(tensors, prefix);
    if (!file.titles.empty()) model::AddTexts(tensors, prefix + "/titles", file.titles);
    std::string input = prefix.substr(0, prefix.size() - 1);
    auto& sources = out_.contents.sources;
    sources.push_back({StrCat(prefix, "/features/", input, "/rows"),
                       file::DType::kU32,
                       {file.count()},
                       [count = file.count()](const file::TensorSource::Sink& sink) {
                         const std::vector<uint32_t> rows(4096, kUnknown);
                         for (uint64_t left = count; left > 0;) {
                           uint64_t n = std::min<uint64_t>(left, rows.size());
                           sink(std::as_bytes(std::span(rows).first(n)));
                           left -= n;
                         }
                       },
                       false});
    sources.push_back({prefix + "/vectors", file::DType::kF32, file.array().shape,
                       [&file, cosine = cosine()](const file::TensorSource::Sink& sink) {
                         ReadRows(file, [&](std::span<float> rows) {
                           for (size_t at = 0; cosine && at < rows.size(); at += file.width()) {
                             Normalize(rows.subspan(at, file.width()));
                           }
                           sink(std::as_bytes(rows));
                         });
                       },
                       false});
  }

  VectorModel& out_;
  const VectorOptions& o_;
  uint64_t width_;
  std::vector<uint64_t> ones_;  // by column: rows of one side that have a 1
  std::vector<bool> biases_;    // by column
};

}  // namespace

VectorModel VectorModelOf(const VectorFile* users, const VectorFile& items,
                          const VectorOptions& options) {
  if (users != nullptr && users->width() != items.width()) {
    Fail(Status::kInvalidArgument, users->arrays.where, " has vectors of ", users->width(),
         " numbers, ", items.arrays.where, " of ", items.width(), "; they must be as many");
  }
  VectorModel out;
  Builder builder(out, options, items.width());
  builder.Describe();
  builder.Add(users, "user", out.users);
  builder.Add(&items, "item", out.items);
  builder.FoldIn();
  out.contents.report.data = "imported vectors";
  return out;
}

}  // namespace duomo::convert
