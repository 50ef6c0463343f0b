// Fuzz target: text to words, by every version of the tokeniser.
#include "core/text.h"

#include <string>
#include <string_view>
#include <vector>

#include "core/tokens.h"
#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duomo;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (uint32_t version = 1; version <= kLastTokenizer; ++version) {
    auto tokenizer = static_cast<Tokenizer>(version);
    std::vector<std::string> words = Tokens(text, tokenizer);
    std::string joined;
    for (const std::string& word : words) {
      if (word.empty()) fuzz::Die("an empty word");
      if (tokenizer == Tokenizer::kUnicode && !IsUtf8(word)) fuzz::Die("a word is not UTF-8");
      joined += word + ' ';
    }
    // A character is in two words at most, and none folds to more than 18 others.
    if (joined.size() > 64 * size) fuzz::Die("words are out of proportion");
    if (Tokens(joined, tokenizer) != words) fuzz::Die("the words of words are others");
  }
  return 0;
}
