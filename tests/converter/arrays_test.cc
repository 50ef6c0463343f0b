// The readers of safetensors and NumPy's files: what they give, and the lies that they refuse.
#include "converter/arrays/arrays.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "converter/arrays/npz.h"
#include "converter/arrays/safetensors.h"
#include "core/error.h"
#include "data/zip_builder.h"
#include "model/quantize.h"
#include "temporary_folder.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

std::span<const std::byte> BytesOf(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

template <typename T>
std::string Raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string Safetensors(const std::string& header, const std::string& data) {
  uint64_t length = header.size();
  return Raw(std::vector<uint64_t>{length}) + header + data;
}

std::string Npy(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string length = {static_cast<char>(dictionary.size() & 0xFF),
                        static_cast<char>(dictionary.size() >> 8)};
  if (version > 1) length += std::string(2, '\0');
  return std::string("\x93NUMPY") + version + '\0' + length + dictionary + data;
}

std::string MessageOf(const std::function<void()>& run, Status status) {
  try {
    run();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.message();
    return error.message();
  }
  return "nothing is wrong";
}

std::string Refused(const std::string& bytes, Status status = Status::kCorrupt) {
  return MessageOf(
      [&] {
        Arrays arrays = ArraysOf(BytesOf(bytes), "in", "safetensors");
        for (const Array& a : arrays.list) FloatsOf(arrays, a);
      },
      status);
}

void ExpectIn(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), text.npos) << part << "\nin " << text;
}

std::vector<float> Floats(const Arrays& arrays, const std::string& name, bool transpose = false) {
  auto found = arrays.Find(name);
  EXPECT_NE(found, nullptr) << name;
  auto values = FloatsOf(arrays, *found, transpose);
  return {values.begin(), values.end()};
}

const std::vector<float> kSix = {0, -1, 0.5f, 3, 1.25f, -2};

TEST(Safetensors, EveryTypeOfFloats) {
  std::vector<double> doubles(kSix.begin(), kSix.end());
  std::vector<uint16_t> half, brain;
  for (float x : kSix) {
    half.push_back(model::ToF16(x));
    brain.push_back(model::ToBf16(x));
  }
  std::string file = Safetensors(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F64","shape":[3,2],"data_offsets":[24,72]},)"
      R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("c":{"dtype":"F16","shape":[6],"data_offsets":[72,84]},)"
      R"("d":{"dtype":"BF16","shape":[1,6,1],"data_offsets":[84,96]},)"
      R"("e":{"dtype":"F32","shape":[0,4],"data_offsets":[96,96]}}  )",
      Raw(kSix) + Raw(doubles) + Raw(half) + Raw(brain));
  Arrays arrays = ArraysOf(BytesOf(file), "in", "");
  ASSERT_EQ(arrays.list.size(), 5u);
  for (const char* name : {"a", "b", "c", "d"}) EXPECT_EQ(Floats(arrays, name), kSix) << name;
  EXPECT_EQ(Floats(arrays, "e"), std::vector<float>());
  EXPECT_EQ(Floats(arrays, "a", true), (std::vector<float>{0, 3, -1, 1.25f, 0.5f, -2}));
  EXPECT_EQ(Floats(arrays, "b", true), (std::vector<float>{0, 0.5f, 1.25f, -1, 3, -2}));
}

TEST(Safetensors, HeadersThatLie) {
  auto one = [](const std::string& fields) {
    return Safetensors("{\"a\":{" + fields + "}}", std::string(24, '\0'));
  };
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[2,3],"data_offsets":[0,20])")), "20 bytes");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[5],"data_offsets":[4,24])")), "begins at 4");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[5],"data_offsets":[0,20])")),
           "24 are in the file");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[7],"data_offsets":[0,28])")), "28 bytes");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[6],"data_offsets":[24,0])")), "no beginning");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[-6],"data_offsets":[0,24])")), "no size");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[6.0],"data_offsets":[0,24])")), "no size");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0])")),
           "4294967296");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[18446744073709551615,0],"data_offsets":[0,0])")),
           "0 bytes");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[6])")), "data_offsets");
  ExpectIn(Refused(one(R"("dtype":"F32","shape":[6],"data_offsets":[0,24],"x":1)")), "no more");
  ExpectIn(Refused(one(R"("dtype":"I32","shape":[6],"data_offsets":[0,24])"), Status::kUnsupported),
           "\"I32\"");
  ExpectIn(
      Refused(one(R"("dtype":"F8_E4M3","shape":[24],"data_offsets":[0,24])"), Status::kUnsupported),
      "\"F8_E4M3\"");
  std::string field = R"({"dtype":"F32","shape":[3],"data_offsets":)";
  std::string twelve(12, '\0'), zeros(24, '\0');
  ExpectIn(Refused(Safetensors("{\"a\":" + field + "[0,12]},\"b\":" + field + "[0,12]}}", twelve)),
           "\"b\" begins at 0");
  ExpectIn(Refused(Safetensors("{\"a\":" + field + "[0,12]},\"b\":" + field + "[8,20]}}", zeros)),
           "\"b\" begins at 8");
  ExpectIn(Refused(Safetensors("{\"a\":" + field + "[0,12]},\"a\":" + field + "[12,24]}}", zeros)),
           "twice");
  ExpectIn(Refused(Safetensors(std::string(100'000, '{'), "")), "header");
  ExpectIn(Refused(Safetensors("{\"a\":" + std::string(1000, '['), "")), "nested");
}

TEST(Safetensors, LengthsThatLie) {
  EXPECT_NE(Refused(""), "nothing is wrong");
  std::string good = Safetensors(R"({"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})",
                                 std::string(24, '\0'));
  EXPECT_EQ(Refused(good), "nothing is wrong");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(Refused(good.substr(0, size)), "nothing is wrong") << size;
  }
  for (uint64_t length : {uint64_t{0}, uint64_t{1} << 40, UINT64_MAX, UINT64_MAX - 7}) {
    std::string lie = good;
    std::memcpy(lie.data(), &length, sizeof(length));
    ExpectIn(Refused(lie), "not a safetensors file");
  }
  std::string large = Safetensors("{" + std::string(17 << 20, ' '), "");
  ExpectIn(Refused(large, Status::kUnsupported), "at most");
}

TEST(Pickles, AreRefusedWhateverTheirName) {
  for (const char* head : {"\x80\x02}q", "\x80\x04\x95", "\x89HDF\r\n\x1A\n", "(dp0\n"}) {
    std::string text = std::string(head) + std::string(64, 'x');
    ExpectIn(Refused(text, Status::kUnsupported), "expected: safetensors");
  }
  test::ZipBuilder torch;
  torch.Add(test::ZipEntry("archive/data.pkl", "\x80\x02}q", false));
  ExpectIn(Refused(torch.Finish(), Status::kUnsupported), "torch.save");
}

const char* const kDictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";

TEST(Npy, Headers) {
  for (std::string text : {kDictionary, "{'shape':(2,3,),\"descr\":'<f4','fortran_order':False}",
                           "{ 'fortran_order' : False, 'shape' : ( 2, 3 ), 'descr' : '=f4' }  "}) {
    for (char version : {'\1', '\2', '\3'}) {
      std::string file = Npy(text, Raw(kSix), version);
      Arrays arrays = NpyOf(BytesOf(file), "folder/six.npy");
      EXPECT_EQ(arrays.list[0].shape, (std::vector<uint64_t>{2, 3}));
      EXPECT_EQ(Floats(arrays, "six"), kSix);
    }
  }
  std::string columns = Npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}", Raw(kSix));
  Arrays arrays = NpyOf(BytesOf(columns), "six.npy");
  EXPECT_EQ(Floats(arrays, "six"), (std::vector<float>{0, 0.5f, 1.25f, -1, 3, -2}));
  EXPECT_EQ(Floats(arrays, "six", true), kSix);
}

TEST(Npy, ObjectsAndDamage) {
  auto with = [](const std::string& text) { return Npy(text, Raw(kSix)); };
  ExpectIn(Refused(with("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}"),
                   Status::kUnsupported),
           "never loaded");
  ExpectIn(Refused(with("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}"),
                   Status::kUnsupported),
           "structured");
  ExpectIn(Refused(with("{'descr': '>f4', 'fortran_order': False, 'shape': (6,)}"),
                   Status::kUnsupported),
           "big-endian");
  ExpectIn(Refused(with("{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}"),
                   Status::kUnsupported),
           "\"<c8\"");
  ExpectIn(Refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (7,)}")), "24 bytes");
  ExpectIn(Refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}")), "damaged");
  ExpectIn(Refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, "
                        "9999999999)}")),
           "absurd");
  for (const char* text :
       {"", "{", "{}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} or __import__('os')",
        "{'descr': '<f4', 'fortran_order': None, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6}"}) {
    ExpectIn(Refused(with(text)), "damaged");
  }
  ExpectIn(Refused(Npy(kDictionary, Raw(kSix), 4), Status::kUnsupported), "version 4");
  std::string good = with(kDictionary);
  for (size_t size = 6; size < good.size(); ++size) {
    EXPECT_NE(Refused(good.substr(0, size)), "nothing is wrong") << size;
  }
}

TEST(Npz, StoredDeflatedAndLarge) {
  std::vector<float> many(3'000'003);
  std::iota(many.begin(), many.end(), 0.5f);
  std::string shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000001, 3)}";
  for (bool deflate : {false, true}) {
    test::ZipBuilder builder;
    builder.Add(test::ZipEntry("six.npy", Npy(kDictionary, Raw(kSix)), deflate));
    builder.Add(test::ZipEntry("a/b.npy", Npy(shape, Raw(many)), deflate));
    std::string file = builder.Finish();
    Arrays arrays = ArraysOf(BytesOf(file), "in.npz", "");
    EXPECT_EQ(Floats(arrays, "six"), kSix);
    EXPECT_EQ(Floats(arrays, "a/b"), many);
    EXPECT_EQ(Floats(arrays, "a/b"), many);  // again
  }
}

TEST(Npz, ArchivesThatLie) {
  auto archive = [](test::ZipEntry entry) {
    test::ZipBuilder builder;
    builder.Add(entry);
    return builder.Finish();
  };
  std::string six = Npy(kDictionary, Raw(kSix));
  for (bool deflate : {false, true}) {
    test::ZipEntry wrong("six.npy", six, deflate);
    wrong.crc ^= 1;
    ExpectIn(Refused(archive(wrong)), "checksum");
  }
  test::ZipEntry bomb("six.npy", six);
  bomb.size = 4'000'000'000;
  ExpectIn(Refused(archive(bomb)), "cannot hold");
  // A bomb that says what it is has a header that does not: nothing of it is unpacked.
  ExpectIn(Refused(archive(test::ZipEntry("six.npy", six + std::string(5'000'000, '\0')))),
           "5000024 bytes");
  ExpectIn(Refused(archive(test::ZipEntry("six.txt", six)), Status::kUnsupported), "no .npy array");
  ExpectIn(Refused(archive(test::ZipEntry("six.npy", "\x80\x03}q")), Status::kUnsupported),
           "pickle");
  test::ZipBuilder twice;
  twice.Add(test::ZipEntry("six.npy", six));
  twice.Add(test::ZipEntry("six.npy", six));
  ExpectIn(Refused(twice.Finish()), "twice");
}

TEST(WriteSafetensors, IsReadBack) {
  TemporaryFolder folder;
  std::vector<uint16_t> halves = {1, 2, 3};
  std::vector<file::TensorSource> sources;
  sources.push_back({"x",
                     file::DType::kF32,
                     {2, 3},
                     [](const auto& sink) { sink(std::as_bytes(std::span(kSix))); },
                     false});
  sources.push_back({"ü",
                     file::DType::kF16,
                     {3},
                     [&](const auto& sink) { sink(std::as_bytes(std::span(halves))); },
                     false});
  uint64_t size = WriteSafetensors(folder.File("out"), sources);
  EXPECT_EQ(size, ReadText(folder.File("out")).size());
  Arrays arrays = OpenSafetensors(folder.File("out"));
  EXPECT_EQ(Floats(arrays, "x"), kSix);
  EXPECT_EQ(arrays.Find("ü")->number, Number::kF16);
  sources[1].name = "x";
  EXPECT_NE(MessageOf([&] { WriteSafetensors(folder.File("out"), sources); }, Status::kUnsupported),
            "nothing is wrong");
}

}  // namespace
}  // namespace duomo::convert
