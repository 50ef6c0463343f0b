// duomo-convert export onnx: the network, from features to predictions, for other runtimes.
#include <map>
#include <memory>

#include "console/paths.h"
#include "converter/command.h"
#include "converter/onnx/graph.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string file, output, tower;
  uint64_t inline_limit = onnx::kInlineLimit;
  bool json = false;
};

Json JsonOf(const onnx::Value& value) {
  Json dims = Json::array();
  for (const onnx::Dim& dim : value.dims) {
    dims.push_back(dim.name.empty() ? Json(dim.size) : Json(dim.name));
  }
  Json out = {{"name", value.name},
              {"type", value.type == onnx::Type::kFloat ? "float" : "int64"},
              {"dims", dims}};
  if (!value.about.empty()) out["about"] = value.about;
  return out;
}

// "float [users, 200]"
std::string TypeText(const onnx::Value& value) {
  std::string dims;
  for (const onnx::Dim& dim : value.dims) {
    dims += StrCat(dims.empty() ? "" : ", ", dim.name.empty() ? StrCat(dim.size) : dim.name);
  }
  return StrCat(value.type == onnx::Type::kFloat ? "float [" : "int64 [", dims, "]");
}

void PrintResult(const Options& o, const onnx::Graph& graph, const onnx::Written& written) {
  const std::string data = written.data_bytes > 0 ? o.output + ".data" : "";
  if (o.json) {
    Json json = {{"file", o.file}, {"output", o.output}, {"size", written.model_bytes}};
    if (!data.empty()) {
      json["data"] = data;
      json["data_size"] = written.data_bytes;
    }
    json["opset"] = onnx::kOpset;
    json["nodes"] = graph.nodes.size();
    json["inputs"] = json["outputs"] = Json::array();
    for (const onnx::Value& value : graph.inputs) json["inputs"].push_back(JsonOf(value));
    for (const onnx::Value& value : graph.outputs) json["outputs"].push_back(JsonOf(value));
    PrintJson(json);
    return;
  }
  std::string text = StrCat(o.output, ": ", graph.nodes.size(), " nodes, ",
                            Commas(written.model_bytes), " bytes\n");
  if (!data.empty()) {
    text += StrCat(data, ": ", Commas(written.data_bytes), " bytes, to be kept beside it\n");
  }
  Table table({{"", {}, false}, {"", {}, false}, {"", {}, true}});
  for (const onnx::Value& value : graph.inputs) {
    table.Add({value.name, TypeText(value), value.about});
  }
  for (const onnx::Value& value : graph.outputs) {
    table.Add({"→ " + value.name, TypeText(value), value.about});
  }
  Print(text + table.Text());
}

void Run(const Options& o) {
  file::ReadOptions read;
  read.verify_checksums = true;
  auto model = model::Model::Open(o.file, read);
  RequireReplaceable(o.output);
  RequireReplaceable(o.output + ".data");
  console::RefuseOverwriting(o.output + ".data", o.file);
  std::optional<model::Side> tower;
  if (!o.tower.empty()) tower = o.tower == "user" ? model::Side::kUser : model::Side::kItem;
  onnx::Graph graph = GraphOf(*model, tower);
  PrintResult(o, graph, onnx::Write(graph, o.output, o.inline_limit));
}

}  // namespace

void AddExportOnnx(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(
      parent, "onnx", "The network as an ONNX model: features in, predictions and vectors out",
      o->file, o->output, ".onnx");
  c->add_option("--tower", o->tower, "Only this side's features and vector: user or item")
      ->check(CLI::IsMember({"user", "item"}));
  c->add_option("--inline-limit", o->inline_limit,
                "Tensors of more bytes in all go to OUTPUT.data beside it")
      ->check(CLI::Range(uint64_t{0}, onnx::kInlineLimit))
      ->capture_default_str();
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
