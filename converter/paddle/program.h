// PaddlePaddle's inference programs as data: what a `.json` (3.x) or `.pdmodel` holds, and the
// tensors of the `.pdiparams` beside it. Nothing is executed; nothing of Duomo's models is known.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "converter/arrays/import_tensors.h"

namespace duomo::convert::paddle {

// Values are those of VarType.Type.
enum class Type : int32_t {
  kBool = 0,
  kInt16 = 1,
  kInt32 = 2,
  kInt64 = 3,
  kHalf = 4,
  kFloat = 5,
  kDouble = 6,
  kBfloat16 = 22,
  kOther = -1,
};
std::string_view NameOf(Type type);  // "float32", as messages and the program call it

struct Value {
  Type type = Type::kOther;
  std::vector<int64_t> dims;  // -1: any
};

using Attribute = std::variant<std::monostate, bool, int64_t, double, std::string,
                               std::vector<int64_t>, std::vector<double>>;

// Operators are called as in 3.x ("matmul"), whatever the program calls them ("matmul_v2"), with
// those operands and attributes.
struct Operator {
  std::string type;
  std::vector<std::string> inputs, outputs;  // names of values; empty: not given
  std::map<std::string, Attribute, std::less<>> attributes;

  // Returns the fallback if the attribute is missing or of another type.
  int64_t Int(std::string_view name, int64_t fallback) const;
  double Number(std::string_view name, double fallback) const;
  std::string_view Text(std::string_view name) const;
  std::vector<int64_t> Ints(std::string_view name) const;
  std::vector<double> Numbers(std::string_view name) const;
};

struct Program {
  std::vector<Operator> operators;
  std::map<std::string, Value, std::less<>> values;  // the parameters' among them
  std::vector<std::string> parameters;               // sorted, as the tensors are
  std::vector<std::string> inputs, outputs;
};

// Throw Error: kCorrupt for what is no program, kUnsupported for programs of several blocks and of
// newer formats.
Program ReadPir(std::string_view json, const std::string& where);
Program ReadProgramDesc(std::string_view bytes, const std::string& where);

// Views of a `.pdiparams`, by the names of the program's parameters. Throws Error(kCorrupt) for
// damaged records, and as CheckNamesAndShapes() for tensors that are not the program's.
struct ParameterTensor {
  Type type = Type::kFloat;
  std::vector<int64_t> dims;
  std::span<const std::byte> bytes;
};
std::map<std::string, ParameterTensor> ReadParameters(std::span<const std::byte> bytes,
                                                      const Program& program,
                                                      const std::string& where);

}  // namespace duomo::convert::paddle
