// Recognises the CSV dialect of a file from its beginning.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duomo::data {

// How a quote stands inside a field that is quoted.
enum class Quotes {
  kDoubled,    // "say ""hi""", as RFC 4180 has it
  kBackslash,  // "say \"hi\"", as databases dump it; a doubled quote is one, too
  kNone,       // nowhere: a quote is a character like any other
};

struct Dialect {
  char separator = ',';
  bool twice = false;  // two of them stand between fields: "::"
  bool runs = false;   // one or more of them do: blanks
  Quotes quotes = Quotes::kDoubled;

  bool operator==(const Dialect&) const = default;
};

// The parts of the dialect that the user has stated.
struct DialectWish {
  std::string separator = {};  // one character or "::"; empty: found out
  std::optional<Quotes> quotes = {};
};

// Tries comma, semicolon, tab, '|', "::" and, for tables of numbers, blanks, with each kind of
// quotes, and takes the combination that divides most lines of `sample` into as many fields as the
// first line. `whole`: the sample is all of the file. A text without any separator is CSV of one
// column. Throws Error(kInvalidArgument) for a stated dialect that is impossible.
Dialect FindDialect(std::string_view sample, bool whole, const DialectWish& wish = {});

// "comma, quotes doubled"
std::string Describe(const Dialect& dialect);

// "doubled", "backslash" or "none". Throws Error(kInvalidArgument).
Quotes QuotesFrom(std::string_view text);

// A separator as people type it: one character, "::", "tab", "\t" or "space"; empty stays empty.
// Throws Error(kInvalidArgument).
std::string SeparatorFrom(std::string_view text);

}  // namespace duomo::data
