// Gives a mutated .duomo file the sizes and checksums that its bytes need, so that mutations get
// past the checksums. It lives here because no reader may ever have a switch that ignores them.
#pragma once

#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "file/crc.h"
#include "file/duomo_generated.h"
#include "file/preamble.h"
#include "file/validate.h"

namespace duomo::testing {

// Corrects file_size, the checksums of the segments that lie inside the file, of the header and of
// the preamble, in this order. What does not make sense is left as it is.
inline void Reseal(std::span<std::byte> file) {
  if (file.size() < file::kPreambleSize) return;
  auto get = [&](size_t at, auto value) {
    std::memcpy(&value, file.data() + at, sizeof(value));
    return value;
  };
  auto put = [&](size_t at, auto value) { std::memcpy(file.data() + at, &value, sizeof(value)); };
  put(16, uint64_t{file.size()});
  uint64_t header_size = get(32, uint64_t{0});
  if (header_size <= file.size() - file::kPreambleSize) {
    auto header = file.subspan(file::kPreambleSize, header_size);
    // First all sums, then all writes: a mutated header may have its fields upon each other.
    std::vector<std::pair<const uint8_t*, uint32_t>> sums;
    if (file::VerifyHeader(header)) {
      for (const fb::Segment* s : *fb::GetHeader(header.data())->segments()) {
        if (s->offset() > file.size() || s->stored_size() > file.size() - s->offset()) continue;
        uint32_t crc = file::Crc32(file.subspan(s->offset(), s->stored_size()));
        // The generated code has no setters; a Segment is a Table, which knows where its fields
        // lie.
        const auto* table = reinterpret_cast<const flatbuffers::Table*>(s);
        const uint8_t* field = table->GetAddressOf(fb::Segment::VT_CRC32);
        if (field != nullptr) sums.emplace_back(field, crc);
      }
    }
    for (auto [field, crc] : sums) std::memcpy(const_cast<uint8_t*>(field), &crc, sizeof(crc));
    put(40, file::Crc32(header));
  }
  put(60, file::Crc32(file.first(60)));
}

}  // namespace duomo::testing
