// The calls of vectors.json and what they give, through duomo.h: known results, to the bit, that
// every binding of every language checks itself against.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace duomo::testing {

// {"cases": [{"model", "call", arguments …, results …}, …]}: floats as the eight hexadecimal digits
// of their bits. `folder`: that of the models. Throws std::runtime_error where a call fails.
nlohmann::ordered_json ComputeVectors(const std::string& folder);

}  // namespace duomo::testing
