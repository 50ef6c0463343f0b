// Splits text into words, in the same way in training, in the C ABI and in every binding. A model
// reads a text as the vocabulary rows of its words, so the file states the version of these rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duomo {

// Versions of the tokeniser. The words of a version never change; a better tokeniser gets a new
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

// Accepts any bytes: bytes that are not UTF-8 separate words (kUnicode) or are part of them
// (kSpaces). Work and memory are linear in the text.
std::vector<std::string> Tokens(std::string_view text, Tokenizer tokenizer);

}  // namespace duomo
