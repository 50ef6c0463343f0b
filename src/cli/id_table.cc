#include "cli/id_table.h"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <utility>

#include "cli/keys.h"
#include "data/bytes.h"
#include "data/roles.h"

namespace duomo::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What stands most often between the cells of a line; '\0' where nothing does. A tab beats all:
// nobody has one in a name.
char SeparatorOf(std::string_view line) {
  if (line.find('\t') != line.npos) return '\t';
  constexpr std::string_view kSeparators = ",;|";
  size_t counts[kSeparators.size()] = {};
  bool quoted = false;
  for (char c : line) {
    if (c == '"') quoted = !quoted;
    size_t which = kSeparators.find(c);
    if (!quoted && which != kSeparators.npos) ++counts[which];
  }
  size_t most = static_cast<size_t>(std::max_element(counts, std::end(counts)) - counts);
  return counts[most] == 0 ? '\0' : kSeparators[most];
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

// The file's bytes, of which the first line can be looked at before they are read.
class IdTable::Bytes : public data::ByteSource {
 public:
  explicit Bytes(const std::string& path) : source_(data::OpenBytes(path)) {}

  size_t Read(char* out, size_t size) override {
    if (at_ == buffer_.size()) return source_->Read(out, size);
    size_t count = std::min(size, buffer_.size() - at_);
    std::memcpy(out, buffer_.data() + at_, count);
    at_ += count;
    return count;
  }

  // The next line without its end, taken away; false behind the last.
  bool Line(std::string& line) {
    size_t end;
    while ((end = buffer_.find('\n', at_)) == buffer_.npos && Fill()) {
    }
    if (at_ == buffer_.size()) return false;
    line = buffer_.substr(at_, end == buffer_.npos ? end : end - at_);
    at_ = end == buffer_.npos ? buffer_.size() : end + 1;
    return true;
  }

  // The first line that is not empty, which stays.
  std::string FirstLine() {
    std::string line;
    while (Line(line) && line.find_first_not_of(" \t\r") == line.npos) {
    }
    at_ = 0;
    if (line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

 private:
  bool Fill() {
    // Lines that have been taken go when there are many of them.
    if (at_ > 2 * kPiece) {
      buffer_.erase(0, at_);
      at_ = 0;
    }
    size_t before = buffer_.size();
    if (before - at_ > data::CsvReader::kMaxRow) return false;
    buffer_.resize(before + kPiece);
    size_t count = source_->Read(buffer_.data() + before, kPiece);
    buffer_.resize(before + count);
    return count > 0;
  }

  static constexpr size_t kPiece = 1 << 16;
  std::unique_ptr<data::ByteSource> source_;
  std::string buffer_;
  size_t at_ = 0;
};

IdTable::IdTable(const std::string& path, Kind kind)
    : path_(path), kind_(kind), bytes_(std::make_unique<Bytes>(path)) {
  std::string first = bytes_->FirstLine();
  char separator = SeparatorOf(first);
  if (separator == '\0' && kind_ == Kind::kPairs) {
    ReadHeader(Words(first));
    return;
  }
  if (separator == '\0') separator = '\t';  // one column; commas further down are part of a name
  ReadHeader(SplitCells(first, separator));
  data::CsvOptions options;
  options.separator = separator;
  if (!header_)
    options.names = kind_ == Kind::kPairs ? std::vector<std::string>{"user", "item"}
                                          : std::vector<std::string>{"user"};
  csv_ = std::make_unique<data::CsvReader>(std::move(bytes_), path_, options);
}

IdTable::~IdTable() = default;

void IdTable::ReadHeader(const std::vector<std::string>& cells) {
  bool pairs = kind_ == Kind::kPairs;
  auto column = [&](data::Role role) { return data::FindRole(role, cells, "", path_); };
  size_t user = column(pairs ? data::Role::kUser : data::Role::kUserKey);
  size_t item = pairs ? column(data::Role::kItem) : 1;
  if (user != data::kNoColumn && item != data::kNoColumn) {
    header_ = true;
    columns_ = cells.size();
    user_column_ = user;
    item_column_ = item;
    return;
  }
  if (cells.size() <= (pairs ? 2u : 1u)) return;
  if (pairs) {
    Fail(Status::kInvalidArgument, path_,
         ":1: expected \"user item\", or a header that names a "
         "user and an item column among the ",
         cells.size());
  }
  Fail(Status::kInvalidArgument, path_,
       ":1: expected one user a line, or a header that names a "
       "user column among the ",
       cells.size(), " (a name that holds commas stands in quotes)");
}

bool IdTable::NextWords() {
  for (std::string text; bytes_->Line(text);) {
    if (++line_ == 1 && text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
    std::vector<std::string> words = Words(text);
    if (words.empty()) continue;
    if (std::exchange(header_, false)) continue;
    if (words.size() != columns_) {
      FailHere(Status::kInvalidArgument,
               "expected \"user item\"; keys that hold blanks need tabs or commas between");
    }
    user_ = words[user_column_];
    item_ = words[item_column_];
    return true;
  }
  return false;
}

bool IdTable::Next() {
  if (csv_ == nullptr) return NextWords();
  do {
    if (!csv_->Next()) return false;
    // An empty line of a single column is a row with an empty cell.
  } while (kind_ == Kind::kUsers && csv_->fields().size() == 1 && csv_->fields()[0].empty());
  line_ = csv_->line();
  auto cell = [&](size_t column) {
    std::string_view text = csv_->fields()[column];
    size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return std::string(text.substr(begin, text.find_last_not_of(" \t") + 1 - begin));
  };
  user_ = cell(user_column_);
  if (kind_ == Kind::kPairs) item_ = cell(item_column_);
  return true;
}

}  // namespace duomo::cli
