// PaddlePaddle's older programs: a ProgramDesc message, whose operators have named operands.
#include <algorithm>
#include <bit>
#include <optional>

#include "converter/onnx/protobuf.h"
#include "converter/paddle/program.h"
#include "core/error.h"

namespace duomo::convert::paddle {
namespace {

constexpr size_t kMostOperators = 100'000;

using Names = std::map<std::string, std::vector<std::string>, std::less<>>;

// How an older operator is called in 3.x, its operands in order, and attributes that changed their
// names. An operand with a star is a list.
struct Spelling {
  const char* old_type;
  const char* type;
  std::vector<const char*> operands;
  const char* result = "Out";
  std::vector<std::pair<const char*, const char*>> attributes = {};
};

const Spelling* SpellingOf(std::string_view type) {
  static const std::vector<Spelling> kSpellings = {
      {"lookup_table", "embedding", {"Ids", "W"}},
      {"lookup_table_v2", "embedding", {"Ids", "W"}},
      {"matmul_v2",
       "matmul",
       {"X", "Y"},
       "Out",
       {{"trans_x", "transpose_x"}, {"trans_y", "transpose_y"}}},
      {"mul", "mul", {"X", "Y"}},
      {"elementwise_add", "add", {"X", "Y"}, "Out", {{"axis", "broadcast"}}},
      {"elementwise_sub", "subtract", {"X", "Y"}, "Out", {{"axis", "broadcast"}}},
      {"elementwise_mul", "multiply", {"X", "Y"}, "Out", {{"axis", "broadcast"}}},
      {"elementwise_div", "divide", {"X", "Y"}, "Out", {{"axis", "broadcast"}}},
      {"elementwise_max", "maximum", {"X", "Y"}, "Out", {{"axis", "broadcast"}}},
      {"greater_than", "greater_than", {"X", "Y"}},
      {"greater_equal", "greater_equal", {"X", "Y"}},
      {"less_than", "less_than", {"X", "Y"}},
      {"less_equal", "less_equal", {"X", "Y"}},
      {"equal", "equal", {"X", "Y"}},
      {"where", "where", {"Condition", "X", "Y"}},
      {"concat", "concat", {"X*"}},
      {"unsqueeze2", "unsqueeze", {"X"}, "Out", {{"axes", "axis"}}},
      {"squeeze2", "squeeze", {"X"}, "Out", {{"axes", "axis"}}},
      {"reshape2", "reshape", {"X"}},
      {"transpose2", "transpose", {"X"}, "Out", {{"axis", "perm"}}},
      {"flatten_contiguous_range", "flatten", {"X"}},
      {"conv2d", "conv2d", {"Input", "Filter"}, "Output"},
      {"reduce_max", "max", {"X"}, "Out", {{"dim", "axis"}, {"keep_dim", "keepdim"}}},
      {"reduce_sum", "sum", {"X"}, "Out", {{"dim", "axis"}, {"keep_dim", "keepdim"}}},
      {"reduce_mean", "mean", {"X"}, "Out", {{"dim", "axis"}, {"keep_dim", "keepdim"}}},
      {"fill_constant", "full", {}},
      {"fill_any_like", "full_like", {"X"}},
      {"assign_value", "assign_value", {}},
  };
  for (const Spelling& s : kSpellings) {
    if (type == s.old_type) return &s;
  }
  return nullptr;
}

class DescReader {
 public:
  explicit DescReader(const std::string& where) : where_(where) {}

  Program Run(std::string_view bytes) {
    try {
      ProtoReader in(bytes, "ProgramDesc");
      std::optional<std::string_view> block;
      while (auto f = in.Next()) {
        if (f->number != 1) continue;
        if (block) {
          Fail(Status::kUnsupported, where_, ": a program with control flow (several blocks)");
        }
        block = in.Bytes(*f);
      }
      if (!block) Fail(Status::kCorrupt, where_, " is no program of PaddlePaddle");
      ReadBlock(*block);
    } catch (const Error& error) {
      if (error.message().starts_with(where_)) throw;
      Fail(error.status(), where_, ": ", error.message());
    }
    std::ranges::sort(out_.parameters);
    return std::move(out_);
  }

 private:
  void ReadBlock(std::string_view bytes) {
    ProtoReader in(bytes, "BlockDesc");
    while (auto f = in.Next()) {
      if (f->number == 3) ReadVariable(in.Bytes(*f));
      if (f->number == 4) ReadOperator(in.Bytes(*f));
    }
  }

  static Value ReadTensor(std::string_view bytes) {
    Value out;
    ProtoReader in(bytes, "TensorDesc");
    while (auto f = in.Next()) {
      if (f->number == 1) out.type = static_cast<Type>(in.Int(*f));
      if (f->number == 2) in.Ints(*f, out.dims);
    }
    return out;
  }

  // VarDesc {name 1, type 2 {type 1, dense tensor 3 {tensor 1}}, persistable 3}.
  void ReadVariable(std::string_view bytes) {
    ProtoReader in(bytes, "VarDesc");
    std::string name;
    Value value;
    bool persistable = false, is_tensor = false;
    while (auto f = in.Next()) {
      if (f->number == 1) name = in.Bytes(*f);
      if (f->number == 3) persistable = in.Int(*f) != 0;
      if (f->number != 2) continue;
      ProtoReader type(in.Bytes(*f), "VarType");
      while (auto t = type.Next()) {
        if (t->number != 3) continue;
        ProtoReader dense(type.Bytes(*t), "DenseTensorDesc");
        while (auto d = dense.Next()) {
          if (d->number != 1) continue;
          value = ReadTensor(dense.Bytes(*d));
          is_tensor = true;
        }
      }
    }
    if (!out_.values.emplace(name, value).second) {
      Fail(Status::kCorrupt, where_, ": the variable ", QuotedName(name), " is there twice");
    }
    if (persistable && is_tensor) out_.parameters.push_back(name);
  }

  static void ReadNames(std::string_view bytes, Names& out) {
    ProtoReader in(bytes, "OpDesc.Var");
    std::string parameter;
    std::vector<std::string> arguments;
    while (auto f = in.Next()) {
      if (f->number == 1) parameter = in.Bytes(*f);
      if (f->number == 2) arguments.emplace_back(in.Bytes(*f));
    }
    out[parameter] = std::move(arguments);
  }

  static void ReadAttribute(std::string_view bytes, Operator& op) {
    ProtoReader in(bytes, "OpDesc.Attr");
    std::string name;
    Attribute value;
    std::vector<int64_t> ints;
    std::vector<double> numbers;
    bool has_ints = false, has_numbers = false;
    while (auto f = in.Next()) {
      switch (f->number) {
        case 1:
          name = in.Bytes(*f);
          break;
        case 3:  // an int32, which the wire format widens
        case 13:
          value = in.Int(*f);
          break;
        case 4:
          value = double{f->Float()};
          break;
        case 5:
          value = std::string(in.Bytes(*f));
          break;
        case 6:
        case 15:
          has_ints = true;
          in.Ints(*f, ints);
          break;
        case 7: {
          has_numbers = true;
          std::vector<float> floats;
          in.Floats(*f, floats);
          numbers.insert(numbers.end(), floats.begin(), floats.end());
          break;
        }
        case 10:
          value = in.Int(*f) != 0;
          break;
        case 19:
          value = std::bit_cast<double>(static_cast<uint64_t>(in.Int(*f)));
          break;
        default:
          break;
      }
    }
    if (has_ints) value = std::move(ints);
    if (has_numbers) value = std::move(numbers);
    op.attributes[name] = std::move(value);
  }

  void ReadOperator(std::string_view bytes) {
    if (out_.operators.size() == kMostOperators) {
      Fail(Status::kUnsupported, where_, ": a program of more than ", kMostOperators, " operators");
    }
    ProtoReader in(bytes, "OpDesc");
    Operator op;
    Names inputs, outputs;
    while (auto f = in.Next()) {
      if (f->number == 1) ReadNames(in.Bytes(*f), inputs);
      if (f->number == 2) ReadNames(in.Bytes(*f), outputs);
      if (f->number == 3) op.type = in.Bytes(*f);
      if (f->number == 4) ReadAttribute(in.Bytes(*f), op);
    }
    if (op.type == "feed") {
      out_.inputs.push_back(Only(outputs, "Out"));
      return;
    }
    if (op.type == "fetch") {
      out_.outputs.push_back(Only(inputs, "X"));
      return;
    }
    Rename(op, inputs, outputs);
    out_.operators.push_back(std::move(op));
  }

  static std::string Only(const Names& names, std::string_view parameter) {
    auto found = names.find(parameter);
    return found == names.end() || found->second.empty() ? "" : found->second[0];
  }

  // Those without a spelling have the operand X and the result Out, or are told from what they are.
  static void Rename(Operator& op, const Names& inputs, const Names& outputs) {
    const Spelling* s = SpellingOf(op.type);
    if (s == nullptr) {
      op.inputs.push_back(Only(inputs, "X"));
      op.outputs.push_back(Only(outputs, "Out"));
      for (const auto& [parameter, names] : outputs) {
        if (op.outputs[0].empty() && !names.empty()) op.outputs[0] = names[0];
      }
      return;
    }
    op.type = s->type;
    for (std::string_view operand : s->operands) {
      if (operand.ends_with('*')) {
        auto found = inputs.find(operand.substr(0, operand.size() - 1));
        if (found != inputs.end()) op.inputs = found->second;
      } else {
        op.inputs.push_back(Only(inputs, operand));
      }
    }
    op.outputs.push_back(Only(outputs, s->result));
    for (auto [old_name, name] : s->attributes) {
      auto node = op.attributes.extract(std::string(old_name));
      if (node.empty()) continue;
      node.key() = name;
      op.attributes.insert(std::move(node));
    }
  }

  const std::string& where_;
  Program out_;
};

}  // namespace

Program ReadProgramDesc(std::string_view bytes, const std::string& where) {
  return DescReader(where).Run(bytes);
}

}  // namespace duomo::convert::paddle
