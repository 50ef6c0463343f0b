#include "description/fields.h"

#include <algorithm>
#include <set>
#include <utility>

namespace duomo::description {

namespace {

// Copying and printing JSON calls itself for each level, so that a hostile text would run out of
// stack. A description has eight.
constexpr int kMaxDepth = 64;

// Refuses a name that stands twice in one object, where the parser would keep the last value, and
// text that is nested too deep.
class Strictness {
 public:
  explicit Strictness(const std::string& source) : source_(source) {}
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) {
      Fail(Status::kInvalidArgument, source_, ": nested deeper than ", kMaxDepth, " levels");
    }
    if (event == Json::parse_event_t::object_start) {
      open_.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      open_.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!open_.back().insert(name).second) {
        Fail(Status::kInvalidArgument, source_, ": the field \"", name,
             "\" stands twice in the same object");
      }
    }
    return true;
  }

 private:
  const std::string& source_;
  std::vector<std::set<std::string>> open_;
};

}  // namespace

Json ParseJson(const std::string& text, const std::string& source) {
  try {
    return Json::parse(text, Strictness(source));
  } catch (const Json::parse_error& error) {
    size_t at = std::min<size_t>(error.byte > 0 ? error.byte - 1 : 0, text.size());
    auto begin = text.begin(), end = begin + static_cast<std::ptrdiff_t>(at);
    size_t line = 1 + static_cast<size_t>(std::count(begin, end, '\n'));
    size_t last = text.rfind('\n', at == 0 ? 0 : at - 1);
    size_t column = last == std::string::npos || at == 0 ? at + 1 : at - last;
    Fail(Status::kInvalidArgument, source, ':', line, ':', column, ": not valid JSON");
  } catch (const Json::out_of_range&) {
    Fail(Status::kInvalidArgument, source, ": a number in it is too large");
  }
}

Json JsonOrNull(const std::string& text) {
  try {
    return ParseJson(text, "");
  } catch (const Error&) {
    return Json();
  }
}

Fields::Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object.is_object()) {
    Fail(Status::kInvalidArgument, where_.empty() ? "the description" : where_,
         ": must be an object");
  }
}

std::string Fields::Path(const char* name) const {
  return where_.empty() ? std::string(name) : StrCat(where_, '.', name);
}

bool Fields::Has(const char* name) {
  known_.emplace_back(name);
  return object_.contains(name);
}

const Json& Fields::Get(const char* name) {
  known_.emplace_back(name);
  auto found = object_.find(name);
  if (found == object_.end()) Wrong(name, "is missing");
  return *found;
}

std::string Fields::Text(const char* name) {
  const Json& value = Get(name);
  if (!value.is_string()) Wrong(name, "must be a string");
  return value.get<std::string>();
}

std::string Fields::Text(const char* name, std::string fallback) {
  return Has(name) ? Text(name) : std::move(fallback);
}

double Fields::Number(const char* name, double fallback) {
  if (!Has(name)) return fallback;
  const Json& value = Get(name);
  if (!value.is_number()) Wrong(name, "must be a number");
  return value.get<double>();
}

uint64_t Fields::Count(const char* name) {
  const Json& value = Get(name);
  if (!value.is_number_unsigned()) Wrong(name, "must be a whole number, 0 or more");
  return value.get<uint64_t>();
}

uint64_t Fields::Count(const char* name, uint64_t fallback) {
  return Has(name) ? Count(name) : fallback;
}

bool Fields::Flag(const char* name, bool fallback) {
  if (!Has(name)) return fallback;
  const Json& value = Get(name);
  if (!value.is_boolean()) Wrong(name, "must be true or false");
  return value.get<bool>();
}

size_t Fields::Choice(const char* name, std::span<const std::string_view> names) {
  std::string text = Text(name);
  for (size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return i;
  }
  std::string possible;
  for (std::string_view each : names) possible += StrCat(possible.empty() ? "" : ", ", each);
  Wrong(name, "unknown value \"", text, "\"; possible: ", possible);
}

size_t Fields::Choice(const char* name, std::span<const std::string_view> names, size_t fallback) {
  return Has(name) ? Choice(name, names) : fallback;
}

void Fields::Finish() {
  for (const auto& [name, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    std::sort(known_.begin(), known_.end());
    known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
    std::string possible;
    for (const std::string& each : known_) possible += StrCat(possible.empty() ? "" : ", ", each);
    Wrong(name.c_str(), "unknown field; possible here: ", possible);
  }
}

}  // namespace duomo::description
