// JSON that every reader understands in the same way.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace duomo::console {

using Json = nlohmann::ordered_json;

// The value as text. Numbers with a fraction have at most nine significant digits: which identify a
// float. Integers beyond 2^53 in magnitude are strings, because readers such as JavaScript keep
// numbers as doubles and would change the last digits of an id. Bytes that are not UTF-8 are
// replaced. `indent`: spaces a level, or -1 for one line.
std::string JsonText(const Json& value, int indent = -1);

}  // namespace duomo::console
