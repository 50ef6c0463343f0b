// Text functions. All text in memory is UTF-8. tokens.h splits it into words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duomo {

// ISO-8859-1 to UTF-8; never fails, every byte is a character.
std::string Latin1ToUtf8(std::string_view latin1);

// The number of bytes of the well-formed character that starts at text[i]; 0 if there is none.
size_t Utf8Length(std::string_view text, size_t i);

// Decodes `character`, which is exactly one well-formed character; appends its bytes to `out`.
char32_t Utf8Character(std::string_view character);
void AppendUtf8(std::string& out, char32_t c);

// Well-formed UTF-8 by the Unicode standard's table 3-7 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

// The longest prefix of at most `limit` bytes that does not end inside a character.
std::string_view Utf8Prefix(std::string_view text, size_t limit);

// Lower case for ASCII letters only, so that no result depends on a locale or a Unicode version.
std::string AsciiLower(std::string_view text);

// The words of `text`: split on ASCII white space and lower-cased. Version 1 of the tokeniser, and
// MovieLens' titles as the reference split has them.
std::vector<std::string> Words(std::string_view text);

}  // namespace duomo
