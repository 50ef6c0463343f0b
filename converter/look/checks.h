// What `verify` checks beyond what opening a file does. Each check reads the whole of its part.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "converter/tables/key_list.h"
#include "core/error.h"
#include "model/model.h"
#include "runtime/engine.h"

namespace duomo::convert {

// One check and what it found. Keeps the first problems in full and counts the rest.
struct Check {
  static constexpr size_t kKept = 10;

  std::string name = {};
  std::string checked = {};  // what was looked at, e.g. "12 segments, 4,096 bytes"
  std::vector<std::string> problems = {};
  uint64_t problem_count = 0;
  std::vector<std::pair<std::string, double>> differences = {};  // towers: the largest, by side

  bool ok() const { return problem_count == 0; }
  template <typename... Parts>
  void Problem(const Parts&... parts) {
    if (++problem_count <= kKept) problems.push_back(StrCat(parts...));
  }
};

// `bytes`: the whole file that `reader` has opened. Every checksum, and the zeros in between.
Check CheckChecksums(const file::Reader& reader, std::span<const std::byte> bytes);
// Users, items and vocabularies: offsets, UTF-8, order sorted, no key twice.
Check CheckKeys(const model::Model& model);
Check CheckTitles(const model::Model& model);
// Every row within its vocabulary (its unknown row included), every number finite or not given.
Check CheckFeatures(const model::Model& model);
// Texts sorted and UTF-8, every row within them (one more: missing), no number infinite.
Check CheckAttributes(const model::Model& model);
Check CheckHistory(const model::Model& model);
// Parameters and statistics finite, quantiles ascending; the report's settings are JSON.
Check CheckParameters(const model::Model& model);
// Finite, and of unit length (or zero) for a cosine head.
Check CheckVectors(const model::Model& model);
// The codes that searches read are those of the item vectors.
Check CheckPlanes(const model::Model& model);

// Nothing of these users or items is left: no key, no value of an id's vocabulary (so no row of its
// tables), and of keys of 6 bytes and more that are no numbers, no such word in the header, a title
// or any other segment.
Check CheckErased(const model::Model& model, model::Side side, const std::vector<ListedKey>& list);

// By how much numbers of components up to 1 may be off where something is stored as `dtype`:
// rounding alone for f32; for the others the rounding of weights adds up through the layers.
double ToleranceOf(file::DType dtype);

// Frozen vectors differ from what the towers make of the stored features by at most the largest
// tolerance of the types of the vectors and the parameters; for vectors with components beyond 1,
// times the largest of them.
// Runs the towers of both sides; memory stays bounded. Only after CheckFeatures, CheckHistory and
// CheckParameters found nothing.
Check CheckTowers(const runtime::Engine& engine);

}  // namespace duomo::convert
