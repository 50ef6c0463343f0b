// The words of a text, the same in training, in the C ABI and in every binding: what a model knows
// of a text is the rows of its words, so how they are cut is a version that stands in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duomo {

// Versions of the tokeniser. What one of them makes of a text never changes; a better one is a new
// number.
enum class Tokenizer : uint32_t {
  // Split on ASCII white space, ASCII letters in lower case, everything else as it is.
  kSpaces = 1,
  // By Unicode 14.0.0, whatever the normalisation form of the text:
  //  - Letters are folded in case ("ß" is "ss"), and full-width, bold, ligature and other forms
  //    are plain ones. Accents and strokes of Latin, Greek and Cyrillic letters and points of
  //    Hebrew and Arabic fall away ("Café" is "cafe", "Øl" is "ol"); digits of all scripts are
  //    0 to 9. Marks of other scripts, such as vowels of India and Thailand, are kept.
  //  - A word is a run of letters, digits and marks. Apostrophes in it fall away ("don't" is
  //    "dont"), as do invisible joiners and hyphens; all else separates.
  //  - Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar are written without spaces: each two
  //    neighbouring characters with their marks are a word ("東京都" is "東京", "京都"), a
  //    character alone is one itself.
  kUnicode = 2,
};
inline constexpr uint32_t kLastTokenizer = 2;

// Any bytes are taken: what is not UTF-8 separates words (kUnicode) or is part of them (kSpaces).
// Work and memory are linear in the text.
std::vector<std::string> Tokens(std::string_view text, Tokenizer tokenizer);

}  // namespace duomo
