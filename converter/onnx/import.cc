// duomo-convert import onnx: a network from an ONNX model, users and items from another file.
#include <memory>

#include "console/paths.h"
#include "converter/arrays/stock.h"
#include "converter/command.h"
#include "converter/onnx/import_network.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::convert {
namespace {

struct Options {
  std::string input, like, map, output;
  bool allow_nonfinite = false, json = false;
};

void Run(const Options& o) {
  RequireReplaceable(o.output);
  console::RefuseOverwriting(o.output, o.input + ".data");  // large tensors lie there
  auto like = model::Model::Open(o.like);
  onnx::Opened opened = onnx::Read(o.input);
  Network network = NetworkOf(opened.graph, like->description(), ReadInputNames(o.map));
  SaveImport(*like, std::move(network),
             {"imported from ONNX", o.input, o.output, o.allow_nonfinite, o.json});
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
  AddImportEnd(c, o->output, o->allow_nonfinite, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
