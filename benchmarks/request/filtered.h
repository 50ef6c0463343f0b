// Searches among a part of the items: at random, or all but what the user would like best.
#pragma once

#include <string>

#include "finder.h"

namespace duomo::bench {

// Prints the Markdown table for a candidates file; `only`: of peers with this in their name.
void PrintFiltered(const std::string& path, const PeerOptions& options, const std::string& only);

}  // namespace duomo::bench
