#include "model/fold_in.h"

#include <cmath>

#include "core/error.h"
#include "core/narrow.h"
#include "file/duomo_generated.h"
#include "model/binding.h"

namespace duomo::model {
namespace {

// Beyond every use, and far enough from the ends of double that no product of a few overflows.
constexpr double kLargest = 1e30;
constexpr double kMaxPower = 8;
constexpr uint64_t kMaxCandidates = uint64_t{1} << 40;

void Require(bool condition, const char* field, const char* rule) {
  if (!condition) Fail(Status::kInvalidArgument, "fold_in.", field, ": ", rule);
}

std::span<const double> Need(std::string_view name, const file::Tensor& tensor,
                             const std::vector<uint64_t>& shape) {
  if (tensor.dtype != file::DType::kF64 ||
      !std::equal(shape.begin(), shape.end(), tensor.shape.begin(), tensor.shape.end())) {
    Fail(Status::kInvalidArgument, "tensor \"", name, "\": expected f64 ", ShapeText(shape),
         ", found ", file::NameOf(tensor.dtype), ' ', ShapeText(tensor.shape));
  }
  return tensor.As<double>();
}

}  // namespace

void Validate(const FoldIn& f, const Description& d) {
  Require(!IsJoint(d), "l2", "a joint tower has no vectors to fold into");
  Require(f.l2 == 0 || (f.l2 > 1 / kLargest && f.l2 < kLargest), "l2",
          "must be 0 or a positive number");
  Require(f.alpha0 >= 0 && f.alpha0 < kLargest, "alpha0", "must be 0 or a positive number");
  Require(f.nu >= -kMaxPower && f.nu <= kMaxPower, "nu", "must be from -8 to 8");
  Require(f.candidates <= kMaxCandidates, "candidates", "are too many");
  Require(std::abs(f.target) < kLargest, "target", "must be finite");
  Require(f.fixed.empty() || d.head.kind == HeadKind::kDot, "fixed", "only a dot head has biases");
  for (size_t i = 0; i < f.fixed.size(); ++i) {
    Require((i == 0 || f.fixed[i - 1] < f.fixed[i]) && f.fixed[i] < TowerWidth(d, d.towers[0]),
            "fixed", "must be columns of the towers, ascending");
  }
}

FoldIn ReadFoldIn(const fb::FoldIn& in) {
  FoldIn out;
  out.l2 = in.l2();
  out.alpha0 = in.alpha0();
  out.nu = in.nu();
  out.candidates = in.candidates();
  out.to_mean = in.to_mean();
  out.target = in.target();
  if (const auto* fixed = in.fixed()) out.fixed.assign(fixed->begin(), fixed->end());
  return out;
}

void BindFoldIn(FoldIn& f, const Description& d,
                const std::function<std::optional<file::Tensor>(std::string_view name)>& find) {
  Validate(f, d);
  if (f.alpha0 == 0) return;
  uint64_t width = TowerWidth(d, d.towers[0]);
  auto values = find("fold_in/values");
  if (!values) {
    Fail(Status::kInvalidArgument, "tensor \"fold_in/values\" is missing, and fold_in.alpha0 is ",
         f.alpha0);
  }
  f.values = Need("fold_in/values", *values, {width});
  if (auto axes = find("fold_in/axes")) f.axes = Need("fold_in/axes", *axes, {width, width});
}

void AddGramian(std::vector<file::OwnedTensor>& out, std::span<const double> values,
                std::span<const double> vectors) {
  const uint64_t n = values.size();
  std::vector<double> columns(vectors.size());
  for (uint64_t j = 0; j < n; ++j) {
    for (uint64_t i = 0; i < n; ++i) columns[ToSize(i * n + j)] = vectors[ToSize(j * n + i)];
  }
  out.push_back(file::OwnedTensor::From<double>("fold_in/values", {n}, values));
  out.push_back(file::OwnedTensor::From<double>("fold_in/axes", {n, n}, columns));
}

}  // namespace duomo::model
