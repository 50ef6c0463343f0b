// Makes the golden files of version 4, which brought attention: make_golden_v4 GOLDEN writes
// GOLDEN/v4/good/*.duomo and GOLDEN/v4/bad/*.duomo.
#include <cstdio>
#include <memory>
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
  AtomicFile file(StrCat(folder, "/v4/", name, ".duomo"));
  file.Write(bytes);
  file.Commit();
  std::printf("%s: %zu bytes, crc %08x\n", name.c_str(), bytes.size(), file::Crc32(bytes));
}

void Make(const std::string& folder) {
  model::Contents contents = testing::GoldenAttention();
  auto good = model::SaveToMemory(contents);
  Put(folder, "good/attention", good);
  Put(folder, "good/dot", model::SaveToMemory(testing::GoldenDot()));
  auto reader = file::Reader::OpenBuffer(good, {});
  auto bad = [&](const char* name, auto edit, uint32_t reader_version) {
    std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
    edit(*header->description->towers[0]->encoders[0]);
    Put(folder, std::string("bad/") + name,
        file::WriteToMemory(*header, contents.tensors, reader_version));
  };
  const uint32_t version = model::kAttentionReaderVersion;
  bad(
      "reader_version", [](auto&) {}, 3);
  bad(
      "heads", [](auto& e) { e.heads = 3; }, version);
  bad(
      "places", [](auto& e) { e.places = static_cast<fb::Places>(9); }, version);
  bad(
      "positions", [](auto& e) { e.positions = 3; }, version);
  bad(
      "block_missing", [](auto& e) { e.blocks = 3; }, version);
  bad(
      "too_wide", [](auto& e) { e.positions = 4096, e.feed_forward = 1u << 19; }, version);
  bad(
      "of_category", [](auto& e) { e.input = 0; }, version);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_golden_v4 GOLDEN   (with v4/good/ and v4/bad/ in it)\n");
    return 2;
  }
  try {
    Make(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_golden_v4: %s\n", error.what());
    return 1;
  }
  return 0;
}
