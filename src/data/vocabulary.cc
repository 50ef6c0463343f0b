// Vocabularies being filled.
#include "data/vocabulary.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::data {
namespace {

// Rows are 32-bit, and a table of that many is beyond any memory: rather a stray value.
constexpr uint64_t kMaxSize = uint64_t{1} << 31;

}  // namespace

VocabularyBuilder::VocabularyBuilder(const model::Vocabulary& vocabulary)
    : name_(vocabulary.name),
      kind_(vocabulary.keys),
      closed_(!vocabulary.integers.empty() || !vocabulary.strings.empty()) {
  bool listed = closed_;
  closed_ = false;  // until the listed values are in
  for (int64_t value : vocabulary.integers) Add(value);
  for (const std::string& value : vocabulary.strings) Add(value);
  if (kind_ == model::KeyKind::kRange && vocabulary.size > 0) {
    CheckRoom(vocabulary.size);
    range_ = vocabulary.size;
    listed = true;
  }
  closed_ = listed;
}

void VocabularyBuilder::CheckRoom(uint64_t size) const {
  if (size <= kMaxSize) return;
  Fail(Status::kInvalidArgument, "vocabulary \"", name_, "\": ", size, " rows are more than ",
       kMaxSize, kind_ == model::KeyKind::kRange ? "; for sparse numbers take integer keys" : "");
}

uint64_t VocabularyBuilder::size() const {
  switch (kind_) {
    case model::KeyKind::kRange:
      return range_;
    case model::KeyKind::kInt64:
      return integers_.size();
    case model::KeyKind::kString:
      return strings_.size();
  }
  return 0;
}

void VocabularyBuilder::Add(int64_t value) {
  if (closed_) return;
  if (kind_ == model::KeyKind::kRange) {
    if (value < 0) {
      Fail(Status::kInvalidArgument, "vocabulary \"", name_, "\" is a range from 0; ", value,
           " needs integer keys");
    }
    uint64_t size = static_cast<uint64_t>(value) + 1;
    CheckRoom(size);
    range_ = std::max(range_, size);
  } else if (integer_rows_.emplace(value, static_cast<uint32_t>(integers_.size())).second) {
    CheckRoom(integers_.size() + 1);
    integers_.push_back(value);
  }
}

void VocabularyBuilder::Add(const std::string& value) {
  if (closed_) return;
  if (string_rows_.emplace(value, static_cast<uint32_t>(strings_.size())).second) {
    CheckRoom(strings_.size() + 1);
    strings_.push_back(value);
  }
}

uint32_t VocabularyBuilder::Find(int64_t value) const {
  auto unknown = static_cast<uint32_t>(size());
  if (kind_ == model::KeyKind::kRange) {
    bool known = value >= 0 && static_cast<uint64_t>(value) < range_;
    return known ? static_cast<uint32_t>(value) : unknown;
  }
  auto found = integer_rows_.find(value);
  return found == integer_rows_.end() ? unknown : found->second;
}

uint32_t VocabularyBuilder::Find(const std::string& value) const {
  auto found = string_rows_.find(value);
  return found == string_rows_.end() ? static_cast<uint32_t>(strings_.size()) : found->second;
}

}  // namespace duomo::data
