// For check_tokens.py: reads texts as hexadecimal digits, one a line, and writes their words by
// version 2 of the tokeniser, with spaces between.
#include <cstdio>
#include <iostream>
#include <string>

#include "core/tokens.h"

int main() {
  std::string line, out;
  while (std::getline(std::cin, line)) {
    std::string text;
    for (size_t i = 0; i + 1 < line.size(); i += 2) {
      text += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    }
    for (const std::string& word : duomo::Tokens(text, duomo::Tokenizer::kUnicode)) {
      out += word;
      out += ' ';
    }
    out += '\n';
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}
