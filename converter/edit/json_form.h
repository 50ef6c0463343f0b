// A whole file as JSON and back: what `dump` writes and `build` reads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/model.h"

namespace duomo::convert {

// {"duomo_dump": 1, "description": …, "report": …, "fold_in": … where there is one, "metadata":
// {key: value}, "attributes": [{"name", "kind"}, …], "tensors": [{"name", "dtype", "shape",
// "compressed", "base64" or "values"}, …]}. Gives the text in pieces, and holds little of it.
// `readable`: numbers as arrays of JSON numbers instead of base64; both are exact.
void WriteJsonForm(const model::Model& model, bool readable,
                   const std::function<void(std::string_view)>& sink);

// The contents that such a text describes; `text` must live as long as they do, for long base64
// is decoded when it is written. Throws Error(kInvalidArgument) that says where it stands
// (`source`: what the text is called) for what is no such JSON.
model::Contents ReadJsonForm(std::string_view text, const std::string& source);

}  // namespace duomo::convert
