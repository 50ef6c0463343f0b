// Finds many string keys of one index, faster than one by one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/key_index.h"

namespace duomo::model {

// KeyIndex::Find() of each string into rows[asked.size()], KeyIndex::kAbsent where there is none.
// Strings may repeat. Where there are enough of them, the index is read once from front to back and
// looked up among them, which waits for no memory; else each is looked up in the index.
void FindAll(const KeyIndex& keys, std::span<const std::string_view> asked, uint32_t* rows);

}  // namespace duomo::model
