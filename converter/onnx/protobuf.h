// The parts of Protocol Buffers' wire format that ONNX needs. Written by hand, because generated
// classes would copy every tensor into memory and refuse more than 2 GB; here, tensors are used in
// place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::convert {

// A message that grows field by field, in the order of the calls. One thread.
class ProtoMessage {
 public:
  void Varint(uint32_t field, int64_t value);  // any integer, bool or enum that is not zigzag
  void Float(uint32_t field, float value);
  void Bytes(uint32_t field, std::string_view value);  // string, bytes, or a message's bytes
  void Message(uint32_t field, const ProtoMessage& value) { Bytes(field, value.bytes_); }
  // The header of a field whose `size` bytes are written separately.
  void Header(uint32_t field, uint64_t size);

  const std::string& bytes() const { return bytes_; }

 private:
  void Raw(uint64_t value);
  std::string bytes_;
};

// One field of a message. Groups, which ONNX has none of, are refused.
struct ProtoField {
  uint32_t number = 0;
  bool is_bytes = false;
  uint64_t integer = 0;    // varint and fixed fields, the latter's bits
  std::string_view bytes;  // fields with a length; inside the message's own bytes

  int64_t Int() const { return static_cast<int64_t>(integer); }
  float Float() const;
};

// Reads a message's fields in order, copying nothing: damaged bytes are Error(kCorrupt), as are
// fields whose wire type is not the one asked for. One thread.
class ProtoReader {
 public:
  // `what` names the message in errors, and outlives the reader.
  ProtoReader(std::string_view bytes, const char* what) : rest_(bytes), what_(what) {}

  std::optional<ProtoField> Next();
  // The field's bytes or number; fails for a field of the other kind.
  std::string_view Bytes(const ProtoField& field) const;
  int64_t Int(const ProtoField& field) const;
  // A repeated number, packed or not, appended.
  void Ints(const ProtoField& field, std::vector<int64_t>& out) const;
  void Floats(const ProtoField& field, std::vector<float>& out) const;

 private:
  uint64_t Varint();
  [[noreturn]] void FailDamaged(const char* why) const;
  std::string_view rest_;
  const char* what_;
};

}  // namespace duomo::convert
