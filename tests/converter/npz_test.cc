#include "converter/arrays/npz.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <set>

#include "converter/npy.h"
#include "core/error.h"
#include "core/random.h"
#include "data/zip.h"
#include "temporary_folder.h"

namespace duomo::convert {
namespace {

using duomo::testing::Npy;
using duomo::testing::ParseNpy;
using duomo::testing::TemporaryFolder;
using file::DType;

template <typename Work>
Status StatusOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.status();
  }
  return Status::kOk;
}

TEST(NpyHeader, IsWhatNumpyWrites) {
  // As numpy.save writes numpy.zeros((3, 4), "<f4") and numpy.zeros(5, "u1").
  std::string two = NpyHeader(DType::kF32, std::vector<uint64_t>{3, 4});
  EXPECT_EQ(two.substr(0, 10), std::string("\x93NUMPY\x01\x00v\x00", 10));
  EXPECT_EQ(two.substr(10), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }" +
                                std::string(128 - 10 - 59 - 1, ' ') + "\n");
  std::string one = NpyHeader(DType::kU8, std::vector<uint64_t>{5});
  EXPECT_NE(one.find("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }"), one.npos);
  EXPECT_NE(NpyHeader(DType::kF64, {}).find("'shape': (), }"), std::string::npos);
  for (uint64_t n = 1; n != 0; n *= 10) {
    std::vector<uint64_t> shape(8, n);
    EXPECT_EQ(NpyHeader(DType::kI64, shape).size() % 64, 0u);
    if (n > UINT64_MAX / 10) break;
  }
}

TEST(NpzWriter, EveryTypeAndShapeComesBack) {
  TemporaryFolder folder;
  std::string noise(100'000, '\0');
  Random random(2);
  for (char& c : noise) c = static_cast<char>(random.Below(256));
  for (bool compress : {false, true}) {
    std::string path = folder.File("arrays.npz");
    NpzWriter npz(path, compress);
    std::vector<std::tuple<std::string, DType, std::vector<uint64_t>, std::string, std::string>>
        arrays = {{"a/f32", DType::kF32, {3, 4}, "<f4", noise.substr(0, 48)},
                  {"a/u8", DType::kU8, {99'999}, "|u1", noise.substr(1)},
                  {"zeros", DType::kF64, {500, 500}, "<f8", std::string(2'000'000, '\0')},
                  {"u32", DType::kU32, {0, 7}, "<u4", ""},
                  {"u64", DType::kU64, {1}, "<u8", noise.substr(0, 8)},
                  {"i64", DType::kI64, {}, "<i8", noise.substr(8, 8)},
                  {"i8", DType::kI8, {2, 1, 2}, "|i1", "abcd"},
                  {"f16", DType::kF16, {2}, "<f2", "abcd"},
                  {"é", DType::kBF16, {2}, "<u2", "abcd"}};
    for (const auto& [name, dtype, shape, descr, data] : arrays) {
      npz.Add(name, dtype, shape, std::as_bytes(std::span(data.data(), data.size())));
    }
    uint64_t size = npz.Commit();
    EXPECT_EQ(size, testing::ReadText(path).size());
    EXPECT_EQ(compress, size < 500'000);
    data::Zip zip = data::Zip::Open(path);
    ASSERT_EQ(zip.entries().size(), arrays.size());
    for (const auto& [name, dtype, shape, descr, data] : arrays) {
      auto npy = ParseNpy(zip.Read(name + ".npy"));
      ASSERT_TRUE(npy) << name;
      EXPECT_EQ(npy->descr, descr) << name;
      EXPECT_EQ(npy->shape, shape) << name;
      EXPECT_EQ(npy->data, data) << name;
    }
  }
}

TEST(NpzWriter, NothingAppearsWithoutCommit) {
  TemporaryFolder folder;
  {
    NpzWriter npz(folder.File("a.npz"), false);
    npz.Add("x", DType::kU8, std::vector<uint64_t>{0}, {});
  }
  EXPECT_TRUE(folder.Names().empty());
}

TEST(ZipStream, RefusesNamesThatLeadOutside) {
  TemporaryFolder folder;
  ZipStream zip(folder.File("a.zip"), false);
  for (std::string name : {"", "/x", "../x", "a/../x", "a//x", "a/", ".", "a\\x", "C:x", "\xff"}) {
    EXPECT_EQ(StatusOf([&] { zip.Add(name, {}, {}); }), Status::kInvalidArgument) << name;
  }
  EXPECT_EQ(StatusOf([&] { zip.Add(std::string("a\0b", 3), {}, {}); }), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf([&] { zip.Add("a/..x/...", {}, {}); }), Status::kOk);
}

TEST(ZipStream, WhatPassesTheLimitIsInZip64) {
  TemporaryFolder folder;
  std::string path = folder.File("a.zip"), text;
  for (int i = 0; i < 1000; ++i) text += StrCat(i, ' ');
  std::span<const std::byte> bytes = std::as_bytes(std::span(text.data(), text.size()));
  std::set<std::string> different;
  for (bool compress : {false, true}) {
    // None of the members, the second by its offset, both by their sizes.
    for (uint64_t limit : {ZipStream::kLimit, uint64_t{1500}, uint64_t{1000}, uint64_t{0}}) {
      ZipStream zip(path, compress, limit);
      zip.Add("first", bytes.first(100), bytes.subspan(100));
      zip.Add("second", {}, bytes.first(10));
      zip.Add("third", {}, bytes);
      uint64_t size = zip.Commit();
      EXPECT_EQ(size, testing::ReadText(path).size());
      different.insert(testing::ReadText(path));
      data::Zip read = data::Zip::Open(path);
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

TEST(ZipStream, ManyMembers) {
  TemporaryFolder folder;
  for (size_t more : {0, 1}) {
    ZipStream zip(folder.File("a.zip"), false);
    for (size_t i = 0; i < ZipStream::kMostMembers + more; ++i) zip.Add(StrCat(i), {}, {});
    zip.Commit();
    EXPECT_EQ(data::Zip::Open(folder.File("a.zip")).entries().size(),
              ZipStream::kMostMembers + more);
  }
}

}  // namespace
}  // namespace duomo::convert
