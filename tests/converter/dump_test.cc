// dump, build, upgrade and diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "converter/edit/json_form.h"
#include "converter/shrinking.h"
#include "core/error.h"
#include "description/base64.h"
#include "file/preamble.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using description::AppendBase64;
using description::Base64Size;
using description::DecodeBase64;
using Json = nlohmann::ordered_json;

class Dump : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), json_ = folder_.File("model.json"),
              out_ = folder_.File("out.duomo");
};

TEST_F(Dump, AndBuildGiveTheSameBytes) {
  for (const model::Description& d : AllDescriptions()) {
    for (int variant = 0; variant < 4; ++variant) {
      auto contents = SoundContents(d);
      if (variant == 1) contents = Quantized(std::move(contents), file::DType::kI8);
      if (variant == 2) contents = Quantized(std::move(contents), file::DType::kBF16);
      contents.report.metrics.emplace_back("odd", std::numeric_limits<double>::quiet_NaN());
      contents.report.settings = std::string(10000, ' ') + "{\"quote\\\"\": 1}\n";
      for (model::Input& input : contents.description.inputs) {
        input.bucketed =
            variant > 0 && input.kind == model::InputKind::kCategory &&
            d.vocabularies[static_cast<size_t>(input.vocabulary)].keys == model::KeyKind::kInt64;
      }
      if (variant == 1 && !model::IsJoint(d)) {
        size_t width = TowerWidth(d, d.towers[0]);
        contents.fold_in = model::FoldIn{.l2 = 0.1,
                                         .alpha0 = 1e-3,
                                         .nu = -0.3,
                                         .candidates = 1234567,
                                         .to_mean = true,
                                         .target = 2.5};
        if (d.head.kind == model::HeadKind::kDot) contents.fold_in->fixed = {0};
        model::AddGramian(contents.tensors, std::vector<double>(width, 0.7),
                          std::vector<double>(width * width, 1.0 / 3));
      }
      auto& t = TensorOf(contents, "parameters/tables/" + d.tables[0].name);
      if (variant == 0) {  // floats that have no JSON number
        for (uint32_t i = 0, bits[] = {0x7FC01234, 0xFF800000, 0x80000000, 1}; i < 4; ++i) {
          std::memcpy(t.bytes.data() + 4 * i, &bits[i], 4);
        }
      }
      for (auto& tensor : contents.tensors) tensor.compress = variant == 3;
      model::Save(path_, contents);
      for (bool values : {false, true}) {
        std::vector<std::string> dump = {"dump", path_, "-o", json_};
        if (values) dump.push_back("--values");
        EXPECT_EQ(ConvertJson(dump)["output"], json_);
        ConvertJson({"build", json_, "-o", out_});
        EXPECT_TRUE(ReadText(out_) == ReadText(path_)) << d.name << " " << variant << values;
      }
      Outcome o = Convert({"dump", path_, "--values"});
      EXPECT_TRUE(o.out == ReadText(json_));
      Json json = Json::parse(o.out);
      EXPECT_EQ(json["duomo_dump"], 1);
      EXPECT_EQ(json["description"]["name"], d.name);
    }
  }
}

// Every released file, as upgrade makes it, comes back.
TEST_F(Dump, AndBuildGiveTheGoldenFiles) {
  size_t files = 0;
  std::string upgraded = folder_.File("upgraded.duomo");
  for (const char* version : {"v1", "v2", "v3"}) {
    std::filesystem::path good = std::filesystem::path(DUOMO_GOLDEN) / version / "good";
    for (const auto& entry : std::filesystem::directory_iterator(good)) {
      ConvertJson({"upgrade", entry.path(), "-o", upgraded});
      const std::string expected = ReadText(upgraded);
      for (bool values : {false, true}) {
        std::vector<std::string> dump = {"dump", upgraded, "-o", json_};
        if (values) dump.push_back("--values");
        ConvertJson(dump);
        ConvertJson({"build", json_, "-o", out_});
        EXPECT_TRUE(ReadText(out_) == expected) << entry.path() << values;
      }
      ++files;
    }
  }
  EXPECT_GE(files, 4u);
}

TEST_F(Dump, WhatIsNoSuchJsonIsRefusedWithThePlace) {
  model::Save(path_, SoundContents(CosineDescription()));
  ASSERT_EQ(Convert({"dump", path_, "-o", json_}).code, 0);
  const std::string good = ReadText(json_);
  auto after = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    size_t at = bad.find(from);
    EXPECT_NE(at, bad.npos) << from;
    bad.replace(at, from.size(), to);
    WriteText(json_, bad);
    Outcome o = Convert({"build", json_, "-o", out_});
    EXPECT_EQ(o.code, 1);
    EXPECT_FALSE(std::filesystem::exists(out_));
    return o.err;
  };
  auto says = [](const std::string& text, const std::string& words) {
    EXPECT_NE(text.find(words), text.npos) << text;
  };
  says(after("\"duomo_dump\": 1", "\"duomo_dump\": 2"), "reads form 1");
  says(after("\"duomo_dump\": 1,", ""), "duomo_dump");
  says(after("\"dtype\": \"f32\"", "\"dtype\": \"f33\""), "no type \"f33\"");
  says(after("\"shape\": [", "\"shape\": [7, "), "for its shape");
  says(after("\"shape\": [", "\"shape\": [-7, "), "whole numbers");
  says(after("\"base64\": \"", "\"base64\": \"AAAA"), "stands for");
  says(after("\"base64\": \"", "\"values\": [], \"base64\": \""), "either");
  says(after("\"tensors\": [", "\"tensors\": [3, "), "tensors[0]");
  says(after("\"tensors\": [", "\"extra\": 1, \"tensors\": ["), "extra");
  says(after("\"description\": {", "\"description\": {\"nothing\": 1, "), "nothing");
  says(after("\"name\": \"items/keys\"", "\"name\": \"items/kays\""), "items/");
  says(after("\"split\": \"", "\"split\": \"duomo long string 1:99"), "Duomo's own use");
  WriteText(json_, good.substr(0, good.size() / 2));
  EXPECT_EQ(Convert({"build", json_, "-o", out_}).code, 1);
  WriteText(json_, "");
  EXPECT_EQ(Convert({"build", json_, "-o", out_}).code, 1);
  // A letter that is none of base64's.
  size_t at = good.find("\"base64\": \"") + 12;
  std::string bad = good;
  bad[at] = '*';
  WriteText(json_, bad);
  says(Convert({"build", json_, "-o", out_}).err, "not base64 at character 1");
}

TEST_F(Dump, Base64OfEveryLength) {
  std::string bytes;
  for (int n = 0; n < 300; ++n) {
    std::string text, back;
    AppendBase64(text, std::as_bytes(std::span(bytes)));
    ASSERT_EQ(Base64Size(text), bytes.size());
    DecodeBase64(text, "x", [&](std::span<const std::byte> block) {
      back.append(reinterpret_cast<const char*>(block.data()), block.size());
    });
    ASSERT_EQ(back, bytes);
    bytes += static_cast<char>(n * 37);
  }
  std::string text;
  AppendBase64(text, std::as_bytes(std::span("foobar", 5)));
  EXPECT_EQ(text, "Zm9vYmE=");  // RFC 4648, section 10
  for (const char* bad : {"A", "AA", "AAA", "A===", "====", "AB==", "AAB=", "AA=A", "A A="}) {
    EXPECT_THROW(DecodeBase64(bad, "x", [](auto) {}), Error) << bad;
  }
}

TEST_F(Dump, UpgradeMakesTodaysContainerOfOlderFiles) {
  for (const char* name : {"cosine", "dot"}) {
    std::string old = std::string(DUOMO_GOLDEN) + "/v1/good/" + name + ".duomo";
    auto json = ConvertJson({"upgrade", old, "-o", out_});
    EXPECT_EQ(json["container_version_before"], 1);
    EXPECT_EQ(json["container_version"], 4);
    EXPECT_EQ(json["minimum_reader_version"], 1);
    auto before = model::Model::Open(old), after = model::Model::Open(out_);
    // All that was there is there, and ids of string keys come besides.
    std::vector<std::string_view> added;
    for (const file::SegmentInfo& segment : after->file().segments()) added.push_back(segment.name);
    for (const file::SegmentInfo& a : before->file().segments()) {
      const auto& all = after->file().segments();
      auto b =
          std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == a.name; });
      ASSERT_NE(b, all.end()) << a.name;
      EXPECT_EQ(a.crc32, b->crc32) << a.name;
      std::erase(added, a.name);
    }
    for (std::string_view more : added) EXPECT_NE(more.find("/ids/"), more.npos) << more;
    Outcome o = Convert({"diff", old, out_});
    EXPECT_EQ(o.code, added.empty() ? 0 : 1) << o.out;
    // Once more changes nothing.
    std::string again = folder_.File("again.duomo");
    ConvertJson({"upgrade", out_, "-o", again});
    EXPECT_TRUE(ReadText(again) == ReadText(out_));
  }
}

TEST_F(Dump, DiffSaysWhatAndByHowMuch) {
  auto contents = SoundContents(CosineDescription());
  model::Save(path_, contents);
  Outcome same = Convert({"diff", path_, path_});
  EXPECT_EQ(same.code, 0);
  EXPECT_EQ(same.out, "The same contents.\n");

  reinterpret_cast<float*>(TensorOf(contents, "items/vectors").bytes.data())[3] += 0.25f;
  RemoveTensor(contents, "users/titles/offsets");
  RemoveTensor(contents, "users/titles/text");
  contents.description.output.offset = 3;
  contents.report.metrics[0].second = 1;
  model::Save(out_, contents);
  Outcome o = Convert({"diff", path_, out_, "--json"});
  EXPECT_EQ(o.code, 1);
  EXPECT_EQ(o.err, "");
  Json json = Json::parse(o.out);
  EXPECT_FALSE(json["same"]);
  ASSERT_EQ(json["tensors"].size(), 3u);
  EXPECT_EQ(json["tensors"][0]["name"], "items/vectors");
  EXPECT_EQ(json["tensors"][0]["changed"], 1);
  EXPECT_NEAR(json["tensors"][0]["max_difference"].get<double>(), 0.25, 1e-6);
  EXPECT_NEAR(json["tensors"][0]["mean_difference"].get<double>(), 0.25 / 24, 1e-6);
  EXPECT_EQ(json["tensors"][1]["name"], "users/titles/offsets");
  EXPECT_TRUE(json["tensors"][1]["second"].is_null());
  ASSERT_EQ(json["description"].size(), 1u);
  EXPECT_EQ(json["description"][0]["path"], "output/offset");
  EXPECT_EQ(json["description"][0]["second"], 3.0);
  EXPECT_EQ(json["report"][0]["path"], "metrics/test_rmse");
  o = Convert({"diff", path_, out_});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.out.find("items/vectors"), o.out.npos);

  Outcome missing = Convert({"diff", path_, folder_.File("none")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("none"), missing.err.npos);
}

TEST_F(Dump, DiffComparesQuantizedRowsByWhatTheyStandFor) {
  model::Save(path_, SoundContents(HybridDescription()));
  ASSERT_EQ(Convert({"quantize", path_, "-o", out_, "--vectors", "int8"}).code, 0);
  Json json = Json::parse(Convert({"diff", path_, out_, "--json"}).out);
  ASSERT_EQ(json["tensors"].size(), 2u);
  for (const Json& t : json["tensors"]) {
    EXPECT_NE(t["second"].get<std::string>().find("+ scales"), std::string::npos);
    EXPECT_GT(t["max_difference"].get<double>(), 0);
    EXPECT_LT(t["max_difference"].get<double>(), 0.01);
  }
}

}  // namespace
}  // namespace duomo::convert
