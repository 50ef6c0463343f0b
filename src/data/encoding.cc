#include "data/encoding.h"

#include <algorithm>
#include <cstddef>

#include "core/text.h"

namespace duomo::data {

Encoding FindEncoding(std::string_view sample, bool whole) {
  if (!whole) sample = sample.substr(0, sample.rfind('\n') + 1);
  size_t utf8 = 0, others = 0;
  while (!sample.empty()) {
    std::string_view line = sample.substr(0, sample.find('\n'));
    sample.remove_prefix(std::min(line.size() + 1, sample.size()));
    bool ascii = std::none_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; });
    if (!ascii) ++(IsUtf8(line) ? utf8 : others);
  }
  if (utf8 + others == 0) return Encoding::kNotKnown;
  return utf8 >= others ? Encoding::kUtf8 : Encoding::kLatin1;
}

}  // namespace duomo::data
