// The parameters of a description: names, shapes and initial values, in one canonical order.
// Training, the file and the runtime find a parameter by these names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/description.h"

namespace duomo::model {

struct Parameter {
  std::string name;
  // Tables: {rows + 1, dim}, the last row is the unknown row. Weights {in, out}. Biases {out}.
  std::vector<uint64_t> shape;
  bool is_table = false;  // rows are looked up, and there is an unknown row

  // Initial values: normal with mean 0 and this deviation for each block of rows; no blocks: 0.
  struct Block {
    uint64_t begin_row, end_row;
    double deviation;
  };
  std::vector<Block> init;
  double start = 0;  // where there are no blocks

  uint64_t size() const;
  // Numbers learned from data: `size()` without the unknown row.
  uint64_t known_size() const;
};

// Names: "tables/T", "S/I/bias", "S/I/convolution3/weight", "S/I/block0/attention/weight",
// "S/I/dense0/weight", "S/dense0/weight", "head/weight", "head/user_bias", …, with S user, item or
// joint, I the encoder's name (its input's, unless the description says otherwise). `description`
// must be valid and bound.
std::vector<Parameter> ParametersOf(const Description& description);

// The name parts, for code that walks the description itself.
std::string TableName(const Description& d, uint32_t table);
std::string EncoderPrefix(const Description& d, Side side, const Encoder& e);  // "user/gender"
std::string TowerPrefix(Side side);                                            // "user"

}  // namespace duomo::model
