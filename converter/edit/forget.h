// Values of vocabularies that nobody has any more: a city, a nickname, a word of a title. They are
// as telling as the key of the one who had them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "converter/edit/erase.h"

namespace duomo::convert {

// Rows of one side.
struct Parting {
  std::vector<uint32_t> stay, leave;  // ascending
};

// Marks the values that somebody who leaves has and nobody who stays: of categories, sets and
// texts. Others' answers cannot depend on them. If no user stays, a value that several users had
// tells of none of them and is not marked: requests with features need it. Values of histories are
// items; ranges of integers (also those of Input::bucketed) list nothing that anybody has brought.
// Returns how many values were marked, by the name of their vocabulary.
std::map<std::string, uint64_t> MarkForgotten(const model::Model& model, const Parting& users,
                                              const Parting& items, GoneValues& marked);

// "3 values that nobody else has: city 1, tags 2", and a line end.
std::string ForgottenText(const std::map<std::string, uint64_t>& counts);

}  // namespace duomo::convert
