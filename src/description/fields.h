// Strict reading of JSON objects: fields are read by name, any other field is an error, and every
// error names its place.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace duomo::description {

using Json = nlohmann::ordered_json;

// Parses text; syntax errors name `source`, line and column. A name that stands twice in one object
// is an error, and so is nesting of more than 64 levels. Throws Error(kInvalidArgument).
Json ParseJson(const std::string& text, const std::string& source);

// The same for text that need not be JSON, such as the report of a file: null where it is not.
Json JsonOrNull(const std::string& text);

// Reads the fields of one object. `where` names it in errors: "towers[0].encoders[2]".
class Fields {
 public:
  Fields(const Json& object, std::string where);

  bool Has(const char* name);         // and counts as asking for it
  const Json& Get(const char* name);  // required
  std::string Text(const char* name);
  std::string Text(const char* name, std::string fallback);
  double Number(const char* name, double fallback);
  uint64_t Count(const char* name);  // a whole number, not negative
  uint64_t Count(const char* name, uint64_t fallback);
  bool Flag(const char* name, bool fallback);
  // One of `names`; the result is its index.
  size_t Choice(const char* name, std::span<const std::string_view> names);
  size_t Choice(const char* name, std::span<const std::string_view> names, size_t fallback);

  // Calls read(Fields of the element) for every object of an array; absent counts as empty.
  template <typename Read>
  void ForEach(const char* name, Read read) {
    if (!Has(name)) return;
    const Json& array = Get(name);
    if (!array.is_array()) Wrong(name, "must be an array");
    for (size_t i = 0; i < array.size(); ++i) {
      Fields element(array[i], StrCat(Path(name), '[', i, ']'));
      read(element);
      element.Finish();
    }
  }

  // Throws when a field was not asked for, naming it and those that were.
  void Finish();

  std::string Path(const char* name) const;
  template <typename... Parts>
  [[noreturn]] void Wrong(const char* name, const Parts&... parts) const {
    Fail(Status::kInvalidArgument, Path(name), ": ", parts...);
  }

 private:
  const Json& object_;
  std::string where_;
  std::vector<std::string> known_;
};

}  // namespace duomo::description
