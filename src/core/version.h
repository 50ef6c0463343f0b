// The version of Duomo, as in project(VERSION); tests/core compares them.
#pragma once

#include <string_view>

namespace duomo {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace duomo
