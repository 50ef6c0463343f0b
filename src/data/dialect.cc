// Cuts the beginning of a file in every way that there is and compares.
#include "data/dialect.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/error.h"

namespace duomo::data {
namespace {

// Enough to tell; more would only cost time.
constexpr size_t kMostBytes = size_t{1} << 20;
constexpr size_t kLongestField = size_t{1} << 16;  // over several lines, before it is no field

// The most telling first: a tab is hardly ever part of a text, a comma often is.
constexpr Dialect kSeparators[] = {{'\t'}, {':', true}, {';'}, {','}, {'|'}, {' ', false, true}};

struct Cut {
  size_t fields = 0;             // of the first row
  uint64_t lines = 0, good = 0;  // good: of rows with as many fields, quoted well
  bool quoted = false;           // some field is
  bool escaped = false;          // some quote has a backslash before it
  bool numbers = true;           // every row behind the first has a number

  double Share() const {
    return lines == 0 ? 0 : static_cast<double>(good) / static_cast<double>(lines);
  }
};

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+eE") == text.npos &&
         text.find_first_of("0123456789") != text.npos;
}

// One pass over the sample by one dialect. Rows that the sample's end cuts off do not count.
class Cutter {
 public:
  Cutter(std::string_view text, bool whole, const Dialect& dialect)
      : text_(text), whole_(whole), d_(dialect) {}

  Cut Run() {
    while (at_ < text_.size() && Row()) continue;
    return out_;
  }

 private:
  bool AtSeparator() const {
    return text_[at_] == d_.separator &&
           (!d_.twice || (at_ + 1 < text_.size() && text_[at_ + 1] == d_.separator));
  }
  bool AtEnd() const { return at_ == text_.size() || text_[at_] == '\n'; }

  // Behind the closing quote; false where none closes.
  bool Quoted(uint64_t& lines) {
    size_t opened = at_++;
    uint64_t inside = 0;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\n') ++inside;
      if (inside > 0 && at_ - opened > kLongestField) break;
      if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') out_.escaped = true;
      if (c == '\\' && d_.quotes == Quotes::kBackslash) ++at_;
      if (c != '"') continue;
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        ++at_;
        continue;
      }
      ++at_;
      out_.quoted = true;
      lines += inside;
      return true;
    }
    at_ = std::min(at_, text_.size());
    lines += inside;
    return false;
  }

  bool Row() {
    size_t begin = at_, fields = 0;
    uint64_t lines = 1;
    bool good = true, number = false, closed = true;
    for (;;) {
      if (d_.runs) {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        if (fields > 0 && AtEnd()) break;
      }
      ++fields;
      size_t from = at_;
      if (d_.quotes != Quotes::kNone && at_ < text_.size() && text_[at_] == '"') {
        closed = Quoted(lines);
        if (!closed) break;
        size_t to = at_;
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (!AtEnd() && !AtSeparator()) good = false;
        number = number || (to - from > 2 && IsNumber(text_.substr(from + 1, to - from - 2)));
      } else {
        while (!AtEnd() && !AtSeparator()) ++at_;
        std::string_view cell = text_.substr(from, at_ - from);
        if (cell.ends_with('\r')) cell.remove_suffix(1);
        number = number || IsNumber(cell);
      }
      while (!AtEnd() && !AtSeparator()) ++at_;  // what a bad quote has left
      if (AtEnd()) break;
      at_ += d_.twice ? 2 : 1;
    }
    bool cut_off = at_ == text_.size() && !whole_;
    size_t size = at_ - begin;
    if (at_ < text_.size()) ++at_;
    if (cut_off && (closed || size < kLongestField) && out_.lines > 0) return false;
    bool empty = size == 0 || (size == 1 && text_[begin] == '\r');
    if (empty) return true;
    out_.lines += lines;
    if (out_.fields == 0) {
      out_.fields = fields;
    } else {
      out_.numbers = out_.numbers && number;
    }
    if (closed && good && fields == out_.fields) out_.good += lines;
    return true;
  }

  std::string_view text_;
  bool whole_;
  Dialect d_;
  size_t at_ = 0;
  Cut out_;
};

struct Choice {
  Dialect dialect;
  Cut cut;
};

// The kind of quotes that fits best where the fields end at `separator`.
Choice WithQuotes(std::string_view text, bool whole, Dialect dialect,
                  const std::optional<Quotes>& stated) {
  auto cut = [&](Quotes quotes) {
    dialect.quotes = quotes;
    return Choice{dialect, Cutter(text, whole, dialect).Run()};
  };
  if (stated) return cut(*stated);
  Choice best = cut(Quotes::kDoubled);
  // Programs that write tabs or "::" rarely quote.
  bool plain = dialect.separator == '\t' || dialect.twice || dialect.runs;
  if (!best.cut.quoted && best.cut.good == best.cut.lines) {
    if (plain) best.dialect.quotes = Quotes::kNone;
    return best;
  }
  for (Quotes quotes : {Quotes::kBackslash, Quotes::kNone}) {
    if (quotes == Quotes::kBackslash && !best.cut.escaped) continue;
    Choice other = cut(quotes);
    if (other.cut.Share() > best.cut.Share()) best = other;
  }
  return best;
}

std::string_view QuotesName(Quotes quotes) {
  constexpr std::string_view kNames[] = {"doubled", "backslash", "none"};
  return kNames[static_cast<size_t>(quotes)];
}

}  // namespace

Dialect FindDialect(std::string_view sample, bool whole, const DialectWish& wish) {
  if (sample.size() > kMostBytes) {
    sample = sample.substr(0, kMostBytes);
    whole = false;
  }
  if (!wish.separator.empty()) {
    Dialect dialect;
    dialect.separator = wish.separator[0];
    dialect.twice = wish.separator == "::";
    dialect.runs = wish.separator == " ";
    if (wish.separator.size() > (dialect.twice ? 2u : 1u) ||
        std::string_view("\"\n\r").find(dialect.separator) != std::string_view::npos) {
      Fail(Status::kInvalidArgument, "a quote or line end cannot separate fields, nor can \"",
           wish.separator, "\": give one character, or ::");
    }
    return WithQuotes(sample, whole, dialect, wish.quotes).dialect;
  }
  std::optional<Choice> best;
  for (const Dialect& separator : kSeparators) {
    // Blanks stand in texts; they separate where nothing else does and every row has a number.
    if (separator.runs && best) continue;
    Choice choice = WithQuotes(sample, whole, separator, wish.quotes);
    const Cut& cut = choice.cut;
    if (cut.fields < 2) continue;
    if (separator.runs && (cut.good != cut.lines || !cut.numbers || cut.lines < 2)) continue;
    // Few stray lines must not decide against more fields.
    bool better = !best || cut.Share() > best->cut.Share() + 0.02 ||
                  (cut.Share() > best->cut.Share() - 0.02 && cut.fields > best->cut.fields);
    if (better) best = choice;
  }
  if (best) return best->dialect;
  return WithQuotes(sample, whole, Dialect{}, wish.quotes).dialect;
}

std::string Describe(const Dialect& d) {
  std::string name = d.separator == ','    ? "comma"
                     : d.separator == ';'  ? "semicolon"
                     : d.separator == '\t' ? "tab"
                     : d.runs              ? "blanks"
                     : d.twice             ? "\"::\""
                                           : StrCat('"', d.separator, '"');
  return StrCat(name, ", quotes ", QuotesName(d.quotes));
}

Quotes QuotesFrom(std::string_view text) {
  for (Quotes quotes : {Quotes::kDoubled, Quotes::kBackslash, Quotes::kNone}) {
    if (text == QuotesName(quotes)) return quotes;
  }
  Fail(Status::kInvalidArgument, "\"", text,
       "\" is no way to quote: give doubled (\"\" is a quote), backslash (\\\" is one) or none");
}

std::string SeparatorFrom(std::string_view text) {
  if (text == "tab" || text == "\\t") return "\t";
  if (text == "space") return " ";
  bool one = text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r';
  if (text.empty() || one || text == "::") return std::string(text);
  Fail(Status::kInvalidArgument, "\"", text,
       "\" cannot separate fields: give one character, \"::\", \"tab\" or \"space\"");
}

}  // namespace duomo::data
