// Sample lists for a few users of a file.
#pragma once

#include <string>

namespace duomo::cli {

// Ten users with a history of some length, what they took last, and their best items that they do
// not have yet. Prints nothing for a file without users or history.
void PrintExampleLists(const std::string& file);

}  // namespace duomo::cli
