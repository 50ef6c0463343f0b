// The order in which CPython 2.7 (64 bits, without -R) iterates over a set of byte strings.
// Programs of that time numbered their dictionaries in this order: `for i, word in
// enumerate(words)`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::convert {

// hash(text)
int64_t Python2Hash(std::string_view text);

// list(s) where s = set() has got the keys one after the other: indices into `keys`, each different
// key once, as it first came.
std::vector<uint32_t> Python2SetOrder(std::span<const std::string> keys);

}  // namespace duomo::convert
