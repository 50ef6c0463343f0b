#include "model/planes.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/narrow.h"
#include "model/binding.h"

namespace duomo::model {
namespace {

template <typename T>
std::span<const T> Need(const FindTensor& find, const std::string& name,
                        const std::vector<uint64_t>& shape) {
  auto tensor = find(name);
  if (!tensor) Fail(Status::kInvalidArgument, "tensor \"", name, "\" is missing");
  if (tensor->dtype != file::kDTypeOf<T> ||
      !std::equal(shape.begin(), shape.end(), tensor->shape.begin(), tensor->shape.end())) {
    Fail(Status::kInvalidArgument, "tensor \"", name, "\": expected ",
         file::NameOf(file::kDTypeOf<T>), ' ', ShapeText(shape), ", found ",
         file::NameOf(tensor->dtype), ' ', ShapeText(tensor->shape));
  }
  return tensor->As<T>();
}

Lists BindLists(const FindTensor& find, const std::string& lists, uint64_t width) {
  Lists out;
  auto radii = find(lists + "/radii");
  if (!radii) return out;
  uint64_t n = radii->rows();
  out.radii = Need<float>(find, lists + "/radii", {n});
  out.begins = Need<uint32_t>(find, lists + "/begins", {n + 1});
  out.centres = Need<float>(find, lists + "/centres", {n, width});
  out.probes = Need<uint32_t>(find, lists + "/probes", {1});
  return out;
}

}  // namespace

Planes BindPlanes(const FindTensor& find, const std::string& side, uint64_t count, uint64_t width) {
  Planes out;
  const std::string planes = side + "/planes";
  auto first = find(planes + "/first");
  if (!first || count == 0) return out;
  Planes found;
  found.count = count;
  found.width = width;
  auto axes = find(planes + "/axes");
  if (axes) {
    uint64_t m = axes->rows();
    if (m == 0 || m % 4 != 0 || m > kMostAxes) {
      Fail(Status::kInvalidArgument, "tensor \"", planes,
           "/axes\": expected a multiple of 4 rows, 4 … ", kMostAxes, ", found ",
           ShapeText(axes->shape));
    }
    found.axes = Need<float>(find, planes + "/axes", {m, width});
    found.groups = ToSize(m / 4);
  } else {
    found.groups = ToSize((width + 7) / 8);
  }
  found.first = Need<uint8_t>(find, planes + "/first", {found.blocks(), found.block_size()}).data();
  found.second = Need<uint8_t>(find, planes + "/second",
                               {found.blocks() * 16 * found.stride() + kPlanePadding})
                     .data();
  found.limits = Need<float>(find, planes + "/limits", {kPlaneLimits});
  found.lists = BindLists(find, side + "/lists", width);
  return found;
}

}  // namespace duomo::model
