// Short codes of one side's vectors, which an exact search reads instead of most of the vectors.
// Here and in retrieval/, "items" stands for either side. A view of a file's segments or of memory;
// retrieval/planes.h makes the codes and defines their bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/narrow.h"
#include "file/tensor.h"

namespace duomo::model {

inline constexpr size_t kMostAxes = 256;
inline constexpr size_t kPlanePadding =
    64;  // bytes behind the second plane: kernels read whole vectors

// Bounds over all items, as indices into Planes::limits; rounded up, except the least norm, which
// is rounded down.
enum PlaneLimit : size_t {
  kFirstNorm,   // ‖codes‖ of an item in the first plane
  kSecondNorm,  // and in the second
  kRestRatio,   // ‖axes · what the first plane leaves‖ / scale; 0 without axes
  kLeastNorm,   // ‖vector‖ of the items that are not 0; 0: all are
  kMostNorm,
};
inline constexpr size_t kPlaneLimits = 5;

// Groups of consecutive rows with a centre each; see retrieval/lists.h.
struct Lists {
  std::span<const uint32_t> begins;  // [lists + 1]: list i has rows begins[i] … begins[i+1]-1
  std::span<const float> centres;    // [lists, width]
  std::span<const float> radii;      // [lists]: the largest distance of a vector from its centre
  std::span<const uint32_t> probes;  // [1]: lists to look into unless a search says otherwise
  size_t size() const { return radii.size(); }
};

// Immutable; any thread.
struct Planes {
  uint64_t count = 0;              // items; 0: there are no planes
  uint64_t width = 0;              // of the vectors
  std::span<const float> axes;     // [m, width]: the first plane has bytes along these axes; empty:
                                   // it has half a byte for each dimension
  size_t groups = 0;               // of codes in a block of the first plane
  const uint8_t* first = nullptr;  // [blocks()][groups · 64 + 64]
  const uint8_t* second = nullptr;  // [16 · blocks()][stride()], padded
  std::span<const float> limits;    // [kPlaneLimits]
  Lists lists;                      // size() 0: there are none

  bool empty() const { return count == 0; }
  uint64_t blocks() const { return (count + 15) / 16; }
  size_t block_size() const { return groups * 64 + 64; }
  size_t stride() const { return 4 + HalfWidth(width); }
  size_t dimensions() const { return axes.empty() ? ToSize(width) : axes.size() / width; }

  static size_t HalfWidth(uint64_t width) { return ToSize((width + 7) / 8 * 4); }
};

// The planes of `side`, "users" or "items", among tensors, with every shape checked; empty where
// there are none. Throws Error(kInvalidArgument). `find` may give tensors without bytes, of a file
// about to be written.
Planes BindPlanes(const std::function<std::optional<file::Tensor>(std::string_view)>& find,
                  const std::string& side, uint64_t count, uint64_t width);

}  // namespace duomo::model
