// What libFuzzer's own mutations seldom hit in a .duomo file: whole aligned numbers of the
// preamble, the header and the segments, set to the values where arithmetic goes wrong.
#include <cstdint>
#include <cstring>
#include <random>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::minstd_rand random(seed);
  // Inserting and deleting bytes moves everything behind them, so most rounds keep the size.
  if (size < 64 || random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  constexpr uint64_t kValues[] = {0,
                                  1,
                                  2,
                                  4,
                                  63,
                                  64,
                                  65,
                                  255,
                                  0x7FFF,
                                  0xFFFF,
                                  0x10000,
                                  0x7FFFFFFF,
                                  0x80000000,
                                  0xFFFFFFFF,
                                  uint64_t{1} << 32,
                                  INT64_MAX,
                                  uint64_t{1} << 63,
                                  UINT64_MAX,
                                  0x7F800000 /* float ∞ */,
                                  0x7FC00000 /* NaN */,
                                  0x7F7FFFFF /* the largest float */};
  uint64_t header_size;
  std::memcpy(&header_size, data + 32, sizeof(header_size));
  size_t header_end = header_size < size - 64 ? 64 + header_size : size;
  for (unsigned rounds = 1 + random() % 3; rounds > 0; --rounds) {
    size_t width = size_t{1} << random() % 4;
    size_t place = random() % 8;  // the header, mostly
    size_t begin = place == 0 ? 0 : place < 6 ? 64 : header_end;
    size_t end = place == 0 ? 64 : place < 6 ? header_end : size;
    if (begin + width > end) continue;
    size_t at = (begin + random() % (end - begin - width + 1)) / width * width;
    uint64_t value = 0;
    std::memcpy(&value, data + at, width);
    switch (random() % 4) {
      case 0:
        value = kValues[random() % std::size(kValues)];
        break;
      case 1:
        value += random() % 2 == 0 ? 1 : uint64_t(-1);
        break;
      case 2:
        value ^= uint64_t{1} << random() % (8 * width);
        break;
      default:
        std::memcpy(&value, data + random() % (size - width + 1), width);
        break;
    }
    std::memcpy(data + at, &value, width);
  }
  return size;
}
