#include "core/text.h"

#include <cstdint>
#include <cstring>

namespace duomo {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

size_t Utf8Length(std::string_view text, size_t i) {
  auto byte = [&](size_t k) -> unsigned {
    return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
  };
  auto continues = [&](size_t k) { return (byte(k) & 0xC0) == 0x80; };
  unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return continues(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    bool second = a == 0xE0   ? (b >= 0xA0 && b <= 0xBF)
                  : a == 0xED ? (b >= 0x80 && b <= 0x9F)
                              : continues(1);
    return second && continues(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    bool second = a == 0xF0   ? (b >= 0x90 && b <= 0xBF)
                  : a == 0xF4 ? (b >= 0x80 && b <= 0x8F)
                              : continues(1);
    return second && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

char32_t Utf8Character(std::string_view character) {
  auto byte = [&](size_t k) -> char32_t { return static_cast<unsigned char>(character[k]); };
  if (character.size() == 1) return byte(0);
  char32_t c = byte(0) & (0x7F >> character.size());
  for (size_t k = 1; k < character.size(); ++k) c = c << 6 | (byte(k) & 0x3F);
  return c;
}

void AppendUtf8(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::string Latin1ToUtf8(std::string_view latin1) {
  std::string out;
  out.reserve(latin1.size());
  for (unsigned char c : latin1) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xC0 | (c >> 6));
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    uint64_t eight;  // of ASCII go at once: keys and titles are checked in every call
    if (text.size() - i >= sizeof(eight)) {
      std::memcpy(&eight, text.data() + i, sizeof(eight));
      if ((eight & 0x8080808080808080) == 0) {
        i += sizeof(eight);
        continue;
      }
    }
    size_t length = static_cast<unsigned char>(text[i]) < 0x80 ? 1 : Utf8Length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string_view Utf8Prefix(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

std::string AsciiLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t i = 0; i < text.size();) {
    while (i < text.size() && IsSpace(text[i])) ++i;
    size_t begin = i;
    while (i < text.size() && !IsSpace(text[i])) ++i;
    if (i > begin) words.push_back(AsciiLower(text.substr(begin, i - begin)));
  }
  return words;
}

}  // namespace duomo
