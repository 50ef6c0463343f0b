// Cuts a text into objects and flattens each; nlohmann's event parser does the reading.
#include "data/json_reader.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "data/byte_buffer.h"
#include "data/csv.h"

namespace duomo::data {
namespace {

constexpr size_t kMostLearned = 1000;  // rows whose names make the header
constexpr size_t kMostLate = 100;      // names that are told of
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// The texts of one object after the other.
class Records {
 public:
  enum class Found { kRecord, kTooLong, kCutOff, kEnd };

  Records(std::unique_ptr<ByteSource> bytes, bool lines) : in_(std::move(bytes)), lines_(lines) {}

  // The next one, which begins in `line`. kCutOff: the text ends within it. kTooLong: over 16 MB,
  // and passed over.
  Found Next(std::string_view& record, uint64_t& line) {
    while (true) {
      if (!SkipBlanks()) return Found::kEnd;
      line = line_;
      Found found = lines_ ? Line(record) : Object(record);
      if (found != Found::kRecord || !record.empty()) return found;
    }
  }

 private:
  // To the next record's first byte; false at the end. Between objects of an array stand commas.
  bool SkipBlanks() {
    const std::string_view skipped = lines_ ? "\n\r\t " : "\n\r\t ,[]";
    for (;; ++in_.begin) {
      if (in_.begin == in_.end && !in_.Fill()) return false;
      char c = in_.data()[in_.begin];
      if (skipped.find(c) == skipped.npos) return true;
      if (c == '\n') ++line_;
    }
  }

  Found Line(std::string_view& record) {
    for (size_t size = 0;;) {
      const char* from = in_.data() + in_.begin;
      const void* end = std::memchr(from + size, '\n', in_.end - in_.begin - size);
      if (end != nullptr) {
        size = static_cast<size_t>(static_cast<const char*>(end) - from);
        record = Trim({from, size});
        in_.begin += size + 1;
        ++line_;
        return size > CsvReader::kMaxRow ? Found::kTooLong : Found::kRecord;
      }
      size = in_.end - in_.begin;
      if (size > CsvReader::kMaxRow) {
        in_.begin = in_.end;
        return DropLine();
      }
      if (in_.Fill()) continue;
      record = Trim({in_.data() + in_.begin, size});
      in_.begin = in_.end;
      return Found::kRecord;
    }
  }

  Found DropLine() {
    while (in_.Fill()) {
      const void* end = std::memchr(in_.data(), '\n', in_.end);
      in_.begin = end == nullptr
                      ? in_.end
                      : static_cast<size_t>(static_cast<const char*>(end) - in_.data()) + 1;
      if (end == nullptr) continue;
      ++line_;
      break;
    }
    return Found::kTooLong;
  }

  Found Object(std::string_view& record) {
    size_t at = 0, depth = 0;
    bool text = false;
    for (;; ++at) {
      if (in_.begin + at == in_.end) {
        if (at > CsvReader::kMaxRow) {
          in_.begin = in_.end;
          return Found::kTooLong;
        }
        if (!in_.Fill()) {
          record = {in_.data() + in_.begin, at};
          in_.begin = in_.end;
          return Found::kCutOff;
        }
      }
      char c = in_.data()[in_.begin + at];
      if (c == '\n') ++line_;
      if (text) {
        if (c == '\\') ++at;
        // The escaped byte may be the next piece's first.
        if (c == '\\' && in_.begin + at >= in_.end && !in_.Fill()) --at;
        text = c != '"';
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth <= 1) break;
        --depth;
      } else if (depth == 0) {
        // No object: the word up to what may begin one.
        if (c == ',' || c == '\n') break;
      }
    }
    record = Trim({in_.data() + in_.begin, at + 1});
    in_.begin += at + 1;
    return Found::kRecord;
  }

  ByteBuffer in_;
  bool lines_;
  uint64_t line_ = 1;
};

// Takes the events of one object's parse to cells.
class Flattener : public nlohmann::json_sax<nlohmann::json> {
 public:
  // `learn`: names make columns. Else `late` is called with those that are none.
  Flattener(std::vector<std::string>& names, bool learn) : names_(names), learn_(learn) {
    for (size_t i = 0; i < names.size(); ++i) columns_.emplace(names[i], i);
  }

  std::function<void(const std::string&)> late;

  // False where `text` is no object; error() says why.
  bool Parse(std::string_view text) {
    cells_.resize(names_.size());
    for (std::string& cell : cells_) cell.clear();
    given_.assign(names_.size(), false);
    nulls_.assign(names_.size(), false);
    levels_.clear();
    path_.clear();
    lists_ = 0;
    error_.clear();
    if (!text.starts_with('{')) {
      error_ = "there is no JSON object";
      return false;
    }
    return nlohmann::json::sax_parse(text.begin(), text.end(), this) && error_.empty();
  }

  const std::vector<std::string>& cells() const { return cells_; }
  bool given(size_t column) const { return given_[column]; }
  bool has_null(size_t column) const { return nulls_[column]; }
  const std::string& error() const { return error_; }
  // Names that had only null, unless they turned out to be objects.
  void AddEmptyColumns() {
    for (const std::string& name : empty_) {
      bool object = std::any_of(names_.begin(), names_.end(), [&](const std::string& other) {
        return other.size() > name.size() && other.starts_with(name) && other[name.size()] == '.';
      });
      if (!object && columns_.find(name) == columns_.end()) Column(name);
    }
  }

  bool null() override {
    auto found = columns_.find(path_);
    if (lists_ > 0) {
      if (found != columns_.end()) nulls_[found->second] = true;
      return true;
    }
    if (found != columns_.end()) {
      cells_[found->second].clear();
      given_[found->second] = true;
    } else if (learn_ && std::find(empty_.begin(), empty_.end(), path_) == empty_.end()) {
      empty_.push_back(path_);
    }
    return true;
  }
  bool boolean(bool value) override { return Value(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return Value(StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Value(StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Value(text); }
  bool string(string_t& text) override {
    if (text.find('\0') != text.npos) {
      error_ = "there is a NUL character";
      return false;
    }
    std::replace(text.begin(), text.end(), kListMark, ' ');
    return Value(text);
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override {
    levels_.push_back(path_.size());
    return true;
  }
  bool key(string_t& name) override {
    path_.resize(levels_.back());
    if (!path_.empty()) path_ += '.';
    path_ += name;
    return true;
  }
  bool end_object() override {
    path_.resize(levels_.back());
    levels_.pop_back();
    return true;
  }
  bool start_array(size_t) override {
    if (lists_ == 0) null();  // it may have no value
    ++lists_;
    return true;
  }
  bool end_array() override {
    --lists_;
    return true;
  }
  bool parse_error(size_t at, const std::string&, const nlohmann::json::exception&) override {
    error_ = StrCat("the text is no JSON from its byte ", at, " on");
    return false;
  }

 private:
  size_t Column(const std::string& name) {
    if (names_.size() == CsvReader::kMaxColumns) {
      error_ = StrCat("there are more than ", CsvReader::kMaxColumns,
                      " names; is each row an object of its own (pandas: orient=\"records\")?");
      return kNone;
    }
    columns_.emplace(name, names_.size());
    names_.push_back(name);
    cells_.emplace_back();
    given_.push_back(true);
    nulls_.push_back(false);
    return names_.size() - 1;
  }

  bool Value(std::string_view text) {
    auto found = columns_.find(path_);
    size_t column = found != columns_.end() ? found->second : learn_ ? Column(path_) : kNone;
    if (column == kNone) {
      if (error_.empty() && late) late(path_);
      return error_.empty();
    }
    std::string& cell = cells_[column];
    given_[column] = true;
    if (lists_ > 0) {
      cell += kListMark;
    } else {
      cell.clear();
    }
    cell += text;
    return true;
  }

  static constexpr size_t kNone = static_cast<size_t>(-1);
  std::vector<std::string>& names_;
  const bool learn_;
  std::unordered_map<std::string, size_t> columns_;
  std::vector<std::string> cells_, empty_;
  std::vector<bool> given_;     // by column: the object has it
  std::vector<bool> nulls_;     // by column: a list has one
  std::vector<size_t> levels_;  // of objects: the path's size before their names
  std::string path_, error_;
  size_t lists_ = 0;  // around the present value
};

class JsonReader : public TableReader {
 public:
  JsonReader(std::unique_ptr<ByteSource> bytes, std::string where, std::string_view sample,
             const TableOptions& options)
      : TableReader(std::move(where), options.skip_bad_lines),
        latin1_(options.latin1),
        lines_(ObjectsInLines(sample)),
        records_(std::move(bytes), lines_) {
    Learn(sample);
    for (const std::string& name : options.known) {
      if (std::find(header_.begin(), header_.end(), name) != header_.end()) continue;
      header_.push_back(name);
      ++added_columns_;
    }
    form_ = lines_ ? "JSON lines" : "JSON, an array of objects";
    flattener_.emplace(header_, false);
    flattener_->late = [this](const std::string& name) { Late(name); };
  }

  bool given(size_t column) const override { return flattener_->given(column); }
  bool has_null(size_t column) const override { return flattener_->has_null(column); }

  bool Next() override {
    std::string_view record;
    while (true) {
      Records::Found found = records_.Next(record, line_);
      if (found == Records::Found::kEnd) return false;
      if (found == Records::Found::kTooLong) {
        Bad("the row has more than ", CsvReader::kMaxRow, " bytes");
      } else if (found == Records::Found::kCutOff) {
        Bad("the object that begins here is cut off");
      } else if (Parse(*flattener_, record)) {
        fields_.assign(flattener_->cells().begin(), flattener_->cells().end());
        return true;
      } else {
        Bad(flattener_->error(), Hint(record));
      }
    }
  }

 private:
  // An object that ends with its line; else brackets are counted.
  static bool ObjectsInLines(std::string_view sample) {
    sample = Trim(sample);
    std::string_view first = Trim(sample.substr(0, sample.find('\n')));
    return first.starts_with('{') && first.ends_with('}');
  }

  static std::string_view Hint(std::string_view record) {
    bool python = record.starts_with("{'") || record.starts_with("{u'");
    return python ? "; it is a dict as Python prints it: write it with json.dumps" : "";
  }

  bool Parse(Flattener& flattener, std::string_view record) {
    if (!latin1_) return flattener.Parse(record);
    converted_ = Latin1ToUtf8(record);
    return flattener.Parse(converted_);
  }

  // The header, from the rows that are whole in the sample.
  void Learn(std::string_view sample) {
    Records records(BytesOf(sample), lines_);
    Flattener flattener(header_, true);
    std::string_view record;
    uint64_t line = 0;
    std::string error;
    uint64_t error_line = 0;
    for (size_t rows = 0; rows < kMostLearned; ++rows) {
      Records::Found found = records.Next(record, line);
      if (found == Records::Found::kEnd) break;
      bool good = found == Records::Found::kRecord && Parse(flattener, record);
      if (good || !error.empty()) continue;
      error = found == Records::Found::kRecord ? StrCat(flattener.error(), Hint(record))
                                               : "the object that begins here is cut off";
      error_line = line;
    }
    flattener.AddEmptyColumns();
    if (!header_.empty()) return;
    if (!error.empty()) FailAt(error_line, error);
    Fail(Status::kCorrupt, where_, " is empty: no JSON object in it has a value");
  }

  void Late(const std::string& name) {
    for (LateColumn& late : late_) {
      if (late.name != name) continue;
      ++late.rows;
      return;
    }
    if (late_.size() < kMostLate) late_.push_back({name, 1, line_});
  }

  bool latin1_, lines_;
  Records records_;
  std::optional<Flattener> flattener_;
  std::string converted_;
};

}  // namespace

bool LooksLikeJson(std::string_view sample) {
  sample = Trim(sample);
  if (sample.starts_with('[')) sample = Trim(sample.substr(1));
  if (!sample.starts_with('{')) return false;
  sample = Trim(sample.substr(1));
  return sample.starts_with('"') || sample.starts_with('}') || sample.starts_with('\'') ||
         sample.starts_with("u'");
}

std::unique_ptr<TableReader> OpenJson(std::unique_ptr<ByteSource> bytes, std::string where,
                                      std::string_view sample, const TableOptions& options) {
  return std::make_unique<JsonReader>(std::move(bytes), std::move(where), sample, options);
}

}  // namespace duomo::data
