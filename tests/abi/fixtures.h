// Small models with invented data for the tests of retrieval and of the C ABI, and for benchmarks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"

namespace duomo::fixtures {

// Every parameter drawn as training would start it, but with biases that are not 0.
void AddParameters(model::Contents& contents, uint64_t seed);

// Freezes the vectors of both sides, or of items alone, with the towers.
void AddVectors(model::Contents& contents, bool users);

// A model whose vectors are just these: [count, dim] each, ids 100, 101, … for users and 0, 1, …
// for items. Items have the set "tags" of string values "t0" … "t4": item r has tag t(r % 5), and
// t0 too where r % 3 == 0; and the category "shelf", r % 4.
model::Contents VectorModel(model::HeadKind head, size_t dim, std::span<const float> users,
                            std::span<const float> items);

// Of the items of row r: the numbers "price", 1 + r / 2, missing where r % 10 == 9; the integers
// "year", 1980 + r % 40, missing where r % 7 == 6; the times "added", a day each; the categories
// "brand", acme, blau and größe by r % 3, missing where r % 4 == 3; the sets "labels", by r % 5
// none, new, new and sale, sale, all of new, sale and vegan.
void AddAttributes(model::Contents& contents, size_t items);

inline constexpr int kUsers = 12, kItems = 40;

// Cosine, stars 0 … 5. Users 1 … 12 with "plan" (strings free, paid), "age" (integers 10, 20, 30).
// Items 1000, 1003, … with "id", "tags" (strings red, green, blue), "codes" (integers 7, 8, 9),
// "title" (text), titles and history: user row u saw the items of rows u and u + 1. Items have the
// attributes of AddAttributes().
model::Contents ShopModel(bool user_vectors);

// Dot with biases, a sigmoid output; users "u0" … have a history input and no frozen vectors; items
// "i0" … have string keys, or all of them integers, 0 …. No titles; the history is as above.
model::Contents PlayerModel(bool string_keys = true);

inline constexpr int kMembers = 300;

// Dot, stars; string keys and frozen vectors on both sides, all of them functions of the key: users
// "member-N" with "town" (strings t0 … t3) and titles "Member N", items "book-N" with "author"
// (strings a0 … a4), "genres" (a set of g0 … g2) and titles. `users` and `items`: the N of each
// row. User N has read the books N % kItems … N % kItems + 2 that there are.
model::Contents ClubModel(std::span<const size_t> users, std::span<const size_t> items);

// A joint tower: users and items 0 …, each with a category "id"; pairs with the numbers "delay"
// (standard normalised, fallback 3) and "shown".
model::Contents JointModel();

// The same as the second of two stages: users have a history, pairs "candidate_score" for "shown",
// and "like_last" and "like_recent".
model::Contents RankingModel();

}  // namespace duomo::fixtures
