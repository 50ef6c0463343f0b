// make_vectors GOLDEN/v1: writes GOLDEN/v1/vectors.json from the files in GOLDEN/v1/good.
#include <cstdio>

#include "golden/vectors.h"
#include "temporary_folder.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "make_vectors GOLDEN/VERSION\n"), 2;
  std::string folder = argv[1];
  std::string text = "{\"cases\": [\n";
  auto computed = duomo::testing::ComputeVectors(folder + "/good");
  const auto& cases = computed["cases"];
  for (size_t i = 0; i < cases.size(); ++i) {
    text += cases[i].dump() + (i + 1 < cases.size() ? ",\n" : "\n");
  }
  duomo::testing::WriteText(folder + "/vectors.json", text + "]}\n");
}
