// For builds without emscripten.
#include "page/template.h"

namespace duomo::page {

std::span<const std::string_view> TemplatePieces() { return {}; }

}  // namespace duomo::page
