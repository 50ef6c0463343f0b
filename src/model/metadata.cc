#include "model/metadata.h"

#include "core/text.h"
#include "file/duomo_generated.h"

namespace duomo::model {
namespace {

std::string_view ViewOf(const flatbuffers::String& text) { return {text.c_str(), text.size()}; }

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

size_t Metadata::size() const {
  return header_ == nullptr || header_->metadata() == nullptr ? 0 : header_->metadata()->size();
}

Metadata::Entry Metadata::operator[](size_t i) const {
  const fb::Entry& entry = *header_->metadata()->Get(static_cast<flatbuffers::uoffset_t>(i));
  return {ViewOf(*entry.key()), ViewOf(*entry.value())};
}

std::optional<std::string_view> Metadata::Find(std::string_view key) const {
  size_t begin = 0, end = size();
  while (begin < end) {
    size_t middle = begin + (end - begin) / 2;
    Entry entry = (*this)[middle];
    if (entry.key == key) return entry.value;
    (entry.key < key ? begin : end) = entry.key < key ? middle + 1 : middle;
  }
  return std::nullopt;
}

void CheckEntry(std::string_view key, std::string_view value, Status status) {
  bool control = false;
  for (char c : key) control |= IsControl(c);
  if (key.empty() || key.size() > kMaxMetadataKey || control || !IsUtf8(key)) {
    Fail(status, "metadata: a key is 1 to ", kMaxMetadataKey,
         " bytes of UTF-8 without control characters");
  }
  if (value.size() > kMaxMetadataValue || value.find('\0') != value.npos || !IsUtf8(value)) {
    Fail(status, "metadata: the value of \"", key, "\" is not at most ", kMaxMetadataValue,
         " bytes of UTF-8 without NUL");
  }
}

void CheckMetadata(const Metadata& metadata, uint64_t header_size) {
  uint64_t left = header_size;
  std::string_view last;
  for (const auto& [key, value] : metadata) {
    if (key.size() + value.size() > left) {
      Fail(Status::kCorrupt, "metadata: the entries are larger than the header that holds them");
    }
    left -= key.size() + value.size();
    CheckEntry(key, value, Status::kCorrupt);
    if (!(last < key)) {
      Fail(Status::kCorrupt, "metadata: the keys are not unique and in ascending order");
    }
    last = key;
  }
}

uint64_t FingerprintOf(std::span<const std::byte> header) {
  uint64_t hash = 0xcbf29ce484222325;
  for (std::byte b : header) hash = (hash ^ static_cast<uint64_t>(b)) * 0x100000001b3;
  return hash;
}

}  // namespace duomo::model
