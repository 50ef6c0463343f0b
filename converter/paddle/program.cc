#include "converter/paddle/program.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "converter/onnx/protobuf.h"
#include "core/error.h"

namespace duomo::convert::paddle {
namespace {

constexpr size_t kMostDims = 8;
constexpr uint64_t kLongestDescription = 1 << 16;

struct TypeFacts {
  Type type;
  std::string_view name;
  size_t size;
};
constexpr TypeFacts kTypes[] = {
    {Type::kBool, "bool", 1},      {Type::kInt16, "int16", 2},       {Type::kInt32, "int32", 4},
    {Type::kInt64, "int64", 8},    {Type::kHalf, "float16", 2},      {Type::kFloat, "float32", 4},
    {Type::kDouble, "float64", 8}, {Type::kBfloat16, "bfloat16", 2},
};

TypeFacts FactsOf(Type type) {
  for (const TypeFacts& facts : kTypes) {
    if (facts.type == type) return facts;
  }
  return {Type::kOther, "another type", 0};
}

size_t SizeOf(Type type) { return FactsOf(type).size; }

// One record after the other: u32 version, u64 levels of "LoD" (each with u64 size and that many
// bytes), u32 version, i32 size and a TensorDesc, then the numbers.
class Records {
 public:
  Records(std::span<const std::byte> bytes, const std::string& where)
      : rest_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), where_(where) {}

  std::optional<ParameterTensor> Next() {
    if (rest_.empty()) return std::nullopt;
    Version();
    auto levels = Take<uint64_t>();
    if (levels > 64) Damaged("absurd levels of detail");
    for (uint64_t i = 0; i < levels; ++i) Skip(Take<uint64_t>());
    Version();
    auto size = Take<int32_t>();
    if (size < 0 || static_cast<uint64_t>(size) > kLongestDescription) {
      Damaged("a description of ", size, " bytes");
    }
    ParameterTensor out = Describe(Skip(static_cast<uint64_t>(size)));
    uint64_t count = 1;
    for (int64_t n : out.dims) {
      if (n < 0 || (n > 0 && count > rest_.size() / static_cast<uint64_t>(n))) {
        Damaged("it states more numbers than the file has; is it truncated?");
      }
      count *= static_cast<uint64_t>(n);
    }
    if (SizeOf(out.type) == 0) Damaged("numbers of an unknown type");
    if (count > rest_.size() / SizeOf(out.type)) {
      Damaged("it states more numbers than the file has; is it truncated?");
    }
    std::string_view numbers = Skip(count * SizeOf(out.type));
    out.bytes = std::as_bytes(std::span(numbers.data(), numbers.size()));
    ++record_;
    return out;
  }

 private:
  template <typename... Parts>
  [[noreturn]] void Damaged(const Parts&... why) const {
    Fail(Status::kCorrupt, where_, ": tensor ", record_, " (from 0) is damaged: ", why...);
  }
  void Version() {
    auto version = Take<uint32_t>();
    if (version != 0) Damaged("its format is of version ", version, ", not 0");
  }
  std::string_view Skip(uint64_t size) {
    if (size > rest_.size()) Damaged("the file ends inside it; is it truncated?");
    std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  template <typename T>
  T Take() {
    T out;
    std::memcpy(&out, Skip(sizeof(T)).data(), sizeof(T));
    return out;
  }
  ParameterTensor Describe(std::string_view bytes) const {
    ParameterTensor out;
    out.type = Type::kOther;
    try {
      ProtoReader in(bytes, "TensorDesc");
      while (auto f = in.Next()) {
        if (f->number == 1) out.type = static_cast<Type>(in.Int(*f));
        if (f->number == 2) in.Ints(*f, out.dims);
      }
    } catch (const Error& error) {
      Damaged(error.message());
    }
    if (out.dims.size() > kMostDims) Damaged(out.dims.size(), " dimensions");
    return out;
  }

  std::string_view rest_;
  const std::string& where_;
  size_t record_ = 0;
};

std::vector<uint64_t> ShapeOf(const std::vector<int64_t>& dims) {
  std::vector<uint64_t> out;
  for (int64_t n : dims) out.push_back(static_cast<uint64_t>(std::max<int64_t>(n, 0)));
  return out;
}

template <typename T>
const T* Find(const Operator& op, std::string_view name) {
  auto found = op.attributes.find(name);
  return found == op.attributes.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

std::string_view NameOf(Type type) { return FactsOf(type).name; }

int64_t Operator::Int(std::string_view name, int64_t fallback) const {
  if (const auto* value = Find<int64_t>(*this, name)) return *value;
  if (const auto* value = Find<bool>(*this, name)) return *value ? 1 : 0;
  return fallback;
}

double Operator::Number(std::string_view name, double fallback) const {
  if (const auto* value = Find<double>(*this, name)) return *value;
  if (const auto* value = Find<int64_t>(*this, name)) return static_cast<double>(*value);
  return fallback;
}

std::string_view Operator::Text(std::string_view name) const {
  const auto* value = Find<std::string>(*this, name);
  return value == nullptr ? std::string_view() : *value;
}

std::vector<int64_t> Operator::Ints(std::string_view name) const {
  if (const auto* value = Find<std::vector<int64_t>>(*this, name)) return *value;
  if (const auto* value = Find<int64_t>(*this, name)) return {*value};
  return {};
}

std::vector<double> Operator::Numbers(std::string_view name) const {
  if (const auto* value = Find<std::vector<double>>(*this, name)) return *value;
  std::vector<double> out;
  for (int64_t n : Ints(name)) out.push_back(static_cast<double>(n));
  return out;
}

std::map<std::string, ParameterTensor> ReadParameters(std::span<const std::byte> bytes,
                                                      const Program& program,
                                                      const std::string& where) {
  std::vector<ParameterTensor> tensors;
  Records records(bytes, where);
  while (auto next = records.Next()) tensors.push_back(std::move(*next));
  // The file has no names: its tensors are those of the program in the order of their names.
  const std::vector<std::string>& names = program.parameters;
  std::vector<NamedShape> expected, found;
  std::map<std::string, ParameterTensor> out;
  for (size_t i = 0; i < std::max(names.size(), tensors.size()); ++i) {
    std::string name = i < names.size() ? names[i] : StrCat("tensor ", i);
    if (i < names.size()) expected.push_back({name, ShapeOf(program.values.at(name).dims)});
    if (i < tensors.size()) {
      found.push_back({name, ShapeOf(tensors[i].dims)});
      out[name] = std::move(tensors[i]);
    }
  }
  CheckNamesAndShapes(where, expected, found);
  for (const std::string& name : names) {
    if (program.values.at(name).type == out.at(name).type) continue;
    Fail(Status::kInvalidArgument, where, ": ", QuotedName(name), " is of ",
         NameOf(out.at(name).type), "; the program says ", NameOf(program.values.at(name).type));
  }
  return out;
}

}  // namespace duomo::convert::paddle
