// Makes the golden files of version 2, which brought rows of f16, bf16 and i8: make_golden_v2
// FOLDER writes FOLDER/good/*.duomo and FOLDER/bad/*.duomo.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/file_io.h"
#include "file/duomo_generated.h"
#include "file/forge.h"
#include "file/writer.h"
#include "golden/contents.h"
#include "model/quantize.h"

namespace {

using namespace duomo;
using duomo::testing::Bytes;
using file::DType;

// Every kind of rows in turn, so that tables, weights and vectors of all types meet in one file.
model::Contents Mixed(model::Contents contents, bool compress) {
  static constexpr DType kTypes[] = {DType::kF16, DType::kI8, DType::kBF16, DType::kF32};
  std::vector<file::OwnedTensor> tensors;
  size_t next = 0;
  for (file::OwnedTensor& t : contents.tensors) {
    bool rows = t.name.starts_with("parameters/") || t.name.ends_with("/vectors");
    if (!rows || t.shape.size() != 2) {
      tensors.push_back(std::move(t));
      continue;
    }
    std::span<const float> values(reinterpret_cast<const float*>(t.bytes.data()),
                                  t.bytes.size() / sizeof(float));
    model::AddRows(tensors, t.name, t.shape, values, kTypes[next++ % 4]);
  }
  for (auto& t : tensors) t.compress = compress;
  contents.tensors = std::move(tensors);
  return contents;
}

void Put(const std::string& folder, const std::string& name, const Bytes& bytes) {
  AtomicFile file(StrCat(folder, '/', name, ".duomo"));
  file.Write(bytes);
  file.Commit();
  std::printf("%s: %zu bytes, crc %08x\n", name.c_str(), bytes.size(), file::Crc32(bytes));
}

// The good file with wrong tensors, behind right checksums.
template <typename Edit>
void PutBad(const std::string& folder, const std::string& name, const Edit& edit,
            uint32_t reader_version = model::kQuantizedReaderVersion) {
  model::Contents contents = Mixed(testing::GoldenCosine(), false);
  auto good = model::SaveToMemory(contents);
  auto reader = file::Reader::OpenBuffer(good, {});
  std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
  edit(contents.tensors);
  Put(folder, "bad/" + name, file::WriteToMemory(*header, contents.tensors, reader_version));
}

file::OwnedTensor& Find(std::vector<file::OwnedTensor>& tensors, const std::string& name) {
  for (auto& t : tensors) {
    if (t.name == name) return t;
  }
  Fail(Status::kInternal, "no tensor ", name);
}

void Make(const std::string& folder) {
  using Tensors = std::vector<file::OwnedTensor>;
  Put(folder, "good/cosine", model::SaveToMemory(Mixed(testing::GoldenCosine(), false)));
  Put(folder, "good/dot", model::SaveToMemory(Mixed(testing::GoldenDot(), true)));
  PutBad(
      folder, "reader_version", [](Tensors&) {}, 1);
  PutBad(folder, "scales_missing", [](Tensors& t) {
    std::erase_if(t, [](auto& x) { return x.name == "parameters/tables/team/scales"; });
  });
  PutBad(folder, "scales_shape", [](Tensors& t) {
    Find(t, "parameters/tables/team/scales").shape = {1, 3};
  });
  PutBad(folder, "scales_dtype",
         [](Tensors& t) { Find(t, "parameters/tables/team/scales").dtype = DType::kU32; });
  PutBad(folder, "vectors_dtype", [](Tensors& t) {
    auto& x = Find(t, "users/vectors");
    x.dtype = DType::kU8;
    x.bytes.resize(12);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_golden_v2 FOLDER   (with good/ and bad/ in it)\n");
    return 2;
  }
  try {
    Make(argv[1]);
  } catch (const Error& error) {
    std::fprintf(stderr, "make_golden_v2: %s\n", error.what());
    return 1;
  }
  return 0;
}
