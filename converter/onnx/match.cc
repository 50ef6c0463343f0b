#include "converter/onnx/match.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "core/error.h"

namespace duomo::convert::onnx {
namespace {

template <typename T>
void Append(std::span<const std::byte> bytes, std::vector<double>& out) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));  // a file may have it anywhere
    out.push_back(static_cast<double>(value));
  }
}

std::vector<double> NumbersOf(const Tensor& tensor, std::span<const std::byte> bytes) {
  std::vector<double> out;
  switch (tensor.type) {
    case Type::kFloat:
      Append<float>(bytes, out);
      break;
    case Type::kDouble:
      Append<double>(bytes, out);
      break;
    case Type::kInt32:
      Append<int32_t>(bytes, out);
      break;
    case Type::kInt64:
      Append<int64_t>(bytes, out);
      break;
    case Type::kBool:
      Append<uint8_t>(bytes, out);
      break;
  }
  return out;
}

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string TakeWord(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && IsWord(text[n])) ++n;
  std::string word(text.substr(0, n));
  text.remove_prefix(n);
  return word;
}

bool Take(std::string_view& text, char c) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

template <typename T>
T TakeNumber(std::string_view& text) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) Fail(Status::kInternal, "a pattern's number: ", text);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

bool IsCommutative(const std::string& op) {
  return op == "Add" || op == "Mul" || op == "And" || op == "Max" || op == "Equal";
}

}  // namespace

Pattern::Pattern(std::string_view text) {
  std::string_view rest = text;
  *this = Parse(rest);
  if (!rest.empty()) Fail(Status::kInternal, "a pattern goes on behind its end: ", text);
}

Pattern Pattern::Parse(std::string_view& text) {
  Pattern out;
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (Take(text, '$')) {
    out.kind_ = Kind::kConstant;
    out.name_ = TakeWord(text);
    return out;
  }
  if (!text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) {
    out.kind_ = Kind::kNumber;
    out.number_ = TakeNumber<double>(text);
    return out;
  }
  out.name_ = TakeWord(text);
  if (Take(text, '[')) {
    do {
      Attribute& a = out.attributes_.emplace_back();
      a.name = TakeWord(text);
      if (!Take(text, '=')) Fail(Status::kInternal, "a pattern lacks '=': ", text);
      do {
        auto& list = a.allowed.emplace_back();
        do list.push_back(TakeNumber<int64_t>(text));
        while (Take(text, '.'));
      } while (Take(text, '|'));
    } while (Take(text, ';'));
    if (!Take(text, ']')) Fail(Status::kInternal, "a pattern lacks ']': ", text);
  }
  if (Take(text, '(')) {
    out.kind_ = Kind::kNode;
    do out.inputs_.push_back(Parse(text));
    while (Take(text, ','));
    if (!Take(text, ')')) Fail(Status::kInternal, "a pattern lacks ')': ", text);
  }
  return out;
}

GraphView::GraphView(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (const std::string& output : node.outputs) makers_[output] = &node;
  }
  for (const Tensor& t : graph.constants) constants_[t.name] = &t;
  for (const Value& v : graph.inputs) inputs_[v.name] = &v;
}

std::string_view GraphView::Resolve(std::string_view value) const {
  while (true) {
    auto maker = makers_.find(value);
    if (maker == makers_.end()) return value;
    const Node& node = *maker->second;
    bool copies = node.op == "Identity" || node.op == "Dropout";
    if (!copies || node.inputs.empty() || node.outputs[0] != value) return value;
    value = node.inputs[0];
  }
}

const Node* GraphView::Maker(std::string_view value) const {
  auto found = makers_.find(Resolve(value));
  return found == makers_.end() ? nullptr : found->second;
}
const Tensor* GraphView::Constant(std::string_view value) const {
  auto found = constants_.find(Resolve(value));
  return found == constants_.end() ? nullptr : found->second;
}
const Value* GraphView::Input(std::string_view value) const {
  auto found = inputs_.find(Resolve(value));
  return found == inputs_.end() ? nullptr : found->second;
}

bool GraphView::Matches(std::string_view value, const Pattern& pattern, Bindings& found) const {
  value = Resolve(value);
  if (pattern.kind_ == Pattern::Kind::kNumber) {
    const Tensor* constant = Constant(value);
    return constant != nullptr && ScalarOf(*constant) == pattern.number_;
  }
  if (pattern.kind_ != Pattern::Kind::kNode) {
    if (pattern.kind_ == Pattern::Kind::kConstant && Constant(value) == nullptr) return false;
    return found.try_emplace(pattern.name_, value).first->second == value;
  }
  const Node* node = Maker(value);
  if (node == nullptr || node->op != pattern.name_) return false;
  for (const Pattern::Attribute& a : pattern.attributes_) {
    if (std::find(a.allowed.begin(), a.allowed.end(), IntsOf(*node, a.name)) == a.allowed.end()) {
      return false;
    }
  }
  if (node->inputs.size() != pattern.inputs_.size()) return false;
  return MatchesInputs(*node, pattern, found);
}

bool GraphView::MatchesInputs(const Node& node, const Pattern& pattern, Bindings& found) const {
  auto in_order = [&](bool swapped, Bindings& bindings) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const std::string& input = node.inputs[swapped ? 1 - i : i];
      if (!Matches(input, pattern.inputs_[i], bindings)) return false;
    }
    return true;
  };
  Bindings attempt = found;
  bool matches = in_order(false, attempt);
  if (!matches && IsCommutative(node.op) && node.inputs.size() == 2) {
    attempt = found;
    matches = in_order(true, attempt);
  }
  if (matches) found = std::move(attempt);
  return matches;
}

std::vector<int64_t> IntsOf(const Node& node, std::string_view attribute) {
  for (const Attribute& a : node.attributes) {
    if (a.name != attribute) continue;
    if (const auto* list = std::get_if<std::vector<int64_t>>(&a.value)) return *list;
    if (const auto* number = std::get_if<int64_t>(&a.value)) return {*number};
    return {};
  }
  if (attribute == "keepdims" || attribute == "group") return {1};
  if (attribute == "exclusive" || attribute == "reverse" || attribute == "transA" ||
      attribute == "transB" || attribute == "axis") {
    return {0};
  }
  return {};
}

float FloatOf(const Node& node, std::string_view attribute, float otherwise) {
  for (const Attribute& a : node.attributes) {
    if (a.name != attribute) continue;
    if (const auto* number = std::get_if<float>(&a.value)) return *number;
  }
  return otherwise;
}

std::vector<float> FloatsOf(const Tensor& tensor) {
  if (tensor.type == Type::kFloat) {
    std::vector<float> out(tensor.bytes().size() / sizeof(float));
    if (!out.empty()) std::memcpy(out.data(), tensor.bytes().data(), out.size() * sizeof(float));
    return out;
  }
  std::vector<double> numbers = NumbersOf(tensor, tensor.bytes());
  std::vector<float> out;
  for (double x : numbers) out.push_back(static_cast<float>(x));
  return out;
}

std::optional<double> ScalarOf(const Tensor& tensor) {
  for (int64_t n : tensor.dims) {
    if (n != 1) return std::nullopt;
  }
  std::vector<double> numbers = NumbersOf(tensor, tensor.bytes());
  return numbers.size() == 1 ? std::optional(numbers[0]) : std::nullopt;
}

}  // namespace duomo::convert::onnx
