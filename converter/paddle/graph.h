// From a program of PaddlePaddle to the graph that onnx/network.h recognises networks in.
#pragma once

#include <map>
#include <string>

#include "converter/onnx/onnx.h"
#include "converter/paddle/program.h"

namespace duomo::convert::paddle {

// Operators that ONNX has as well become its nodes; the operators with which 3.x expresses
// broadcasting, convolutions over one axis and columns of ids, [n, 1], become their equivalents.
// All others become nodes called "paddle.TYPE", which are refused by name if the network depends on
// them. Tensors are views of `tensors`. Throws Error(kCorrupt) for programs that contradict
// themselves, and kUnsupported where an operator is used in a way that has no counterpart.
onnx::Graph GraphOf(const Program& program, const std::map<std::string, ParameterTensor>& tensors,
                    const std::string& where);

}  // namespace duomo::convert::paddle
