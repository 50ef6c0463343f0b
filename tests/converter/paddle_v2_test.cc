// PaddlePaddle v2's parameters in and out, and what is refused. Beside numpy: paddle/check.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "converter/files.h"
#include "converter/paddle/data.h"
#include "converter/paddle/v2.h"
#include "core/random.h"
#include "data/entities.h"
#include "data/movielens.h"
#include "data/synthetic.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

Surroundings Full(long bytes) {
  Surroundings out;
  out.largest_file = bytes;
  return out;
}

struct Member {
  std::string name, bytes;
};

class PaddleV2 : public ::testing::Test {
 protected:
  PaddleV2() {
    data::Dataset dataset = data::MakeSynthetic(30, 25, 300, 1);
    data::WriteMovieLens1M(dataset, data_);
    data::Encoded encoded =
        EncodeLikePaddle(PaddlePreset("hybrid"), dataset, DictionariesOf(dataset));
    model::Contents contents;
    contents.description = encoded.description;
    contents.tensors = encoded.vocabularies;
    data::AddEntities(contents.tensors, dataset, encoded, true);
    Random random(5);
    for (const model::Parameter& p : model::ParametersOf(encoded.description)) {
      std::vector<float> values(p.size());
      for (size_t i = 0; i < p.known_size(); ++i)
        values[i] = 0.3f * static_cast<float>(random.Normal());
      contents.tensors.push_back(
          file::OwnedTensor::From<float>("parameters/" + p.name, p.shape, values));
    }
    Freeze(contents);
    model::Save(file_, contents);
    EXPECT_EQ(Convert({"export", "paddle-v2", file_, "-o", tar_}).code, 0);
  }

  std::vector<Member> Members() const {
    std::string text = ReadText(tar_);
    std::vector<Member> out;
    for (const TarMember& m : ReadTar(std::as_bytes(std::span(text)), "tar")) {
      out.push_back({m.name, {reinterpret_cast<const char*>(m.bytes.data()), m.bytes.size()}});
    }
    return out;
  }
  void Write(const std::vector<Member>& members) const {
    TarStream tar(tar_, false);
    for (const Member& m : members) {
      tar.Begin(m.name, m.bytes.size());
      tar.Write(m.bytes);
    }
    tar.Commit();
  }

  // What importing says, having checked that there is an output where it says nothing, and nothing
  // beside it anyway.
  std::string Import(std::vector<std::string> options = {}, const Surroundings& in = {}) {
    std::vector<std::string> command = {"import", "paddle-v2", tar_, "--data", data_, "-o", out_};
    command.insert(command.end(), options.begin(), options.end());
    std::filesystem::remove(out_);
    size_t before = folder_.Names().size();
    Outcome o = Convert(command, in);
    EXPECT_EQ(o.code, o.err.empty() ? 0 : 1) << o.err;
    EXPECT_EQ(std::filesystem::exists(out_), o.code == 0);
    EXPECT_EQ(folder_.Names().size(), before + (o.code == 0 ? 1 : 0));
    return o.err;
  }
  std::string After(const std::function<void(std::vector<Member>&)>& change,
                    std::vector<std::string> options = {}) {
    std::vector<Member> members = Members();
    std::string good = ReadText(tar_);
    change(members);
    Write(members);
    std::string error = Import(options);
    WriteText(tar_, good);
    return error;
  }
  static std::string& Named(std::vector<Member>& members, const std::string& name) {
    for (Member& m : members) {
      if (m.name == name) return m.bytes;
    }
    throw std::runtime_error("no member " + name);
  }
  static void Remove(std::vector<Member>& members, const std::string& name) {
    std::erase_if(members, [&](const Member& m) { return m.name == name; });
  }
  static void Expect(const std::string& error, std::vector<std::string> parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(error.find(part), error.npos) << part << "\nin " << error;
    }
  }
  void ExpectSameTensors(const std::string& a, const std::string& b) {
    auto first = model::Model::Open(a), second = model::Model::Open(b);
    EXPECT_EQ(first->description(), second->description());
    ASSERT_EQ(first->file().segments().size(), second->file().segments().size());
    for (const file::SegmentInfo& s : first->file().segments()) {
      auto x = first->file().Find(s.name)->bytes;
      auto y = second->file().Find(s.name);
      ASSERT_TRUE(y) << s.name;
      EXPECT_TRUE(std::equal(x.begin(), x.end(), y->bytes.begin(), y->bytes.end())) << s.name;
    }
  }

  TemporaryFolder folder_;
  std::string data_ = folder_.File("data.zip"), file_ = folder_.File("model.duomo"),
              tar_ = folder_.File("params.tar"), out_ = folder_.File("out.duomo");
};

TEST_F(PaddleV2, OutAndInIsTheSameToTheBit) {
  ASSERT_EQ(Import(), "");
  ExpectSameTensors(file_, out_);
  EXPECT_EQ(Convert({"verify", out_}).code, 0);
  for (std::vector<std::string> more :
       {std::vector<std::string>{}, {"--data", data_}, {"--gzip"}}) {
    std::vector<std::string> command = {"export", "paddle-v2", out_, "-o", folder_.File("again")};
    command.insert(command.end(), more.begin(), more.end());
    ASSERT_EQ(Convert(command).code, 0);
    std::string again = ReadText(folder_.File("again"));
    EXPECT_EQ(again == ReadText(tar_), more != std::vector<std::string>{"--gzip"});
    EXPECT_EQ(again.starts_with("\x1F\x8B"), more == std::vector<std::string>{"--gzip"});
  }
}

TEST_F(PaddleV2, GzipAndDottedNames) {
  std::vector<Member> members = Members();
  for (Member& m : members) m.name = "./" + m.name;
  std::reverse(members.begin(), members.end());
  Write(members);
  ASSERT_EQ(Import(), "");
  ExpectSameTensors(file_, out_);
  const size_t plain = ReadText(tar_).size();
  for (const char* name : {"params.tar.gz", "params.tgz"}) {
    std::string packed = folder_.File(name);
    ASSERT_EQ(Convert({"export", "paddle-v2", file_, "-o", packed}).code, 0);
    EXPECT_LT(ReadText(packed).size(), plain);
    tar_ = packed;
    ASSERT_EQ(Import(), "");
    ExpectSameTensors(file_, out_);
  }
}

TEST_F(PaddleV2, RowsWithoutACounterpartAreZeros) {
  // Items are taken out, and with them the words that no other has.
  std::string fewer = folder_.File("fewer.duomo"), some = folder_.File("some.tar");
  WriteText(folder_.File("keep"), "1\n2\n3\n");
  ASSERT_EQ(Convert({"prune", file_, "--keep-items", folder_.File("keep"), "-o", fewer}).code, 0);
  Outcome o = Convert({"export", "paddle-v2", fewer, "-o", some});
  EXPECT_EQ(o.code, 1);
  Expect(o.err, {"values of the input \"", "are no item's", "--data"});
  ASSERT_EQ(Convert({"export", "paddle-v2", fewer, "--data", data_, "-o", some}).code, 0);
  EXPECT_TRUE(ReadText(some) == ReadText(tar_));

  // Data with one more movie, of an id far away and two words that nobody knows.
  data::Dataset dataset = data::MakeSynthetic(30, 25, 300, 1);
  data::EntityTable& items = dataset.items;
  items.ids.push_back(900);
  items.titles.push_back("Zyx Qwerty (1999)");
  for (data::Column& c : items.columns) {
    if (c.kind == data::ColumnKind::kInteger) c.integers.push_back(900);
    if (c.kind == data::ColumnKind::kString) c.texts.push_back("Zyx Qwerty ");
    if (c.kind != data::ColumnKind::kSet) continue;
    c.texts.push_back(std::string(c.texts.front()));
    c.offsets.push_back(c.texts.size());
  }
  std::string more = folder_.File("more.zip");
  data::WriteMovieLens1M(dataset, more);
  o = Convert({"export", "paddle-v2", file_, "--data", more, "-o", tar_, "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  Expect(o.out, {"\"rows_without_counterpart\": 877"});  // 875 movies, 2 words
  std::swap(data_, more);
  ASSERT_EQ(Import(), "");
  auto before = model::Model::Open(file_), after = model::Model::Open(out_);
  auto x = before->items().vectors.floats(), y = after->items().vectors.floats();
  for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-6) << i;

  // Other data, without movies or words of the model's: they would be lost.
  o = Convert({"export", "paddle-v2", out_, "--data", more, "-o", some});
  EXPECT_EQ(o.code, 1);
  Expect(o.err, {"movie_id has 901 rows, and the data only 26"});
  dataset = data::MakeSynthetic(30, 25, 300, 1);
  for (data::Column& c : dataset.items.columns) {
    if (c.name == "title") c.texts[0] = c.texts[1] = "Zyx ";
  }
  dataset.items.titles[0] = dataset.items.titles[1] = "Zyx (1999)";
  data::WriteMovieLens1M(dataset, more);
  o = Convert({"export", "paddle-v2", file_, "--data", more, "-o", some});
  EXPECT_EQ(o.code, 1);
  Expect(o.err, {"vocabulary word has", "values that the data have not", "first"});
}

TEST_F(PaddleV2, EveryTensorThatIsMissingExtraOrOfAnotherShape) {
  Expect(After([](auto& m) {
           for (std::string name : {"___fc_layer_4__.w2", "___embedding_1__.w0"}) {
             Remove(m, name);
             Remove(m, name + ".protobuf");
           }
           PaddleTensor extra{"another", 2, 3, "", 0, -1};
           m.push_back({extra.name, PaddleV2Header(extra) + std::string(24, '\0')});
           m.push_back({extra.name + ".protobuf", PaddleV2Config(extra)});
           PaddleTensor other{"___fc_layer_0__.wbias", 32, 1, "", 0, -1};
           Named(m, other.name + ".protobuf") = PaddleV2Config(other);
         }),
         {"missing: \"___embedding_1__.w0\", 2 × 16", "missing: \"___fc_layer_4__.w2\", 16 × 200",
          "not expected: \"another\", 2 × 3",
          "\"___fc_layer_0__.wbias\" is 32 × 1; expected: 1 × 32"});
}

TEST_F(PaddleV2, MembersThatContradictThemselves) {
  const std::string name = "___embedding_2__.w0";
  auto change = [&](const std::function<void(std::string&)>& edit, std::string of = "") {
    return After([&](auto& m) { edit(Named(m, of.empty() ? name : of)); });
  };
  Expect(change([](auto& b) { b.pop_back(); }), {name, "447 bytes of floats", "112 floats"});
  Expect(change([](auto& b) { b[8] = 1; }), {name, "its header says 1 floats"});
  Expect(change([](auto& b) { b[4] = 8; }), {name, "values of 8 bytes"});
  Expect(change([](auto& b) { b[0] = 1; }), {name, "version 1"});
  Expect(change([](auto& b) { b.resize(7); }), {name, "less than its header"});
  Expect(change([](auto& b) { b = "\x80\x02}q\x01" + std::string(40, '.'); }), {name, "pickle"});
  Expect(change([](auto& b) { b = "\x0A"; }, name + ".protobuf"), {"ParameterConfig"});
  Expect(change([](auto& b) { b = std::string(100'000, '\x08'); }, name + ".protobuf"),
         {"100000 bytes"});
  Expect(After([&](auto& m) { Remove(m, name + ".protobuf"); }),
         {"there is \"" + name + "\" but no \"" + name + ".protobuf\""});
  Expect(After([&](auto& m) { Remove(m, name); }), {"but no \"" + name + "\""});
}

TEST_F(PaddleV2, NumbersThatAreNotFinite) {
  auto damage = [](auto& m) {
    float bad = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(Named(m, "___fc_layer_5__.w0").data() + 16 + 4 * 35, &bad, 4);
  };
  Expect(After(damage), {"___fc_layer_5__.w0[1, 3] is NaN", "--allow-nonfinite"});
  EXPECT_EQ(After(damage, {"--allow-nonfinite"}), "");
}

TEST_F(PaddleV2, ArchivesThatLeadOut) {
  for (const char* name : {"../up", "/etc/passwd", "a/../../b"}) {
    Expect(After([&](auto& m) { m.push_back({name, "x"}); }), {name, "path"});
  }
  Expect(After([](auto& m) { m.push_back(m.front()); }), {"stands there twice"});
  std::string good = ReadText(tar_), bad = good;
  bad[156] = '2';  // a symbolic link
  WriteText(tar_, bad);
  Expect(Import(), {"checksum"});
  unsigned sum = 8 * ' ';
  for (size_t i = 0; i < 512; ++i)
    sum += i >= 148 && i < 156 ? 0 : static_cast<unsigned char>(bad[i]);
  std::snprintf(&bad[148], 7, "%06o", sum);
  WriteText(tar_, bad);
  Expect(Import(), {"no regular file (type '2')"});
}

TEST_F(PaddleV2, TruncatedAtAnyPlace) {
  const std::string good = ReadText(tar_);
  const size_t end = good.find_last_not_of('\0');
  for (size_t size = 0; size < end; size += 3001) {
    WriteText(tar_, good.substr(0, size));
    EXPECT_NE(Import(), "") << size;
  }
  ASSERT_EQ(Convert({"export", "paddle-v2", file_, "-o", folder_.File("p.tgz")}).code, 0);
  const std::string packed = ReadText(folder_.File("p.tgz"));
  for (size_t size = 2; size < packed.size(); size += packed.size() / 9) {
    WriteText(tar_, packed.substr(0, size));
    EXPECT_NE(Import(), "") << size;
  }
}

TEST_F(PaddleV2, OtherFiles) {
  for (auto [text, said] : {std::pair<std::string, const char*>{"\x80\x02}q\x01.", "pickle"},
                            {"(dp0\nS'a'\n", "pickle"},
                            {std::string("PK\x03\x04") + std::string(30, '\0'), "a zip archive"},
                            {"nothing of the kind", "is it truncated?"}}) {
    WriteText(tar_, text);
    Expect(Import(), {said});
  }
  Outcome o = Convert({"import", "paddle-v2", file_, "--data", data_, "-o", out_});
  Expect(o.err, {"is a .duomo file"});
  o = Convert({"import", "paddle-v2", tar_, "--preset", "mf", "--data", data_, "-o", out_});
  Expect(o.err, {"preset hybrid"});
  model::Save(file_, SoundContents(CosineDescription()));
  o = Convert({"export", "paddle-v2", file_, "-o", tar_});
  EXPECT_EQ(o.code, 1);
  Expect(o.err, {"not of the preset hybrid"});
}

// 200 MB of zeros in 200 KB.
TEST_F(PaddleV2, GzipThatUnpacksToFarMore) {
  TarStream tar(tar_, true);
  tar.Begin("___embedding_0__.w0", 200 << 20);
  for (int i = 0; i < 200; ++i) tar.Write(std::string(1 << 20, '\0'));
  tar.Commit();
  Expect(Import(), {"holds more than"});
}

TEST_F(PaddleV2, AFullDiskLeavesNothing) {
  ASSERT_EQ(Import(), "");
  const auto whole = static_cast<long>(ReadText(out_).size());
  for (long limit : {1000L, 100'000L, whole / 2, whole - 100}) {
    EXPECT_NE(Import({}, Full(limit)), "") << limit;
  }
  ASSERT_EQ(Convert({"export", "paddle-v2", file_, "-o", folder_.File("p.tgz")}).code, 0);
  std::string plain = tar_;
  tar_ = folder_.File("p.tgz");
  EXPECT_NE(Import({}, Full(20'000)), "");
  size_t before = folder_.Names().size();
  for (const char* name : {"full.tar", "full.tgz"}) {
    Outcome o = Convert({"export", "paddle-v2", file_, "-o", folder_.File(name)}, Full(20'000));
    EXPECT_EQ(o.code, 1);
    Expect(o.err, {name});
    EXPECT_EQ(folder_.Names().size(), before);
  }
}

}  // namespace
}  // namespace duomo::convert
