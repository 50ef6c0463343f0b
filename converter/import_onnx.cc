// duomo-convert import onnx: a network from an ONNX model, users and items from another file.
#include <fstream>
#include <memory>

#include "converter/command.h"
#include "converter/import_tensors.h"
#include "converter/onnx_network.h"
#include "converter/output.h"
#include "converter/stock.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string input, like, map, output;
  bool allow_nonfinite = false, json = false;
};

std::map<std::string, std::string> ReadMap(const std::string& path) {
  std::map<std::string, std::string> names;
  if (path.empty()) return names;
  FileBytes file = FileBytes::Map(path);
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  bool fits = json.is_object();
  for (auto i = json.begin(); fits && i != json.end(); ++i) fits = i.value().is_string();
  if (!fits) {
    Fail(Status::kInvalidArgument, path,
         ": not a JSON object of names, {\"of the graph\": \"of FILE\"}");
  }
  for (auto i = json.begin(); i != json.end(); ++i) names[i.key()] = i.value();
  return names;
}

void Run(const Options& o) {
  CheckOutputPath(o.output, o.input);
  CheckOutputPath(o.output, o.like);
  file::ReadOptions read;
  read.verify_checksums = true;
  auto like = model::Model::Open(o.like, read);
  onnx::Opened opened = onnx::Read(o.input);
  Network network = NetworkOf(opened.graph, like->description(), ReadMap(o.map));
  uint64_t parameters = 0;
  for (const file::OwnedTensor& t : network.tensors) {
    const auto* values = reinterpret_cast<const float*>(t.bytes.data());
    size_t count = t.bytes.size() / sizeof(float);
    if (!o.allow_nonfinite) CheckFinite(t.name, t.shape, {values, count});
    parameters += count;
  }
  model::Contents contents = Stock(*like, std::move(network.description));
  std::move(network.tensors.begin(), network.tensors.end(), std::back_inserter(contents.tensors));
  contents.report.data = "imported from ONNX";
  FreezeVectors(contents);
  model::Save(o.output, contents);
  const model::Description& d = contents.description;
  if (o.json) {
    Json inputs = Json::array();
    for (const model::Input& input : d.inputs) inputs.push_back(input.name);
    PrintJson({{"input", o.input},
               {"output", o.output},
               {"name", d.name},
               {"inputs", inputs},
               {"parameters", parameters}});
  } else {
    Print(StrCat(o.output, ": ", d.name, ", ", Commas(parameters), " parameters\n"));
  }
}

}  // namespace

void AddImportOnnx(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "onnx", "A network from an ONNX model; a .duomo file supplies users, items and dictionaries");
  c->add_option("INPUT", o->input, "An .onnx file; its external data lie beside it")->required();
  c->add_option("--like", o->like,
                "The .duomo file whose users, items, features and dictionaries it takes")
      ->required();
  c->add_option("--map", o->map,
                "A JSON object from the graph's names of inputs to those of the --like file");
  c->add_option("-o,--output", o->output, "The .duomo file to write; replaced as a whole")
      ->required();
  c->add_flag("--allow-nonfinite", o->allow_nonfinite, "Take weights that are NaN or infinite");
  c->add_flag("--json", o->json, "Print JSON");
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
