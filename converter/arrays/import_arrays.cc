// duomo-convert import safetensors, npz, torch and keras: parameters by name, users and items from
// elsewhere.
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "converter/arrays/parameter_names.h"
#include "converter/arrays/stock.h"
#include "converter/command.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/encode.h"
#include "data/entities.h"
#include "data/open.h"
#include "description/json.h"
#include "file/writer.h"

namespace duomo::convert {
namespace {

constexpr const char* kTorchSnippet =
    "safetensors, as safetensors.torch.save_file(model.state_dict(), \"model.safetensors\") writes "
    "them";
constexpr const char* kKerasSnippet =
    "what numpy.savez(\"model.npz\", **arrays) writes; `duomo-convert import keras --help` says "
    "which arrays";

struct Format {
  const char* name;
  const char* about;
  const char* input;
  const char* wanted;
  const char* footer = "";
};
constexpr Format kFormats[] = {
    {"safetensors", "Parameters from a .safetensors file", "A .safetensors file", kTorchSnippet},
    {"npz", "Parameters from a .npz archive, such as `export npz` writes", "A .npz archive",
     "a .npz archive, as numpy.savez writes it"},
    {"torch", "Parameters of a PyTorch module, through safetensors",
     "A .safetensors file of its state_dict", kTorchSnippet,
     "In Python (pip install safetensors); a .pt file is a pickle and never read:\n"
     "  from safetensors.torch import save_file\n"
     "  save_file(model.state_dict(), \"model.safetensors\")\n"
     "Weights are named as `export safetensors` names them, or by --map.\n"},
    {"keras", "Parameters of a Keras model, through .npz", "A .npz archive of its weights",
     kKerasSnippet,
     "In Python, with layers named as Duomo's parameters, \".\" for \"/\" (user.dense0):\n"
     "  import numpy as np\n"
     "  arrays = {}\n"
     "  for layer in model.layers:\n"
     "      for weight in layer.weights:\n"
     "          kind = {\"kernel\": \"/weight\", \"bias\": \"/bias\", \"embeddings\": \"\"}\n"
     "          name = layer.name.replace(\".\", \"/\") + kind[weight.name.split(\":\")[0]]\n"
     "          arrays[name] = weight.numpy()\n"
     "  np.savez(\"model.npz\", **arrays)\n"},
};

struct Options {
  std::string input, like, preset, data, map, names = "auto", output;
  bool allow_nonfinite = false, json = false;
};

// Everything but parameters and vectors, and what that is read from.
struct Base {
  std::shared_ptr<const model::Model> like;
  model::Contents contents;
};

model::Description PresetOrFile(const std::string& preset) {
  if (!std::filesystem::is_regular_file(preset)) return description::Preset(preset).model;
  std::ifstream in(preset, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return description::RecipeFromText(text.str(), preset).model;
}

Base BaseOf(const Options& o) {
  Base base;
  if (o.like.empty()) {
    data::Dataset dataset = data::OpenDataset(o.data);
    dataset.interactions = {};
    data::Encoded encoded = data::Encode(PresetOrFile(o.preset), dataset);
    base.contents.description = encoded.description;
    base.contents.tensors = std::move(encoded.vocabularies);
    data::AddEntities(base.contents.tensors, dataset, encoded, /*titles=*/true);
    return base;
  }
  base.like = model::Model::Open(o.like);
  base.contents = Stock(*base.like, base.like->description());
  for (const file::SegmentInfo& s : base.like->file().segments()) {
    if (!s.name.starts_with("inputs/")) continue;
    base.contents.sources.push_back(file::SourceOf(base.like->file(), s));
  }
  return base;
}

void CheckUsage(const Options& o) {
  bool from_data = !o.preset.empty() || !o.data.empty();
  bool whole = o.like.empty() ? !o.preset.empty() && !o.data.empty() : !from_data;
  if (!whole) {
    throw CLI::ValidationError(
        "import",
        "give --like FILE.duomo, or --preset PRESET and --data DATA, for users, items "
        "and dictionaries");
  }
}

void Run(const Format& format, const Options& o) {
  CheckUsage(o);
  RequireReplaceable(o.output);
  Arrays arrays = OpenArrays(o.input, format.wanted);
  Base base = BaseOf(o);
  model::Contents& contents = base.contents;
  auto parameters = model::ParametersOf(contents.description);
  std::optional<Naming> naming;
  if (o.names != "auto") naming = o.names == "torch" ? Naming::kTorch : Naming::kDuomo;
  ParameterArrays found =
      ParametersFrom(arrays, parameters, ReadNameMap(o.map, parameters), naming, o.allow_nonfinite);
  std::ranges::move(found.sources, std::back_inserter(contents.sources));
  contents.report.data = StrCat("imported from ", format.name);
  SaveFrozen(contents, o.output, StrCat("import ", format.name));
  const model::Description& d = contents.description;
  if (o.json) {
    PrintJson({{"input", o.input},
               {"output", o.output},
               {"name", d.name},
               {"tensors", parameters.size()},
               {"parameters", found.numbers},
               {"left_out", found.left_out},
               {"size", SizeOfFile(o.output)}});
  } else {
    Print(StrCat(o.output, ": ", d.name, ", ", Commas(found.numbers), " parameters of ",
                 parameters.size(), " tensors\n"));
  }
}

void Add(CLI::App& parent, const Format& format) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(format.name, format.about);
  c->add_option("INPUT", o->input, format.input)->required();
  c->add_option("--like", o->like,
                "The .duomo file whose description, users, items and dictionaries it takes");
  c->add_option("--preset", o->preset, "Instead of --like: a preset, or a model file in JSON, …");
  c->add_option("--data", o->data, "… and the data set, as `duomo train` reads it, for the rest");
  c->add_option("--map", o->map,
                "A JSON object from the input's names to parameters: \"NAME\", {\"parameter\": "
                "\"NAME\", \"transpose\": true}, or null to leave one out");
  c->add_option("--names", o->names, "How other parameters are named and laid out")
      ->check(CLI::IsMember({"auto", "duomo", "torch"}))
      ->capture_default_str();
  AddImportEnd(c, o->output, o->allow_nonfinite, o->json);
  c->footer(format.footer);
  c->callback([o, &format] { Run(format, *o); });
}

}  // namespace

void AddImportArrays(CLI::App& parent) {
  for (const Format& format : kFormats) Add(parent, format);
}

}  // namespace duomo::convert
