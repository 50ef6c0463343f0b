// Writes the models that the C test opens into a folder: good ones and broken ones.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "abi/fixtures.h"

using namespace duomo;

namespace {

void Write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void WriteAll(const std::string& folder) {
  auto path = [&](const char* name) { return folder + "/" + name + ".duomo"; };
  std::filesystem::create_directories(folder);
  model::Save(path("shop"), fixtures::ShopModel(true));
  model::Save(path("shop_towers"), fixtures::ShopModel(false));
  model::Save(path("player"), fixtures::PlayerModel());
  model::Save(path("joint"), fixtures::JointModel());
  model::Save(path("ranking"), fixtures::RankingModel());

  model::Contents ages = fixtures::ShopModel(false);
  for (model::Input& input : ages.description.inputs) input.bucketed = input.name == "age";
  model::Save(path("ages"), ages);

  model::Contents unfrozen = fixtures::ShopModel(false);
  std::erase_if(unfrozen.tensors, [](const auto& t) {
    return t.name == "items/vectors" || t.name.starts_with("users/history");
  });
  model::Save(path("unfrozen"), unfrozen);
  std::vector<float> one_user(3);
  model::Save(path("empty"), fixtures::VectorModel(model::HeadKind::kCosine, 3, one_user, {}));

  std::ifstream in(path("shop"), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  Write(path("truncated"), bytes.substr(0, bytes.size() / 2));
  Write(path("short"), bytes.substr(0, 20));
  std::string corrupt = bytes;
  corrupt[100] = static_cast<char>(corrupt[100] ^ 0x55);
  Write(path("corrupt"), corrupt);
  std::string newer = bytes;  // the container's version; the reader looks there before checksums
  newer[8] = newer[12] = 99;
  Write(path("newer"), newer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    WriteAll(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
