#include "page/small_model.h"

#include <numeric>

#include "converter/edit/entities.h"
#include "converter/edit/erase.h"
#include "converter/edit/forget.h"
#include "converter/edit/quantize.h"
#include "core/error.h"

namespace duomo::page {
namespace {

using convert::Draft;
using model::Side;

void LeaveUsersOut(Draft& draft) {
  if (draft.model().users().count > 0) {
    convert::KeepRows(draft, Side::kUser, {});
    convert::RemoveDerived(draft, Side::kUser);
  }
  convert::GoneValues gone;
  convert::MarkIds(
      draft.model(), Side::kUser, [](const std::string&) { return true; }, gone);
  convert::Parting users, items;
  users.leave.resize(draft.model().users().count);
  items.stay.resize(draft.model().items().count);
  std::iota(users.leave.begin(), users.leave.end(), 0u);
  std::iota(items.stay.begin(), items.stay.end(), 0u);
  convert::MarkForgotten(draft.model(), users, items, gone);
  convert::RemoveValues(draft, gone);
  convert::EmptySketch(draft.contents.report);
  draft.contents.report = {};  // the page has its figures beside it
}

}  // namespace

AlignedVector<std::byte> SmallModel(std::shared_ptr<const model::Model> model,
                                    const std::string& path, file::DType dtype) {
  if (model::IsJoint(model->description())) {
    Fail(Status::kUnsupported, path, ": it ranks pairs of a user and an item, and a page has no ",
         "users; make the page of the model that finds candidates");
  }
  if (model->items().vectors.count == 0) {
    Fail(Status::kUnsupported, path, ": it holds no items with vectors, and there is nothing to ",
         "show");
  }
  Draft draft(path, std::move(model));
  LeaveUsersOut(draft);
  AlignedVector<std::byte> whole = model::SaveToMemory(draft.contents);
  // Once more, from what is left: tables have other rows now.
  Draft small(path, model::Model::OpenBuffer(whole));
  convert::QuantizeWeights(small, dtype);
  convert::QuantizeVectors(small, Side::kItem, dtype);
  return model::SaveToMemory(small.contents);
}

}  // namespace duomo::page
