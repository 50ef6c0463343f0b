// Reads MovieLens 100K: u.user, u.item and u.genre with '|' between fields, u.data with tabs,
// all ISO-8859-1 and without headers; and its ready folds.
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "data/csv.h"
#include "data/formats.h"
#include "data/lines.h"
#include "data/movielens_tables.h"
#include "data/open.h"
#include "data/rows_of_ids.h"

namespace duomo::data {
namespace {

// Its 21 occupations as ml-1m's codes: those that its README says in the same words, or as a part
// of a pair. Nothing there is like entertainment, librarian or none.
struct Job {
  std::string_view word;
  int64_t code;
};
constexpr int64_t kStudent = 4, kSchoolchild = 10;  // ml-1m tells them apart, by age we can
constexpr std::array<Job, 21> kJobs = {
    {{"administrator", 3}, {"artist", 2},        {"doctor", 6},         {"educator", 1},
     {"engineer", 17},     {"entertainment", 0}, {"executive", 7},      {"healthcare", 6},
     {"homemaker", 9},     {"lawyer", 11},       {"librarian", 0},      {"marketing", 14},
     {"none", 0},          {"other", 0},         {"programmer", 12},    {"retired", 13},
     {"salesman", 14},     {"scientist", 15},    {"student", kStudent}, {"technician", 17},
     {"writer", 20}}};

int64_t AgeCode(int64_t years) {
  int64_t code = 1;
  for (int64_t from : {18, 25, 35, 45, 50, 56}) {
    if (years >= from) code = from;
  }
  return code;
}

std::vector<std::string> Names(size_t count) { return std::vector<std::string>(count, "field"); }

CsvReader Open(const Source& source, std::string_view file, char separator, size_t columns,
               const ReadOptions& options) {
  CsvOptions csv;
  csv.separator = separator;
  csv.quotes = Quotes::kNone;
  csv.latin1 = true;
  csv.skip_bad_lines = options.skip_bad_lines;
  csv.names = Names(columns);
  return {source.Stream(file), source.Where(file), csv};
}

bool Integer(CsvReader& in, std::string_view what, std::string_view field, int64_t& value) {
  if (ParseInteger(field, value) && value >= 0) return true;
  return in.Bad(what, " \"", field.substr(0, 40), "\" is not a whole number");
}

class Reader {
 public:
  Reader(const Source& source, const ReadOptions& options) : source_(source), options_(options) {}

  Dataset Run() {
    out_.name = source_.name();
    ReadUsers();
    ReadGenres();
    ReadMovies();
    ReadRatings();
    return std::move(out_);
  }

 private:
  void Finish(const CsvReader& in, size_t rows, std::string_view what) {
    out_.skipped_lines += in.skipped();
    if (rows == 0) Fail(Status::kInvalidArgument, in.where(), " has no good line of ", what);
  }

  void ReadUsers() {
    CsvReader in = Open(source_, "u.user", '|', 5, options_);
    MovieLensUsers users;
    auto read = [&] {
      auto f = in.fields();  // user, age in years, gender, occupation, zip code
      int64_t id = 0, years = 0;
      if (!Integer(in, "user", f[0], id) || !Integer(in, "age", f[1], years)) return false;
      if (f[2] != "M" && f[2] != "F") return in.Bad("the gender is neither M nor F");
      int64_t job = -1;
      for (const Job& known : kJobs) {
        if (known.word == f[3]) job = known.code;
      }
      if (job < 0) return in.Bad("the occupation \"", f[3].substr(0, 40), "\" is not known");
      if (job == kStudent && years < 18) job = kSchoolchild;
      if (!user_rows_.Add(id, static_cast<uint32_t>(users.table.size()))) {
        return in.Bad("user ", id, " stands there twice");
      }
      users.Add(id, f[2], AgeCode(years), job, f[3], std::string(Utf8First(f[4])));
      return true;
    };
    while (in.Next()) (void)read();
    Finish(in, users.table.size(), "users");
    out_.users = std::move(users.table);
  }

  static std::string_view Utf8First(std::string_view text) {
    size_t size = text.empty() ? 0 : 1;
    while (size < text.size() && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80) ++size;
    return text.substr(0, size);
  }

  // Names of the flags in u.item, which need not stand in order.
  void ReadGenres() {
    CsvReader in = Open(source_, "u.genre", '|', 2, {});
    while (in.Next()) {
      int64_t index = 0;
      if (!Integer(in, "genre number", in.fields()[1], index)) continue;
      if (static_cast<uint64_t>(index) >= 1000) in.Bad("genre number ", index, " is too large");
      auto at = static_cast<size_t>(index);
      if (at >= genres_.size()) genres_.resize(at + 1);
      if (!genres_[at].empty()) in.Bad("genre number ", index, " stands there twice");
      genres_[at] = in.fields()[0];
    }
    for (size_t i = 0; i < genres_.size(); ++i) {
      if (genres_[i].empty()) Fail(Status::kCorrupt, in.where(), " does not name genre ", i);
    }
  }

  void ReadMovies() {
    constexpr size_t kFirst = 5;  // behind movie, title, two dates and an address
    CsvReader in = Open(source_, "u.item", '|', kFirst + genres_.size(), options_);
    MovieLensMovies movies;
    auto read = [&] {
      auto f = in.fields();
      int64_t id = 0;
      if (!Integer(in, "movie", f[0], id)) return false;
      if (f[1].empty()) return in.Bad("the title is empty");
      for (size_t i = kFirst; i < f.size(); ++i) {
        if (f[i] != "0" && f[i] != "1") return in.Bad("field ", i + 1, " is neither 0 nor 1");
      }
      if (!movie_rows_.Add(id, static_cast<uint32_t>(movies.table.size()))) {
        return in.Bad("movie ", id, " stands there twice");
      }
      for (size_t i = kFirst; i < f.size(); ++i) {
        if (f[i] == "1") movies.AddGenre(genres_[i - kFirst]);
      }
      movies.Add(id, std::string(f[1].substr(0, f[1].find_last_not_of(' ') + 1)));
      return true;
    };
    while (in.Next()) (void)read();
    Finish(in, movies.table.size(), "movies");
    out_.items = std::move(movies.table);
  }

  void ReadRatings() {
    CsvReader in = Open(source_, "u.data", '\t', 4, options_);
    Interactions& out = out_.interactions;
    auto read = [&] {
      auto f = in.fields();
      int64_t user = 0, movie = 0, rating = 0, time = 0;
      uint32_t user_row = 0, movie_row = 0;
      if (!Integer(in, "user", f[0], user) || !Integer(in, "movie", f[1], movie) ||
          !Integer(in, "rating", f[2], rating) || !Integer(in, "timestamp", f[3], time)) {
        return false;
      }
      if (rating < 1 || rating > 5) return in.Bad("rating ", rating, " is outside 1..5");
      if (!user_rows_.Find(user, user_row)) return in.Bad("user ", user, " is not in u.user");
      if (!movie_rows_.Find(movie, movie_row)) return in.Bad("movie ", movie, " is not in u.item");
      out.users.push_back(user_row);
      out.items.push_back(movie_row);
      out.ratings.push_back(static_cast<float>(rating));
      out.timestamps.push_back(time);
      return true;
    };
    while (in.Next()) (void)read();
    Finish(in, out.size(), "ratings");
  }

  const Source& source_;
  const ReadOptions& options_;
  Dataset out_;
  RowsOfIds user_rows_, movie_rows_;
  std::vector<std::string> genres_;
};

uint64_t Pair(uint32_t user, uint32_t item) { return uint64_t{user} << 32 | item; }

RowsOfIds RowsOf(const EntityTable& table) {
  RowsOfIds rows;
  for (size_t i = 0; i < table.ids.size(); ++i) {
    rows.Add(table.ids[i], static_cast<uint32_t>(i));
  }
  return rows;
}

}  // namespace

Dataset ReadMovieLens100K(const Source& source, const ReadOptions& options) {
  return Reader(source, options).Run();
}

Split ReadFold(const std::string& path, std::string_view name, const Dataset& dataset) {
  constexpr uint8_t kTrain = 1, kTest = 2;
  const Interactions& rows = dataset.interactions;
  std::string base = StrCat(name, ".base"), test = StrCat(name, ".test");
  std::optional<Source> source =
      name.find('/') == name.npos ? Source::Find(path, base) : std::nullopt;
  if (!source || !source->Has(test)) {
    Fail(Status::kNotFound, path, " has no fold \"", name, "\": no files ", base, " and ", test);
  }
  std::unordered_map<uint64_t, uint32_t> row_of;
  row_of.reserve(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) row_of.emplace(Pair(rows.users[i], rows.items[i]), i);
  RowsOfIds users = RowsOf(dataset.users), items = RowsOf(dataset.items);
  std::vector<uint8_t> marks(rows.size());
  for (uint8_t mark : {kTrain, kTest}) {
    CsvReader in = Open(*source, mark == kTrain ? base : test, '\t', 4, {});
    while (in.Next()) {
      auto f = in.fields();
      int64_t user = 0, movie = 0;
      uint32_t user_row = 0, movie_row = 0;
      (void)Integer(in, "user", f[0], user);
      (void)Integer(in, "movie", f[1], movie);
      bool known = users.Find(user, user_row) && items.Find(movie, movie_row);
      auto found = known ? row_of.find(Pair(user_row, movie_row)) : row_of.end();
      if (found == row_of.end()) {
        in.Bad("the data set has no rating of movie ", movie, " by user ", user);
      } else if (marks[found->second] != 0) {
        in.Bad("the rating of movie ", movie, " by user ", user, " stands there twice");
      } else {
        marks[found->second] = mark;
      }
    }
  }
  Split split;
  split.name = StrCat("fold:", name);
  for (uint32_t i = 0; i < marks.size(); ++i) {
    if (marks[i] == 0) {
      Fail(Status::kInvalidArgument, "the fold \"", name, "\" leaves out row ", i + 1, " of ",
           rows.size(), " interactions; it is not one of this data set");
    }
    (marks[i] == kTest ? split.test : split.train).push_back(i);
  }
  if (split.train.empty()) {
    Fail(Status::kInvalidArgument, "the fold \"", name, "\" leaves no rows to train on");
  }
  return split;
}

}  // namespace duomo::data
