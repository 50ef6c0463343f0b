// golden_bits GOLDEN VERSION…: whether the calls of vectors.json give the same bits here. For
// targets without GoogleTest; tests/golden/vectors_test.cc is the same for the others.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include "golden/vectors.h"

int main(int argc, char** argv) {
  int differing = 0, all = 0;
  for (int i = 2; i < argc; ++i) {
    const std::string folder = std::string(argv[1]) + "/" + argv[i];
    std::ifstream in(folder + "/vectors.json", std::ios::binary);
    try {
      const auto expected = nlohmann::ordered_json::parse(in)["cases"];
      const auto computed = duomo::testing::ComputeVectors(folder + "/good")["cases"];
      if (computed.size() != expected.size()) ++differing;
      for (size_t j = 0; j < expected.size() && j < computed.size(); ++j, ++all) {
        if (computed[j] == expected[j]) continue;
        ++differing;
        std::printf("%s, case %zu differs:\n  expected %s\n  computed %s\n", argv[i], j,
                    expected[j].dump().c_str(), computed[j].dump().c_str());
      }
    } catch (const std::exception& e) {
      ++differing;
      std::printf("%s: %s\n", argv[i], e.what());
    }
  }
  std::printf("golden bits: %d passed, %d failed\n", all - differing, differing);
  return differing == 0 && all > 0 ? 0 : 1;
}
