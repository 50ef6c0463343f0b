// The values of one vocabulary while it is being bound to a data set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/description.h"

namespace duomo::data {

// First every value is added, then rows are looked up. One thread; movable.
class VocabularyBuilder {
 public:
  // Starts from the values that the description lists, if any: the vocabulary is closed then.
  // Throws Error(kInvalidArgument) for more values than rows can number.
  explicit VocabularyBuilder(const model::Vocabulary& vocabulary);

  const std::string& name() const { return name_; }
  model::KeyKind kind() const { return kind_; }
  bool closed() const { return closed_; }
  uint64_t size() const;

  // Makes room for the value where the vocabulary is open. Throws Error(kInvalidArgument) for a
  // number that a range cannot hold. Of the kind that kind() says.
  void Add(int64_t value);
  void Add(const std::string& value);
  // The row of a value; size() if it is unknown.
  uint32_t Find(int64_t value) const;
  uint32_t Find(const std::string& value) const;

  // In row order; empty for other kinds.
  const std::vector<int64_t>& integers() const { return integers_; }
  const std::vector<std::string>& strings() const { return strings_; }

 private:
  void CheckRoom(uint64_t size) const;

  std::string name_;
  model::KeyKind kind_;
  bool closed_;
  uint64_t range_ = 0;
  std::vector<int64_t> integers_;
  std::vector<std::string> strings_;
  std::unordered_map<int64_t, uint32_t> integer_rows_;
  std::unordered_map<std::string, uint32_t> string_rows_;
};

}  // namespace duomo::data
