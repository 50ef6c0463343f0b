// Protocol Buffers' wire format, the little of it that ONNX needs. By hand, because a model's
// tensors stay where they lie: a generated class would copy each into memory, and refuse more than
// 2 GB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duomo::convert {

// A message that grows field by field, in the order of the calls. One thread.
class ProtoMessage {
 public:
  void Varint(uint32_t field, int64_t value);  // any integer, bool or enum that is not zigzag
  void Float(uint32_t field, float value);
  void Bytes(uint32_t field, std::string_view value);  // string, bytes, or a message's bytes
  void Message(uint32_t field, const ProtoMessage& value) { Bytes(field, value.bytes_); }
  // The beginning of a field of `size` bytes that are written elsewhere.
  void Header(uint32_t field, uint64_t size);

  const std::string& bytes() const { return bytes_; }

 private:
  void Raw(uint64_t value);
  std::string bytes_;
};

}  // namespace duomo::convert
