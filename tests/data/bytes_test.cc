// Bytes from files, gzip files and archives, whole and damaged.
#include "data/bytes.h"

#include <bzlib.h>
#include <zstd.h>

#include "data/gzip.h"
#include "data/source.h"
#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

std::string ReadAll(ByteSource& source, size_t piece) {
  std::string out, buffer(piece, '\0');
  while (size_t n = source.Read(buffer.data(), piece)) out.append(buffer, 0, n);
  EXPECT_EQ(source.Read(buffer.data(), piece), 0u);  // the end stays
  return out;
}

std::string Numbers(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += StrCat(i * 7919 % 100003, '\n');
  return out;
}

TEST(Bytes, TheSameHoweverPackedAndRead) {
  test::TemporaryFolder folder;
  const std::string text = Numbers(60000);
  test::WriteText(folder / "plain", text);
  test::WriteText(folder / "packed.gz", test::Gzip(text));
  test::WriteText(folder / "two", test::Gzip(text.substr(0, 1000)) + test::Gzip(text.substr(1000)));
  test::ZipBuilder deflated, several;
  deflated.Add(test::ZipEntry("__MACOSX/._t.csv", "not this"));
  deflated.Add(test::ZipEntry("f/", "", false));
  deflated.Add(test::ZipEntry("f/t.csv", text));
  several.Add(test::ZipEntry("a.csv", text, false));
  several.Add(test::ZipEntry("f/b.csv", text));
  test::WriteText(folder / "one.zip", deflated.Finish());
  test::WriteText(folder / "two.zip", several.Finish());
  for (const char* path : {"plain", "packed.gz", "two", "one.zip", "one.zip/f/t.csv",
                           "two.zip/a.csv", "two.zip/f/b.csv"}) {
    for (size_t piece : {size_t{1} << 20, size_t{4093}, size_t{3}}) {
      EXPECT_TRUE(ReadAll(*OpenBytes(folder / path), piece) == text) << path << ' ' << piece;
    }
  }
  test::WriteText(folder / "empty", "");
  test::WriteText(folder / "empty.gz", test::Gzip(""));
  EXPECT_EQ(ReadAll(*OpenBytes(folder / "empty"), 10), "");
  EXPECT_EQ(ReadAll(*OpenBytes(folder / "empty.gz"), 10), "");
}

std::string Bzip2(const std::string& text) {
  std::string out(text.size() + text.size() / 100 + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  std::string copy = text;
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(out.data(), &size, copy.data(),
                                     static_cast<unsigned>(copy.size()), 1, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

TEST(Bytes, Bzip2AndZstd) {
  test::TemporaryFolder folder;
  const std::string text = Numbers(60000);
  for (auto pack : {Bzip2, Zstd}) {
    std::string packed = pack(text);
    test::WriteText(folder / "t", packed);
    test::WriteText(folder / "two", pack(text.substr(0, 1000)) + pack(text.substr(1000)));
    test::ZipBuilder zip;
    zip.Add(test::ZipEntry("t.csv.packed", packed, false));
    test::WriteText(folder / "t.zip", zip.Finish());
    for (const char* path : {"t", "two", "t.zip"}) {
      for (size_t piece : {size_t{1} << 20, size_t{4093}}) {
        EXPECT_TRUE(ReadAll(*OpenBytes(folder / path), piece) == text) << path << ' ' << piece;
      }
    }
    EXPECT_FAILS(ReadAll(*OpenBytes(folder / "t", 1000), 5000), Status::kUnsupported,
                 "more than 1000 bytes");
    test::WriteText(folder / "cut", packed.substr(0, packed.size() - 5));
    EXPECT_FAILS(ReadAll(*OpenBytes(folder / "cut"), 5000), Status::kCorrupt, "cut off");
    std::string damaged = packed;
    for (size_t i = packed.size() / 2; i < packed.size() / 2 + 50; ++i) damaged[i] ^= 0x55;
    test::WriteText(folder / "bad", damaged);
    EXPECT_EQ(test::ErrorOf([&] { ReadAll(*OpenBytes(folder / "bad"), 5000); }).status(),
              Status::kCorrupt);
  }
}

TEST(Bytes, SpreadsheetsHaveAMessage) {
  test::TemporaryFolder folder;
  test::ZipBuilder zip;
  zip.Add(test::ZipEntry("[Content_Types].xml", "<x/>"));
  zip.Add(test::ZipEntry("xl/workbook.xml", "<x/>"));
  test::WriteText(folder / "t.xlsx", zip.Finish());
  EXPECT_FAILS(OpenBytes(folder / "t.xlsx"), Status::kUnsupported, "save the table as CSV");
}

TEST(Bytes, StreamsOfASource) {
  test::TemporaryFolder folder;
  test::ZipBuilder zip;
  zip.Add(test::ZipEntry("d/r", "text"));
  test::WriteText(folder / "a.zip", zip.Finish());
  test::WriteText(folder / "d/r", "text");
  for (const char* path : {"a.zip", "d"}) {
    Source source = Source::Open(folder / path, "r");
    EXPECT_EQ(ReadAll(*source.Stream("r"), 3), "text");
    EXPECT_TRUE(source.Has("r"));
    EXPECT_FALSE(source.Has("s"));
    EXPECT_FAILS(source.Stream("s"), Status::kNotFound, "s");
    EXPECT_FALSE(Source::Find(folder / path, "s").has_value());
  }
}

TEST(Bytes, DamagedAndCutOff) {
  test::TemporaryFolder folder;
  const std::string packed = test::Gzip(Numbers(1000));
  auto fails = [&](const std::string& bytes, Status status, const char* message) {
    test::WriteText(folder / "x.gz", bytes);
    EXPECT_FAILS(ReadAll(*OpenBytes(folder / "x.gz"), 100), status, message);
  };
  fails(packed.substr(0, packed.size() / 2), Status::kCorrupt, "x.gz: its packed bytes are cut");
  fails(packed.substr(0, packed.size() - 1), Status::kCorrupt, "cut off");
  std::string broken = packed;
  broken[packed.size() / 2] = static_cast<char>(broken[packed.size() / 2] ^ 0x55);
  fails(broken, Status::kCorrupt, "x.gz: its packed bytes are damaged");
  fails(packed + "beyond", Status::kCorrupt, "damaged");
  test::WriteText(folder / "x.gz", packed);
  EXPECT_FAILS(ReadAll(*OpenBytes(folder / "x.gz", 1000), 100), Status::kUnsupported,
               "more than 1000 bytes");

  auto archive = [&](auto lie) {
    test::ZipEntry entry("t", Numbers(1000));
    lie(entry);
    test::ZipBuilder zip;
    zip.Add(entry);
    test::WriteText(folder / "x.zip", zip.Finish());
    return test::ErrorOf([&] { ReadAll(*OpenBytes(folder / "x.zip", 10000), 100); });
  };
  EXPECT_EQ(archive([](auto& e) { e.crc ^= 1; }).message(), folder / "x.zip: t: wrong checksum");
  EXPECT_EQ(archive([](auto& e) { --e.size; }).status(), Status::kCorrupt);
  EXPECT_EQ(archive([](auto& e) { ++e.size; }).status(), Status::kCorrupt);
  EXPECT_EQ(archive([](auto& e) { e.data.resize(e.data.size() / 2); }).status(), Status::kCorrupt);
  EXPECT_EQ(archive([](auto& e) { e.size = 10001; }).status(), Status::kUnsupported);
}

TEST(Bytes, NoSuchFile) {
  test::TemporaryFolder folder;
  EXPECT_FAILS(OpenBytes(folder / "x"), Status::kNotFound, "/x: ");
  EXPECT_FAILS(OpenBytes(folder / "x/y"), Status::kNotFound, "/x/y: ");
  test::WriteText(folder / "d/t", "text");
  EXPECT_FAILS(OpenBytes(folder / "d"), Status::kInvalidArgument, "is a folder");
  EXPECT_FAILS(OpenBytes(folder / "d/t/u"), Status::kCorrupt, "not a zip archive");
  test::ZipBuilder none, two;
  two.Add(test::ZipEntry("a", "1"));
  two.Add(test::ZipEntry("b", "1"));
  test::WriteText(folder / "none.zip", none.Finish());
  test::WriteText(folder / "two.zip", two.Finish());
  EXPECT_FAILS(OpenBytes(folder / "none.zip"), Status::kNotFound, "holds no file");
  EXPECT_FAILS(OpenBytes(folder / "two.zip"), Status::kInvalidArgument, "two.zip/a");
  EXPECT_FAILS(OpenBytes(folder / "two.zip/c"), Status::kNotFound, "has no entry c");
}

}  // namespace
}  // namespace duomo::data
