// What a page says beside its model: name, popular items, figures. JSON for
// bindings/js/page/main.js.
#pragma once

#include <string>

#include "console/json.h"
#include "model/model.h"

namespace duomo::page {

// {"title", "about", "popular": [ids as text, the most taken first], "figures": null or {"of",
// "rows": [{"name", "ours", "values": {"ndcg@10": 0.1}}]}}. Nothing in it is of a single user. The
// popular items are those of the histories that the file holds; without, there are none.
console::Json Settings(const model::Model& model, const std::string& title);

// The same as text that may stand in a <script> of HTML: no title can end it.
std::string ScriptText(const console::Json& settings);

}  // namespace duomo::page
