#include "evaluation/markup.h"

#include "core/text.h"

namespace duomo::evaluation {

std::string EscapeMarkup(const std::string& text) {
  bool utf8 = IsUtf8(text);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '&') {
      out += "&amp;";
    } else if (byte == '<') {
      out += "&lt;";
    } else if (byte == '>') {
      out += "&gt;";
    } else if (byte == '"') {
      out += "&quot;";
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      out += '?';
    } else if (utf8 && text.compare(i, 2, "\xef\xbf") == 0 && i + 2 < text.size() &&
               static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
      out += '?';  // U+FFFE and U+FFFF are not characters
      i += 2;
    } else {
      out += static_cast<char>(byte);
    }
  }
  return out;
}

}  // namespace duomo::evaluation
