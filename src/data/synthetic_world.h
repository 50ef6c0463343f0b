// The hidden truth behind synthetic data: who likes what, and why. Only MakeSynthetic() and the
// test that measures how much of it can be learned look inside.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"

namespace duomo::data {

// Integers throughout, in thousandths of a star, so that every machine agrees to the bit.
// A topic is a genre or a theme; themes show in title words alone. A user likes a topic by gender,
// age and job (most of it) and personally (a little). A movie has one to three genres, one theme,
// and a quality that some title words tell half of.
class SyntheticWorld {
 public:
  static constexpr size_t kGenres = 18, kThemes = 8, kTopics = kGenres + kThemes;
  static const std::array<std::string_view, kGenres> kGenreNames;  // MovieLens's

  struct User {
    uint8_t gender;    // 0: M, 1: F
    uint8_t age, job;  // age: index of kAgeCodes
    int32_t bias;
    std::array<int16_t, kTopics> taste;
  };
  struct Movie {
    std::array<uint8_t, 3> genres;  // distinct, ascending
    uint8_t genre_count, theme;
    int32_t quality;
    std::string name;  // "Mora Tesk"
    int32_t year;
  };
  static constexpr std::array<int64_t, 7> kAgeCodes = {1, 18, 25, 35, 45, 50, 56};

  SyntheticWorld(uint32_t users, uint32_t movies, Random& random);

  const std::vector<User>& users() const { return users_; }
  const std::vector<Movie>& movies() const { return movies_; }

  // How much the user likes the movie, without the noise of the day; its mean is about 0.
  int32_t Affinity(uint32_t user, uint32_t movie) const;
  // Standard deviation of that noise.
  static constexpr int32_t kNoise = 450;

  // Roughly normal, mean 0, from one draw: bounded, and made of integers alone.
  static int32_t Normal(Random& random, int32_t deviation);

 private:
  void MakeUsers(uint32_t count, Random& random);
  void MakeMovies(uint32_t count, Random& random);

  std::vector<User> users_;
  std::vector<Movie> movies_;
};

}  // namespace duomo::data
