#include "cli/keys.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "console/output.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

using model::KeyIndex;
using model::KeyKind;

std::string_view Trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::errc ParseId(std::string_view text, int64_t& id) {
  size_t point = text.find('.');
  if (point != text.npos && text.find_first_not_of('0', point + 1) == text.npos) {
    text = text.substr(0, point);
  }
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (status != std::errc()) return status;
  return end == text.data() + text.size() ? std::errc() : std::errc::invalid_argument;
}

// Insertions, deletions and replacements of bytes that make `b` of `a`.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// The key that looks most like `text`, by its row.
std::string Nearest(const KeyIndex& keys, std::string_view text) {
  constexpr uint64_t kLookAt = 200'000;  // a message must not take long
  constexpr size_t kLongest = 64;
  std::string_view best = keys.StringAt(0);
  size_t least = text.size() / 2 + 1;
  if (text.size() > kLongest) return std::string(best);
  for (uint64_t row = 0; row < std::min(keys.size(), kLookAt); ++row) {
    std::string_view key = keys.StringAt(row);
    size_t apart = key.size() > text.size() ? key.size() - text.size() : text.size() - key.size();
    if (apart >= least || key.size() > kLongest) continue;
    size_t distance = Distance(text, key);
    if (distance >= least) continue;
    least = distance;
    best = key;
  }
  return std::string(best);
}

// "6,040 users, ids 1 … 6040", and so on.
std::string Known(const KeyIndex& keys, const char* what, std::string_view text) {
  std::string out = StrCat(console::Commas(keys.size()), ' ', what, keys.size() == 1 ? "" : "s");
  if (keys.size() == 0) return out;
  if (keys.kind() == KeyKind::kString) return StrCat(out, ", such as \"", Nearest(keys, text), '"');
  int64_t least = keys.IntegerAt(0), largest = least;
  for (uint64_t row = 1; row < keys.size(); ++row) {
    least = std::min(least, keys.IntegerAt(row));
    largest = std::max(largest, keys.IntegerAt(row));
  }
  return StrCat(out, ", ids ", least, " … ", largest);
}

}  // namespace

std::optional<uint64_t> FindKey(const KeyIndex& keys, std::string_view text) {
  if (keys.kind() == KeyKind::kString) return keys.Find(text);
  int64_t id = 0;
  if (ParseId(text, id) != std::errc()) return std::nullopt;
  return keys.Find(id);
}

void FailUnknown(const model::Model& model, model::Side side, const std::string& text,
                 const std::string& file) {
  const KeyIndex& keys = model.side(side).keys;
  const char* what = side == model::Side::kItem ? "item" : "user";
  std::string known = StrCat(file, " (", Known(keys, what, text), ')');
  if (text.empty()) Fail(Status::kInvalidArgument, "the id of a ", what, " is empty");
  if (keys.kind() == KeyKind::kString) {
    Fail(Status::kNotFound, "there is no ", what, " \"", text, "\" in ", known);
  }
  int64_t id = 0;
  std::errc status = ParseId(text, id);
  if (status == std::errc::result_out_of_range) {
    Fail(Status::kInvalidArgument, what, " \"", text, "\" is beyond 64 bits; see ", known);
  }
  if (status != std::errc()) {
    Fail(Status::kInvalidArgument, what, " \"", text, "\" is not a number, as the ids in ", known,
         " are");
  }
  Fail(Status::kNotFound, "there is no ", what, ' ', text, " in ", known);
}

std::vector<std::string> SplitCells(std::string_view line, char separator) {
  std::vector<std::string> cells;
  size_t at = 0;
  do {
    size_t quote = line.find_first_not_of(" \t", at);
    std::string cell;
    if (quote != line.npos && line[quote] == '"') {
      for (at = quote + 1; at < line.size(); ++at) {
        if (line[at] == '"') {
          if (at + 1 == line.size() || line[at + 1] != '"') break;  // the quote's end
          ++at;                                                     // one of two
        }
        cell += line[at];
      }
      at = std::min(line.find(separator, at), line.size());
    } else {
      size_t end = std::min(line.find(separator, at), line.size());
      cell = Trimmed(line.substr(at, end - at));
      at = end;
    }
    cells.push_back(std::move(cell));
  } while (at++ < line.size());
  return cells;
}

std::vector<std::string> KeysOf(const KeyIndex& keys, const std::string& list) {
  if (FindKey(keys, list)) return {list};
  std::vector<std::string> out = SplitCells(list, ',');
  std::erase(out, "");  // "--exclude ''" leaves nothing out; so does a comma too many
  return out;
}

}  // namespace duomo::cli
