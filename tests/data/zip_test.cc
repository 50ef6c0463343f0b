// The zip reader against archives made byte by byte.
#include "data/zip.h"

#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

using test::Bytes;
using test::ZipBuilder;
using test::ZipEntry;

std::string Text() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += StrCat("line ", i * i, '\n');
  return text;
}

std::string ReadOnly(const ZipEntry& entry, uint64_t limit = Zip::kMaxEntrySize) {
  ZipBuilder builder;
  builder.Add(entry);
  std::string archive = builder.Finish();
  return Zip::OpenBuffer(Bytes(archive), "a.zip").Read(entry.name, limit);
}

TEST(Zip, ReadsStoredAndDeflatedEntries) {
  ZipBuilder builder;
  builder.Add(ZipEntry("folder/", "", false));
  builder.Add(ZipEntry("folder/packed", Text()));
  builder.Add(ZipEntry("stored", "as it is", false));
  builder.Add(ZipEntry("empty", ""));
  std::string archive = builder.Finish("a comment at the end");
  Zip zip = Zip::OpenBuffer(Bytes(archive), "a.zip");
  ASSERT_EQ(zip.entries().size(), 4u);
  EXPECT_EQ(zip.entries()[1].name, "folder/packed");
  EXPECT_EQ(zip.entries()[1].size, Text().size());
  EXPECT_EQ(zip.Read("folder/packed"), Text());
  EXPECT_EQ(zip.Read("stored"), "as it is");
  EXPECT_EQ(zip.Read("empty"), "");
  EXPECT_EQ(zip.Find("packed"), nullptr);
  EXPECT_FAILS(zip.Read("packed"), Status::kNotFound, "a.zip has no entry packed");
}

TEST(Zip, ReadsAFile) {
  test::TemporaryFolder folder;
  ZipBuilder builder;
  builder.Add(ZipEntry("x", Text()));
  test::WriteText(folder / "x.zip", builder.Finish());
  EXPECT_EQ(Zip::Open(folder / "x.zip").Read("x"), Text());
  EXPECT_FAILS(Zip::Open(folder / "y.zip"), Status::kIo, "y.zip");
  test::WriteText(folder / "empty.zip", "");
  EXPECT_FAILS(Zip::Open(folder / "empty.zip"), Status::kCorrupt, "empty.zip");
}

TEST(Zip, AnyTruncationIsAnError) {
  ZipBuilder builder;
  builder.Add(ZipEntry("x", "some text, some text"));
  std::string archive = builder.Finish();
  ASSERT_EQ(Zip::OpenBuffer(Bytes(archive), "a.zip").Read("x"), "some text, some text");
  for (size_t size = 0; size < archive.size(); ++size) {
    std::string cut = archive.substr(0, size);
    EXPECT_FAILS(Zip::OpenBuffer(Bytes(cut), "a.zip"), Status::kCorrupt, "a.zip");
  }
}

// Nothing but an Error may come of any single damaged byte, and never another text.
TEST(Zip, DamagedBytesNeverGiveWrongText) {
  ZipBuilder builder;
  builder.Add(ZipEntry("x", Text()));
  std::string archive = builder.Finish();
  size_t errors = 0;
  for (size_t at = 0; at < archive.size(); ++at) {
    if (at > 200 && at + 200 < archive.size() && at % 13 != 0) continue;  // headers in full
    for (char flip : {'\x01', '\x80', '\xFF'}) {
      std::string damaged = archive;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      try {
        EXPECT_EQ(Zip::OpenBuffer(Bytes(damaged), "a.zip").Read("x"), Text()) << at;
      } catch (const Error&) {
        ++errors;
      }
    }
  }
  EXPECT_GT(errors, archive.size() / 13);
}

TEST(Zip, WrongChecksum) {
  for (bool deflated : {false, true}) {
    ZipEntry entry("x", Text(), deflated);
    entry.crc ^= 1;
    EXPECT_FAILS(ReadOnly(entry), Status::kCorrupt, "a.zip: x: wrong checksum");
  }
}

TEST(Zip, EncryptedAndUnknownMethods) {
  ZipEntry encrypted("x", Text());
  encrypted.flags = 1;
  EXPECT_FAILS(ReadOnly(encrypted), Status::kUnsupported, "a.zip: x is encrypted");
  ZipEntry other("x", Text());
  other.method = 14;
  EXPECT_FAILS(ReadOnly(other), Status::kUnsupported, "method 14");
}

TEST(Zip, SizesThatCannotBe) {
  ZipEntry bomb("x", std::string(100, 'a'));
  bomb.size = 2'000'000'000;
  EXPECT_FAILS(ReadOnly(bomb), Status::kCorrupt, "claims 2000000000 bytes");
  bomb.size = 0xFFFFFFF0;
  EXPECT_FAILS(ReadOnly(bomb), Status::kUnsupported, "4294967280 bytes long");
  bomb.size = 0xFFFFFFFF;
  EXPECT_FAILS(ReadOnly(bomb), Status::kUnsupported, "4294967295 bytes long");
  for (uint32_t size : {0u, 99u, 101u}) {
    ZipEntry wrong("x", std::string(100, 'a'));
    wrong.size = size;
    EXPECT_FAILS(ReadOnly(wrong), Status::kCorrupt, "does not unpack");
  }
  ZipEntry stored("x", std::string(100, 'a'), false);
  stored.size = 101;
  EXPECT_FAILS(ReadOnly(stored), Status::kCorrupt, "cannot hold");
}

TEST(Zip, ReadsZip64) {
  ZipBuilder builder;
  builder.Add(ZipEntry("small", "as ever", false));
  ZipEntry large("large", Text());
  large.in_64 = true;
  builder.Add(large);
  for (const std::string& archive : {builder.Finish64(), builder.Finish()}) {
    Zip zip = Zip::OpenBuffer(Bytes(archive), "a.zip");
    ASSERT_EQ(zip.entries().size(), 2u);
    EXPECT_EQ(zip.Read("small"), "as ever");
    EXPECT_EQ(zip.Read("large"), Text());
    EXPECT_EQ(zip.Stored(zip.entries()[0]), "as ever");
    EXPECT_EQ(zip.Stored(zip.entries()[1]), std::nullopt);
  }
  for (uint32_t shift : {1u, 1000u, 0xFFFFFF00u}) {
    std::string lie = builder.Finish64(shift);
    EXPECT_FAILS(Zip::OpenBuffer(Bytes(lie), "a.zip"), Status::kCorrupt, "zip64");
  }
  std::string whole = builder.Finish64();
  for (size_t size = 0; size < whole.size(); ++size) {
    std::string cut = whole.substr(0, size);
    EXPECT_FAILS(Zip::OpenBuffer(Bytes(cut), "a.zip"), Status::kCorrupt, "a.zip");
  }
}

TEST(Zip, HonestEntriesBeyondTheLimitAreRefused) {
  ZipEntry entry("x", Text());
  EXPECT_EQ(ReadOnly(entry, Text().size()), Text());
  EXPECT_FAILS(ReadOnly(entry, Text().size() - 1), Status::kUnsupported, "at most");
}

TEST(Zip, DirectoryOutsideOfTheFile) {
  ZipBuilder builder;
  builder.Add(ZipEntry("x", Text()));
  for (uint32_t shift : {1u, 1000u, 0x7FFFFFFFu, static_cast<uint32_t>(-5)}) {
    std::string archive = builder.Finish("", shift);
    EXPECT_FAILS(Zip::OpenBuffer(Bytes(archive), "a.zip"), Status::kCorrupt, "a.zip");
  }
}

}  // namespace
}  // namespace duomo::data
