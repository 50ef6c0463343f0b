// Keys of users or items as they turn up in a table: integers as long as all of them are, else
// strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/rows_of_ids.h"
#include "data/rows_of_texts.h"

namespace duomo::data {

// True for a decimal integer in the one way that integers print: no sign but a minus, no leading
// zero. So "007" is a string, and turning integers into strings loses nothing.
bool IsPlainInteger(std::string_view text, int64_t& value);

// "17850.0" for "17850": integers that went through a column of floats, as pandas writes it when
// some cells are empty. Cuts the zeros off; false, and nothing, for other texts.
bool TakeZeroFraction(std::string_view& text);

// One thread while it grows.
class KeyTable {
 public:
  void UseStrings() { TurnIntoStrings(); }  // even for integers

  // The row of `key`, a new one where it is not known yet. Throws Error(kUnsupported) beyond
  // 2^32 - 2 keys.
  uint32_t Add(std::string_view key);
  bool Find(std::string_view key, uint32_t& row) const;

  size_t size() const { return all_integers_ ? integers_.size() : strings_.size(); }
  bool all_integers() const { return all_integers_; }
  // Moves the keys out, in row order, to EntityTable::ids or keys and to a first column `name`.
  void MoveTo(EntityTable& table, std::string_view name);

 private:
  void TurnIntoStrings();

  bool all_integers_ = true;
  std::vector<int64_t> integers_;
  RowsOfIds integer_rows_;
  std::vector<std::string> strings_;
  RowsOfTexts string_rows_;
};

}  // namespace duomo::data
