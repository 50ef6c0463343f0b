#include "converter/records.h"

#include "converter/input.h"
#include "core/error.h"
#include "core/text.h"
#include "description/fields.h"

namespace duomo::convert {
namespace {

std::vector<Record> ReadJsonLines(std::string_view text, const std::string& path) {
  std::vector<Record> out;
  for (size_t line = 1; !text.empty(); ++line) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.find_first_not_of(" \t\r") == one.npos) continue;
    std::string where = StrCat(path, ", line ", line);
    out.push_back({where, description::ParseJson(std::string(one), where)});
  }
  return out;
}

// The fields of the next record; `line` moves on by as many lines as it has.
std::vector<std::string> NextCsv(std::string_view& text, size_t& line, const std::string& path) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  size_t start = line;
  while (!text.empty()) {
    char c = text[0];
    text.remove_prefix(1);
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (text.starts_with('"')) {
        fields.back() += c;
        text.remove_prefix(1);
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      return fields;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  if (quoted) Fail(Status::kInvalidArgument, path, ", line ", start, ": a quote is not closed");
  ++line;
  return fields;
}

std::vector<Record> ReadCsv(std::string_view text, const std::string& path) {
  size_t line = 1;
  std::vector<std::string> names = NextCsv(text, line, path);
  std::vector<Record> out;
  while (!text.empty()) {
    std::string where = StrCat(path, ", line ", line);
    std::vector<std::string> fields = NextCsv(text, line, path);
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != names.size()) {
      Fail(Status::kInvalidArgument, where, ": ", fields.size(), " fields, and the first line has ",
           names.size());
    }
    Json json = Json::object();
    for (size_t i = 0; i < names.size(); ++i) {
      bool own = names[i] == "id" || names[i] == "title";
      if (fields[i].empty() && !own) continue;  // not given
      (own ? json : json["features"])[names[i]] = fields[i];
    }
    out.push_back({where, std::move(json)});
  }
  return out;
}

}  // namespace

std::vector<Record> ReadRecords(const std::string& path) {
  TextInput input(path);
  return ParseRecords(input.text(), input.name());
}

std::vector<Record> ParseRecords(std::string_view text, const std::string& path) {
  if (!IsUtf8(text)) Fail(Status::kInvalidArgument, path, ": the text is not UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) Fail(Status::kInvalidArgument, path, ": there are no records");
  return text[first] == '{' ? ReadJsonLines(text, path) : ReadCsv(text, path);
}

}  // namespace duomo::convert
