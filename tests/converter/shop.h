// A small shop whose network knows users and items by their ids, reads histories and lists of
// friends.
#pragma once

#include <string>
#include <vector>

#include "converter/files.h"

namespace duomo::testing {

inline const std::vector<std::string> kShopUsers = {"user-anna", "user-bob", "user-carla",
                                                    "user-dan", "user-eve"};
inline const std::vector<std::string> kShopItems = {"sku-apple", "sku-bread", "sku-cheese",
                                                    "sku-dates"};

inline void PutTensors(model::Contents& contents, std::vector<file::OwnedTensor> tensors) {
  for (file::OwnedTensor& t : tensors) {
    std::erase_if(contents.tensors, [&](const auto& old) { return old.name == t.name; });
    contents.tensors.push_back(std::move(t));
  }
}

// Keys as above. Inputs: of users "user_id" (whose vocabulary has the keys backwards), "friends" (a
// set of the same values), "age" (a number), "seen" (the history); of items "item" (in the
// vocabulary of the histories), "item_id" (keys backwards), "tags" (a set: fresh, dry, sweet),
// "title" (words of it: red, old, ripe, big). Histories: [0 1 | | 3 | 2 1 0 | 2].
inline model::Contents ShopContents() {
  using namespace model;
  Description d = HistoryDescription();
  auto words = [](const char* name, uint64_t size) {
    return Vocabulary{name, KeyKind::kString, size, {}, {}};
  };
  d.vocabularies = {words("sku", 4), words("user", 5), words("item_id", 4), words("tag", 3),
                    words("word", 4)};
  d.tables = {{"sku", 0, 4}, {"user", 1, 4}, {"item_id", 2, 4}, {"tag", 3, 4}, {"word", 4, 4}};
  auto input = [](const char* name, Scope scope, InputKind kind, int32_t vocabulary) {
    return Input{name, scope, kind, vocabulary, 0, 0};
  };
  d.inputs = {input("user_id", Scope::kUser, InputKind::kCategory, 1),
              input("friends", Scope::kUser, InputKind::kCategorySet, 1),
              input("age", Scope::kUser, InputKind::kNumber, -1),
              input("seen", Scope::kUser, InputKind::kHistory, 0),
              input("item", Scope::kItem, InputKind::kCategory, 0),
              input("item_id", Scope::kItem, InputKind::kCategory, 2),
              input("tags", Scope::kItem, InputKind::kCategorySet, 3),
              input("title", Scope::kItem, InputKind::kTokens, 4)};
  auto encoder = [](uint32_t in, int32_t table, EncoderKind kind) {
    Encoder e;
    e.input = in;
    e.table = table;
    e.kind = kind;
    e.pooling = Pooling::kSum;
    return e;
  };
  d.towers = {{Side::kUser,
               {encoder(0, 1, EncoderKind::kEmbedding), encoder(1, 1, EncoderKind::kBag),
                encoder(2, -1, EncoderKind::kNumber), encoder(3, 0, EncoderKind::kBag)},
               {{6}}},
              {Side::kItem,
               {encoder(4, 0, EncoderKind::kEmbedding), encoder(5, 2, EncoderKind::kEmbedding),
                encoder(6, 3, EncoderKind::kBag), encoder(7, 4, EncoderKind::kBag)},
               {{6}}}};
  Contents contents = ContentsOf(d);
  std::vector<file::OwnedTensor> made;
  using Texts = std::span<const std::string>;
  AddKeys(made, "users", Texts(kShopUsers));
  AddKeys(made, "items", Texts(kShopItems));
  AddKeys(made, "vocabularies/sku", Texts(kShopItems));
  std::vector<std::string> back(kShopUsers.rbegin(), kShopUsers.rend());
  AddKeys(made, "vocabularies/user", Texts(back));
  back.assign(kShopItems.rbegin(), kShopItems.rend());
  AddKeys(made, "vocabularies/item_id", Texts(back));
  AddKeys(made, "vocabularies/tag", std::vector<std::string>{"fresh", "dry", "sweet"});
  AddKeys(made, "vocabularies/word", std::vector<std::string>{"red", "old", "ripe", "big"});
  auto feature = [&](const char* name, InputKind kind, std::vector<uint64_t> offsets,
                     std::vector<uint32_t> rows, std::vector<float> numbers = {}) {
    FeatureColumn column{kind, std::move(offsets), std::move(rows), std::move(numbers)};
    AddFeature(made, name, column.view());
  };
  feature("users/features/user_id", InputKind::kCategory, {}, {4, 3, 2, 1, 0});
  // Anna knows Bob and Eve, Carla knows Bob.
  feature("users/features/friends", InputKind::kCategorySet, {0, 2, 2, 3, 3, 3}, {3, 0, 3});
  feature("users/features/age", InputKind::kNumber, {}, {}, {0.3f, 0.4f, 0.5f, 0.6f, 0.7f});
  feature("items/features/item", InputKind::kCategory, {}, {0, 1, 2, 3});
  feature("items/features/item_id", InputKind::kCategory, {}, {3, 2, 1, 0});
  feature("items/features/tags", InputKind::kCategorySet, {0, 2, 2, 3, 4}, {0, 2, 1, 2});
  feature("items/features/title", InputKind::kTokens, {0, 2, 4, 7, 7}, {0, 4, 1, 4, 1, 2, 4});
  AddTexts(made, "items/titles",
           std::vector<std::string>{"Red apple", "Old bread", "Old ripe cheese", ""});
  PutTensors(contents, std::move(made));
  contents.report.settings =
      R"({"seed": 1, "data": {"version": 1, "sketch": {"bits": 0, "rows": "AAAAAA=="}}})";
  Freeze(contents);
  return contents;
}

}  // namespace duomo::testing
