// std::bit_cast, which the C++ library of emscripten 3 does not have.
#pragma once

namespace duomo {

template <typename To, typename From>
constexpr To BitCast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}

}  // namespace duomo
