// Writes the models that the C test opens into a folder: good ones and broken ones.
#include <zlib.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string>

#include "abi/fixtures.h"
#include "file/forge.h"

using namespace duomo;

namespace {

void Write(const std::string& path, std::string_view bytes) {
  // Not a stream: emscripten loses their locale where it optimises a program as a whole.
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() ||
      std::fclose(file) != 0) {
    throw std::runtime_error(path + " cannot be written");
  }
}

std::string Read(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error(path + " cannot be read");
  std::string bytes;
  for (int c; (c = std::fgetc(file)) != EOF;) bytes += static_cast<char>(c);
  std::fclose(file);
  return bytes;
}

// The same club as it was trained first, in a file from before ids were hashes; and trained again:
// every third member and every fourth book gone, others in another order, and new ones.
template <typename Path>
void WriteClub(const Path& path) {
  std::vector<size_t> users(fixtures::kMembers), items(fixtures::kItems), later_users, later_items;
  std::iota(users.begin(), users.end(), size_t{0});
  std::iota(items.begin(), items.end(), size_t{0});
  model::Contents club = fixtures::ClubModel(users, items);
  model::Save(path("club"), club);
  std::erase_if(club.tensors, [](const auto& t) { return t.name.find("/ids/") != t.name.npos; });
  model::Save(path("club_old"), club);
  for (size_t n = users.size() + 50; n-- > 0;) {
    if (n % 3 != 0) later_users.push_back(n);
  }
  for (size_t n = items.size() + 7; n-- > 0;) {
    if (n % 4 != 0) later_items.push_back(n);
  }
  model::Save(path("club_later"), fixtures::ClubModel(later_users, later_items));
}

// Claims one compressed segment of 2^32 + 64 bytes, which begins as a megabyte of zeros does: a
// 32-bit process that cut the size to 64 would write behind its memory.
void WriteVast(const std::string& path) {
  constexpr uint64_t kClaimed = (uint64_t{1} << 32) + 64;
  testing::Forgery forgery;
  forgery.bytes.resize(testing::Forgery::kFirst + kClaimed / file::kMaxInflation + 1);
  const std::string zeros(1 << 20, '\0');
  uLongf packed = compressBound(1 << 20);
  compress(reinterpret_cast<Bytef*>(forgery.bytes.data() + testing::Forgery::kFirst), &packed,
           reinterpret_cast<const Bytef*>(zeros.data()), 1 << 20);
  forgery
      .Add("vast", file::DType::kI8, {kClaimed}, testing::Forgery::kFirst,
           forgery.bytes.size() - testing::Forgery::kFirst)
      .compression = fb::Compression::Zlib;
  const testing::Bytes& bytes = forgery.Finish();
  Write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void WriteAll(const std::string& folder) {
  auto path = [&](const char* name) { return folder + "/" + name + ".duomo"; };
  std::filesystem::create_directories(folder);
  model::Save(path("shop"), fixtures::ShopModel(true));
  model::Save(path("größe-模型"), fixtures::ShopModel(true));  // paths are UTF-8 on every system
  model::Save(path("shop_towers"), fixtures::ShopModel(false));
  model::Save(path("player"), fixtures::PlayerModel());
  model::Save(path("joint"), fixtures::JointModel());
  model::Save(path("candidates"), fixtures::PlayerModel(/*string_keys=*/false));
  WriteClub(path);
  model::Save(path("ranking"), fixtures::RankingModel());

  model::Contents ages = fixtures::ShopModel(false);
  for (model::Input& input : ages.description.inputs) input.bucketed = input.name == "age";
  model::Save(path("ages"), ages);
  model::Contents noted = fixtures::ShopModel(true);
  noted.metadata = {{"name", "shop"}, {"größe", "groß"}, {"empty", ""}};
  model::Save(path("noted"), noted);
  model::Contents twice = fixtures::ShopModel(true);  // "tags" is an attribute as well as an input
  model::AttributeColumn tags{{"tags", model::AttributeKind::kCategory}, {"x"}, {}, {}, {}};
  for (uint32_t row = 0; row < fixtures::kItems; ++row) tags.rows.rows.push_back(row % 2);
  twice.attributes.push_back(tags.info);
  model::AddAttribute(twice.tensors, tags);
  model::Save(path("twice"), twice);

  model::Contents unfrozen = fixtures::ShopModel(false);
  std::erase_if(unfrozen.tensors, [](const auto& t) {
    return t.name == "items/vectors" || t.name.starts_with("users/history");
  });
  model::Save(path("unfrozen"), unfrozen);
  std::vector<float> one_user(3);
  model::Save(path("empty"), fixtures::VectorModel(model::HeadKind::kCosine, 3, one_user, {}));

  const std::string bytes = Read(path("shop"));
  Write(path("truncated"), bytes.substr(0, bytes.size() / 2));
  Write(path("short"), bytes.substr(0, 20));
  std::string corrupt = bytes;
  corrupt[100] = static_cast<char>(corrupt[100] ^ 0x55);
  Write(path("corrupt"), corrupt);
  std::string newer = bytes;  // the container's version; the reader looks there before checksums
  newer[8] = newer[12] = 99;
  Write(path("newer"), newer);
  WriteVast(path("vast"));
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
