// From an ONNX graph to a network in Duomo's language, where it can be said there.
//
// What is understood: every graph that GraphOf() makes, and what exporters of PyTorch and others
// write for the same networks: Gather; Gemm, MatMul and Add (sums of several products as well);
// Tanh, Sigmoid, Relu; Concat; sums and means of Gather over a list; Conv over embedded words with
// a maximum, sum or mean over time; a Gemm on a multi-hot float input; dot products with biases,
// cosines in the usual spellings, a last Gemm with one output; Mul, Add, Exp and Sigmoid behind.
// Self-attention over a history is understood as GraphOf() spells it.
// Masks are "row > -1" and the like; without a mask every place counts, which is right for lists
// that are not padded.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "converter/onnx/onnx.h"
#include "file/tensor.h"
#include "model/description.h"

namespace duomo::convert {

struct Network {
  model::Description description;  // valid and bound
  // parameters/… and inputs/… (statistics), as model.h says. They borrow the graph, whose tables
  // are not copied.
  std::vector<file::TensorSource> sources;
};

// The graph's inputs are those of `like`, a bound description, by name; `names` renames the graph's
// inputs to those of `like` first. A table without an unknown row gets the mean of its rows.
// Throws Error(kUnsupported) that names the node which cannot be expressed, and kInvalidArgument
// for inputs and shapes that do not fit `like`.
Network NetworkOf(const onnx::Graph& graph, const model::Description& like,
                  const std::map<std::string, std::string>& names = {});

}  // namespace duomo::convert
