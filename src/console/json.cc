#include "console/json.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace duomo::console {
namespace {

constexpr uint64_t kLargest = uint64_t{1} << 53;

Json Rounded(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return std::strtod(text, nullptr);
}

Json Readable(const Json& value) {
  switch (value.type()) {
    case Json::value_t::number_float:
      return Rounded(value.get<double>());
    case Json::value_t::number_unsigned: {
      auto n = value.get<uint64_t>();
      return n > kLargest ? Json(std::to_string(n)) : value;
    }
    case Json::value_t::number_integer: {
      auto n = value.get<int64_t>();
      uint64_t magnitude = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
      return magnitude > kLargest ? Json(std::to_string(n)) : value;
    }
    case Json::value_t::array: {
      Json out = Json::array();
      for (const Json& part : value) out.push_back(Readable(part));
      return out;
    }
    case Json::value_t::object: {
      Json out = Json::object();
      for (const auto& [name, part] : value.items()) out[name] = Readable(part);
      return out;
    }
    default:
      return value;
  }
}

}  // namespace

std::string JsonText(const Json& value, int indent) {
  return Readable(value).dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace duomo::console
