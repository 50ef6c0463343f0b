// Whether a program printed what a transcript in a document shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duomo::testing {

struct Step {
  std::string command;  // what the shell is given; several lines where they end with a backslash
  std::vector<std::string> output;  // lines that the document shows
  size_t line = 0;                  // of the command in the document
};

// "$ command" and what it prints, again and again. Lines before the first command are an error:
// they give a step without a command.
std::vector<Step> Steps(std::string_view transcript, size_t first_line);

// Text has to be the same, with these exceptions, since builds, processors and days differ:
//  - "…" in what is shown stands for any text, and a line of its own for any number of lines;
//  - a number with a decimal point or before " bytes" may be off by a tenth or 0.02, and one before
//    " s" or " ms" may be any;
//  - any run of blanks is as good as another.
bool LineMatches(std::string_view shown, std::string_view printed);
bool OutputMatches(const std::vector<std::string>& shown, const std::vector<std::string>& printed);

}  // namespace duomo::testing
