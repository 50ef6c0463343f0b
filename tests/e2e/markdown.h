// The code blocks of a Markdown file, for tests that compile and run what a reader sees there.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace duomo::testing {

inline std::vector<std::string> Lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Block {
  std::string language;  // the first word behind ```
  std::string title;     // NAME where title="NAME" follows: the file that the block is
  std::string comment;   // <!-- … --> on the line above
  std::string text;
  size_t line = 0;  // of the first line of the text, from 1
};

inline std::vector<Block> Blocks(const std::string& path) {
  std::vector<Block> blocks;
  bool inside = false;
  std::string before;
  std::vector<std::string> lines = Lines(ReadText(path));
  EXPECT_FALSE(lines.empty()) << path;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.rfind("```", 0) != 0) {
      if (inside) blocks.back().text += line + "\n";
      before = line;
      continue;
    }
    inside = !inside;
    if (!inside) continue;
    Block block;
    std::string head = line.substr(3);
    block.language = head.substr(0, head.find(' '));
    size_t title = head.find("title=\"");
    if (title != head.npos) {
      title += 7;
      block.title = head.substr(title, head.find('"', title) - title);
    }
    if (before.rfind("<!-- ", 0) == 0) block.comment = before.substr(5, before.find(" -->") - 5);
    block.line = i + 2;
    blocks.push_back(block);
  }
  EXPECT_FALSE(inside) << "a block of " << path << " is not closed";
  return blocks;
}

}  // namespace duomo::testing
