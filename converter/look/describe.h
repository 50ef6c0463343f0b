// A description for people: what each tower reads and computes, a line an encoder.
#pragma once

#include <string>

#include "model/description.h"

namespace duomo::convert {

// Towers, head and output as indented, aligned text.
std::string DescriptionText(const model::Description& description);

std::string HeadText(const model::Description& description);    // "5 · cos(user, item)"
std::string OutputText(const model::Description& description);  // "0.5 · head + 2.5 stars"

}  // namespace duomo::convert
