// The page without a model: bindings/js/page with duomo.wasm in it, put together when this was
// built.
#pragma once

#include <span>
#include <string_view>

namespace duomo::page {

// The text in pieces, with {{SETTINGS}} and {{MODEL}} where those go; empty in a build without.
std::span<const std::string_view> TemplatePieces();

}  // namespace duomo::page
