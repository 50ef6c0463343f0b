#include "converter/tables/key_list.h"

#include <algorithm>
#include <charconv>

#include "converter/tables/records.h"
#include "core/error.h"
#include "core/text.h"

namespace duomo::convert {

int64_t WholeNumber(std::string_view text, const std::string& what) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(Status::kInvalidArgument, what, ": \"", text, "\" is not a whole number");
  }
  return value;
}

std::vector<ListedKey> ReadKeyList(const std::string& path) {
  const std::string name = NameOfTable(path);
  auto bytes = OpenTableBytes(path);
  std::string all;
  char piece[1 << 16];
  while (size_t n = bytes->Read(piece, sizeof(piece))) all.append(piece, n);
  if (!IsUtf8(all)) Fail(Status::kCorrupt, name, ": the text is not UTF-8");
  std::string_view text = all;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<ListedKey> out;
  for (size_t line = 1; !text.empty(); ++line) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view key = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (key.ends_with('\r')) key.remove_suffix(1);
    if (!key.empty()) out.push_back({std::string(key), StrCat(name, ", line ", line)});
  }
  return out;
}

std::vector<uint32_t> RowsOfKeys(const std::vector<ListedKey>& list, const model::KeyIndex& keys,
                                 const char* of, std::vector<std::string>* absent) {
  std::vector<uint32_t> out;
  for (const ListedKey& one : list) {
    bool strings = keys.kind() == model::KeyKind::kString;
    auto row = strings            ? keys.Find(one.key)
               : keys.size() == 0 ? std::nullopt
                                  : keys.Find(WholeNumber(one.key, one.where));
    if (row) {
      out.push_back(static_cast<uint32_t>(*row));
    } else if (absent != nullptr) {
      absent->push_back(one.key);
    } else {
      Fail(Status::kNotFound, one.where, ": the model has no ", of, " \"", one.key, "\"");
    }
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());  // clang 14 knows no subrange
  return out;
}

}  // namespace duomo::convert
