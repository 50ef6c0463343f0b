#include "console/paths.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace duomo::console {
namespace {

namespace fs = std::filesystem;

// Options that name what a command writes. A new one: its name here.
constexpr std::string_view kOutputs[] = {"output", "log", "plot", "html"};

struct Named {
  std::string option, path;
};

// The file that a text leads to: itself, or the archive that "data.zip/ratings.csv" is in. Empty:
// there is none.
fs::path FileOf(const std::string& text) {
  std::error_code ignored;
  for (fs::path path = text; !path.empty(); path = path.parent_path()) {
    if (fs::exists(path, ignored)) {
      return path == fs::path(text) || fs::is_regular_file(path, ignored) ? path : fs::path();
    }
    if (!path.has_relative_path() || path == path.parent_path()) break;
  }
  return {};
}

bool SameFile(const fs::path& a, const fs::path& b) {
  std::error_code failed;
  if (fs::equivalent(a, b, failed) && !failed) return true;  // by device and inode
  // Files that do not exist yet.
  fs::path left = fs::weakly_canonical(fs::absolute(a, failed), failed);
  fs::path right = fs::weakly_canonical(fs::absolute(b, failed), failed);
  return !failed && left == right;
}

// A file of a folder that is read, unless it is of a kind that no data set consists of.
bool IsTableIn(const fs::path& folder, const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored) || !fs::is_regular_file(file, ignored)) return false;
  for (const char* ours : {".duomo", ".svg", ".html", ".onnx", ".npz", ".safetensors"}) {
    if (file.extension() == ours) return false;
  }
  fs::path parent = fs::absolute(file, ignored).parent_path();
  return fs::equivalent(parent, folder, ignored);
}

std::string NameOf(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name();
  return option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames()[0];
}

// Words of a list, counts and the like have validators that say so in the name of their type.
bool MayBePath(const CLI::Option& option) {
  std::string type = option.get_type_name();
  return type == "TEXT" || type.ends_with(":FILE") || type.ends_with(":PATH(existing)");
}

void Collect(const CLI::App& app, std::vector<Named>& inputs, std::vector<Named>& outputs) {
  for (const CLI::Option* option : app.get_options()) {
    const auto& names = option->get_lnames();
    bool output = std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return std::find(std::begin(kOutputs), std::end(kOutputs), name) != std::end(kOutputs);
    });
    if (option->count() == 0 || !(output || MayBePath(*option))) continue;
    for (const std::string& text : option->results()) {
      if (text.empty()) continue;
      if (output) {
        outputs.push_back({NameOf(*option), text});
      } else if (fs::path file = FileOf(text); !file.empty()) {
        inputs.push_back({NameOf(*option), file.string()});
      }
    }
  }
  for (const CLI::App* command : app.get_subcommands()) Collect(*command, inputs, outputs);
}

}  // namespace

void RefuseOverwriting(const CLI::App& app) {
  std::vector<Named> inputs, outputs;
  Collect(app, inputs, outputs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Named& out = outputs[i];
    for (const Named& in : inputs) {
      if (SameFile(out.path, in.path)) {
        Fail(Status::kInvalidArgument, out.option, ' ', out.path, " is the input itself (",
             in.option, ' ', in.path, "); choose another name for the output");
      }
      if (IsTableIn(in.path, out.path)) {
        Fail(Status::kInvalidArgument, out.option, ' ', out.path, " would replace a file of ",
             in.option, ' ', in.path, ", which is read; choose another name for the output");
      }
    }
    for (size_t j = 0; j < i; ++j) {
      if (!SameFile(out.path, outputs[j].path)) continue;
      Fail(Status::kInvalidArgument, outputs[j].option, ' ', outputs[j].path, " and ", out.option,
           ' ', out.path, " are the same file; give each output a name of its own");
    }
  }
}

void RefuseOverwriting(const std::string& output, const std::string& input) {
  if (!SameFile(output, input)) return;
  Fail(Status::kInvalidArgument, "the output ", output, " is the input itself (", input,
       "); choose another name for the output");
}

}  // namespace duomo::console
