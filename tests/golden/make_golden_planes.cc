// Makes the golden files with planes, along axes and in half bytes, and with lists:
// make_golden_planes FOLDER writes FOLDER/good/{axes,halves,lists}.duomo.
#include <cmath>
#include <cstdio>
#include <string>

#include "abi/fixtures.h"
#include "core/error.h"
#include "core/random.h"
#include "retrieval/lists.h"
#include "retrieval/planes.h"

namespace {

using namespace duomo;

// 300 vectors of 20 numbers, near two dimensions where `low`.
std::vector<float> Draw(bool low) {
  constexpr size_t kItems = 300, kWidth = 20;
  Random random(low ? 1 : 2);
  std::vector<float> out(kItems * kWidth);
  for (size_t r = 0; r < kItems; ++r) {
    double a = random.Normal(), b = random.Normal();
    for (size_t i = 0; i < kWidth; ++i) {
      double x =
          low ? a * std::sin(static_cast<double>(i)) + b * std::cos(static_cast<double>(i)) : 0.0;
      out[r * kWidth + i] = static_cast<float>(x + random.Normal() * (low ? 0.05 : 1));
    }
  }
  return out;
}

void Make(const std::string& folder) {
  for (std::string name : {"axes", "halves", "lists"}) {
    std::vector<float> items = Draw(name != "halves");
    model::Rows rows;
    rows.data = reinterpret_cast<const std::byte*>(items.data());
    rows.count = 300;
    rows.width = 20;
    retrieval::ListOptions options;
    options.lists = 12;
    retrieval::ListTensors lists = retrieval::MakeLists(rows, options);
    if (name == "lists") {
      std::vector<float> drawn = items;
      for (size_t r = 0; r < 300; ++r) {
        std::copy_n(drawn.data() + lists.order[r] * 20, 20, items.data() + r * 20);
      }
    }
    model::Contents contents =
        fixtures::VectorModel(model::HeadKind::kDot, 20, std::span(items).first(40), items);
    contents.description.name = "golden-" + name;
    retrieval::AddPlanes(contents.tensors, rows);
    if (name == "lists") {
      auto add = [&]<typename T>(const char* what, std::vector<uint64_t> shape,
                                 std::span<const T> values) {
        contents.tensors.push_back(
            file::OwnedTensor::From<T>(StrCat("items/lists/", what), std::move(shape), values));
      };
      uint32_t probes = 3;
      add("begins", {13}, std::span<const uint32_t>(lists.begins));
      add("centres", {12, 20}, std::span<const float>(lists.centres));
      add("radii", {12}, std::span<const float>(lists.radii));
      add("probes", {1}, std::span<const uint32_t>(&probes, 1));
    }
    model::Save(StrCat(folder, "/good/", name, ".duomo"), contents);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_golden_planes FOLDER   (with good/ in it)\n");
    return 2;
  }
  try {
    Make(argv[1]);
  } catch (const Error& error) {
    std::fprintf(stderr, "make_golden_planes: %s\n", error.what());
    return 1;
  }
  return 0;
}
