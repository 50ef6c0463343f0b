#include "converter/onnx/import_network.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/stock.h"
#include "converter/output.h"
#include "core/error.h"
#include "file/writer.h"

namespace duomo::convert {

std::map<std::string, std::string> ReadInputNames(const std::string& path) {
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

void SaveImport(const model::Model& like, Network network, const ImportPlan& plan) {
  uint64_t parameters = 0;
  for (file::TensorSource& s : network.sources) {
    parameters += file::SizeInBytes(s) / sizeof(float);
    if (plan.allow_nonfinite) continue;
    s.write = [write = std::move(s.write), name = s.name, shape = s.shape](const auto& sink) {
      uint64_t first = 0;
      write([&](std::span<const std::byte> piece) {
        const auto* values = reinterpret_cast<const float*>(piece.data());
        const size_t count = piece.size() / sizeof(float);
        CheckFinite(name, shape, {values, count}, std::exchange(first, first + count));
        sink(piece);
      });
    };
  }
  model::Contents contents = Stock(like, std::move(network.description));
  std::ranges::move(network.sources, std::back_inserter(contents.sources));
  contents.report.data = plan.origin;
  SaveFrozen(contents, plan.output, "import");
  const model::Description& d = contents.description;
  if (plan.json) {
    Json inputs = Json::array();
    for (const model::Input& input : d.inputs) inputs.push_back(input.name);
    PrintJson({{"input", plan.input},
               {"output", plan.output},
               {"name", d.name},
               {"inputs", inputs},
               {"parameters", parameters}});
  } else {
    Print(StrCat(plan.output, ": ", d.name, ", ", Commas(parameters), " parameters\n"));
  }
}

}  // namespace duomo::convert
