// Reads MovieLens 1M. A million ratings take about a tenth of a second, so lines are cut and
// numbers read in place; text is copied for users and movies only.
#include "data/movielens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "data/formats.h"
#include "data/lines.h"
#include "data/movielens_tables.h"
#include "data/rows_of_ids.h"
#include "data/source.h"

namespace duomo::data {
namespace {

constexpr std::string_view kSeparator = "::";
constexpr int64_t kMinRating = 1, kMaxRating = 5;

struct Label {
  int64_t code;
  std::string_view text;
};
constexpr std::array<Label, 7> kAges = {{{1, "Under 18"},
                                         {18, "18-24"},
                                         {25, "25-34"},
                                         {35, "35-44"},
                                         {45, "45-49"},
                                         {50, "50-55"},
                                         {56, "56+"}}};
constexpr std::array<std::string_view, 21> kOccupations = {"other or not specified",
                                                           "academic/educator",
                                                           "artist",
                                                           "clerical/admin",
                                                           "college/grad student",
                                                           "customer service",
                                                           "doctor/health care",
                                                           "executive/managerial",
                                                           "farmer",
                                                           "homemaker",
                                                           "K-12 student",
                                                           "lawyer",
                                                           "programmer",
                                                           "retired",
                                                           "sales/marketing",
                                                           "scientist",
                                                           "self-employed",
                                                           "technician/engineer",
                                                           "tradesman/craftsman",
                                                           "unemployed",
                                                           "writer"};

// A field for a message: short, and UTF-8 whatever the file holds.
std::string Quote(std::string_view field) {
  std::string text = Latin1ToUtf8(field.substr(0, 40));
  return StrCat('"', text, field.size() > 40 ? "…\"" : "\"");
}

template <size_t N>
bool Fields(Lines& in, std::string_view line, std::array<std::string_view, N>& fields) {
  size_t n = SplitFields(line, kSeparator, N, fields.data());
  if (n == N) return true;
  if (n > N) return in.Bad("more than ", N, " fields");
  return in.Bad(n, n == 1 ? " field" : " fields", " instead of ", N);
}

bool Integer(Lines& in, std::string_view what, std::string_view field, int64_t& value) {
  if (ParseInteger(field, value)) return true;
  return in.Bad(what, ' ', Quote(field), " is not a whole number");
}

bool NewId(Lines& in, std::string_view what, std::string_view field, size_t row, RowsOfIds& rows,
           int64_t& id) {
  if (!Integer(in, what, field, id)) return false;
  if (id < 0) return in.Bad(what, ' ', id, " is negative");
  // The line is good otherwise: callers check the id last.
  if (rows.Add(id, static_cast<uint32_t>(row))) return true;
  return in.Bad(what, ' ', id, " stands there twice");
}

class Reader {
 public:
  Reader(const MovieLensTexts& texts, const ReadOptions& options)
      : texts_(texts), options_(options) {}

  Dataset Run() {
    ReadUsers(Open(texts_.users, "users.dat"));
    ReadMovies(Open(texts_.movies, "movies.dat"));
    ReadRatings(Open(texts_.ratings, "ratings.dat"));
    return std::move(out_);
  }

 private:
  Lines Open(std::string_view text, const char* file) const {
    return {text, texts_.where + file, options_.skip_bad_lines};
  }

  void Finish(const Lines& in, size_t rows, const char* what) {
    out_.skipped_lines += in.skipped();
    if (rows > 0) return;
    Fail(Status::kInvalidArgument, in.where(), " has no ", what,
         in.skipped() > 0 ? StrCat("; all of its ", in.skipped(), " lines were bad and skipped")
                          : "");
  }

  void ReadUsers(Lines in) {
    MovieLensUsers users;
    std::string_view line;
    std::array<std::string_view, 5> f;  // user, gender, age, occupation, zip code
    auto read = [&] {
      int64_t id = 0, age = 0, job = 0;
      if (!Fields(in, line, f)) return false;
      if (f[1] != "M" && f[1] != "F") return in.Bad("gender ", Quote(f[1]), " is neither M nor F");
      if (!Integer(in, "age", f[2], age) || !Integer(in, "occupation", f[3], job)) return false;
      if (AgeLabel(age).empty()) {
        return in.Bad("age code ", age, " is none of 1, 18, 25, 35, 45, 50, 56");
      }
      if (OccupationLabel(job).empty()) return in.Bad("occupation ", job, " is outside 0..20");
      if (!NewId(in, "user", f[0], users.table.size(), user_rows_, id)) return false;
      users.Add(id, f[1], age, job, OccupationLabel(job), Latin1ToUtf8(f[4].substr(0, 1)));
      return true;
    };
    while (in.Next(line)) (void)read();
    Finish(in, users.table.size(), "users");
    out_.users = std::move(users.table);
  }

  void ReadMovies(Lines in) {
    MovieLensMovies movies;
    std::string_view line;
    std::array<std::string_view, 3> f;  // movie, title, genres
    auto read = [&] {
      int64_t id = 0;
      if (!Fields(in, line, f)) return false;
      if (f[1].empty()) return in.Bad("the title is empty");
      std::string_view list = f[2];
      bool gap = list.starts_with('|') || list.ends_with('|') || list.find("||") != list.npos;
      if (gap) return in.Bad("the genres ", Quote(list), " have an empty name among them");
      if (!NewId(in, "movie", f[0], movies.table.size(), movie_rows_, id)) return false;
      while (!list.empty()) {
        size_t end = std::min(list.find('|'), list.size());
        movies.AddGenre(Latin1ToUtf8(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
      }
      movies.Add(id, Latin1ToUtf8(f[1]));
      return true;
    };
    while (in.Next(line)) (void)read();
    Finish(in, movies.table.size(), "movies");
    out_.items = std::move(movies.table);
  }

  void ReadRatings(Lines in) {
    Interactions& out = out_.interactions;
    size_t guess = texts_.ratings.size() / 20;  // bytes of a typical line
    out.users.reserve(guess);
    out.items.reserve(guess);
    out.ratings.reserve(guess);
    out.timestamps.reserve(guess);
    std::string_view line;
    std::array<std::string_view, 4> f;  // user, movie, rating, time
    auto read = [&] {
      int64_t user = 0, movie = 0, rating = 0, time = 0;
      if (!Fields(in, line, f) || !Integer(in, "user", f[0], user) ||
          !Integer(in, "movie", f[1], movie) || !Integer(in, "rating", f[2], rating) ||
          !Integer(in, "timestamp", f[3], time)) {
        return false;
      }
      if (rating < kMinRating || rating > kMaxRating) {
        return in.Bad("rating ", rating, " is outside ", kMinRating, "..", kMaxRating);
      }
      if (time < 0) return in.Bad("timestamp ", time, " is negative");
      uint32_t user_row = 0, movie_row = 0;
      if (!user_rows_.Find(user, user_row)) {
        return in.Bad("user ", user, " is not in users.dat");
      }
      if (!movie_rows_.Find(movie, movie_row)) {
        return in.Bad("movie ", movie, " is not in movies.dat");
      }
      out.users.push_back(user_row);
      out.items.push_back(movie_row);
      out.ratings.push_back(static_cast<float>(rating));
      out.timestamps.push_back(time);
      return true;
    };
    while (in.Next(line)) (void)read();
    Finish(in, out.size(), "ratings");
  }

  const MovieLensTexts& texts_;
  const ReadOptions& options_;
  Dataset out_;
  RowsOfIds user_rows_, movie_rows_;
};

}  // namespace

Dataset ReadMovieLens1M(const std::string& path, const ReadOptions& options) {
  return ReadMovieLens1M(Source::Open(path, "ratings.dat"), options);
}

Dataset ReadMovieLens1M(const Source& source, const ReadOptions& options) {
  std::string users = source.Read("users.dat"), movies = source.Read("movies.dat");
  std::string ratings = source.Read("ratings.dat");
  Dataset out = ParseMovieLens1M({users, movies, ratings, source.Where("")}, options);
  out.name = source.name();
  return out;
}

Dataset ParseMovieLens1M(const MovieLensTexts& texts, const ReadOptions& options) {
  return Reader(texts, options).Run();
}

std::string_view TitleName(std::string_view title) {
  if (!title.ends_with(')')) return title;
  size_t begin = title.size() - 1;
  while (begin > 0 && title[begin - 1] >= '0' && title[begin - 1] <= '9') --begin;
  bool digits = begin < title.size() - 1;
  return digits && begin > 0 && title[begin - 1] == '(' ? title.substr(0, begin - 1) : title;
}

std::string_view AgeLabel(int64_t code) {
  for (const Label& age : kAges) {
    if (age.code == code) return age.text;
  }
  return {};
}

std::string_view OccupationLabel(int64_t code) {
  bool known = code >= 0 && static_cast<size_t>(code) < kOccupations.size();
  return known ? kOccupations[static_cast<size_t>(code)] : std::string_view{};
}

}  // namespace duomo::data
