// Makes the hidden truth. The deviations below set how the variance of ratings is shared out.
#include "data/synthetic_world.h"

#include <algorithm>
#include <span>

#include "data/synthetic_words.h"

namespace duomo::data {
namespace {

constexpr size_t kGenders = 2, kAges = 7, kJobs = 21;
constexpr std::array<uint32_t, kGenders> kGenderShares = {65, 35};
constexpr std::array<uint32_t, kAges> kAgeShares = {5, 18, 33, 20, 9, 9, 6};
constexpr std::array<uint32_t, kJobs> kJobShares = {8, 7, 5, 4, 8, 4, 5, 7, 3, 3, 5,
                                                    4, 6, 3, 5, 4, 4, 6, 3, 3, 5};
constexpr std::array<uint32_t, SyntheticWorld::kGenres> kGenreShares = {
    12, 7, 4, 6, 18, 6, 4, 20, 3, 3, 8, 5, 4, 10, 8, 11, 5, 3};

// Thousandths of a star.
constexpr int32_t kGenderTaste = 520, kAgeTaste = 400, kJobTaste = 330, kOwnTaste = 200;
constexpr int32_t kUserBias = 280, kOwnQuality = 250, kWordQuality = 380;
constexpr int32_t kThemePercent = 80;  // taste for themes against that for genres
// A movie of n genres pleases by their sum / √n, so that all have the same spread.
constexpr std::array<int32_t, 4> kGenreWeight = {0, 1000, 707, 577};

template <size_t N>
uint8_t Draw(Random& random, const std::array<uint32_t, N>& shares) {
  uint32_t total = 0;
  for (uint32_t share : shares) total += share;
  auto draw = static_cast<uint32_t>(random.Below(total));
  for (size_t i = 0;; ++i) {
    if (draw < shares[i]) return static_cast<uint8_t>(i);
    draw -= shares[i];
  }
}

// What each group thinks of each topic. Centred by the groups' shares: what everybody likes is a
// matter of quality, and a baseline of biases must not find it here.
template <size_t N>
using GroupTaste = std::array<std::array<int32_t, SyntheticWorld::kTopics>, N>;

template <size_t N>
GroupTaste<N> MakeGroupTaste(const std::array<uint32_t, N>& shares, int32_t deviation,
                             Random& random) {
  GroupTaste<N> taste{};
  for (size_t topic = 0; topic < SyntheticWorld::kTopics; ++topic) {
    int64_t sum = 0, total = 0;
    for (size_t group = 0; group < N; ++group) {
      taste[group][topic] = SyntheticWorld::Normal(random, deviation);
      sum += int64_t{taste[group][topic]} * shares[group];
      total += shares[group];
    }
    for (auto& group : taste) group[topic] -= static_cast<int32_t>(sum / total);
  }
  return taste;
}

const std::string& Pick(Random& random, const std::vector<std::string>& words) {
  return words[random.Below(words.size())];
}

}  // namespace

const std::array<std::string_view, SyntheticWorld::kGenres> SyntheticWorld::kGenreNames = {
    "Action",      "Adventure", "Animation", "Children's", "Comedy", "Crime",
    "Documentary", "Drama",     "Fantasy",   "Film-Noir",  "Horror", "Musical",
    "Mystery",     "Romance",   "Sci-Fi",    "Thriller",   "War",    "Western"};

int32_t SyntheticWorld::Normal(Random& random, int32_t deviation) {
  // The sum of eight bytes: mean 1020, deviation 209.
  uint64_t bits = random.Next();
  int32_t sum = 0;
  for (int i = 0; i < 8; ++i) sum += static_cast<int32_t>(bits >> (8 * i) & 0xFF);
  return (sum - 1020) * deviation / 209;
}

SyntheticWorld::SyntheticWorld(uint32_t users, uint32_t movies, Random& random) {
  MakeUsers(users, random);
  MakeMovies(movies, random);
}

void SyntheticWorld::MakeUsers(uint32_t count, Random& random) {
  auto genders = MakeGroupTaste(kGenderShares, kGenderTaste, random);
  auto ages = MakeGroupTaste(kAgeShares, kAgeTaste, random);
  auto jobs = MakeGroupTaste(kJobShares, kJobTaste, random);
  users_.resize(count);
  for (User& user : users_) {
    user.gender = Draw(random, kGenderShares);
    user.age = Draw(random, kAgeShares);
    user.job = Draw(random, kJobShares);
    user.bias = Normal(random, kUserBias);
    for (size_t topic = 0; topic < kTopics; ++topic) {
      int32_t taste = genders[user.gender][topic] + ages[user.age][topic] + jobs[user.job][topic] +
                      Normal(random, kOwnTaste);
      if (topic >= kGenres) taste = taste * kThemePercent / 100;
      user.taste[topic] = static_cast<int16_t>(taste);
    }
  }
}

void SyntheticWorld::MakeMovies(uint32_t count, Random& random) {
  WordMaker maker(random);
  // As many words as movies, about: enough to matter, few enough to come back.
  size_t pool = std::max<size_t>(6, count / 40);
  std::vector<std::vector<std::string>> genre_words(kGenres), theme_words(kThemes);
  for (auto& words : genre_words) words = maker.Make(std::max<size_t>(3, pool / 2));
  for (auto& words : theme_words) words = maker.Make(pool);
  std::vector<std::string> quality_words = maker.Make(2 * pool), small_words = maker.Make(12);
  for (std::string& word : small_words) {  // their "the" and "of": one plain syllable
    while (word.find_first_of("aeiou") == std::string::npos) word = maker.Make();
    word.resize(word.find_first_of("aeiou") + 1);
  }
  std::vector<int32_t> qualities(quality_words.size());
  for (int32_t& quality : qualities) quality = Normal(random, kWordQuality);

  movies_.resize(count);
  for (Movie& movie : movies_) {
    movie.genre_count = static_cast<uint8_t>(1 + random.Below(3) * random.Below(3) / 2);
    for (size_t i = 0; i < movie.genre_count;) {
      uint8_t genre = Draw(random, kGenreShares);
      auto* end = movie.genres.begin() + i;
      if (std::find(movie.genres.begin(), end, genre) == end) movie.genres[i++] = genre;
    }
    uint8_t first = movie.genres[0];  // the movie's main genre, which its title may tell
    std::sort(movie.genres.begin(), movie.genres.begin() + movie.genre_count);
    movie.theme = static_cast<uint8_t>(random.Below(kThemes));
    movie.quality = Normal(random, kOwnQuality);

    std::vector<std::string> words = {Pick(random, theme_words[movie.theme])};
    if (random.Below(100) < 70) {
      size_t word = random.Below(quality_words.size());
      words.push_back(quality_words[word]);
      movie.quality += qualities[word];
    }
    if (random.Below(100) < 50) words.push_back(Pick(random, genre_words[first]));
    if (random.Below(100) < 40) words.push_back(Pick(random, small_words));
    if (random.Below(100) < 20) words.push_back(maker.Make());  // a name, seen once
    random.Shuffle(std::span(words));
    for (const std::string& word : words) {
      if (!movie.name.empty()) movie.name += ' ';
      movie.name += word;
    }
    uint64_t age = random.Below(80);  // the least of three: most are recent
    age = std::min(age, random.Below(80));
    age = std::min(age, random.Below(80));
    movie.year = 2000 - static_cast<int32_t>(age);
  }
}

int32_t SyntheticWorld::Affinity(uint32_t user, uint32_t movie) const {
  const User& u = users_[user];
  const Movie& m = movies_[movie];
  int32_t genres = 0;
  for (size_t i = 0; i < m.genre_count; ++i) genres += u.taste[m.genres[i]];
  return u.bias + m.quality + genres * kGenreWeight[m.genre_count] / 1000 +
         u.taste[kGenres + m.theme];
}

}  // namespace duomo::data
