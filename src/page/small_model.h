// A model as a page carries it: no users, one or two bytes a number.
#pragma once

#include <memory>
#include <string>

#include "core/memory.h"
#include "file/tensor.h"
#include "model/model.h"

namespace duomo::page {

// A whole .duomo file. What a page does not need is left out: users, their histories, what was
// learned of each, the sample of training rows. Answers for histories and items are those of the
// model, but for the rounding to `dtype`. Throws Error(kUnsupported) for a model that no list can
// be made of without users.
AlignedVector<std::byte> SmallModel(std::shared_ptr<const model::Model> model,
                                    const std::string& path, file::DType dtype);

}  // namespace duomo::page
