// The zip writer against the reader, and against Python's.
#include "data/zip_writer.h"

#include <cstdlib>
#include <map>
#include <set>
#include <span>
#include <string>

#include "data/test_files.h"
#include "data/zip.h"
#include "temporary_folder.h"

namespace duomo::data {
namespace {

using duomo::testing::ReadText;
using duomo::testing::TemporaryFolder;
using Packing = ZipWriter::Packing;

TEST(ZipWriter, IsReadBackAndRepeatable) {
  TemporaryFolder folder;
  std::string text, noise;
  for (int i = 0; i < 5000; ++i) text += StrCat("line ", i * i, '\n');
  for (uint32_t i = 0; i < 300; ++i) noise += static_cast<char>(i * i * 2654435761u >> 24);
  const std::map<std::string, std::string> files = {
      {"d/text", text}, {"d/noise", noise}, {"d/empty", ""}};
  auto write = [&](const std::string& path) {
    ZipWriter zip(path, Packing::kDeflated);
    for (const auto& [name, bytes] : files) zip.Add(name, std::as_bytes(std::span(bytes)));
    zip.Commit();
  };
  write(folder.File("a.zip"));
  write(folder.File("b.zip"));
  Zip zip = Zip::Open(folder.File("a.zip"));
  ASSERT_EQ(zip.entries().size(), 3u);
  EXPECT_LT(zip.Find("d/text")->packed_size, text.size() / 2);
  for (const auto& [name, bytes] : files) EXPECT_EQ(zip.Read(name), bytes);
  EXPECT_EQ(ReadText(folder.File("a.zip")), ReadText(folder.File("b.zip")));
  EXPECT_FAILS(write(folder.File("none/a.zip")), Status::kIo, "a.zip");
}

TEST(ZipWriter, RefusesNamesThatLeadOutside) {
  TemporaryFolder folder;
  ZipWriter zip(folder.File("a.zip"), Packing::kStored);
  for (std::string name : {"", "/x", "../x", "a/../x", "a//x", "a/", ".", "a\\x", "C:x", "\xff"}) {
    EXPECT_FAILS(zip.Add(name, {}, {}), Status::kInvalidArgument, "cannot be the name");
  }
  EXPECT_FAILS(zip.Add(std::string("a\0b", 3), {}, {}), Status::kInvalidArgument, "cannot be");
  EXPECT_NO_THROW(zip.Add("a/..x/...", {}, {}));
}

TEST(ZipWriter, WhatPassesTheLimitIsInZip64) {
  TemporaryFolder folder;
  std::string path = folder.File("a.zip"), text;
  for (int i = 0; i < 1000; ++i) text += StrCat(i, ' ');
  std::span<const std::byte> bytes = std::as_bytes(std::span(text.data(), text.size()));
  std::set<std::string> different;
  for (Packing packing : {Packing::kStored, Packing::kDeflated, Packing::kFast}) {
    // None of the members, the second by its offset, both by their sizes.
    for (uint64_t limit : {ZipWriter::kLimit, uint64_t{1500}, uint64_t{1000}, uint64_t{0}}) {
      ZipWriter zip(path, packing, limit);
      zip.Add("first", bytes.first(100), bytes.subspan(100));
      zip.Add("second", {}, bytes.first(10));
      zip.Add("third", {}, bytes);
      uint64_t size = zip.Commit();
      EXPECT_EQ(size, ReadText(path).size());
      different.insert(ReadText(path));
      Zip read = Zip::Open(path);
      EXPECT_EQ(read.Read("first"), text);
      EXPECT_EQ(read.Read("second"), text.substr(0, 10));
      EXPECT_EQ(read.Read("third"), text);
      // Another reader than ours.
      std::string check =
          StrCat("python3 -c \"import zipfile; z = zipfile.ZipFile('", path,
                 "'); assert z.testzip() is None; assert z.read('third') == z.read('first')\"");
      EXPECT_EQ(std::system(check.c_str()), 0) << limit;
    }
  }
  EXPECT_GE(different.size(), 6u);
}

TEST(ZipWriter, ManyMembers) {
  TemporaryFolder folder;
  for (size_t more : {0, 1}) {
    ZipWriter zip(folder.File("a.zip"), Packing::kStored);
    for (size_t i = 0; i < ZipWriter::kMostMembers + more; ++i) zip.Add(StrCat(i), {}, {});
    zip.Commit();
    EXPECT_EQ(Zip::Open(folder.File("a.zip")).entries().size(), ZipWriter::kMostMembers + more);
  }
}

}  // namespace
}  // namespace duomo::data
