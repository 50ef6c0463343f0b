// Names and layouts of a model's parameters in files of other programs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "converter/arrays/arrays.h"
#include "file/tensor.h"
#include "model/parameters.h"

namespace duomo::convert {

// kDuomo: "parameters/user/dense0/weight", as `export npz` writes it, with or without
// "parameters/"; weights are [in, out], and those of convolutions may be [window, in, out], as
// Keras has them. kTorch: "user.dense0.weight", as a module's state_dict has it: weights are [out,
// in], those of convolutions [out, in, window]; tables are "tables.NAME.weight".
enum class Naming { kDuomo, kTorch };

// The name and shape of a parameter in PyTorch.
std::string TorchName(const model::Parameter& parameter);
std::vector<uint64_t> TorchShape(const model::Parameter& parameter);
// Whether PyTorch stores it with its axes reversed.
bool TorchTransposes(const model::Parameter& parameter);

// From a file's own names: {"fc1.weight": "user/dense0/weight"}, {"fc1.weight": {"parameter":
// "user/dense0/weight", "transpose": true}} for one whose axes are in reverse order (NumPy's .T),
// or
// {"steps": null} for one to leave out.
struct NameMap {
  struct Entry {
    std::string parameter;  // empty: left out
    bool transpose = false;
  };
  std::map<std::string, Entry> entries;  // others are named as Naming says
};
// An empty path: an empty map. Throws Error(kInvalidArgument) that says what is wrong, also for
// names that `parameters` has not.
NameMap ReadNameMap(const std::string& path, std::span<const model::Parameter> parameters);

// The parameters, made of the arrays of a file. If a table lacks the row of unknown values, that
// row is the mean of the others. Other arrays of Duomo's own exports are ignored. If `naming` is
// not given, it is recognised by the names. The sources borrow `arrays`. Throws
// Error(kInvalidArgument) as CheckNamesAndShapes() now, as CheckFinite() when written.
struct ParameterArrays {
  std::vector<file::TensorSource> sources;  // "parameters/…", f32
  uint64_t numbers = 0;
  std::vector<std::string> left_out;
};
ParameterArrays ParametersFrom(const Arrays& arrays, std::span<const model::Parameter> parameters,
                               const NameMap& map, std::optional<Naming> naming,
                               bool allow_nonfinite);

}  // namespace duomo::convert
