// How characters fold and to which class they belong is in tokens_tables.inc, which comes from
// make_tokens_tables.py; that script also says the same as this file in Python, and a test
// compares both.
#include "core/tokens.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"

namespace duomo {
namespace {

// The numbers of the tables.
enum Class : uint32_t { kSeparator, kLetter, kUnspaced, kMark, kIgnored };
enum Kind : uint32_t {
  kSame,   // all become one character
  kShift,  // a distance is added
  kPairs,  // that, for every second character
  kSpell,  // several characters; the target is their place in kSpellings
  kDown,   // a distance is added that leads from plane 1 to plane 0
};

struct Fold {
  uint16_t first, kind_and_count, target;
};

#include "core/tokens_tables.inc"

Class ClassOf(char32_t c) {
  const uint32_t* next = std::upper_bound(std::begin(kClasses), std::end(kClasses), c << 3 | 7);
  return static_cast<Class>(next[-1] & 7);
}

// The composed character, 0 where there is none. Only kana and Hangul are kept composed; what
// other scripts compose stands apart in the tables.
char32_t Compose(char32_t last, char32_t c) {
  if (c - 0x3099 < 2 && last - 0x3040 < 0xC0) {
    bool katakana = last >= 0x30A0;
    char32_t row = last - (katakana ? 0x30A0 : 0x3040);
    bool of_ha = row - 0x2F <= 0x3B - 0x2F && (row - 0x2F) % 3 == 0;
    if (c == 0x309A) return of_ha ? last + 2 : 0;
    if (row == 0x06) return last + 0x4E;
    if (katakana && row - 0x4F < 4) return last + 8;
    bool of_ka_to_chi = row - 0x0B <= 0x21 - 0x0B && row % 2 == 1;
    bool of_tsu_to_to = row == 0x24 || row == 0x26 || row == 0x28;
    return of_ha || of_ka_to_chi || of_tsu_to_to || row == 0x5D ? last + 1 : 0;
  }
  constexpr char32_t kLeads = 19, kVowels = 21, kTails = 28;
  if (last - 0x1100 < kLeads && c - 0x1161 < kVowels) {
    return 0xAC00 + ((last - 0x1100) * kVowels + c - 0x1161) * kTails;
  }
  if (last - 0xAC00 < kLeads * kVowels * kTails && (last - 0xAC00) % kTails == 0 &&
      c - 0x11A8 < kTails - 1) {
    return last + c - 0x11A7;
  }
  return 0;
}

// Takes characters one by one, and cuts.
class Cutter {
 public:
  std::vector<std::string> Finish() {
    Cut();
    return std::move(out_);
  }

  void Add(char32_t c) {
    if (c < 0x80) {
      char32_t lower = c | 0x20;
      bool letter = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
      if (letter) {
        Append(c >= 'A' && c <= 'Z' ? lower : c, kLetter);
      } else if (c != '\'') {
        Cut();
      }
      return;
    }
    const Fold* begin = c < 0x10000 ? kFolds : kFolds + kPlane1;
    const Fold* end = c < 0x10000 ? kFolds + kPlane1 : std::end(kFolds);
    const Fold* fold = std::upper_bound(begin, c < 0x20000 ? end : begin, c & 0xFFFF,
                                        [](char32_t x, const Fold& f) { return x < f.first; });
    if (fold == begin) return Append(c, ClassOf(c));
    --fold;
    uint32_t kind = fold->kind_and_count >> 12, count = fold->kind_and_count & 0xFFF;
    char32_t plane = c & 0x10000, distance = (c & 0xFFFF) - fold->first;
    if (kind == kSpell) {
      if (distance > 0) return Append(c, ClassOf(c));
      for (uint32_t i = 0; i < count; ++i) AppendFolded(plane | kSpellings[fold->target + i]);
      return;
    }
    bool folds = kind == kPairs ? distance % 2 == 0 && distance / 2 < count : distance < count;
    if (!folds) return Append(c, ClassOf(c));
    if (kind == kSame) return AppendFolded(fold->target);
    AppendFolded(((c + fold->target) & 0xFFFF) | (kind == kDown ? 0 : plane));
  }

  void Cut() {
    if (!token_.empty()) out_.push_back(token_.substr(before_));
    token_.clear();
    before_ = character_ = characters_ = 0;
    last_ = 0;
  }

 private:
  void AppendFolded(char32_t c) { Append(c, c < 0x80 ? kLetter : ClassOf(c)); }

  void Append(char32_t c, Class kind) {
    if (kind == kSeparator) return Cut();
    if (kind == kIgnored) return;
    if (char32_t composed = Compose(last_, c)) {
      token_.resize(last_at_);
      return Put(composed);
    }
    if (kind == kMark && !token_.empty()) return Put(c);
    bool unspaced = kind != kLetter;
    if (!token_.empty() && unspaced != (characters_ > 0)) Cut();
    if (unspaced) {
      if (characters_ >= 2) out_.push_back(token_.substr(before_));
      before_ = character_;
      character_ = token_.size();
      ++characters_;
    }
    Put(c);
  }

  void Put(char32_t c) {
    last_ = c;
    last_at_ = token_.size();
    AppendUtf8(token_, c);
  }

  std::vector<std::string> out_;
  std::string token_;  // the word so far, or the whole run of unspaced characters
  // Of a run: how many characters, and where the last one and the one before it begin. Else 0.
  size_t characters_ = 0, character_ = 0, before_ = 0;
  char32_t last_ = 0;  // what token_ ends with, and where it begins
  size_t last_at_ = 0;
};

}  // namespace

std::vector<std::string> Tokens(std::string_view text, Tokenizer tokenizer) {
  if (tokenizer != Tokenizer::kUnicode) return Words(text);
  Cutter cutter;
  for (size_t i = 0; i < text.size();) {
    size_t length = Utf8Length(text, i);
    if (length == 0) {
      cutter.Cut();
      ++i;
      continue;
    }
    cutter.Add(Utf8Character(text.substr(i, length)));
    i += length;
  }
  return cutter.Finish();
}

}  // namespace duomo
