#include "converter/onnx/build.h"

#include "core/error.h"

namespace duomo::convert::onnx {

Name Builder::Unique(Name name) {
  while (!taken_.insert(name).second) name += '\'';
  return name;
}

Tensor& Builder::AddTensor(const Name& name, Type type, Ints dims) {
  Tensor& tensor = graph.constants.emplace_back();
  tensor.name = Unique(name);
  tensor.type = type;
  tensor.dims = std::move(dims);
  return tensor;
}

Name Builder::Scalar(float value) { return Shared<float>(StrCat("float/", value), {}, {value}); }

Name Builder::Integer(int64_t value) {
  return Shared<int64_t>(StrCat("integer/", value), {}, {value});
}

Name Builder::Axes(const Ints& axes) {
  Name name = "axes";
  for (int64_t axis : axes) name += StrCat("/", axis);
  return Shared(name, {static_cast<int64_t>(axes.size())}, axes);
}

}  // namespace duomo::convert::onnx
