// duomo-convert import paddle-inference: a network that PaddlePaddle saved for inference.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include "console/paths.h"
#include "converter/arrays/import_tensors.h"
#include "converter/command.h"
#include "converter/onnx/import_network.h"
#include "converter/output.h"
#include "converter/paddle/data.h"
#include "converter/paddle/graph.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/entities.h"
#include "data/movielens.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestProgram = 16 << 20;

struct Options {
  std::string input, like, preset = "hybrid", data, map, output;
  bool allow_nonfinite = false, json = false;
};

struct Files {
  std::string program, parameters;
};

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The program and its parameters: of a file or what stands before its ending, or of a folder that
// holds one model.
Files FilesOf(const std::string& input) {
  std::error_code ignored;
  std::vector<fs::path> stems;
  fs::path path = input;
  if (fs::is_directory(path, ignored)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
      if (entry.path().extension() != ".pdiparams") continue;
      stems.push_back(fs::path(entry.path()).replace_extension());
    }
    std::ranges::sort(stems);
  } else {
    const bool has_ending = IsFile(path) || path.extension() == ".json" ||
                            path.extension() == ".pdmodel" || path.extension() == ".pdiparams";
    stems.push_back(has_ending ? fs::path(path).replace_extension() : path);
  }
  if (stems.size() != 1) {
    std::string names;
    for (const fs::path& stem : stems) names += (names.empty() ? "" : ", ") + stem.string();
    Fail(stems.empty() ? Status::kNotFound : Status::kInvalidArgument, input, " holds ",
         stems.size(), " models (NAME.pdiparams)", names.empty() ? "" : ": ", names,
         stems.empty() ? "" : "; name one of them");
  }
  const std::string stem = stems[0].string();
  Files out;
  out.parameters = stem + ".pdiparams";
  for (const char* ending : {".json", ".pdmodel"}) {
    const bool is_named = path.extension() == ending && IsFile(path);
    if (is_named || (out.program.empty() && IsFile(stem + ending))) out.program = stem + ending;
  }
  if (out.program.empty()) {
    Fail(Status::kNotFound, "there is neither ", stem, ".json nor ", stem, ".pdmodel");
  }
  return out;
}

std::string_view TextOf(const FileBytes& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

paddle::Program ReadProgram(const std::string& path) {
  FileBytes file = FileBytes::Map(path);
  std::string_view text = TextOf(file);
  RefuseOtherFiles(text.substr(0, 16), path, "a program of PaddlePaddle");
  if (text.size() > kLargestProgram) {
    Fail(Status::kUnsupported, path, " has ", text.size(), " bytes; programs have at most ",
         kLargestProgram);
  }
  return path.ends_with(".json") ? paddle::ReadPir(text, path)
                                 : paddle::ReadProgramDesc(text, path);
}

void CheckAllFinite(const std::map<std::string, paddle::ParameterTensor>& tensors,
                    const std::string& where) {
  for (const auto& [name, tensor] : tensors) {
    if (tensor.type != paddle::Type::kFloat) continue;
    AlignedVector<float> values(tensor.bytes.size() / sizeof(float));  // anywhere in the file
    if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    std::vector<uint64_t> shape(tensor.dims.begin(), tensor.dims.end());
    CheckFinite(StrCat(where, ": ", name), shape, values);
  }
}

// Users, items and the original's dictionaries, as a model whose parameters are zeros.
std::shared_ptr<const model::Model> ModelOfData(const Options& o, AlignedVector<std::byte>& bytes) {
  data::Dataset dataset = data::ReadMovieLens1M(o.data);
  data::Encoded encoded =
      EncodeLikePaddle(PaddlePreset(o.preset), dataset, DictionariesOf(dataset));
  model::Contents contents;
  contents.description = encoded.description;
  contents.tensors = std::move(encoded.vocabularies);
  data::AddEntities(contents.tensors, dataset, encoded, true);
  for (const model::Parameter& p : model::ParametersOf(encoded.description)) {
    contents.tensors.push_back(file::OwnedTensor::From<float>("parameters/" + p.name, p.shape,
                                                              std::vector<float>(p.size())));
  }
  bytes = model::SaveToMemory(contents);
  return model::Model::OpenBuffer(bytes);
}

void Run(const Options& o) {
  if (o.like.empty() == o.data.empty()) {
    throw CLI::ValidationError("paddle-inference", "give --like or --data: who are the users?");
  }
  Files files = FilesOf(o.input);
  RequireReplaceable(o.output);
  for (const std::string& read : {files.program, files.parameters}) {
    if (!read.empty()) console::RefuseOverwriting(o.output, read);
  }
  AlignedVector<std::byte> bytes;
  auto like = o.like.empty() ? ModelOfData(o, bytes) : model::Model::Open(o.like);
  paddle::Program program = ReadProgram(files.program);
  FileBytes parameters = FileBytes::Map(files.parameters);
  RefuseOtherFiles(TextOf(parameters).substr(0, 16), files.parameters, "PaddlePaddle's parameters");
  auto tensors = paddle::ReadParameters(parameters.bytes(), program, files.parameters);
  if (!o.allow_nonfinite) CheckAllFinite(tensors, files.parameters);
  onnx::Graph graph = paddle::GraphOf(program, tensors, files.program);
  Network network = NetworkOf(graph, like->description(), ReadInputNames(o.map));
  SaveImport(*like, std::move(network),
             {"imported from PaddlePaddle", o.input, o.output, o.allow_nonfinite, o.json});
}

}  // namespace

void AddImportPaddleInference(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = parent.add_subcommand(
      "paddle-inference", "A network that PaddlePaddle saved for inference, .json or .pdmodel");
  c->add_option("INPUT", o->input,
                "The model's folder, the program's file, or its name without ending; "
                ".pdiparams lies beside it")
      ->required();
  c->add_option("--like", o->like,
                "The .duomo file whose users, items, features and dictionaries it takes");
  c->add_option(
      "--data", o->data,
      "Instead: an ml-1m folder or zip archive, with the dictionaries of import paddle-v2");
  c->add_option("--preset", o->preset, "Whose features --data has: hybrid")->capture_default_str();
  c->add_option("--map", o->map, "A JSON object from the program's names of inputs to the model's");
  AddImportEnd(c, o->output, o->allow_nonfinite, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
