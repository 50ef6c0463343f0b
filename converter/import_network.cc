#include "converter/import_network.h"

#include <iterator>

#include "converter/import_tensors.h"
#include "converter/output.h"
#include "converter/stock.h"
#include "core/error.h"

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
  for (const file::OwnedTensor& t : network.tensors) {
    const auto* values = reinterpret_cast<const float*>(t.bytes.data());
    size_t count = t.bytes.size() / sizeof(float);
    if (!plan.allow_nonfinite) CheckFinite(t.name, t.shape, {values, count});
    parameters += count;
  }
  model::Contents contents = Stock(like, std::move(network.description));
  std::move(network.tensors.begin(), network.tensors.end(), std::back_inserter(contents.tensors));
  contents.report.data = plan.origin;
  FreezeVectors(contents);
  model::Save(plan.output, contents);
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
