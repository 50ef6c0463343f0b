// What a host writes into a file: any pairs of text, found again in order; and the fingerprint.
#include "model/metadata.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "core/error.h"
#include "file/forge.h"
#include "model/model.h"
#include "model/samples.h"

namespace duomo::model {
namespace {

using Bytes = AlignedVector<std::byte>;
using Pairs = std::map<std::string, std::string, std::less<>>;

Bytes FileWith(const Pairs& metadata) {
  Contents contents = testing::ContentsOf(testing::CosineDescription());
  contents.metadata = metadata;
  return SaveToMemory(contents);
}

std::string ProblemOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(MetadataTest, PairsComeBackInTheOrderOfTheirKeys) {
  Pairs pairs = {{"version", "3"},
                 {"Licence", "MIT\nand more"},
                 {"größe", "klein"},
                 {"empty", ""},
                 {"a/b=c", "\xF0\x9F\x8E\xB8"}};
  Bytes bytes = FileWith(pairs);
  auto model = Model::OpenBuffer(bytes);
  Metadata metadata = model->metadata();
  ASSERT_EQ(metadata.size(), 5u);
  Pairs found;
  std::string last;
  for (const auto& [key, value] : metadata) {
    EXPECT_LT(last, key);
    last = key;
    found.emplace(key, value);
    // They lie in the file, as strings of C.
    EXPECT_GE(reinterpret_cast<const std::byte*>(value.data()), bytes.data());
    EXPECT_LT(reinterpret_cast<const std::byte*>(value.data()), bytes.data() + bytes.size());
    EXPECT_EQ(std::strlen(key.data()), key.size());
    EXPECT_EQ(std::strlen(value.data()), value.size());
  }
  EXPECT_EQ(found, pairs);
  for (const auto& [key, value] : pairs) EXPECT_EQ(metadata.Find(key), value);
  for (const char* absent : {"", "A", "versio", "version2", "zz"}) {
    EXPECT_EQ(metadata.Find(absent), std::nullopt) << absent;
  }
}

TEST(MetadataTest, FilesWithoutItHaveNone) {
  Bytes bytes = FileWith({});
  auto model = Model::OpenBuffer(bytes);
  EXPECT_TRUE(model->metadata().empty());
  EXPECT_EQ(model->metadata().Find("name"), std::nullopt);
  EXPECT_FALSE(model->metadata().begin() != model->metadata().end());
  EXPECT_TRUE(Metadata().empty());
}

TEST(MetadataTest, WhatAFileCannotHoldIsRefused) {
  for (const std::string& key : {std::string(), std::string(256, 'k'), std::string("a\nb"),
                                 std::string("\xFF"), std::string("n\0l", 3)}) {
    EXPECT_NE(ProblemOf([&] {
                FileWith({{key, "v"}});
              }).find("a key is 1 to 255 bytes"),
              std::string::npos)
        << key;
  }
  for (const std::string& value :
       {std::string("\xC3"), std::string("a\0b", 3), std::string(kMaxMetadataValue + 1, 'v')}) {
    EXPECT_NE(ProblemOf([&] {
                FileWith({{"k", value}});
              }).find("the value of \"k\""),
              std::string::npos);
  }
  Bytes largest = FileWith({{std::string(255, 'k'), std::string(kMaxMetadataValue, 'v')}});
  EXPECT_EQ(Model::OpenBuffer(largest)->metadata()[0].value.size(), kMaxMetadataValue);
  Pairs many;
  for (int i = 0; i < 66'000; ++i) many[StrCat(i)] = "";
  EXPECT_NE(ProblemOf([&] { FileWith(many); }).find("metadata are too large"), std::string::npos);
}

// The only "text" of the file, in the place of it other bytes of the same length.
Bytes Replaced(Bytes bytes, std::string_view text, std::string_view by) {
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t at = all.find(text);
  EXPECT_NE(at, all.npos);
  EXPECT_EQ(all.find(text, at + 1), all.npos);
  EXPECT_EQ(text.size(), by.size());
  std::memcpy(bytes.data() + at, by.data(), by.size());
  testing::FixChecksums(bytes);
  return bytes;
}

TEST(MetadataTest, DamageIsFoundAtOpening) {
  Bytes good = FileWith({{"first key", "first value"}, {"second key", "second value"}});
  auto problem = [](const Bytes& bytes) { return ProblemOf([&] { Model::OpenBuffer(bytes); }); };
  EXPECT_EQ(problem(good), "");
  EXPECT_EQ(problem(Replaced(good, "first key", "zirst key")),
            "metadata: the keys are not unique and in ascending order");
  EXPECT_NE(problem(Replaced(good, "first key", "firs\n key")).find("a key is"), std::string::npos);
  EXPECT_NE(problem(Replaced(good, "first value", "firs\xFF value")).find("\"first key\""),
            std::string::npos);
  EXPECT_NE(problem(Replaced(good, "first value", std::string_view("firs\0 value", 11)))
                .find("\"first key\""),
            std::string::npos);
}

TEST(MetadataTest, EntriesThatShareOneTextAreNotReadOverAndOver) {
  // A header of 100 kB that claims 3,000 entries of 90 kB each.
  flatbuffers::FlatBufferBuilder builder;
  auto value = builder.CreateString(std::string(90'000, 'v'));
  std::vector<flatbuffers::Offset<fb::Entry>> entries;
  for (int i = 1000; i < 4000; ++i) {
    entries.push_back(fb::CreateEntry(builder, builder.CreateString(StrCat(i)), value));
  }
  auto metadata = builder.CreateVector(entries);
  auto description = fb::Description::Pack(builder, testing::MinimalHeader().description.get());
  auto segments = builder.CreateVector(std::vector<flatbuffers::Offset<fb::Segment>>());
  fb::HeaderBuilder header(builder);
  header.add_description(description);
  header.add_segments(segments);
  header.add_metadata(metadata);
  fb::FinishHeaderBuffer(builder, header.Finish());
  Metadata view(*fb::GetHeader(builder.GetBufferPointer()));
  EXPECT_EQ(view.size(), 3000u);
  EXPECT_NE(ProblemOf([&] { CheckMetadata(view, builder.GetSize()); }).find("larger than"),
            std::string::npos);
}

TEST(FingerprintTest, WhatDiffersAnywhereHasAnother) {
  Contents contents = testing::ContentsOf(testing::CosineDescription());
  auto of = [](const Contents& c) {
    Bytes bytes = SaveToMemory(c);
    return Model::OpenBuffer(bytes)->fingerprint();
  };
  const uint64_t before = of(contents);
  EXPECT_EQ(of(contents), before);
  std::set<uint64_t> seen = {before};
  auto changed = [&](const std::function<void(Contents&)>& change) {
    Contents other = testing::ContentsOf(testing::CosineDescription());
    change(other);
    return seen.insert(of(other)).second;
  };
  for (size_t i = 0; i < contents.tensors.size(); ++i) {
    if (contents.tensors[i].dtype != file::DType::kF32) continue;
    EXPECT_TRUE(changed([&](Contents& c) { c.tensors[i].bytes.back() ^= std::byte{1}; }))
        << contents.tensors[i].name;
  }
  EXPECT_TRUE(changed([](Contents& c) { c.metadata["name"] = "a"; }));
  EXPECT_TRUE(changed([](Contents& c) { c.metadata["name"] = "b"; }));
  EXPECT_TRUE(changed([](Contents& c) { c.report.split = "other"; }));
  EXPECT_TRUE(changed([](Contents& c) { c.description.head.scale *= 2; }));
  EXPECT_TRUE(changed([](Contents& c) {
    for (auto& t : c.tensors) t.compress = true;
  }));
  EXPECT_GE(seen.size(), 8u);
}

TEST(FingerprintTest, IsFnv1a) {
  auto of = [](std::string_view text) {
    return FingerprintOf(std::as_bytes(std::span(text.data(), text.size())));
  };
  EXPECT_EQ(of(""), 0xcbf29ce484222325u);  // Fowler, Noll and Vo's own test vectors
  EXPECT_EQ(of("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(of("foobar"), 0x85944171f73967e8u);
}

}  // namespace
}  // namespace duomo::model
