// Files whose container is right and whose model is not: an error, or safe to use in every way.
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/random.h"
#include "file/forge.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/samples.h"

namespace duomo::model {
namespace {

using testing::Bytes;

// Calls every accessor with rows inside and outside, so that the sanitizers see what is unsafe.
uint64_t TouchModel(const Model& model) {
  uint64_t sum = testing::TouchEverything(model.file());
  auto touch_keys = [&](const KeyIndex& keys) {
    for (uint64_t row = 0; row < std::min<uint64_t>(keys.size(), 20) + 2; ++row) {
      sum += static_cast<uint64_t>(keys.IntegerAt(row)) + keys.StringAt(row).size();
      sum += keys.Find(keys.IntegerAt(row)).value_or(0);
      sum += keys.Find(keys.StringAt(row)).value_or(0);
    }
  };
  for (const Parameter& p : ParametersOf(model.description())) {
    EXPECT_EQ(model.parameter(p.name).size(), p.size());
    for (float v : model.parameter(p.name).floats()) sum += v > 0;
  }
  for (uint32_t v = 0; v < model.description().vocabularies.size(); ++v) {
    touch_keys(model.vocabulary(v));
  }
  for (const Entities* e : {&model.users(), &model.items()}) {
    touch_keys(e->keys);
    for (uint64_t row = 0; row < e->count + 2; ++row) {
      for (char c : e->Title(row)) sum += static_cast<unsigned char>(c);
      for (const FeatureView& f : e->features.inputs) {
        for (uint32_t r : f.RowsOf(row)) sum += r;
        if (row < f.numbers.size()) sum += f.numbers[row] > 0;
      }
    }
    for (float v : e->vectors.floats()) sum += v > 0;
  }
  for (uint64_t row = 0; row < model.users().count + 2; ++row) {
    for (uint32_t r : model.HistoryOf(row)) sum += r;
  }
  for (uint32_t i = 0; i < model.description().inputs.size(); ++i) {
    for (float v : model.statistics(i)) sum += v > 0;
  }
  for (const Attribute& a : model.attributes()) {
    EXPECT_EQ(model.FindAttribute(a.name), &a);
    touch_keys(a.values);
    for (double v : a.numbers) sum += v > 0;
    for (int64_t v : a.integers) sum += static_cast<uint64_t>(v);
    for (uint64_t row = 0; row < model.items().count + 2; ++row) {
      for (uint32_t r : a.rows.RowsOf(row)) sum += a.values.StringAt(r).size();
    }
  }
  return sum + model.report().metrics.size();
}

// Opens damaged bytes and uses what opens; true: it opened.
bool OpenAndTouch(const Bytes& bytes) {
  try {
    auto model = Model::OpenBuffer(bytes);
    (void)TouchModel(*model);
    return true;
  } catch (const Error& error) {
    EXPECT_TRUE(error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kUnsupportedVersion)
        << error.message();
    return false;
  }
}

TEST(ModelDamageTest, EveryFlippedHeaderByteBehindRightChecksums) {
  for (const Description& d : testing::AllDescriptions()) {
    const Bytes good = SaveToMemory(testing::WithAttributes(testing::ContentsOf(d)));
    uint64_t header_size;
    std::memcpy(&header_size, good.data() + 32, 8);
    size_t opened = 0, refused = 0;
    for (size_t i = 64; i < 64 + header_size; ++i) {
      for (int mask : {0x01, 0x04, 0xFF}) {
        Bytes bad = good;
        bad[i] ^= static_cast<std::byte>(mask);
        testing::FixChecksums(bad);
        ++(OpenAndTouch(bad) ? opened : refused);
      }
    }
    EXPECT_GT(opened, 0u);
    EXPECT_GT(refused, 0u);
  }
}

// The contents of segments may be anything: opening does not look at them, using them is safe.
TEST(ModelDamageTest, RandomContents) {
  Random random(3);
  for (const Description& d : testing::AllDescriptions()) {
    for (int round = 0; round < 100; ++round) {
      Contents contents = testing::WithAttributes(testing::ContentsOf(d));
      for (auto& t : contents.tensors) {
        if (random.Below(2) == 0) continue;
        int bits = static_cast<int>(random.Below(8));
        for (std::byte& b : t.bytes) {
          if (random.Below(3) == 0) b = static_cast<std::byte>((random.Next() & 0xFF) >> bits);
        }
      }
      EXPECT_TRUE(OpenAndTouch(SaveToMemory(contents)));
    }
  }
}

TEST(ModelDamageTest, InvalidDescriptionIsCorruptAndNamesTheField) {
  Contents contents = testing::ContentsOf(testing::CosineDescription());
  auto bytes = SaveToMemory(contents);
  auto reader = file::Reader::OpenBuffer(bytes, {});
  std::unique_ptr<fb::HeaderT> header(reader->header().UnPack());
  auto error_with = [&] {
    Bytes bad = file::WriteToMemory(*header, contents.tensors);
    try {
      (void)Model::OpenBuffer(bad);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kCorrupt);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(error_with(), "no error");
  auto& tower = *header->description->towers[0];
  tower.encoders[0]->table = 77;
  EXPECT_NE(error_with().find("towers[0].encoders[0].table"), std::string::npos);
  tower.encoders[0]->table = 0;
  tower.encoders[0]->windows.assign(100000, 1);  // not copied before it is refused
  EXPECT_NE(error_with().find("windows"), std::string::npos);
  tower.encoders[0]->windows.clear();
  tower.encoders[0]->name = std::string(100000, 'x');
  EXPECT_NE(error_with().find("a name has 100000 bytes"), std::string::npos);
  tower.encoders[0]->name.clear();
  header->description->vocabularies[0]->size = 1ull << 39;
  EXPECT_NE(error_with().find("tables/user"), std::string::npos);
  header->description->vocabularies[0]->size = 5;
  header->description->towers.clear();
  EXPECT_NE(error_with().find("towers"), std::string::npos);
}

TEST(ModelDamageTest, TruncatedAtEveryLength) {
  const Bytes good = SaveToMemory(testing::ContentsOf(testing::HistoryDescription()));
  for (size_t length = 0; length < good.size(); ++length) {
    ASSERT_FALSE(OpenAndTouch(Bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(length))));
  }
}

}  // namespace
}  // namespace duomo::model
