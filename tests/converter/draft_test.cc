// What every change of a file promises: damaged bytes are never made to look sound, work that is
// stopped leaves nothing, segments may lie beyond 4 GB.
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <numeric>

#include "abi/fixtures.h"
#include "converter/command.h"
#include "converter/edit/rewrite.h"
#include "converter/shrinking.h"
#include "core/error.h"
#include "file/forge.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class DraftTest : public ::testing::Test {
 protected:
  size_t FilesInFolder() const {
    auto all = std::filesystem::directory_iterator(folder_.path());
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out");
};

// Opening checks small segments; the large ones are for whoever reads them.
TEST_F(DraftTest, NothingIsMadeOfDamagedBytes) {
  std::vector<float> vectors(9000 * 8, 0.25f);
  model::Save(path_, fixtures::VectorModel(model::HeadKind::kDot, 8, vectors, vectors));
  const std::string good = ReadText(path_);
  std::string keys = folder_.File("keys"), records = folder_.File("records");
  auto model = model::Model::Open(path_);
  WriteText(keys, StrCat(model->items().keys.IntegerAt(0), "\n"));
  WriteText(records, "{\"id\": -12345}\n");
  struct Case {
    std::string segment;
    std::vector<std::string> command;
  };
  std::vector<Case> cases;
  size_t large = 0;
  for (const file::SegmentInfo& s : model->file().segments()) {
    if (s.stored_size <= 1 << 16) continue;
    ++large;
    std::string name(s.name);
    cases.push_back({name, {"upgrade"}});
    cases.push_back({name, {"quantize", "--vectors", "int8"}});
    cases.push_back({name, {"quantize", "--vectors", "fp16"}});
    cases.push_back({name, {"prune", "--keep-items", keys}});
    cases.push_back({name, {"merge", "--items", records, "--users", records}});
    cases.push_back({name, {"dump"}});
    cases.push_back({name, {"export", "npz"}});
    cases.push_back({name, {"export", "onnx"}});
  }
  ASSERT_GE(large, 5u);
  for (const Case& c : cases) {
    std::string bad = good;
    for (const file::SegmentInfo& s : model->file().segments()) {
      if (s.name == c.segment) bad[s.offset + s.stored_size - 2] ^= 1;
    }
    std::string damaged = folder_.File("damaged.duomo");
    WriteText(damaged, bad);
    std::vector<std::string> command = c.command;
    command.insert(command.begin() + (command[0] == "export" ? 2 : 1), damaged);
    command.insert(command.end(), {"-o", out_});
    Outcome o = Convert(command);
    EXPECT_EQ(o.code, 1) << c.command[0] << " of " << c.segment;
    EXPECT_NE(o.err.find(damaged), o.err.npos) << o.err;
    EXPECT_NE(o.err.find(c.segment), o.err.npos) << o.err;
    EXPECT_EQ(FilesInFolder(), 4u) << c.command[0] << " of " << c.segment;
  }
}

TEST_F(DraftTest, ASignalStopsItAndLeavesNothing) {
  model::Save(path_, SoundContents(CosineDescription()));
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Draft draft(path_);
    file::TensorSource* source = draft.Find("items/vectors");
    ASSERT_NE(source, nullptr);
    source->write = [write = source->write, signal](const file::TensorSource::Sink& sink) {
      std::raise(signal);
      write(sink);
    };
    ::testing::internal::CaptureStderr();
    int code = 0;
    try {
      draft.Save(out_, "test");
    } catch (const ExitWith& exit) {
      code = exit.code;
    }
    EXPECT_EQ(code, 128 + signal);
    EXPECT_NE(::testing::internal::GetCapturedStderr().find("nothing was written"),
              std::string::npos);
    EXPECT_EQ(FilesInFolder(), 1u);
    struct sigaction now;
    ::sigaction(signal, nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL);  // as before
  }
}

// A sparse file: users' vectors of 5 GB that nobody wrote, and all that comes behind them.
TEST_F(DraftTest, SegmentsBeyondFourGigabytes) {
  constexpr uint64_t kUsers = 20'000, kWidth = 62'500;
  std::vector<float> user(kWidth), items(3 * kWidth);
  auto contents = fixtures::VectorModel(model::HeadKind::kDot, kWidth, user, items);
  std::erase_if(contents.tensors, [](const auto& t) { return t.name.starts_with("users/"); });
  std::vector<int64_t> ids(kUsers);
  std::iota(ids.begin(), ids.end(), int64_t{1});
  model::AddKeys(contents.tensors, "users", ids);
  model::FeatureColumn kind{model::InputKind::kCategory, {}, std::vector<uint32_t>(kUsers), {}};
  model::AddFeature(contents.tensors, "users/features/user", kind.view());
  model::Save(path_, contents);
  auto small = model::Model::Open(path_);
  const std::string bytes = ReadText(path_);

  // The same segments, with the large one in its place by name.
  std::unique_ptr<fb::HeaderT> header(small->file().header().UnPack());
  std::vector<std::unique_ptr<fb::SegmentT>> segments;
  constexpr uint64_t kFirst = 1 << 16, kLarge = kUsers * kWidth * 4;
  uint64_t at = kFirst;
  auto put = [&](std::unique_ptr<fb::SegmentT> segment) {
    segment->offset = at;
    at = (at + segment->stored_size + 63) / 64 * 64;
    segments.push_back(std::move(segment));
  };
  std::vector<std::pair<uint64_t, std::string>> pieces;
  for (auto& segment : header->segments) {
    if (segment->name > "users/vectors" && at < kLarge) {
      auto vectors = std::make_unique<fb::SegmentT>();
      vectors->name = "users/vectors";
      vectors->dtype = static_cast<fb::DType>(file::DType::kF32);
      vectors->shape = {kUsers, kWidth};
      vectors->stored_size = kLarge;
      put(std::move(vectors));
    }
    pieces.emplace_back(at, bytes.substr(segment->offset, segment->stored_size));
    put(std::move(segment));
  }
  header->segments = std::move(segments);
  uint64_t size = pieces.back().first + pieces.back().second.size();
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishHeaderBuffer(builder, fb::Header::Pack(builder, header.get()));
  ASSERT_LE(64 + builder.GetSize(), kFirst);
  file::Preamble preamble;
  preamble.file_size = size;
  preamble.header_size = builder.GetSize();
  auto encoded = file::EncodePreamble(preamble);
  Bytes head(64 + builder.GetSize());
  std::memcpy(head.data(), encoded.data(), encoded.size());
  std::memcpy(head.data() + 64, builder.GetBufferPointer(), builder.GetSize());
  FixChecksums(head);
  std::string large = folder_.File("large.duomo");
  std::ofstream out(large, std::ios::binary);
  out.write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  for (const auto& [offset, piece] : pieces) {
    out.seekp(static_cast<std::streamoff>(offset));
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  }
  out.close();

  auto json = nlohmann::ordered_json::parse(Convert({"inspect", large, "--json"}).out);
  EXPECT_EQ(json["size"], size);
  EXPECT_GT(json["segments"].back()["offset"], uint64_t{1} << 32);
  // What lies behind the large segment is read where it lies, and the large one is not.
  json = ConvertJson({"prune", large, "--no-user-vectors", "-o", out_});
  EXPECT_EQ(json["size_before"], size);
  EXPECT_TRUE(ReadText(out_) == bytes);
}

}  // namespace
}  // namespace duomo::convert
