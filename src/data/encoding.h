// Recognises whether a text is UTF-8 or ISO-8859-1.
#pragma once

#include <string_view>

namespace duomo::data {

enum class Encoding {
  kUtf8,
  kLatin1,
  kNotKnown,  // ASCII so far: what comes first beyond it decides
};

// By the lines of a sample that have more than ASCII: most of them decide. A text in ISO-8859-1 is
// hardly ever UTF-8 by chance. `whole`: the last line is whole, too.
Encoding FindEncoding(std::string_view sample, bool whole);

}  // namespace duomo::data
