// Damage that is not left to chance: every byte, every aligned number and every length of small
// files of every kind, behind wrong checksums and behind right ones. Opening fails cleanly, or
// every call of the C ABI keeps its promises; memory stays within what FORMAT.md states.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "abi/exercise.h"
#include "abi/failing_memory.h"
#include "core/error.h"
#include "fuzz/reseal.h"
#include "model/samples.h"

namespace duomo {
namespace {

using Bytes = AlignedVector<std::byte>;
using testing::FailingMemory;

struct Kind {
  const char* name;
  model::Description (*description)();
  bool compressed;
  file::DType dtype = file::DType::kF32;  // of vectors, tables and weights
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

// What FORMAT.md states ("Memory") for opening where the bytes are not copied. Small files have no
// room for a header that shares tables; that has a test of its own.
int64_t OpeningLimit(size_t file_size, const Kind& kind) {
  size_t factor = kind.compressed ? 4 + 1032 : 4;
  if (kind.dtype != file::DType::kF32) factor += 4;  // dense weights become floats
  return static_cast<int64_t>(factor * file_size + (64u << 10));
}

// Of one call for a few rows of models this narrow.
constexpr int64_t kCallLimit = 1 << 20;

// Each call as usual, and the memory that it takes.
class MeasuringCaller : public testing::Caller {
 public:
  using Caller::Caller;
  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    FailingMemory::ResetPeak();
    int64_t before = FailingMemory::LiveBytes();
    duomo_status status = Caller::Make(name, outputs, call);
    peak = std::max(peak, FailingMemory::PeakBytes() - before);
    return status;
  }
  int64_t peak = 0;
};

class Damage : public ::testing::TestWithParam<Kind> {
 protected:
  Damage() {
    model::Contents contents = testing::ContentsOf(GetParam().description());
    if (GetParam().dtype != file::DType::kF32) {
      contents = testing::Quantized(std::move(contents), GetParam().dtype);
    }
    for (auto& t : contents.tensors) t.compress = GetParam().compressed;
    good_ = model::SaveToMemory(contents);
    std::memcpy(&header_end_, good_.data() + 32, sizeof(header_end_));
    header_end_ += file::kPreambleSize;
  }

  ~Damage() override {
    RecordProperty("opened", static_cast<int>(opened_));
    RecordProperty("refused", static_cast<int>(refused_));
    RecordProperty("peak_opening", static_cast<int>(peak_opening_));
    RecordProperty("peak_call", static_cast<int>(peak_call_));
  }

  // Opens, and uses what opens; false, and a failed test, where a promise is broken.
  bool Try(std::span<const std::byte> bytes) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model* model = nullptr;
    FailingMemory::ResetPeak();
    int64_t before = FailingMemory::LiveBytes();
    duomo_status status =
        duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, &error);
    int64_t peak = FailingMemory::PeakBytes() - before;
    peak_opening_ = std::max(peak_opening_, peak);
    EXPECT_LE(peak, OpeningLimit(bytes.size(), GetParam()));
    if (status != DUOMO_OK) {
      ++refused_;
      EXPECT_TRUE(status == DUOMO_CORRUPT || status == DUOMO_UNSUPPORTED ||
                  status == DUOMO_UNSUPPORTED_VERSION)
          << status << ": " << error.message;
      EXPECT_EQ(FailingMemory::LiveBytes(), before) << error.message;
      return !HasFailure();
    }
    ++opened_;
    try {
      MeasuringCaller caller(model);
      testing::ExerciseModel(caller);
      peak_call_ = std::max(peak_call_, caller.peak);
      EXPECT_LE(caller.peak, kCallLimit);
    } catch (const testing::Misbehaviour& e) {
      ADD_FAILURE() << e.what();
    }
    duomo_model_release(model);
    EXPECT_EQ(FailingMemory::LiveBytes(), before);
    return !HasFailure();
  }

  bool TryResealed(Bytes& bytes) {
    testing::Reseal(bytes);
    return Try(bytes);
  }

  // Sets every number of this type that lies aligned in [begin, end).
  template <typename T>
  void SetEvery(size_t begin, size_t end, std::initializer_list<T> values) {
    for (size_t at = begin; at + sizeof(T) <= end; at += sizeof(T)) {
      for (T value : values) {
        Bytes bad = good_;
        std::memcpy(bad.data() + at, &value, sizeof(T));
        if (bad == good_) continue;
        ASSERT_TRUE(TryResealed(bad)) << sizeof(T) << " bytes at " << at << " as " << +value;
      }
    }
  }

  Bytes good_;
  uint64_t header_end_ = 0;
  size_t opened_ = 0, refused_ = 0;
  int64_t peak_opening_ = 0, peak_call_ = 0;
};

TEST_P(Damage, TheFileItself) {
  EXPECT_TRUE(Try(good_));
  Bytes same = good_;
  testing::Reseal(same);
  EXPECT_TRUE(same == good_) << "resealing changes a good file";
  EXPECT_EQ(opened_, 1u);
}

TEST_P(Damage, EveryByte) {
  for (size_t at = 0; at < good_.size(); ++at) {
    Bytes bad = good_;
    bad[at] ^= std::byte{0xFF};
    ASSERT_TRUE(Try(bad)) << "byte " << at;
    ASSERT_TRUE(TryResealed(bad)) << "byte " << at << ", resealed";
    bad = good_;
    bad[at] ^= static_cast<std::byte>(1 << at % 8);
    ASSERT_TRUE(TryResealed(bad)) << "a bit of byte " << at << ", resealed";
  }
  EXPECT_GT(opened_, 100u);
  EXPECT_GT(refused_, good_.size());
}

TEST_P(Damage, EveryNumberOfPreambleAndHeader) {
  SetEvery<uint16_t>(0, header_end_, {0, 1, 0x7FFF, 0x8000, 0xFFFF});
  SetEvery<uint32_t>(0, header_end_, {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF});
  SetEvery<uint64_t>(0, header_end_,
                     {0, 1, uint64_t{1} << 32, INT64_MAX, uint64_t{1} << 63, UINT64_MAX});
  EXPECT_GT(opened_, 100u);
  EXPECT_GT(refused_, 1000u);
}

TEST_P(Damage, EveryNumberOfTheSegments) {
  SetEvery<uint32_t>(header_end_, good_.size(),
                     {0, 1, 0x7F800000 /* infinity */, 0x7FC00000 /* NaN */, 0xFF7FFFFF});
  SetEvery<uint64_t>(header_end_, good_.size(), {2, INT64_MAX, uint64_t{1} << 63, UINT64_MAX});
  EXPECT_GT(opened_, 1000u);
  EXPECT_GE(refused_, GetParam().compressed ? 300u : 0u);
}

TEST_P(Damage, EveryLength) {
  for (size_t size = 0; size < good_.size(); ++size) {
    Bytes cut(good_.begin(), good_.begin() + static_cast<ptrdiff_t>(size));  // exact allocation
    ASSERT_TRUE(Try(cut)) << size << " bytes";
    ASSERT_TRUE(TryResealed(cut)) << size << " bytes, resealed";
  }
  EXPECT_EQ(opened_, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryKind, Damage,
    ::testing::Values(Kind{"Cosine", testing::CosineDescription, false},
                      Kind{"Dot", testing::DotDescription, false},
                      Kind{"Joint", testing::JointDescription, false},
                      Kind{"History", testing::HistoryDescription, false},
                      Kind{"Halves", testing::CosineDescription, false, file::DType::kF16},
                      Kind{"Bytes", testing::DotDescription, false, file::DType::kI8},
                      Kind{"Compressed", testing::HistoryDescription, true}),
    [](const auto& kind) { return kind.param.name; });

// A header of a few kilobytes in which one tower and one encoder stand 250 times each: what is made
// of a table is small, and the verifier counts tables as often as they are reached.
TEST(DamageOfHeaders, SharedTablesAreBounded) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<uint32_t> windows(64, 1);
  auto encoder = fb::CreateEncoderDirect(builder, std::string(255, 'x').c_str(), 0,
                                         fb::EncoderKind::Convolution, 0, fb::Pooling::Max,
                                         fb::Activation::Tanh, &windows, 4);
  std::vector<flatbuffers::Offset<fb::Encoder>> encoders(250, encoder);
  auto tower = fb::CreateTowerDirect(builder, fb::Side::User, &encoders);
  std::vector<flatbuffers::Offset<fb::Tower>> towers(250, tower);
  std::vector<flatbuffers::Offset<fb::Vocabulary>> vocabularies;
  std::vector<flatbuffers::Offset<fb::EmbeddingTable>> tables;
  std::vector<flatbuffers::Offset<fb::Input>> inputs;
  std::vector<flatbuffers::Offset<fb::Segment>> segments;
  auto description =
      fb::CreateDescriptionDirect(builder, "shared", &vocabularies, &tables, &inputs, &towers,
                                  fb::CreateHead(builder), fb::CreateOutput(builder));
  fb::FinishHeaderBuffer(builder, fb::CreateHeaderDirect(builder, description, &segments));
  file::Preamble preamble;
  preamble.header_size = builder.GetSize();
  auto start = file::EncodePreamble(preamble);
  Bytes bytes(start.begin(), start.end());
  auto header = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  bytes.insert(bytes.end(), header.begin(), header.end());
  testing::Reseal(bytes);
  ASSERT_TRUE(file::VerifyHeader(std::span(bytes).subspan(file::kPreambleSize)));
  ASSERT_LT(bytes.size(), 4096u);

  FailingMemory::ResetPeak();
  int64_t before = FailingMemory::LiveBytes();
  duomo_model* model = nullptr;
  duomo_error error = DUOMO_ERROR_INIT;
  EXPECT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, &error),
            DUOMO_CORRUPT);
  EXPECT_NE(std::string(error.message).find("towers"), std::string::npos) << error.message;
  EXPECT_GT(FailingMemory::PeakBytes() - before, 1 << 20) << "this is not what it tests";
  EXPECT_LE(FailingMemory::PeakBytes() - before, 64 << 20);
}

}  // namespace
}  // namespace duomo
