// What `inspect` knows about a file, and its two forms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "converter/output.h"
#include "file/preamble.h"
#include "model/model.h"

namespace duomo::convert {

struct Inspection {
  std::string path;
  file::Preamble preamble;
  std::string producer;
  std::shared_ptr<const model::Model> model;
};

Inspection Inspect(const std::string& path);  // throws as Model::Open

// The tensors of one layer: weight and bias together.
struct LayerParameters {
  std::string name;
  std::vector<std::pair<std::string, std::vector<uint64_t>>> tensors;  // name, shape
  uint64_t known = 0, unknown = 0;
};
std::vector<LayerParameters> LayersOf(const model::Description& description);

// Items that have no value.
uint64_t MissingOf(const model::Attribute& attribute, uint64_t items);

Json InspectionJson(const Inspection& inspection);         // complete
std::string InspectionText(const Inspection& inspection);  // for people, 100 columns

}  // namespace duomo::convert
