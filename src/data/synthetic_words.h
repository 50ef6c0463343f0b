// Invented words for invented titles.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/random.h"

namespace duomo::data {

// Makes words of two to four syllables, no two alike whatever their case, in UTF-8 with an
// ISO-8859-1 character here and there. One thread.
class WordMaker {
 public:
  explicit WordMaker(Random& random) : random_(random) {}
  std::string Make();
  std::vector<std::string> Make(size_t count);

 private:
  Random& random_;
  std::set<std::string> used_;
};

}  // namespace duomo::data
