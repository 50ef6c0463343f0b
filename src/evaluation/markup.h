// Escapes any text for HTML, SVG and XML. Depends on core alone.
#pragma once

#include <string>

namespace duomo::evaluation {

// Escaped for content and for attributes in double quotes. What XML cannot hold becomes a question
// mark: control characters, U+FFFE, U+FFFF, and every byte above 0x7f where the whole is not UTF-8.
std::string EscapeMarkup(const std::string& text);

}  // namespace duomo::evaluation
