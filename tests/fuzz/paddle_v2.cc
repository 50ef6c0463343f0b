// Fuzz target: an archive of PaddlePaddle v2's parameters.
#include <cstdio>
#include <cstring>

#include "converter/paddle/v2.h"
#include "core/array.h"
#include "core/error.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

constexpr size_t kBlock = 512, kCheckSum = 148;

// Headers' checksums would stop every mutation: corrects them.
void Reseal(std::span<std::byte> bytes) {
  size_t at = 0;
  while (at + kBlock <= bytes.size()) {
    auto* header = reinterpret_cast<char*>(bytes.data() + at);
    std::memset(header + kCheckSum, ' ', 8);
    unsigned sum = 0;
    bool empty = true;
    for (size_t i = 0; i < kBlock; ++i) {
      sum += static_cast<unsigned char>(header[i]);
      empty &= header[i] == '\0' || (i >= kCheckSum && i < kCheckSum + 8);
    }
    if (empty) {
      std::memset(header + kCheckSum, 0, 8);
      return;
    }
    std::snprintf(header + kCheckSum, 8, "%06o", sum);
    char digits[12] = {};
    std::memcpy(digits, header + 124, 11);
    uint64_t size = std::strtoull(digits, nullptr, 8);
    if (size > bytes.size()) return;
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
}

const convert::PaddleTensor kExpected[] = {
    {"a.w0", 3, 2, "", 0, -1}, {"a.wbias", 1, 2, "", 0, -1}, {"b.w0", 2, 4, "", 0, -1}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  AlignedVector<std::byte> bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  Reseal(bytes);
  try {
    auto values = convert::ReadPaddleV2(bytes, "fuzz.tar", kExpected);
    if (values.size() != std::size(kExpected)) fuzz::Die("not as many tensors as expected");
    float sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const convert::PaddleTensor& t = kExpected[i];
      if (values[i].size() != t.rows * t.width) fuzz::Die(t.name, " has another size");
      auto* begin = reinterpret_cast<const std::byte*>(values[i].data());
      if (begin < bytes.data() || begin + values[i].size_bytes() > bytes.data() + size) {
        fuzz::Die(t.name, " lies outside of the archive");
      }
      for (float value : values[i]) sum += value;
    }
    if (sum == 12345.5f) return 1;  // so that the numbers are read
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
  }
  return 0;
}
