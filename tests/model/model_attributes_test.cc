// Attributes in a file: there and back, and what is refused when it is written and when it is
// opened.
#include <gtest/gtest.h>

#include <bit>

#include "core/error.h"
#include "file/duomo_generated.h"
#include "file/writer.h"
#include "model/attributes.h"
#include "model/model.h"
#include "model/samples.h"

namespace duomo::model {
namespace {

Contents Sample() {
  return testing::WithAttributes(testing::ContentsOf(testing::CosineDescription()));
}

std::string SavingFails(const Contents& contents) {
  try {
    (void)SaveToMemory(contents);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kInvalidArgument);
    return error.message();
  }
  return "";
}

TEST(AttributesTest, ComeBackAsTheyWere) {
  for (bool compress : {false, true}) {
    Contents contents = Sample();
    for (auto& t : contents.tensors) t.compress = compress;
    auto bytes = SaveToMemory(contents);
    auto model = Model::OpenBuffer(bytes);
    ASSERT_EQ(model->attributes().size(), 5u);
    EXPECT_EQ(model->FindAttribute("nope"), nullptr);
    EXPECT_EQ(model->file().minimum_reader_version(), 1u);  // older readers pass them over
    for (size_t i = 0; i < 5; ++i) {
      const Attribute& a = model->attributes()[i];
      EXPECT_EQ(a.kind, static_cast<AttributeKind>(i));
      EXPECT_EQ(a.name, NameOf(a.kind));
    }
    const Attribute& category = *model->FindAttribute("category");
    ASSERT_EQ(category.values.size(), 3u);
    EXPECT_EQ(category.values.Find("new"), 0u);
    EXPECT_EQ(category.values.StringAt(category.rows.RowsOf(3)[0]), "gr\xC3\xBCn");
    EXPECT_GE(category.rows.RowsOf(1)[0], category.values.size());
    const Attribute& set = *model->FindAttribute("set");
    ASSERT_EQ(set.rows.RowsOf(0).size(), 2u);
    EXPECT_EQ(set.values.StringAt(set.rows.RowsOf(0)[1]), "new");
    EXPECT_TRUE(set.rows.RowsOf(1).empty());
    const std::vector<int64_t> integers = {7, kMissingInteger, INT64_MAX, -1};
    for (const char* name : {"integer", "time"}) {
      auto found = model->FindAttribute(name)->integers;
      EXPECT_EQ(std::vector<int64_t>(found.begin(), found.end()), integers);
    }
    auto numbers = model->FindAttribute("number")->numbers;
    ASSERT_EQ(numbers.size(), 4u);
    EXPECT_EQ(numbers[2], -1e300);
    EXPECT_TRUE(numbers[1] != numbers[1]);
  }
}

TEST(AttributesTest, FilesWithoutSayNothingOfThem) {
  auto bytes = SaveToMemory(testing::ContentsOf(testing::CosineDescription()));
  auto model = Model::OpenBuffer(bytes);
  EXPECT_EQ(model->file().header().attributes(), nullptr);
  EXPECT_TRUE(model->attributes().empty());
}

TEST(AttributesTest, WhatDoesNotFitIsNamed) {
  Contents contents = Sample();
  contents.attributes[2].name = "set";
  EXPECT_EQ(SavingFails(contents), "two attributes are called \"set\"");
  contents = Sample();
  contents.attributes[0].name = "a/b";
  EXPECT_EQ(SavingFails(contents), "the name of attribute 0 must not contain '/'");
  contents.attributes[0].name = "";
  EXPECT_NE(SavingFails(contents).find("must be 1 to 255 bytes"), std::string::npos);
  contents = Sample();
  contents.attributes[1].kind = static_cast<AttributeKind>(5);
  EXPECT_EQ(SavingFails(contents), "attribute \"set\": unknown kind 5");
  contents = Sample();
  testing::RemoveTensor(contents, "attributes/set/values/text");
  EXPECT_NE(SavingFails(contents).find("\"attributes/set/values/text\" is missing"),
            std::string::npos);
  contents = Sample();
  testing::TensorOf(contents, "attributes/number/numbers").shape = {3};
  testing::TensorOf(contents, "attributes/number/numbers").bytes.resize(24);
  EXPECT_NE(SavingFails(contents).find("expected shape [4], found [3]"), std::string::npos);
  contents = Sample();
  testing::TensorOf(contents, "attributes/integer/integers").dtype = file::DType::kF64;
  EXPECT_NE(SavingFails(contents).find("expected i64, found f64"), std::string::npos);
  contents = Sample();
  testing::TensorOf(contents, "attributes/category/rows").shape = {2, 2};
  EXPECT_NE(SavingFails(contents).find("\"attributes/category/rows\": expected shape [4]"),
            std::string::npos);
}

TEST(AttributesTest, TextsThatStandTwiceAreRefused) {
  std::vector<file::OwnedTensor> out;
  AttributeColumn c{{"brand", AttributeKind::kCategory}, {"a", "b", "a"}, {}, {}, {}};
  c.rows.rows = {0, 1, 2};
  EXPECT_THROW(AddAttribute(out, c), Error);
}

// What a hostile file says in its header.
TEST(AttributesTest, DamagedHeadersAreCorruptAndSayWhy) {
  Contents contents = Sample();
  auto bytes = SaveToMemory(contents);
  auto reader = file::Reader::OpenBuffer(bytes, {});
  std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
  auto error_with = [&] {
    auto bad = file::WriteToMemory(*header, contents.tensors);
    try {
      (void)Model::OpenBuffer(bad);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kCorrupt);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(error_with(), "no error");
  fb::AttributeT& first = *header->attributes[0];
  first.kind = static_cast<fb::AttributeKind>(9);
  EXPECT_NE(error_with().find("unknown kind 9"), std::string::npos);
  first.kind = fb::AttributeKind::Set;  // the rows of a category are no lists
  EXPECT_NE(error_with().find("attributes/category/offsets"), std::string::npos);
  first.kind = fb::AttributeKind::Category;
  first.name = std::string(100000, 'x');
  EXPECT_NE(error_with().find("has 100000 bytes"), std::string::npos);
  first.name = "set";
  EXPECT_NE(error_with().find("two attributes are called"), std::string::npos);
  first.name = "number";
  header->attributes.resize(1);
  EXPECT_NE(error_with().find("attributes/number/values/order"), std::string::npos);
}

}  // namespace
}  // namespace duomo::model
