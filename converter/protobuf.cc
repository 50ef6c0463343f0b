#include "converter/protobuf.h"

#include <cstring>

namespace duomo::convert {
namespace {

// Wire types.
constexpr uint32_t kVarint = 0, kLength = 2, kFixed32 = 5;

}  // namespace

void ProtoMessage::Raw(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7F) | 0x80);
  bytes_ += static_cast<char>(value);
}

void ProtoMessage::Varint(uint32_t field, int64_t value) {
  Raw(uint64_t{field} << 3 | kVarint);
  Raw(static_cast<uint64_t>(value));
}

void ProtoMessage::Float(uint32_t field, float value) {
  Raw(uint64_t{field} << 3 | kFixed32);
  char little_endian[4];
  std::memcpy(little_endian, &value, 4);
  bytes_.append(little_endian, 4);
}

void ProtoMessage::Header(uint32_t field, uint64_t size) {
  Raw(uint64_t{field} << 3 | kLength);
  Raw(size);
}

void ProtoMessage::Bytes(uint32_t field, std::string_view value) {
  Header(field, value.size());
  bytes_ += value;
}

}  // namespace duomo::convert
