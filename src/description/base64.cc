#include "description/base64.h"

#include <array>
#include <vector>

#include "core/error.h"

namespace duomo::description {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> kValues = [] {
  std::array<uint8_t, 256> out{};
  out.fill(kNone);
  for (size_t i = 0; i < kDigits.size(); ++i) {
    out[static_cast<unsigned char>(kDigits[i])] = static_cast<uint8_t>(i);
  }
  return out;
}();

}  // namespace

void AppendBase64(std::string& out, std::span<const std::byte> bytes) {
  size_t at = out.size();
  out.resize(at + (bytes.size() + 2) / 3 * 4);
  auto byte = [&](size_t i) { return i < bytes.size() ? static_cast<uint32_t>(bytes[i]) : 0u; };
  for (size_t i = 0; i < bytes.size(); i += 3, at += 4) {
    uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int d = 0; d < 4; ++d) {
      out[at + static_cast<size_t>(d)] = kDigits[bits >> (18 - 6 * d) & 63];
    }
  }
  if (size_t rest = bytes.size() % 3; rest > 0) {
    for (size_t missing = 3 - rest; missing > 0; --missing) out[out.size() - missing] = '=';
  }
}

std::optional<uint64_t> Base64Size(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return text.size() / 4 * 3 - padding;
}

void DecodeBase64(std::string_view text, const std::string& what,
                  const std::function<void(std::span<const std::byte>)>& sink) {
  auto fail = [&](size_t at) {
    Fail(Status::kInvalidArgument, what, ": not base64 at character ", at);
  };
  auto size = Base64Size(text);
  if (!size) fail(text.size());
  std::vector<std::byte> block(size_t{3} << 18);
  size_t used = 0;
  uint64_t left = *size;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t bits = 0;
    size_t real = left < 3 ? static_cast<size_t>(left) + 1 : 4;  // digits that are not padding
    for (size_t d = 0; d < 4; ++d) {
      uint8_t value = d < real ? kValues[static_cast<unsigned char>(text[i + d])] : 0;
      if (value == kNone) fail(i + d);
      bits = bits << 6 | value;
    }
    size_t bytes = real - 1;
    if (bytes < 3 && (bits & (bytes == 1 ? 0xFFFFu : 0xFFu)) != 0) fail(i + bytes);  // lost bits
    for (size_t b = 0; b < bytes; ++b) {
      block[used++] = static_cast<std::byte>(bits >> (16 - 8 * b));
    }
    left -= bytes;
    if (used == block.size()) {
      sink(block);
      used = 0;
    }
  }
  if (used > 0) sink(std::span(block).first(used));
}

}  // namespace duomo::description
