#include "converter/arrays/npz.h"

#include <gtest/gtest.h>

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

// A view of nothing has no address, which zlib's checksum would take for a start.
TEST(NpzWriter, AnArrayWithoutNumbers) {
  TemporaryFolder folder;
  std::string path = folder.File("a.npz");
  for (bool compress : {false, true}) {
    NpzWriter npz(path, compress);
    npz.Add("none", DType::kF32, std::vector<uint64_t>{0, 3}, {});
    npz.Commit();
    auto npy = ParseNpy(data::Zip::Open(path).Read("none.npy"));
    ASSERT_TRUE(npy);
    EXPECT_EQ(npy->shape, (std::vector<uint64_t>{0, 3}));
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

}  // namespace
}  // namespace duomo::convert
