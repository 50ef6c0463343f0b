// Files of every released container version: the good open and hold what they held when they were
// made; the bad are refused for the right reason.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "core/error.h"
#include "file/duomo_generated.h"
#include "model/model.h"
#include "model/parameters.h"

namespace duomo {
namespace {

using model::Model;

std::string Golden(const std::string& name, const char* version = "v1") {
  return StrCat(DUOMO_GOLDEN, "/", version, "/", name, ".duomo");
}

uint32_t CrcOf(const Model& m, std::string_view name) {
  for (const file::SegmentInfo& s : m.file().segments()) {
    if (s.name == name) return s.crc32;
  }
  ADD_FAILURE() << "no segment " << name;
  return 0;
}

template <typename T>
std::vector<T> ToVector(std::span<const T> values) {
  return {values.begin(), values.end()};
}

// The checksums were computed outside of Duomo, with Python, from the numbers in make_golden.cc.
TEST(GoldenTest, Cosine) {
  auto m = Model::Open(Golden("good/cosine"), {.verify_checksums = true});
  EXPECT_EQ(m->file().container_version(), 1u);
  EXPECT_EQ(m->file().file_size(), 7508u);
  EXPECT_EQ(m->file().header().producer()->str(), "duomo 0.1.0");
  EXPECT_EQ(CrcOf(*m, "parameters/tables/person"), 0x98d19ae1u);
  EXPECT_EQ(CrcOf(*m, "items/vectors"), 0x5193b8d3u);
  EXPECT_EQ(CrcOf(*m, "users/keys"), 0x1792f5e4u);
  EXPECT_EQ(CrcOf(*m, "users/order"), 0xa2558d7du);
  EXPECT_EQ(CrcOf(*m, "vocabularies/color/text"), 0x808260bau);

  const model::Description& d = m->description();
  EXPECT_EQ(d.name, "golden-cosine");
  EXPECT_EQ(d.head.kind, model::HeadKind::kCosine);
  EXPECT_EQ(d.head.scale, 5);
  EXPECT_EQ(d.output.offset, 2.5);
  EXPECT_EQ(d.output.unit, "stars");
  EXPECT_EQ(d.inputs[4].max_length, 6u);
  EXPECT_EQ(d.towers[1].encoders[2].windows, std::vector<uint32_t>{3});
  EXPECT_EQ(VectorWidth(d), 4u);
  EXPECT_EQ(ParametersOf(d).size(), 14u);
  EXPECT_EQ(m->parameter("user/dense0/weight").size(), 24u);
  EXPECT_EQ(m->parameter("tables/person").floats()[1], (48 - 32) / 64.0f);

  EXPECT_EQ(m->users().keys.Find(int64_t{3}), 0u);
  EXPECT_EQ(m->users().keys.Find(int64_t{2}), 2u);
  EXPECT_FALSE(m->users().keys.Find(int64_t{4}));
  EXPECT_EQ(m->items().keys.IntegerAt(3), 40);
  EXPECT_EQ(m->items().Title(3),
            "K\xC3\xBC"
            "chenuhr");
  EXPECT_EQ(m->vocabulary(1).Find("amber"), 1u);
  EXPECT_EQ(ToVector(m->items().features.inputs[4].RowsOf(1)), (std::vector<uint32_t>{0, 4, 2}));
  EXPECT_TRUE(m->items().features.inputs[3].RowsOf(2).empty());
  EXPECT_EQ(ToVector(m->items().vectors.floats().subspan(4, 4)),
            (std::vector<float>{-0.5f, 0.5f, 0.5f, 0.5f}));
  EXPECT_EQ(m->report().metrics.at(0), (std::pair<std::string, double>("test_rmse", 0.875)));
}

TEST(GoldenTest, Dot) {
  auto m = Model::Open(Golden("good/dot"), {.verify_checksums = true});
  const model::Description& d = m->description();
  EXPECT_EQ(d.head.kind, model::HeadKind::kDot);
  EXPECT_EQ(d.head.user_bias, 0);
  EXPECT_EQ(d.head.item_bias, 2);
  EXPECT_TRUE(d.head.global_bias);
  EXPECT_EQ(VectorWidth(d), 5u);
  EXPECT_EQ(m->users().keys.Find("adam"), 1u);
  EXPECT_EQ(m->items().keys.Find("x-10"), 1u);
  EXPECT_EQ(m->items().Title(2), std::string(200, 'o') + "h, a long title");
  EXPECT_TRUE(m->users().vectors.empty());
  EXPECT_EQ(m->items().vectors.size(), 15u);
  EXPECT_EQ(ToVector(m->HistoryOf(1)), (std::vector<uint32_t>{1, 1, 0}));
  for (const file::SegmentInfo& s : m->file().segments()) {
    EXPECT_EQ(s.compressed, s.name == "items/titles/text") << s.name;
  }
}

// The floats of one row, widened here.
std::vector<float> BytesRow(const model::Rows& rows, size_t row) {
  std::vector<float> out;
  for (size_t i = 0; i < rows.width; ++i) {
    auto code = static_cast<int8_t>(rows.data[row * rows.width + i]);
    out.push_back(static_cast<float>(code) * rows.scales[row]);
  }
  return out;
}

// As above; version 2 has the same two models with rows of every type in turn.
TEST(GoldenTest, QuantizedCosine) {
  auto m = Model::Open(Golden("good/cosine", "v2"), {.verify_checksums = true});
  EXPECT_EQ(m->file().container_version(), 2u);
  EXPECT_EQ(m->file().minimum_reader_version(), 2u);
  EXPECT_EQ(m->parameter("tables/person").dtype, file::DType::kF16);
  EXPECT_EQ(CrcOf(*m, "parameters/tables/person"), 0x53ea7bdcu);
  EXPECT_EQ(m->parameter("tables/team").dtype, file::DType::kI8);
  EXPECT_EQ(CrcOf(*m, "parameters/tables/team"), 0x7ae74df8u);
  EXPECT_EQ(CrcOf(*m, "parameters/tables/team/scales"), 0x6eeb99cau);
  EXPECT_EQ(m->parameter("tables/thing").dtype, file::DType::kBF16);
  EXPECT_EQ(CrcOf(*m, "parameters/tables/thing"), 0x07a0c240u);
  EXPECT_EQ(m->parameter("tables/color").dtype, file::DType::kF32);
  EXPECT_EQ(m->parameter("user/dense0/bias").dtype, file::DType::kF32);
  EXPECT_EQ(BytesRow(m->parameter("tables/team"), 1), (std::vector<float>{0, -0.421875f}));
  EXPECT_EQ(m->users().vectors.size(), 12u);
  EXPECT_EQ(m->items().Title(2), "Lamp");
}

TEST(GoldenTest, QuantizedDot) {
  auto m = Model::Open(Golden("good/dot", "v2"), {.verify_checksums = true});
  EXPECT_EQ(m->file().minimum_reader_version(), 2u);
  size_t compressed = 0;
  for (const file::SegmentInfo& s : m->file().segments()) compressed += s.compressed;
  EXPECT_GT(compressed, 0u);
  EXPECT_EQ(m->items().vectors.dtype, file::DType::kF32);
  EXPECT_EQ(m->parameter("tables/sku").dtype, file::DType::kF16);
  EXPECT_EQ(m->parameter("head/user_bias").dtype, file::DType::kI8);
  EXPECT_EQ(m->parameter("head/item_bias").dtype, file::DType::kBF16);
  EXPECT_EQ(ToVector(m->HistoryOf(1)), (std::vector<uint32_t>{1, 1, 0}));
}

// Version 3 has words by Unicode; `tokens_abi_test.cc` reads them.
TEST(GoldenTest, Folds) {
  auto m = Model::Open(Golden("good/folds", "v3"), {.verify_checksums = true});
  EXPECT_EQ(m->file().minimum_reader_version(), 1u);
  EXPECT_TRUE(m->description().inputs[2].bucketed);
  EXPECT_FALSE(m->description().inputs[0].bucketed);
  EXPECT_EQ(m->vocabulary(2).FindRange(29), 1u);
  ASSERT_TRUE(m->fold_in());
  const model::FoldIn& f = *m->fold_in();
  EXPECT_EQ(std::tuple(f.l2, f.alpha0, f.nu, f.target), std::tuple(0.25, 0.5, 0.75, 0.0));
  EXPECT_EQ(f.candidates, 4u);
  EXPECT_TRUE(f.to_mean);
  EXPECT_EQ(ToVector(f.values), (std::vector<double>{0.125, 0.5, 1, 2}));
  EXPECT_EQ(ToVector(f.axes.first(8)), (std::vector<double>{0, 0, 0, 1, 1, 0, 0, 0}));
}

TEST(GoldenTest, Words) {
  auto m = Model::Open(Golden("good/words", "v3"), {.verify_checksums = true});
  EXPECT_EQ(m->file().container_version(), 3u);
  EXPECT_EQ(m->file().minimum_reader_version(), 3u);
  EXPECT_EQ(m->description().inputs[0].tokenizer, Tokenizer::kSpaces);
  EXPECT_EQ(m->description().inputs[1].tokenizer, Tokenizer::kUnicode);
  EXPECT_TRUE(m->vocabulary(1).Find("cafe"));
  EXPECT_TRUE(m->vocabulary(1).Find("\xE6\x9D\xB1\xE4\xBA\xAC"));
  EXPECT_EQ(Model::Open(Golden("good/cosine", "v3"))->file().minimum_reader_version(), 3u);
  EXPECT_EQ(Model::Open(Golden("good/dot", "v3"))->file().minimum_reader_version(), 1u);
  // Files of before say nothing of it.
  EXPECT_EQ(Model::Open(Golden("good/cosine"))->description().inputs[4].tokenizer,
            Tokenizer::kSpaces);
}

// Version 4 has attention encoders; what has none is as before.
TEST(GoldenTest, Attention) {
  auto m = Model::Open(Golden("good/attention", "v4"), {.verify_checksums = true});
  EXPECT_EQ(m->file().container_version(), 4u);
  EXPECT_EQ(m->file().minimum_reader_version(), 4u);
  const model::Encoder& e = m->description().towers[0].encoders[0];
  EXPECT_EQ(e.kind, model::EncoderKind::kAttention);
  EXPECT_EQ(e.positions, 6u);
  EXPECT_EQ(e.blocks, 2u);
  EXPECT_EQ(e.heads, 2u);
  EXPECT_EQ(e.feed_forward, 5u);
  EXPECT_EQ(e.places, model::Places::kBoth);
  EXPECT_EQ(m->parameter("user/seen/positions").size(), 24u);
  EXPECT_EQ(m->parameter("user/seen/block1/distances").size(), 12u);
  EXPECT_EQ(m->parameter("user/seen/block0/attention/weight").size(), 48u);
  EXPECT_EQ(m->parameter("user/seen/norm/gain").size(), 4u);
  EXPECT_EQ(ParametersOf(m->description()).size(), 33u);
  EXPECT_EQ(Model::Open(Golden("good/dot", "v4"))->file().minimum_reader_version(), 1u);
  EXPECT_EQ(Model::Open(Golden("good/dot"))->description().towers[0].encoders[0].positions, 0u);
}

TEST(GoldenTest, Notes) {
  auto m = Model::Open(Golden("good/notes", "v3"), {.verify_checksums = true});
  EXPECT_EQ(m->file().minimum_reader_version(), 1u);
  ASSERT_EQ(m->metadata().size(), 3u);
  EXPECT_EQ(m->metadata()[0].key,
            "gr\xC3\xB6\xC3\x9F"
            "e");
  EXPECT_EQ(m->metadata().Find("licence"), "none\nneeded");
  EXPECT_EQ(m->metadata().Find("name"), "notes");
  EXPECT_TRUE(Model::Open(Golden("good/dot", "v3"))->metadata().empty());
}

struct Bad {
  Status status;
  const char* words;
};

const std::map<std::string, Bad> kBad1 = {
    {"empty", {Status::kCorrupt, "0 bytes"}},
    {"magic", {Status::kCorrupt, "not a .duomo file"}},
    {"truncated", {Status::kCorrupt, "should have 7508"}},
    {"trailing", {Status::kCorrupt, "7509 bytes and should have 7508"}},
    {"newer", {Status::kUnsupportedVersion, "version 1000"}},
    {"preamble_checksum", {Status::kCorrupt, "preamble"}},
    {"header_checksum", {Status::kCorrupt, "header"}},
    {"header_root", {Status::kCorrupt, "FlatBuffer"}},
    {"segment_checksum", {Status::kCorrupt, "checksum"}},
    {"segments_overlap", {Status::kCorrupt, "overlaps \"a\""}},
    {"segment_outside", {Status::kCorrupt, "outside"}},
    {"segment_misaligned", {Status::kCorrupt, "multiple of 64"}},
    {"segment_on_header", {Status::kCorrupt, "overlaps the header"}},
    {"shape_overflow", {Status::kCorrupt, "overflows"}},
    {"dtype", {Status::kCorrupt, "dtype 77"}},
    {"names_unsorted", {Status::kCorrupt, "ascending"}},
    {"inflation", {Status::kCorrupt, "cannot inflate"}},
    {"encoder_table", {Status::kCorrupt, "towers[0].encoders[1].table"}},
    {"vocabulary_size", {Status::kCorrupt, "parameters/tables/person"}},
    {"parameter_missing", {Status::kCorrupt, "\"parameters/user/dense0/bias\" is missing"}},
    {"parameter_shape", {Status::kCorrupt, "expected shape [9, 4], found [4, 9]"}},
};

const std::map<std::string, Bad> kBad2 = {
    {"reader_version", {Status::kCorrupt, "its tensors need version 2"}},
    {"scales_missing", {Status::kCorrupt, "\"parameters/tables/team/scales\" is missing"}},
    {"scales_shape", {Status::kCorrupt, "expected shape [3], found [1, 3]"}},
    {"scales_dtype", {Status::kCorrupt, "expected f32, found u32"}},
    {"vectors_dtype", {Status::kCorrupt, "expected f32, f16, bf16 or i8, found u8"}},
};

const std::map<std::string, Bad> kBad3 = {
    {"reader_version", {Status::kCorrupt, "its words need version 3"}},
    {"newer", {Status::kUnsupportedVersion, "version 77 of the tokeniser"}},
    {"tokenizer_none", {Status::kCorrupt, "inputs[1].tokenizer: unknown version 0"}},
    {"tokenizer_of_category", {Status::kCorrupt, "inputs[0].tokenizer: only text"}},
    {"metadata_order", {Status::kCorrupt, "not unique and in ascending order"}},
    {"metadata_twice", {Status::kCorrupt, "not unique and in ascending order"}},
    {"metadata_utf8", {Status::kCorrupt, "the value of"}},
};

const std::map<std::string, Bad> kBad4 = {
    {"reader_version", {Status::kCorrupt, "its encoders need version 4"}},
    {"heads", {Status::kCorrupt, "towers[0].encoders[0].heads"}},
    {"places", {Status::kCorrupt, "towers[0].encoders[0].places: unknown value 9"}},
    {"positions", {Status::kCorrupt, "expected shape [3, 4], found [6, 4]"}},
    {"block_missing", {Status::kCorrupt, "block2/norm0/gain\" is missing"}},
    {"too_wide", {Status::kCorrupt, "positions times width"}},
    {"of_category", {Status::kCorrupt, "another vocabulary"}},
};

struct Version {
  const char* name;
  const std::map<std::string, Bad>* bad;
};
constexpr Version kVersions[] = {{"v1", &kBad1}, {"v2", &kBad2}, {"v3", &kBad3}, {"v4", &kBad4}};

void ExpectRefused(const Version& version) {
  for (const auto& [name, bad] : *version.bad) {
    for (bool copy : {false, true}) {
      std::string path = Golden("bad/" + name, version.name);
      ASSERT_TRUE(std::filesystem::exists(path)) << path;
      try {
        (void)Model::Open(path, {.copy = copy});
        ADD_FAILURE() << name << " opens";
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), bad.status) << name;
        EXPECT_EQ(error.message().find(path + ": "), 0u) << error.message();
        EXPECT_NE(error.message().find(bad.words), std::string::npos)
            << name << ": " << error.message();
      }
    }
  }
}

TEST(GoldenTest, BadFilesAreRefusedForTheRightReason) {
  for (const Version& version : kVersions) ExpectRefused(version);
}

TEST(GoldenTest, EveryFileHasItsExpectation) {
  for (const Version& version : kVersions) {
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(StrCat(DUOMO_GOLDEN, "/", version.name, "/bad"))) {
      ++files;
      EXPECT_TRUE(version.bad->contains(entry.path().stem())) << entry.path();
    }
    EXPECT_EQ(files, version.bad->size());
  }
}

}  // namespace
}  // namespace duomo
