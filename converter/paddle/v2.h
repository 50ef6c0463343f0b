// The parameters of preset `hybrid` as PaddlePaddle v2 saves them: a tar archive with two members a
// parameter, NAME (16 bytes of header, then floats) and NAME.protobuf (a ParameterConfig). Layers
// are numbered in the order in which the chapter's program makes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "converter/paddle/tar.h"
#include "model/description.h"

namespace duomo::convert {

struct PaddleTensor {
  std::string name;              // "___fc_layer_4__.w1"
  uint64_t rows = 0, width = 0;  // its dims; biases are (1, n)
  // Where its numbers stand in Duomo: rows of "parameters/PARAMETER" from `first` on. A table has
  // one row more there, the unknown one, and its rows are those of `vocabulary`.
  std::string parameter;
  uint64_t first = 0;
  int32_t vocabulary = -1;
};

// All of them, in the order of their layers. `description`: hybrid, bound.
std::vector<PaddleTensor> PaddleTensorsOf(const model::Description& description);

// Reads the parameters that an archive holds: `bytes` aligned to 4. Each is found by its name, its
// dims checked. Throws Error: as ReadTar(); kCorrupt for members that are none of a parameter or
// contradict their header; kUnsupported for pickles and other types of value; kInvalidArgument as
// CheckNamesAndShapes(). In the order of `expected`.
std::vector<std::span<const float>> ReadPaddleV2(std::span<const std::byte> bytes,
                                                 const std::string& where,
                                                 std::span<const PaddleTensor> expected);

// The header of a tensor's member, and its .protobuf.
std::string PaddleV2Header(const PaddleTensor& tensor);
std::string PaddleV2Config(const PaddleTensor& tensor);

}  // namespace duomo::convert
