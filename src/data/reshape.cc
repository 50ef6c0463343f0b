// Matrices and blocks as plain rows.
#include "data/reshape.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/error.h"
#include "data/values.h"

namespace duomo::data {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

class MatrixReader : public TableReader {
 public:
  MatrixReader(std::unique_ptr<TableReader> table, const MatrixOptions& options)
      : TableReader(table->where(), false), table_(std::move(table)), missing_(options.missing) {
    skip_bad_ = table_->skips_bad();
    decimal_comma_ = table_->decimal_comma();
    form_ = StrCat(table_->form(), ", a matrix of users and items");
    names_ = table_->header();
    has_names_ = !table_->first_row_looks_like_data();
    // Names that are numbers look like data; but ratings of a row are not all different integers.
    if (!has_names_ && AreIds(table_->sample()[0]) && table_->Next()) {
      names_.assign(table_->fields().begin(), table_->fields().end());
      has_names_ = true;
    }
    FindUsers(options.user);
    header_ = {"user", "item", "rating"};
    for (size_t i = 0; i < table_->header().size(); ++i) {
      if (i == user_ || i == count_) continue;
      columns_.push_back(i);
      items_.push_back(has_names_ ? names_[i] : StrCat(columns_.size()));
    }
    at_ = columns_.size();
    for (const std::vector<std::string>& row : table_->sample()) {
      sample_.push_back({user_ == kNone ? "1" : row[user_], items_.empty() ? "" : items_[0], "0"});
    }
  }

  bool Next() override {
    for (;;) {
      if (at_ == columns_.size()) {
        if (!table_->Next()) {
          Absorb(*table_);
          return false;
        }
        at_ = 0;
        ++row_;
        line_ = table_->line();
        if (user_ == kNone) number_ = StrCat(row_);
        continue;
      }
      std::string_view cell = table_->fields()[columns_[at_]];
      size_t item = at_++;
      if (IsMissing(cell)) continue;
      fields_ = {user_ == kNone ? std::string_view(number_) : table_->fields()[user_], items_[item],
                 cell};
      return true;
    }
  }

 private:
  bool IsMissing(std::string_view cell) const {
    if (cell.empty()) return true;
    if (!missing_) return false;
    double value = 0, missing = 0;
    return cell == *missing_ || (ParseNumber(cell, decimal_comma_, value) &&
                                 ParseNumber(*missing_, missing) && value == missing);
  }

  static bool AreIds(const std::vector<std::string>& row) {
    std::set<std::string_view> seen;
    for (size_t i = 1; i < row.size(); ++i) {
      if (!Fits(row[i], ColumnKind::kInteger) || !seen.insert(row[i]).second) return false;
    }
    return row.size() > 2;
  }

  void FindUsers(const std::string& stated) {
    const std::vector<std::string>& names = names_;
    if (stated == "none") return;
    if (!stated.empty()) {
      auto found = std::find(names.begin(), names.end(), stated);
      if (found == names.end()) {
        Fail(Status::kInvalidArgument, where_, " has no column \"", stated, "\" to be the user");
      }
      user_ = static_cast<size_t>(found - names.begin());
      return;
    }
    double number = 0;
    if (has_names_) {
      if (table_->unnamed(0) || !ParseNumber(names[0], number)) user_ = 0;
      return;
    }
    bool counts = names.size() > 2;
    std::set<std::string_view> distinct;
    for (const std::vector<std::string>& row : table_->sample()) {
      distinct.insert(row[0]);
      auto rated = std::count_if(row.begin() + 1, row.end(),
                                 [&](const std::string& cell) { return !IsMissing(cell); });
      counts = counts && row[0] == StrCat(rated);
    }
    if (counts) {
      count_ = 0;
    } else if (distinct.size() == table_->sample().size()) {
      user_ = 0;
    }
  }

  std::unique_ptr<TableReader> table_;
  std::optional<std::string> missing_;
  size_t user_ = kNone, count_ = kNone;
  std::vector<std::string> names_;  // of the table's columns
  bool has_names_ = false;
  std::vector<size_t> columns_;     // with ratings
  std::vector<std::string> items_;  // their names
  size_t at_ = 0;
  uint64_t row_ = 0;
  std::string number_;
};

class Unfolded : public ByteSource {
 public:
  explicit Unfolded(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {}

  size_t Read(char* out, size_t size) override {
    while (given_ == ready_.size()) {
      if (ended_) return 0;
      ready_.clear();
      given_ = 0;
      More();
    }
    size_t n = ready_.copy(out, size, given_);
    given_ += n;
    return n;
  }

 private:
  void More() {
    char piece[1 << 16];
    size_t n = bytes_->Read(piece, sizeof(piece));
    ended_ = n == 0;
    rest_.append(piece, n);
    std::string_view text = rest_;
    while (!text.empty()) {
      size_t end = text.find('\n');
      // A line longer than this is none of a block, and passes as it is.
      if (end == text.npos && !ended_ && text.size() < sizeof(piece)) break;
      std::string_view line = text.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
      if (line.ends_with(':')) {
        block_ = line.substr(0, line.size() - 1);
      } else if (!line.empty()) {
        ready_.append(block_).append(",").append(line);
      }
      ready_ += '\n';
    }
    rest_.erase(0, rest_.size() - text.size());
  }

  std::unique_ptr<ByteSource> bytes_;
  std::string rest_, ready_, block_;
  size_t given_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<TableReader> OpenMatrix(std::unique_ptr<TableReader> table,
                                        const MatrixOptions& options) {
  return std::make_unique<MatrixReader>(std::move(table), options);
}

bool LooksLikeBlocks(std::string_view sample) {
  size_t end = sample.find_first_of("\r\n");
  if (end == sample.npos || end < 2 || sample[end - 1] != ':') return false;
  if (sample.find_first_not_of("0123456789") != end - 1) return false;
  sample.remove_prefix(sample.find('\n', end) + 1);
  std::string_view second = sample.substr(0, sample.find('\n'));
  return std::count(second.begin(), second.end(), ',') == 2;
}

std::unique_ptr<ByteSource> UnfoldBlocks(std::unique_ptr<ByteSource> bytes) {
  return std::make_unique<Unfolded>(std::move(bytes));
}

}  // namespace duomo::data
