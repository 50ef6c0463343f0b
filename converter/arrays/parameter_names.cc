#include "converter/arrays/parameter_names.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include "converter/arrays/import_tensors.h"
#include "converter/output.h"
#include "core/error.h"
#include "description/fields.h"

namespace duomo::convert {
namespace {

using model::Parameter;

constexpr std::string_view kPrefix = "parameters/";

// Words that a convolution reads at once; 0: it is none.
uint64_t WindowOf(const Parameter& p) {
  constexpr std::string_view kConvolution = "/convolution";
  size_t at = p.name.rfind(kConvolution);
  if (at == p.name.npos || p.shape.size() != 2) return 0;
  uint64_t window = 0;
  const char* end = p.name.data() + p.name.size();
  auto [rest, error] = std::from_chars(p.name.data() + at + kConvolution.size(), end, window);
  bool is_weight = std::string_view(rest, static_cast<size_t>(end - rest)) == "/weight";
  return error == std::errc() && is_weight && window > 0 ? window : 0;
}

// One parameter and the array that it is made of.
struct Match {
  const Parameter* parameter = nullptr;
  const Array* array = nullptr;
  std::string name;  // of the array that is expected
  bool transpose = false;
};

// The shapes that an array of this parameter may have; the first is the one to ask for.
std::vector<std::vector<uint64_t>> ShapesOf(const Parameter& p, bool transpose) {
  std::vector<std::vector<uint64_t>> out;
  if (uint64_t window = WindowOf(p)) out.push_back({window, p.shape[0] / window, p.shape[1]});
  out.push_back(p.shape);
  if (p.is_table) out.push_back({p.shape[0] - 1, p.shape[1]});
  if (p.shape.size() == 1 && p.shape[0] == 1) out.emplace_back();  // a scalar
  if (transpose) {
    for (auto& shape : out) std::ranges::reverse(shape);
  }
  return out;
}

// What `export npz` writes besides the parameters: all that a file may hold.
bool IsOwnExtra(std::string_view name) {
  for (std::string_view prefix : {"users/", "items/", "vocabularies/", "inputs/", "attributes/"}) {
    if (name.starts_with(prefix)) return true;
  }
  return name == "description_json" || name.ends_with("/scales");
}

// Streams the rows as they lie, and adds the mean of a table's rows where the unknown one is not
// there.
class RowStream {
 public:
  RowStream(const Parameter& p, std::string where, bool allow_nonfinite,
            const file::TensorSource::Sink& sink)
      : p_(p), where_(std::move(where)), allow_(allow_nonfinite), sink_(sink) {
    if (p.is_table) sums_.resize(p.shape[1]);
  }

  void Add(std::span<const float> values) {
    if (!allow_) CheckFinite(where_, p_.shape, values, given_);
    for (size_t i = 0; i < values.size() && !sums_.empty(); ++i) {
      sums_[column_] += double{values[i]};
      if (++column_ == sums_.size()) column_ = 0;
    }
    given_ += values.size();
    sink_(std::as_bytes(values));
  }

  void Finish() {
    if (given_ == p_.size()) return;
    std::vector<float> mean(sums_.size());
    const auto rows = static_cast<double>(p_.shape[0] - 1);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] = static_cast<float>(sums_[i] / rows);
    sink_(std::as_bytes(std::span<const float>(mean)));
  }

 private:
  const Parameter& p_;
  std::string where_;
  bool allow_;
  const file::TensorSource::Sink& sink_;
  std::vector<double> sums_;
  size_t column_ = 0;
  uint64_t given_ = 0;
};

file::TensorSource SourceOf(const Arrays& arrays, const Match& match, bool allow_nonfinite) {
  auto write = [&arrays, p = *match.parameter, array = match.array, transpose = match.transpose,
                allow_nonfinite](const file::TensorSource::Sink& sink) {
    RowStream rows(p, StrCat(arrays.where, ": ", QuotedName(array->name)), allow_nonfinite, sink);
    if (transpose || array->column_major) {
      AlignedVector<float> all = FloatsOf(arrays, *array, transpose);
      rows.Add(all);
    } else {
      ReadFloats(arrays, *array, [&](std::span<const float> piece) { rows.Add(piece); });
    }
    rows.Finish();
  };
  return {StrCat(kPrefix, match.parameter->name), file::DType::kF32, match.parameter->shape, write,
          false};
}

std::string NameIn(const Parameter& p, Naming naming, const Arrays& arrays) {
  if (naming == Naming::kTorch) return TorchName(p);
  bool bare = arrays.Find(p.name) != nullptr;
  return bare ? p.name : StrCat(kPrefix, p.name);
}

Naming Guess(const Arrays& arrays, std::span<const Parameter> parameters) {
  size_t duomo = 0, torch = 0;
  for (const Parameter& p : parameters) {
    duomo += arrays.Find(NameIn(p, Naming::kDuomo, arrays)) != nullptr;
    torch += arrays.Find(TorchName(p)) != nullptr;
  }
  return duomo > torch ? Naming::kDuomo : Naming::kTorch;
}

}  // namespace

std::string TorchName(const Parameter& p) {
  std::string name = p.name;
  std::ranges::replace(name, '/', '.');
  // Places are an Embedding of their own, gains and shifts a LayerNorm's.
  if (p.is_table || name.ends_with(".positions")) return name + ".weight";
  if (name.ends_with(".gain")) return name.substr(0, name.size() - 4) + "weight";
  if (name.ends_with(".shift")) return name.substr(0, name.size() - 5) + "bias";
  return name;
}

bool TorchTransposes(const Parameter& p) {
  // Of two dimensions are places and distances, too, which lie there as here.
  return !p.is_table && p.name.ends_with("/weight");
}

std::vector<uint64_t> TorchShape(const Parameter& p) {
  return ShapesOf(p, TorchTransposes(p)).front();
}

NameMap ReadNameMap(const std::string& path, std::span<const Parameter> parameters) {
  NameMap out;
  if (path.empty()) return out;
  FileBytes file = FileBytes::Map(path);
  auto bytes = file.bytes();
  Json json = description::ParseJson(
      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), path);
  if (!json.is_object()) Fail(Status::kInvalidArgument, path, ": not a JSON object of names");
  std::map<std::string, std::string> used;
  for (const auto& [name, value] : json.items()) {
    std::string where = StrCat(path, ": ", QuotedName(name));
    NameMap::Entry entry;
    if (value.is_object()) {
      description::Fields f(value, where);
      entry.parameter = f.Text("parameter");
      entry.transpose = f.Flag("transpose", false);
      f.Finish();
    } else if (value.is_string()) {
      entry.parameter = value.get<std::string>();
    } else if (!value.is_null()) {
      Fail(Status::kInvalidArgument, where,
           ": must be a parameter's name, {\"parameter\", \"transpose\"}, or null");
    }
    if (!value.is_null()) {
      if (entry.parameter.starts_with(kPrefix)) entry.parameter.erase(0, kPrefix.size());
      if (std::ranges::find(parameters, entry.parameter, &Parameter::name) == parameters.end()) {
        std::string all;
        for (const Parameter& p : parameters) all += StrCat(all.empty() ? "" : ", ", p.name);
        Fail(Status::kInvalidArgument, where, ": the model has no parameter ",
             QuotedName(entry.parameter), "; it has ", all);
      }
      auto [first, is_new] = used.emplace(entry.parameter, name);
      if (!is_new) {
        Fail(Status::kInvalidArgument, where, ": ", QuotedName(first->second), " is mapped to ",
             QuotedName(entry.parameter), " already");
      }
    }
    out.entries[name] = std::move(entry);
  }
  return out;
}

ParameterArrays ParametersFrom(const Arrays& arrays, std::span<const Parameter> parameters,
                               const NameMap& map, std::optional<Naming> naming,
                               bool allow_nonfinite) {
  const Naming names = naming ? *naming : Guess(arrays, parameters);
  std::vector<Match> matches;
  ParameterArrays out;
  std::vector<NamedShape> expected, found;
  for (const Parameter& p : parameters) {
    Match match{&p, nullptr, NameIn(p, names, arrays),
                names == Naming::kTorch && TorchTransposes(p)};
    for (const auto& [name, entry] : map.entries) {
      if (entry.parameter != p.name) continue;
      match.name = name;
      match.transpose = entry.transpose;
    }
    match.array = arrays.Find(match.name);
    auto shapes = ShapesOf(p, match.transpose);
    std::vector<uint64_t> shape = shapes.front();
    if (match.array != nullptr && std::ranges::find(shapes, match.array->shape) != shapes.end()) {
      shape = match.array->shape;
    }
    expected.push_back({match.name, std::move(shape)});
    out.numbers += p.size();
    matches.push_back(std::move(match));
  }
  for (const Array& array : arrays.list) {
    auto mapped = map.entries.find(array.name);
    bool ignored = mapped != map.entries.end() && mapped->second.parameter.empty();
    bool wanted = std::ranges::find(expected, array.name, &NamedShape::name) != expected.end();
    if (!wanted && (ignored || (names == Naming::kDuomo && IsOwnExtra(array.name)))) {
      out.left_out.push_back(array.name);
    } else {
      found.push_back({array.name, array.shape});
    }
  }
  CheckNamesAndShapes(arrays.where, expected, found);
  for (const Match& match : matches) {
    RequireFloats(arrays, *match.array);
    out.sources.push_back(SourceOf(arrays, match, allow_nonfinite));
  }
  return out;
}

}  // namespace duomo::convert
