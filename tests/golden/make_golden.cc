// Makes the golden files of version 1: make_golden FOLDER writes FOLDER/good/*.duomo and
// FOLDER/bad/*.duomo.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/file_io.h"
#include "file/duomo_generated.h"
#include "file/forge.h"
#include "golden/contents.h"
#include "model/model.h"
#include "model/parameters.h"

namespace {

using namespace duomo;
using namespace duomo::model;
using duomo::testing::Bytes;

class Maker {
 public:
  explicit Maker(std::string folder)
      : folder_(std::move(folder)), good_(OfVersion1(testing::GoldenCosine())) {}

  void Run() {
    Put("good/cosine", good_);
    Put("good/dot", OfVersion1(testing::GoldenDot()));
    MakeBadContainers();
    MakeBadSegments();
    MakeBadModels();
  }

 private:
  static Bytes OfVersion1(const Contents& contents) { return AsVersion1(SaveToMemory(contents)); }

  // What today's writer makes of these models differs from the first version in its number only.
  static Bytes AsVersion1(Bytes bytes) {
    Set(bytes, 8, uint32_t{1});
    testing::FixChecksums(bytes);
    return bytes;
  }

  void Put(const std::string& name, const Bytes& bytes) {
    AtomicFile file(StrCat(folder_, '/', name, ".duomo"));
    file.Write(bytes);
    file.Commit();
    std::printf("%s: %zu bytes, crc %08x\n", name.c_str(), bytes.size(), file::Crc32(bytes));
  }

  template <typename T>
  static void Set(Bytes& bytes, size_t at, T value) {
    std::memcpy(bytes.data() + at, &value, sizeof(value));
  }

  void MakeBadContainers() {
    Put("bad/empty", {});
    Bytes b = good_;
    b[0] = std::byte{'d'};
    Put("bad/magic", b);
    b = good_;
    b.resize(b.size() / 2);
    Put("bad/truncated", b);
    b = good_;
    b.push_back(std::byte{0});
    Put("bad/trailing", b);
    b = good_;
    Set(b, 8, uint32_t{1000});
    Set(b, 12, uint32_t{1000});
    testing::FixChecksums(b);
    Put("bad/newer", b);
    b = good_;
    b[20] ^= std::byte{1};
    Put("bad/preamble_checksum", b);
    b = good_;
    b[200] ^= std::byte{1};
    Put("bad/header_checksum", b);
    b = good_;
    Set(b, 64, uint32_t{0x7FFFFFFF});  // the root table lies outside
    testing::FixChecksums(b);
    Put("bad/header_root", b);
    b = good_;
    b.back() ^= std::byte{1};  // in a small segment
    Put("bad/segment_checksum", b);
  }

  // A forged segment table behind right checksums.
  template <typename Edit>
  void Forge(const std::string& name, const Edit& edit) {
    testing::Forgery f;
    f.bytes.resize(testing::Forgery::kFirst + 128);
    auto& a = f.Add("a", file::DType::kF32, {4}, testing::Forgery::kFirst, 16);
    auto& b = f.Add("b", file::DType::kU8, {8}, testing::Forgery::kFirst + 64, 8);
    edit(a, b);
    Put("bad/" + name, AsVersion1(f.Finish()));
  }

  void MakeBadSegments() {
    using S = fb::SegmentT;
    Forge("segments_overlap", [](S& a, S& b) { b.offset = a.offset; });
    Forge("segment_outside", [](S&, S& b) { b.offset = uint64_t{1} << 40; });
    Forge("segment_misaligned", [](S&, S& b) { b.offset += 4; });
    Forge("segment_on_header", [](S& a, S&) { a.offset = 64; });
    Forge("shape_overflow", [](S& a, S&) { a.shape = {uint64_t{1} << 62, 4, 4}; });
    Forge("dtype", [](S& a, S&) { a.dtype = static_cast<fb::DType>(77); });
    Forge("names_unsorted", [](S& a, S& b) { std::swap(a.name, b.name); });
    Forge("inflation", [](S& a, S&) {
      a.compression = fb::Compression::Zlib;
      a.shape = {uint64_t{1} << 40};
    });
  }

  // A sound container with a wrong model.
  template <typename Edit>
  void Remodel(const std::string& name, const Edit& edit) {
    Contents c = testing::GoldenCosine();
    auto reader = file::Reader::OpenBuffer(good_, {});
    std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
    edit(*header->description, c.tensors);
    Put("bad/" + name, AsVersion1(file::WriteToMemory(*header, c.tensors)));
  }

  void MakeBadModels() {
    using D = fb::DescriptionT;
    using T = std::vector<file::OwnedTensor>;
    Remodel("encoder_table", [](D& d, T&) { d.towers[0]->encoders[1]->table = 77; });
    Remodel("vocabulary_size", [](D& d, T&) { d.vocabularies[0]->size = uint64_t{1} << 39; });
    Remodel("parameter_missing", [](D&, T& t) {
      std::erase_if(t, [](auto& x) { return x.name == "parameters/user/dense0/bias"; });
    });
    Remodel("parameter_shape", [](D&, T& t) {
      for (auto& x : t) {
        if (x.name == "parameters/item/dense0/weight") std::swap(x.shape[0], x.shape[1]);
      }
    });
  }

  std::string folder_;
  Bytes good_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_golden FOLDER   (with good/ and bad/ in it)\n");
    return 2;
  }
  try {
    Maker(argv[1]).Run();
  } catch (const Error& error) {
    std::fprintf(stderr, "make_golden: %s\n", error.what());
    return 1;
  }
  return 0;
}
