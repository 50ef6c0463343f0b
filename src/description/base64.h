// Base64 (RFC 4648, section 4), block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace duomo::description {

// Appends the text of `bytes`; with padding where their number is no multiple of 3, so a long run
// is encoded in blocks of a multiple of 3.
void AppendBase64(std::string& out, std::span<const std::byte> bytes);

// How many bytes a text stands for, by its length and padding; none where no text has that length.
std::optional<uint64_t> Base64Size(std::string_view text);

// Gives the bytes in blocks. Throws Error(kInvalidArgument) that names `what` and the place where
// `text` is not base64.
void DecodeBase64(std::string_view text, const std::string& what,
                  const std::function<void(std::span<const std::byte>)>& sink);

}  // namespace duomo::description
