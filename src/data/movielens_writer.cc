// Writes MovieLens 1M's format.
#include <cmath>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/file_io.h"
#include "data/movielens.h"
#include "data/zip_writer.h"

namespace duomo::data {
namespace {

constexpr size_t kLarge = size_t{1} << 25;  // bytes: beyond, time counts for more than a small file

const Column& Need(const EntityTable& table, const char* name, ColumnKind kind) {
  const Column* column = table.Find(name);
  if (column == nullptr || column->kind != kind) {
    Fail(Status::kInvalidArgument, "MovieLens's format needs a column \"", name, "\"",
         column == nullptr ? "" : " of another kind", ", which the data set does not have");
  }
  return *column;
}

// UTF-8 to ISO-8859-1. Refuses what the format cannot hold: other characters, line ends, and
// any character of `reserved`.
std::string Field(std::string_view text, std::string_view reserved) {
  auto refuse = [&] {
    Fail(Status::kInvalidArgument, "MovieLens's format cannot hold the text \"", text, "\"");
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      unsigned next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
      if ((c != 0xC2 && c != 0xC3) || (next & 0xC0) != 0x80) refuse();
      c = static_cast<unsigned char>((c & 3u) << 6 | (next & 0x3F));
      ++i;
    }
    if (c == '\n' || c == '\r' || reserved.find(text[i]) != reserved.npos) refuse();
    out += static_cast<char>(c);
  }
  // A colon at an edge would join the separator.
  if (out.find("::") != out.npos || out.starts_with(':') || out.ends_with(':')) refuse();
  return out;
}

std::string Users(const EntityTable& users) {
  const Column& gender = Need(users, "gender", ColumnKind::kString);
  const Column& age = Need(users, "age", ColumnKind::kInteger);
  const Column& job = Need(users, "job", ColumnKind::kInteger);
  const Column& region = Need(users, "region", ColumnKind::kString);
  std::string out;
  for (size_t i = 0; i < users.ids.size(); ++i) {
    std::string zip = Field(region.texts[i], "");
    if (zip.size() > 1) {
      Fail(Status::kInvalidArgument, "MovieLens's format cannot hold the region \"",
           region.texts[i], "\": it is one character");
    }
    if (!zip.empty()) zip += "0000";
    out += StrCat(users.ids[i], "::", Field(gender.texts[i], ""), "::", age.integers[i],
                  "::", job.integers[i], "::", zip, '\n');
  }
  return out;
}

std::string Movies(const EntityTable& movies) {
  const Column& genres = Need(movies, "genres", ColumnKind::kSet);
  if (movies.titles.size() != movies.ids.size()) {
    Fail(Status::kInvalidArgument, "MovieLens's format needs titles, which the data set lacks");
  }
  std::string out;
  for (size_t i = 0; i < movies.ids.size(); ++i) {
    out += StrCat(movies.ids[i], "::", Field(movies.titles[i], ""), "::");
    for (uint64_t g = genres.offsets[i]; g < genres.offsets[i + 1]; ++g) {
      if (g > genres.offsets[i]) out += '|';
      out += Field(genres.texts[g], "|");
    }
    out += '\n';
  }
  return out;
}

std::string Ratings(const Dataset& dataset) {
  const Interactions& in = dataset.interactions;
  std::string out;
  out.reserve(in.size() * 24);
  for (size_t i = 0; i < in.size(); ++i) {
    float rating = in.ratings[i];
    if (!(rating >= 1 && rating <= 5) || rating != std::floor(rating)) {
      Fail(Status::kInvalidArgument, "MovieLens's format cannot hold the rating ", rating);
    }
    out += StrCat(dataset.users.ids[in.users[i]], "::", dataset.items.ids[in.items[i]],
                  "::", static_cast<int>(rating), "::", in.timestamps[i], '\n');
  }
  return out;
}

}  // namespace

void WriteMovieLens1M(const Dataset& dataset, const std::string& path) {
  if (dataset.users.ids.empty() || dataset.items.ids.empty()) {
    Fail(Status::kInvalidArgument, "MovieLens's format needs users and movies with integer ids");
  }
  const std::pair<const char*, std::string> files[] = {{"users.dat", Users(dataset.users)},
                                                       {"movies.dat", Movies(dataset.items)},
                                                       {"ratings.dat", Ratings(dataset)}};
  if (path.ends_with(".zip")) {
    using Packing = ZipWriter::Packing;
    ZipWriter zip(path, files[2].second.size() < kLarge ? Packing::kDeflated : Packing::kFast);
    const std::string folder = dataset.name.empty() ? "" : dataset.name + "/";
    for (const auto& [name, text] : files) zip.Add(folder + name, std::as_bytes(std::span(text)));
    zip.Commit();
    return;
  }
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) Fail(Status::kIo, "cannot make the folder ", path, ": ", error.message());
  for (const auto& [name, text] : files) {
    AtomicFile out((std::filesystem::path(path) / name).string());
    out.Write(text);
    out.Commit();
  }
}

}  // namespace duomo::data
