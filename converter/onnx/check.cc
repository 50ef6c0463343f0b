// What holds of every graph that was read: onnx.h lists it.
#include <cstring>
#include <map>
#include <set>

#include "converter/onnx/onnx.h"
#include "core/error.h"

namespace duomo::convert::onnx {
namespace {

using Ints = std::vector<int64_t>;

// Since opset 13 (reductions: 18) axes are an input, which is a constant in practice.
void AxesToAttribute(Node& node, const std::map<std::string_view, const Tensor*>& constants) {
  bool has_axes = node.op.starts_with("Reduce") || node.op == "Unsqueeze" || node.op == "Squeeze";
  if (!has_axes || node.inputs.size() != 2) return;
  auto found = constants.find(node.inputs[1]);
  if (found == constants.end() || found->second->type != Type::kInt64) return;
  auto bytes = found->second->bytes();
  Ints axes(bytes.size() / sizeof(int64_t));
  if (!axes.empty()) std::memcpy(axes.data(), bytes.data(), bytes.size());
  node.attributes.push_back({"axes", axes});
  node.inputs.pop_back();
}

}  // namespace

void CheckGraph(Graph& graph) {
  std::set<std::string_view> made;
  std::map<std::string_view, const Tensor*> constants;
  auto make = [&](const std::string& name, const char* what) {
    if (name.empty() || !made.insert(name).second) {
      Fail(Status::kCorrupt, what, " \"", name, "\" has a name that another value has or none");
    }
  };
  for (const Tensor& t : graph.constants) {
    make(t.name, "the tensor");
    constants[t.name] = &t;
  }
  // Until IR version 4 every initialiser was listed among the inputs, too.
  std::erase_if(graph.inputs, [&](const Value& v) { return constants.contains(v.name); });
  for (const Value& v : graph.inputs) make(v.name, "the input");
  for (Node& node : graph.nodes) {
    for (const std::string& input : node.inputs) {
      if (!input.empty() && !made.contains(input)) {
        Fail(Status::kCorrupt, "node \"", node.name, "\" (", node.op, ") reads \"", input,
             "\", which is no input, no initialiser, and no output of a node before it");
      }
    }
    for (const std::string& output : node.outputs) {
      if (!output.empty()) make(output, "the output");
    }
    AxesToAttribute(node, constants);
  }
  for (const Value& v : graph.outputs) {
    if (!made.contains(v.name)) {
      Fail(Status::kCorrupt, "the graph's output \"", v.name, "\" is made by no node");
    }
  }
}

}  // namespace duomo::convert::onnx
