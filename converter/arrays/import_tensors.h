// Checks that all importers make on a foreign file's tensors: missing tensors, unknown tensors,
// wrong shapes, and numbers that are not finite.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::convert {

struct NamedShape {
  std::string name;
  std::vector<uint64_t> shape;
};

// Throws Error(kInvalidArgument) unless `found` is `expected`, in any order: with a line for every
// missing tensor and the shape expected, for every one too many (the first 1,000), and for every
// one of another shape. `where` names the file.
void CheckNamesAndShapes(std::string_view where, std::span<const NamedShape> expected,
                         std::span<const NamedShape> found);

// Throws Error(kInvalidArgument) that names the tensor and the first index which is NaN or
// infinite: "w[2, 5]", by `shape`, and --allow-nonfinite. The values are those from the number
// `first` on, for tensors that come piece by piece.
void CheckFinite(std::string_view name, std::span<const uint64_t> shape,
                 std::span<const float> values, uint64_t first = 0);

// Quotes a foreign name for messages: shortened, UTF-8, without control characters.
std::string QuotedName(std::string_view name);

// Throws Error(kUnsupported) when these first bytes of a file are those of a pickle, a zip archive
// (as torch and numpy write) or another file that people mistake for the one wanted.
void RefuseOtherFiles(std::string_view head, const std::string& where, std::string_view wanted);

}  // namespace duomo::convert
