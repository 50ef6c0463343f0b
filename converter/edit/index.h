// Makes the search codes of a file again.
#pragma once

#include <cstdint>
#include <string>

#include "converter/edit/rewrite.h"

namespace duomo::convert {

// Puts the planes of one side's vectors (SIDE/planes/…) into a draft, in place of others; nothing
// where there are fewer than retrieval::kFewestForPlanes of them. Holds the planes in memory: about
// as many bytes an item as half its vector has numbers, and 20 to 100 more.
void PutPlanes(Draft& draft, model::Side side = model::Side::kItem);

// `path` again with planes of its items, to `output`.
void SaveIndexed(const std::string& path, const std::string& output, const std::string& label);

}  // namespace duomo::convert
