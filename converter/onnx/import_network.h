// What imports of whole networks share, wherever the graph came from.
#pragma once

#include <map>
#include <string>

#include "converter/onnx/network.h"
#include "model/model.h"

namespace duomo::convert {

// {"of the graph": "of the file", …} from a JSON file; nothing for an empty path. Throws
// Error(kInvalidArgument) for anything else.
std::map<std::string, std::string> ReadInputNames(const std::string& path);

struct ImportPlan {
  std::string origin;  // for the file's report
  std::string input, output;
  bool allow_nonfinite = false, json = false;
};

// Writes the network with the users, items and dictionaries of `like`, its vectors frozen, and says
// so. Throws Error(kInvalidArgument) for weights that are not finite, unless they are allowed.
void SaveImport(const model::Model& like, Network network, const ImportPlan& plan);

}  // namespace duomo::convert
