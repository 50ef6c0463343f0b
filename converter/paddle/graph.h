// From a program of PaddlePaddle to the graph that onnx/network.h recognises networks in.
#pragma once

#include <map>
#include <string>

#include "converter/onnx/onnx.h"
#include "converter/paddle/program.h"

namespace duomo::convert::paddle {

// Operators that ONNX has as well become its nodes; what 3.x writes for broadcasting, for
// convolutions over one axis and for columns of ids, [n, 1], becomes what it means. All others stay
// as nodes called "paddle.TYPE", which whoever reaches them refuses by name. Tensors are views of
// `tensors`. Throws Error(kCorrupt) for programs that contradict themselves, and kUnsupported where
// an operator is used in a way that has no counterpart.
onnx::Graph GraphOf(const Program& program, const std::map<std::string, ParameterTensor>& tensors,
                    const std::string& where);

}  // namespace duomo::convert::paddle
