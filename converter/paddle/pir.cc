// PaddlePaddle 3.x: {"base_code": {"magic": "pir", "version": n}, "program": …}, where operators
// are {"#": "1.matmul", "A": attributes, "I": operands, "O": results} and values have numbers.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "converter/paddle/program.h"
#include "core/error.h"
#include "description/fields.h"

namespace duomo::convert::paddle {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNewestVersion = 4;
constexpr size_t kMostOperators = 100'000;

class PirReader {
 public:
  explicit PirReader(const std::string& where) : where_(where) {}

  Program Run(const Json& json) {
    const Json& base = Get(json, "base_code");
    const Json& version = Get(base, "version");
    if (Text(base, "magic") != "pir" || !version.is_number_integer()) {
      Damaged("it is no PIR program");
    }
    if (version.get<int64_t>() > kNewestVersion) {
      Fail(Status::kUnsupported, where_, ": a PIR program of version ", version.get<int64_t>(),
           "; up to ", kNewestVersion, " are read");
    }
    const Json& regions = Array(Get(json, "program"), "regions");
    const Json* blocks = regions.size() == 1 ? &Array(regions[0], "blocks") : nullptr;
    if (blocks == nullptr || blocks->size() != 1) {
      Fail(Status::kUnsupported, where_, ": a program with control flow (several blocks)");
    }
    const Json& operators = Array((*blocks)[0], "ops");
    if (operators.size() > kMostOperators) {
      Fail(Status::kUnsupported, where_, ": a program of more than ", kMostOperators, " operators");
    }
    for (const Json& op : operators) Read(op);
    std::ranges::sort(out_.parameters);
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  [[noreturn]] void Damaged(const Parts&... why) const {
    Fail(Status::kCorrupt, where_, ": damaged program: ", why...);
  }
  const Json& Get(const Json& object, const char* name) const {
    if (!object.is_object() || !object.contains(name)) Damaged("\"", name, "\" is missing");
    return object[name];
  }
  const Json& Array(const Json& object, const char* name) const {
    const Json& out = Get(object, name);
    if (!out.is_array()) Damaged("\"", name, "\" is no array");
    return out;
  }
  std::string Text(const Json& object, const char* name) const {
    const Json& out = Get(object, name);
    if (!out.is_string()) Damaged("\"", name, "\" is no text");
    return out.get<std::string>();
  }
  int64_t Id(const Json& object) const {
    const Json& id = Get(object, "%");
    if (!id.is_number_integer()) Damaged("a value's number is none");
    return id.get<int64_t>();
  }

  void Read(const Json& json) {
    std::string type = Text(json, "#");
    if (type == "p") return ReadParameter(json);
    // "0." and "1." number the dialects.
    if (size_t dot = type.find('.'); dot != type.npos) type.erase(0, dot + 1);
    Operator op;
    op.type = std::move(type);
    for (const Json& a : Array(json, "A")) {
      op.attributes[Text(a, "N")] = ReadAttribute(Get(a, "AT"));
    }
    for (const Json& operand : Array(json, "I")) {
      auto name = names_.find(Id(operand));
      if (name == names_.end()) {
        op.inputs.emplace_back();  // an optional operand that is not given has the number 0
      } else {
        op.inputs.push_back(name->second);
      }
    }
    std::string own;
    if (op.type == "data") own = op.Text("name");
    for (const Json& result : Array(json, "O")) op.outputs.push_back(Define(result, own));
    if (op.type == "data")
      out_.inputs.insert(out_.inputs.end(), op.outputs.begin(), op.outputs.end());
    if (op.type == "fetch" && !op.inputs.empty()) out_.outputs.push_back(op.inputs[0]);
    out_.operators.push_back(std::move(op));
  }

  // "A": [distributed, parameter, trainable, name]; one result.
  void ReadParameter(const Json& json) {
    const Json& attributes = Array(json, "A");
    if (attributes.empty() || !attributes.back().is_string()) Damaged("a parameter without a name");
    out_.parameters.push_back(Define(Get(json, "O"), attributes.back().get<std::string>()));
  }

  // Gives a value its name: its own, or its number.
  std::string Define(const Json& result, const std::string& own) {
    const int64_t id = Id(result);
    std::string name = own.empty() ? StrCat('%', id) : own;
    if (!names_.emplace(id, name).second || !out_.values.emplace(name, TypeOf(result)).second) {
      Damaged("the value ", name, " is made twice");
    }
    return name;
  }

  // "TT": {"#": "0.t_dtensor", "D": [{"#": "0.t_f32"}, dims, …]}.
  Value TypeOf(const Json& result) const {
    Value out;
    if (!result.contains("TT") || !result["TT"].is_object()) return out;
    const Json& type = result["TT"];
    if (!type.contains("D") || !type["D"].is_array() || type["D"].size() < 2) return out;
    const Json &element = type["D"][0], &dims = type["D"][1];
    if (!element.is_object() || !dims.is_array()) return out;
    static const std::map<std::string, Type, std::less<>> kTypes = {
        {"t_bool", Type::kBool},  {"t_i16", Type::kInt16},    {"t_i32", Type::kInt32},
        {"t_i64", Type::kInt64},  {"t_f16", Type::kHalf},     {"t_f32", Type::kFloat},
        {"t_f64", Type::kDouble}, {"t_bf16", Type::kBfloat16}};
    std::string name = Text(element, "#");
    name.erase(0, name.find('.') + 1);
    if (auto found = kTypes.find(name); found != kTypes.end()) out.type = found->second;
    for (const Json& n : dims) {
      if (!n.is_number_integer()) Damaged("a dimension that is no number");
      out.dims.push_back(n.get<int64_t>());
    }
    return out;
  }

  static Attribute Scalar(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<int64_t>();
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    return {};
  }

  // {"#": "0.a_f32", "D": 1.5}, {"#": "0.a_array", "D": [{"#": "0.a_i32", "D": 1}, …]},
  // {"#": "1.a_intarray", "D": [1, 2]}; numbers that are not finite are spelt otherwise.
  Attribute ReadAttribute(const Json& json) const {
    if (!json.is_object()) Damaged("an attribute without a type");
    if (!json.contains("D")) return {};
    const Json& value = json["D"];
    if (!value.is_array()) return Scalar(value);
    std::vector<int64_t> ints;
    std::vector<double> numbers;
    for (const Json& element : value) {
      const bool nested = element.is_object() && element.contains("D");
      Attribute one = Scalar(nested ? element["D"] : element);
      if (auto* flag = std::get_if<bool>(&one)) one = int64_t{*flag};
      if (auto* integer = std::get_if<int64_t>(&one)) {
        ints.push_back(*integer);
        numbers.push_back(static_cast<double>(*integer));
      } else if (auto* number = std::get_if<double>(&one)) {
        numbers.push_back(*number);
      } else {
        return {};
      }
    }
    if (ints.size() == numbers.size()) return ints;
    return numbers;
  }

  const std::string& where_;
  Program out_;
  std::map<int64_t, std::string> names_;
};

}  // namespace

Program ReadPir(std::string_view json, const std::string& where) {
  Json parsed;
  try {
    parsed = description::ParseJson(std::string(json), where);
  } catch (const Error& error) {
    Fail(Status::kCorrupt, error.message());
  }
  return PirReader(where).Run(parsed);
}

}  // namespace duomo::convert::paddle
