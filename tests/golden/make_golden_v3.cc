// Makes the golden files of version 3, which brought the second tokeniser: make_golden_v3 GOLDEN
// writes GOLDEN/v3/good/*.duomo and GOLDEN/v3/bad/*.duomo, with the words of GOLDEN/tokens.json.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"
#include "core/file_io.h"
#include "file/duomo_generated.h"
#include "file/forge.h"
#include "file/writer.h"
#include "golden/contents.h"
#include "model/binding.h"

namespace {

using namespace duomo;

void Put(const std::string& folder, const std::string& name, const testing::Bytes& bytes) {
  AtomicFile file(StrCat(folder, "/v3/", name, ".duomo"));
  file.Write(bytes);
  file.Commit();
  std::printf("%s: %zu bytes, crc %08x\n", name.c_str(), bytes.size(), file::Crc32(bytes));
}

std::vector<std::string> AllWords(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> words;
  const auto table = nlohmann::json::parse(in);
  for (const auto& one : table["cases"]) {
    for (const auto& word : one["words"]) words.push_back(word.get<std::string>());
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

void Make(const std::string& folder) {
  model::Contents contents = testing::GoldenWords(AllWords(folder + "/tokens.json"));
  auto good = model::SaveToMemory(contents);
  Put(folder, "good/words", good);
  model::Contents cosine = testing::GoldenCosine();
  cosine.description.inputs[4].tokenizer = Tokenizer::kUnicode;
  Put(folder, "good/cosine", model::SaveToMemory(cosine));
  Put(folder, "good/dot", model::SaveToMemory(testing::GoldenDot()));
  Put(folder, "good/folds", model::SaveToMemory(testing::GoldenFolds()));
  // Metadata came later and without a new version: readers of any version open the file.
  model::Contents notes = testing::GoldenDot();
  notes.metadata = {{"name", "notes"}, {"licence", "none\nneeded"}, {"größe", ""}};
  auto noted = model::SaveToMemory(notes);
  Put(folder, "good/notes", noted);
  auto wrong = [&](const char* name, auto edit) {
    std::unique_ptr<fb::HeaderT> header(file::Reader::OpenBuffer(noted, {})->header().UnPack());
    edit(header->metadata);
    Put(folder, std::string("bad/") + name, file::WriteToMemory(*header, notes.tensors));
  };
  wrong("metadata_order", [](auto& entries) { std::swap(entries[0], entries[1]); });
  wrong("metadata_twice", [](auto& entries) { entries[1]->key = entries[0]->key; });
  wrong("metadata_utf8", [](auto& entries) { entries[0]->value = "\xC3"; });
  auto reader = file::Reader::OpenBuffer(good, {});
  auto bad = [&](const char* name, auto edit, uint32_t reader_version) {
    std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
    edit(header->description->inputs);
    Put(folder, std::string("bad/") + name,
        file::WriteToMemory(*header, contents.tensors, reader_version));
  };
  bad(
      "reader_version", [](auto&) {}, 2);
  bad(
      "newer", [](auto& inputs) { inputs[1]->tokenizer = 77; }, 3);
  bad(
      "tokenizer_none", [](auto& inputs) { inputs[1]->tokenizer = 0; }, 3);
  bad(
      "tokenizer_of_category", [](auto& inputs) { inputs[0]->tokenizer = 2; }, 3);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_golden_v3 GOLDEN   (with v3/good/ and v3/bad/ in it)\n");
    return 2;
  }
  try {
    Make(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_golden_v3: %s\n", error.what());
    return 1;
  }
  return 0;
}
