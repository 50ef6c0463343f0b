// The settings for folding in (model/fold_in.h) as JSON, for dumps, `inspect` and `diff`.
#pragma once

#include "description/fields.h"
#include "model/fold_in.h"

namespace duomo::convert {

// Every field but the views.
description::Json ToJson(const model::FoldIn& fold_in);
// Fields that are absent have their defaults. Throws Error(kInvalidArgument) as Fields does.
model::FoldIn ReadFoldIn(description::Fields& fields);
// For people, one line.
std::string FoldInText(const model::FoldIn& fold_in);

}  // namespace duomo::convert
