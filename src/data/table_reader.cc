// Looks at the beginning of a table, then opens the reader for it.
#include "data/table_reader.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "data/csv.h"
#include "data/encoding.h"
#include "data/header_row.h"
#include "data/json_reader.h"
#include "data/reshape.h"
#include "data/values.h"

namespace duomo::data {
namespace {

constexpr size_t kSampleBytes = size_t{1} << 20, kSampleRows = 200, kMostReasons = 20;

// The beginning that has been looked at, then what follows.
class Continued : public ByteSource {
 public:
  Continued(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}
  size_t Read(char* out, size_t size) override {
    if (given_ == head_.size()) {
      if (given_ > 0) head_ = {};
      given_ = 0;
      return rest_->Read(out, size);
    }
    size_t n = head_.copy(out, size, given_);
    given_ += n;
    return n;
  }

 private:
  std::string head_;
  size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// At least a row of the file, where it has one.
std::string ReadSample(ByteSource& bytes, bool& whole) {
  std::string sample(kSampleBytes, '\0');
  size_t size = 0;
  for (whole = false; !whole;) {
    if (size == sample.size()) {
      if (sample.find('\n') != sample.npos || size > CsvReader::kMaxRow) break;
      sample.resize(2 * size);
    }
    size_t n = bytes.Read(sample.data() + size, sample.size() - size);
    size += n;
    whole = n == 0;
  }
  sample.resize(size);
  return sample;
}

void RefuseOtherFormats(std::string_view head, const std::string& where) {
  auto refuse = [&](std::string_view what) {
    Fail(Status::kUnsupported, where, " is ", what,
         "; save it as CSV, or train through the Python package, which reads it: python -m duomo "
         "train");
  };
  if (head.starts_with("PAR1")) refuse("a Parquet file");
  if (head.starts_with("ARROW1") || head.starts_with("FEA1")) refuse("an Arrow or Feather file");
  if (head.starts_with("\x89HDF")) refuse("an HDF5 file");
  if (head.starts_with("SQLite format 3")) {
    Fail(Status::kUnsupported, where,
         " is an SQLite database; write a table of it as CSV: sqlite3 -header -csv ", where,
         " 'SELECT * FROM …'");
  }
  bool spreadsheet = head.starts_with("PK\3\4") || head.starts_with("\xD0\xCF\x11\xE0");
  if (spreadsheet) {
    Fail(Status::kUnsupported, where, " is a spreadsheet or an archive; save the table as CSV");
  }
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    Fail(Status::kCorrupt, where,
         " is UTF-16; save it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8");
  }
}

std::string_view TrimBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// The rows of the sample, by names or without them. The last row of a part is half a row.
Rows RowsOf(TableReader& reader, bool whole) {
  Rows rows;
  try {
    while (rows.size() <= kSampleRows && reader.Next()) {
      rows.emplace_back(reader.fields().begin(), reader.fields().end());
    }
  } catch (const Error&) {
    // Reading the table will say so, with its place.
  }
  if (!whole && rows.size() <= kSampleRows && !rows.empty()) rows.pop_back();
  if (rows.size() > kSampleRows) rows.resize(kSampleRows);
  return rows;
}

std::string Invented(size_t column) { return StrCat("column ", column + 1); }

// True where the first row cannot be one of data: its cells are no numbers where all others are.
bool IsClearlyNames(const Rows& rows) {
  if (rows.size() < 2 || FirstRowLooksLikeData(rows)) return false;
  size_t numeric = 0, names = 0;
  for (size_t c = 0; c < rows[0].size(); ++c) {
    auto number = [&](const std::vector<std::string>& row) {
      double value = 0;
      return ParseNumber(row[c], value);
    };
    if (!std::all_of(rows.begin() + 1, rows.end(), number)) continue;
    ++numeric;
    if (!number(rows[0])) ++names;
  }
  return numeric > 0 && names == numeric;
}

}  // namespace

bool TableReader::Refuse(uint64_t line, const std::string& what) {
  if (!skip_bad_ || header_.empty()) FailAt(line, what);
  return Count(line, what);
}

bool TableReader::Count(uint64_t line, const std::string& what) {
  ++skipped_;
  std::string reason;  // without the values in quotes
  bool value = false;
  for (char c : what) {
    if (c == '"') value = !value;
    if (c == '"' && value) reason += "\"…";
    if (!value) reason += c;
  }
  auto same = [&](const SkippedRows& rows) { return rows.reason == reason; };
  auto found = std::find_if(reasons_.begin(), reasons_.end(), same);
  if (found == reasons_.end() && reasons_.size() >= kMostReasons) {
    reason = "for other reasons";
    found = std::find_if(reasons_.begin(), reasons_.end(), same);
  }
  if (found == reasons_.end()) {
    reasons_.push_back({std::move(reason), what, 1, line});
  } else {
    ++found->count;
  }
  return false;
}

void TableReader::Absorb(const TableReader& other) {
  skipped_ += other.skipped_;
  reasons_.insert(reasons_.end(), other.reasons_.begin(), other.reasons_.end());
}

void TableReader::FailAt(uint64_t line, const std::string& what) const {
  Fail(Status::kCorrupt, where_, ", line ", line, ": ", what, ". Mend the line",
       header_.empty() ? "" : ", or leave bad lines out with --skip-bad-lines");
}

std::unique_ptr<TableReader> OpenTable(std::unique_ptr<ByteSource> bytes, std::string where,
                                       const TableOptions& options) {
  bool whole = false;
  std::string sample = ReadSample(*bytes, whole);
  RefuseOtherFormats(sample, where);
  std::string_view text = sample;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);

  if (options.separator.empty() && LooksLikeJson(text)) {
    if (!options.columns.empty()) {
      Fail(Status::kInvalidArgument, where,
           " is JSON and has names of its own; --columns is for files without");
    }
    TableOptions lenient = options;
    lenient.skip_bad_lines = true;
    Rows rows = RowsOf(*OpenJson(BytesOf(text), where, text, lenient), whole);
    auto reader = OpenJson(std::make_unique<Continued>(std::string(text), std::move(bytes)), where,
                           text, options);
    reader->sample_ = std::move(rows);
    return reader;
  }

  if (options.separator.empty() && options.columns.empty() && LooksLikeBlocks(text)) {
    TableOptions block = options;
    block.separator = ",";
    block.columns = {"item", "user", "rating", "timestamp"};
    block.header = false;
    auto reader = OpenTable(UnfoldBlocks(std::make_unique<Continued>(sample, std::move(bytes))),
                            where, block);
    reader->form_ += ", in blocks of items";
    return reader;
  }

  Dialect dialect = FindDialect(text, whole, {options.separator, options.quotes});
  CsvOptions csv;
  csv.separator = dialect.separator;
  csv.twice = dialect.twice;
  csv.runs = dialect.runs;
  csv.quotes = dialect.quotes;
  csv.lenient = !options.quotes.has_value();
  Encoding encoding = options.latin1 ? Encoding::kLatin1 : FindEncoding(text, whole);
  csv.latin1 = encoding == Encoding::kLatin1;
  csv.find_encoding = encoding == Encoding::kNotKnown;
  csv.unique_names = false;

  Rows rows;
  {
    CsvOptions lenient = csv;
    lenient.skip_bad_lines = true;
    CsvReader reader(BytesOf(text), where, lenient);
    rows = RowsOf(reader, whole);
    rows.insert(rows.begin(), reader.header());
  }
  const size_t count = rows[0].size();
  bool given = !options.columns.empty(), looks_like_data = false, names_row = true;
  if (given) {
    if (options.columns.size() != count) {
      std::string row;
      for (const std::string& cell : rows[0]) row += StrCat(row.empty() ? "" : ", ", cell);
      Fail(Status::kInvalidArgument, where, ": --columns names ", options.columns.size(),
           " columns, but the first row has ", count, ": ", Utf8Prefix(row, 200));
    }
    names_row = options.header.value_or(rows[0] == options.columns || IsClearlyNames(rows));
  } else if (options.header) {
    names_row = *options.header;
  } else {
    looks_like_data = FirstRowLooksLikeData(rows);
    names_row = !looks_like_data;
  }

  std::vector<std::string> names = options.columns;
  std::vector<bool> unnamed(count, false);
  std::vector<ColumnHint> hints;
  if (!given) {
    names.resize(count);
    for (size_t i = 0; i < count && names_row; ++i) names[i] = TrimBlanks(rows[0][i]);
    if (names_row) hints = TakeTypes(names);
    for (size_t i = 0; i < count; ++i) {
      if (!names[i].empty()) continue;
      names[i] = Invented(i);
      unnamed[i] = true;
    }
  }
  csv.skip_bad_lines = options.skip_bad_lines;
  if (!names_row) csv.names = names;
  auto reader = std::make_unique<CsvReader>(
      std::make_unique<Continued>(std::move(sample), std::move(bytes)), std::move(where), csv);
  TableReader& table = *reader;
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (seen.insert(name).second) continue;
    Fail(Status::kCorrupt, table.where(), ", line ", std::max<uint64_t>(1, table.line()),
         ": two columns have the name \"", name, "\"; give each its own");
  }
  if (names_row) rows.erase(rows.begin());
  table.header_ = std::move(names);
  table.unnamed_ = std::move(unnamed);
  table.hints_ = std::move(hints);
  table.sample_ = std::move(rows);
  table.decimal_comma_ = dialect.separator == ';';
  table.first_row_looks_like_data_ = looks_like_data;
  reader->set_dialect("CSV, " + Describe(dialect));
  table.form_ = names_row ? given ? ", its names replaced" : "" : ", no row of names";
  return reader;
}

}  // namespace duomo::data
