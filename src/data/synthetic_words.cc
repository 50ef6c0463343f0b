// Invented words: consonants and vowels in turn.
#include "data/synthetic_words.h"

#include <string_view>

namespace duomo::data {
namespace {

constexpr std::string_view kOnsets[] = {"b",  "br", "d", "dr", "f", "fl", "g",  "gr", "h",
                                        "k",  "kl", "l", "m",  "n", "p",  "pl", "r",  "s",
                                        "sk", "st", "t", "tr", "v", "w",  "z"};
// The accented ones are rare, and never at the front: lower-casing is ASCII only.
constexpr std::string_view kVowels[] = {"a", "e", "i", "o", "u", "a", "e",  "i",  "o", "u",
                                        "a", "e", "i", "o", "u", "a", "e",  "i",  "o", "u",
                                        "a", "e", "i", "o", "u", "a", "ai", "ou", "é", "ö"};
constexpr std::string_view kEnds[] = {"", "", "", "n", "r", "l", "s", "x", "nd", "rk"};

template <size_t N>
std::string_view Pick(Random& random, const std::string_view (&list)[N]) {
  return list[random.Below(N)];
}

}  // namespace

std::string WordMaker::Make() {
  // Longer when short words run out, so that this ends whatever the number of words.
  for (size_t attempt = 0;; ++attempt) {
    std::string word;
    size_t syllables = 2 + random_.Below(2) + attempt / 8;
    for (size_t i = 0; i < syllables; ++i) {
      word += Pick(random_, kOnsets);
      word += Pick(random_, kVowels);
    }
    word += Pick(random_, kEnds);
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
    if (used_.insert(word).second) return word;
  }
}

std::vector<std::string> WordMaker::Make(size_t count) {
  std::vector<std::string> words(count);
  for (std::string& word : words) word = Make();
  return words;
}

}  // namespace duomo::data
