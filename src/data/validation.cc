// A split of a split's training rows.
#include <algorithm>

#include "core/error.h"
#include "data/split.h"

namespace duomo::data {
namespace {

constexpr double kTenth = 0.1;
constexpr uint64_t kOtherDraws = 0x76616c6964617465;  // draws must not be those of the outer split

Interactions Pick(const Interactions& all, const std::vector<uint32_t>& rows) {
  Interactions out;
  out.users.reserve(rows.size());
  out.items.reserve(rows.size());
  for (uint32_t row : rows) {
    out.users.push_back(all.users[row]);
    out.items.push_back(all.items[row]);
  }
  if (all.timestamps.size() == all.size()) {
    out.timestamps.reserve(rows.size());
    for (uint32_t row : rows) out.timestamps.push_back(all.timestamps[row]);
  }
  return out;
}

}  // namespace

Split MakeValidation(const SplitSpec& spec, const Interactions& interactions, const Split& outer,
                     uint64_t seed) {
  SplitSpec inner = spec;
  switch (spec.kind) {
    case SplitKind::kLeaveLast:
    case SplitKind::kTime:
    case SplitKind::kRatio:
    case SplitKind::kColdItems:
      break;
    case SplitKind::kPaddle:
    case SplitKind::kPaddleValidation:
    case SplitKind::kFold:
    case SplitKind::kNone:
      inner.kind = SplitKind::kRatio;
      inner.share = kTenth;
      break;
  }
  Split split = MakeSplit(inner, Pick(interactions, outer.train), seed ^ kOtherDraws);
  for (std::vector<uint32_t>* rows : {&split.train, &split.test}) {
    for (uint32_t& row : *rows) row = outer.train[row];  // ascending, as both lists are
  }
  split.name = StrCat("validation of ", spec.name);
  return split;
}

}  // namespace duomo::data
