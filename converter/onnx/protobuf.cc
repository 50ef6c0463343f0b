#include "converter/onnx/protobuf.h"

#include <bit>
#include <cstring>

#include "core/error.h"

namespace duomo::convert {
namespace {

// Wire types.
constexpr uint32_t kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5;

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

float ProtoField::Float() const { return std::bit_cast<float>(static_cast<uint32_t>(integer)); }

void ProtoReader::FailDamaged(const char* why) const {
  Fail(Status::kCorrupt, "damaged ", what_, ": ", why);
}

uint64_t ProtoReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) FailDamaged("it ends inside a number");
    auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
  FailDamaged("a number of more than ten bytes");
}

std::optional<ProtoField> ProtoReader::Next() {
  if (rest_.empty()) return std::nullopt;
  uint64_t tag = Varint();
  if (tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF) FailDamaged("no such field number");
  ProtoField field;
  field.number = static_cast<uint32_t>(tag >> 3);
  uint64_t size = 0;
  switch (tag & 7) {
    case kVarint:
      field.integer = Varint();
      return field;
    case kFixed64:
      size = 8;
      break;
    case kFixed32:
      size = 4;
      break;
    case kLength:
      field.is_bytes = true;
      size = Varint();
      break;
    default:
      FailDamaged("an unknown wire type");
  }
  if (size > rest_.size()) FailDamaged("a field is longer than what is left");
  if (field.is_bytes) {
    field.bytes = rest_.substr(0, size);
  } else {
    std::memcpy(&field.integer, rest_.data(), size);
  }
  rest_.remove_prefix(size);
  return field;
}

std::string_view ProtoReader::Bytes(const ProtoField& field) const {
  if (!field.is_bytes) FailDamaged("a number where text or a message is expected");
  return field.bytes;
}

int64_t ProtoReader::Int(const ProtoField& field) const {
  if (field.is_bytes) FailDamaged("text or a message where a number is expected");
  return field.Int();
}

void ProtoReader::Ints(const ProtoField& field, std::vector<int64_t>& out) const {
  if (!field.is_bytes) return out.push_back(field.Int());
  ProtoReader packed(field.bytes, what_);
  while (!packed.rest_.empty()) out.push_back(static_cast<int64_t>(packed.Varint()));
}

void ProtoReader::Floats(const ProtoField& field, std::vector<float>& out) const {
  if (!field.is_bytes) return out.push_back(field.Float());
  if (field.bytes.size() % sizeof(float) != 0) FailDamaged("packed floats of another size");
  size_t n = field.bytes.size() / sizeof(float), before = out.size();
  out.resize(before + n);
  if (n > 0) std::memcpy(out.data() + before, field.bytes.data(), field.bytes.size());
}

}  // namespace duomo::convert
