#include "model/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/version.h"
#include "file/duomo_generated.h"
#include "file/forge.h"
#include "model/binding.h"
#include "model/parameters.h"
#include "model/samples.h"
#include "temporary_folder.h"

namespace duomo::model {
namespace {

using testing::ContentsOf;
using testing::TensorOf;

template <typename Work>
Error ErrorOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::kOk, "");
}

template <typename T>
std::vector<T> ValuesOf(Contents& contents, const std::string& name) {
  const auto& t = TensorOf(contents, name);
  auto values = file::Tensor{t.dtype, t.shape, t.bytes}.As<T>();
  return {values.begin(), values.end()};
}

template <typename T>
std::vector<T> ToVector(std::span<const T> values) {
  return {values.begin(), values.end()};
}

void ExpectSameDescription(const Description& a, const Description& b) {
  EXPECT_EQ(a.name, b.name);
  ASSERT_EQ(a.vocabularies.size(), b.vocabularies.size());
  for (size_t i = 0; i < a.vocabularies.size(); ++i) {
    EXPECT_EQ(a.vocabularies[i].name, b.vocabularies[i].name);
    EXPECT_EQ(a.vocabularies[i].keys, b.vocabularies[i].keys);
    EXPECT_EQ(a.vocabularies[i].size, b.vocabularies[i].size);
  }
  ASSERT_EQ(a.tables.size(), b.tables.size());
  for (size_t i = 0; i < a.tables.size(); ++i) {
    EXPECT_EQ(a.tables[i].name, b.tables[i].name);
    EXPECT_EQ(a.tables[i].vocabulary, b.tables[i].vocabulary);
    EXPECT_EQ(a.tables[i].dim, b.tables[i].dim);
  }
  ASSERT_EQ(a.inputs.size(), b.inputs.size());
  for (size_t i = 0; i < a.inputs.size(); ++i) {
    const Input &x = a.inputs[i], &y = b.inputs[i];
    EXPECT_EQ(std::tie(x.name, x.scope, x.kind, x.vocabulary, x.max_length, x.fallback),
              std::tie(y.name, y.scope, y.kind, y.vocabulary, y.max_length, y.fallback));
    EXPECT_EQ(x.tokenizer, y.tokenizer);
    EXPECT_EQ(x.bucketed, y.bucketed);
  }
  auto same_layers = [](const std::vector<Dense>& x, const std::vector<Dense>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Dense& p, const Dense& q) {
      return p.units == q.units && p.activation == q.activation;
    });
  };
  ASSERT_EQ(a.towers.size(), b.towers.size());
  for (size_t t = 0; t < a.towers.size(); ++t) {
    EXPECT_EQ(a.towers[t].side, b.towers[t].side);
    EXPECT_TRUE(same_layers(a.towers[t].layers, b.towers[t].layers));
    ASSERT_EQ(a.towers[t].encoders.size(), b.towers[t].encoders.size());
    for (size_t i = 0; i < a.towers[t].encoders.size(); ++i) {
      const Encoder &x = a.towers[t].encoders[i], &y = b.towers[t].encoders[i];
      EXPECT_EQ(std::tie(x.name, x.input, x.kind, x.table, x.pooling, x.activation, x.windows,
                         x.filters, x.normalization, x.square, x.root),
                std::tie(y.name, y.input, y.kind, y.table, y.pooling, y.activation, y.windows,
                         y.filters, y.normalization, y.square, y.root));
      EXPECT_EQ(std::tie(x.positions, x.blocks, x.heads, x.feed_forward, x.places),
                std::tie(y.positions, y.blocks, y.heads, y.feed_forward, y.places));
      EXPECT_TRUE(same_layers(x.layers, y.layers));
    }
  }
  EXPECT_EQ(
      std::tie(a.head.kind, a.head.scale, a.head.user_bias, a.head.item_bias, a.head.global_bias),
      std::tie(b.head.kind, b.head.scale, b.head.user_bias, b.head.item_bias, b.head.global_bias));
  EXPECT_EQ(std::tie(a.output.kind, a.output.scale, a.output.offset, a.output.unit),
            std::tie(b.output.kind, b.output.scale, b.output.offset, b.output.unit));
}

TEST(ModelTest, EveryKindOfModelComesBackAsItWas) {
  testing::TemporaryFolder folder;
  std::vector<Description> all = testing::AllDescriptions();
  all.push_back(testing::AttentionDescription());
  for (Description d : all) {
    d.inputs[0].fallback = 1.5f;
    for (Input& input : d.inputs) {
      if (input.kind == InputKind::kTokens) input.tokenizer = Tokenizer::kUnicode;
    }
    Contents contents = ContentsOf(d);
    std::string path = folder.File(d.name + ".duomo");
    Save(path, contents);
    auto model = Model::Open(path, {.verify_checksums = true});
    ExpectSameDescription(model->description(), d);
    for (const Parameter& p : ParametersOf(d)) {
      EXPECT_EQ(ToVector(model->parameter(p.name).floats()),
                ValuesOf<float>(contents, "parameters/" + p.name));
    }
    EXPECT_EQ(model->users().count, 5u);
    EXPECT_EQ(model->items().count, 4u);
    EXPECT_EQ(model->users().keys.size(), 5u);
    EXPECT_EQ(&model->side(Side::kItem), &model->items());
    EXPECT_EQ(model->report().data, "synthetic");
    EXPECT_EQ(model->report().split, "ratio:0.1");
    EXPECT_EQ(model->report().settings, "{\"seed\":1}");
    EXPECT_EQ(model->report().metrics, contents.report.metrics);
    EXPECT_EQ(model->file().header().producer()->str(), StrCat("duomo ", kVersion));
    EXPECT_EQ(ErrorOf([&] { (void)model->parameter("none"); }).status(), Status::kInternal);
  }
}

TEST(ModelTest, EntitiesOfTwoTowers) {
  Contents contents = ContentsOf(testing::CosineDescription());
  auto bytes = SaveToMemory(contents);
  auto model = Model::OpenBuffer(bytes);
  const Entities &users = model->users(), &items = model->items();
  EXPECT_EQ(users.keys.Find(int64_t{-2}), 4u);
  EXPECT_EQ(items.keys.Find(int64_t{30}), 2u);
  EXPECT_EQ(items.keys.IntegerAt(0), 100);
  EXPECT_FALSE(items.keys.Find(int64_t{-2}));
  EXPECT_EQ(users.Title(0), "Title 3");
  EXPECT_EQ(users.Title(5), "");
  EXPECT_EQ(ToVector(items.vectors.floats()), ValuesOf<float>(contents, "items/vectors"));
  EXPECT_EQ(items.vectors.size(), 4u * 6);
  ASSERT_EQ(items.features.inputs.size(), 5u);
  EXPECT_TRUE(items.features.inputs[0].rows.empty());  // a user's input
  EXPECT_EQ(ToVector(items.features.inputs[2].rows),
            ValuesOf<uint32_t>(contents, "items/features/movie/rows"));
  auto offsets = ValuesOf<uint64_t>(contents, "items/features/title/offsets");
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(items.features.inputs[4].RowsOf(i).size(), offsets[i + 1] - offsets[i]);
  }
  EXPECT_EQ(model->vocabulary(0).kind(), KeyKind::kInt64);
  EXPECT_EQ(model->vocabulary(0).Find(int64_t{-7}), 0u);
  EXPECT_EQ(model->vocabulary(2).kind(), KeyKind::kRange);
  EXPECT_EQ(model->vocabulary(3).Find("genre0"), 0u);
  EXPECT_EQ(model->vocabulary(3).StringAt(1), "genre1\xC3\xA9");
  EXPECT_FALSE(model->has_history());
}

TEST(ModelTest, HistoryAndStringKeys) {
  auto bytes = SaveToMemory(ContentsOf(testing::HistoryDescription()));
  auto model = Model::OpenBuffer(bytes);
  EXPECT_EQ(model->users().keys.kind(), KeyKind::kString);
  EXPECT_EQ(model->users().keys.Find("users-3"), 0u);
  ASSERT_TRUE(model->has_history());
  EXPECT_EQ(ToVector(model->HistoryOf(3)), (std::vector<uint32_t>{2, 1, 0}));
  EXPECT_TRUE(model->HistoryOf(1).empty());
  EXPECT_TRUE(model->HistoryOf(5).empty());
  EXPECT_TRUE(model->users().features.inputs[0].offsets.empty());
}

TEST(ModelTest, NumbersAndTheirStatistics) {
  Contents contents = ContentsOf(testing::JointDescription());
  auto bytes = SaveToMemory(contents);
  auto model = Model::OpenBuffer(bytes);
  EXPECT_EQ(ToVector(model->statistics(2)),
            ValuesOf<float>(contents, "inputs/since_watch/quantiles"));
  EXPECT_EQ(model->statistics(3).size(), 2u);
  EXPECT_TRUE(model->statistics(4).empty());
  EXPECT_EQ(model->items().features.inputs[4].numbers.size(), 4u);
  EXPECT_TRUE(model->items().features.inputs[2].numbers.empty());  // of a pair
  EXPECT_TRUE(model->items().vectors.empty());
}

TEST(ModelTest, WhatIsOptionalMayBeAbsent) {
  Contents contents = ContentsOf(testing::CosineDescription());
  std::erase_if(contents.tensors, [](const auto& t) { return t.name.starts_with("users/"); });
  for (const char* name : {"items/titles/offsets", "items/titles/text", "items/vectors"}) {
    testing::RemoveTensor(contents, name);
  }
  contents.report = {};
  contents.tensors.push_back(file::OwnedTensor::From<float>("future/thing", {1}, std::vector{1.f}));
  auto bytes = SaveToMemory(contents);
  auto model = Model::OpenBuffer(bytes);
  EXPECT_EQ(model->users().count, 0u);
  EXPECT_FALSE(model->users().keys.Find(int64_t{0}));
  EXPECT_EQ(model->users().features.inputs.size(), 5u);
  EXPECT_EQ(model->items().Title(0), "");
  EXPECT_TRUE(model->items().vectors.empty());
  EXPECT_EQ(model->report().data, "");
}

TEST(ModelTest, QuantizedRowsAreReadInPlaceAndNeedANewerReader) {
  for (auto dtype : {file::DType::kF16, file::DType::kBF16, file::DType::kI8}) {
    for (const Description& d : testing::AllDescriptions()) {
      Contents contents = testing::Quantized(ContentsOf(d), dtype);
      auto bytes = SaveToMemory(contents);
      auto model = Model::OpenBuffer(bytes);
      EXPECT_EQ(model->file().minimum_reader_version(), kQuantizedReaderVersion);
      for (const Parameter& p : ParametersOf(d)) {
        Rows rows = model->parameter(p.name);
        EXPECT_EQ(rows.size(), p.size());
        EXPECT_EQ(rows.dtype, p.shape.size() == 2 ? dtype : file::DType::kF32);
        EXPECT_EQ(rows.data, model->file().Find("parameters/" + p.name)->bytes.data());
        EXPECT_EQ(rows.scales != nullptr, rows.dtype == file::DType::kI8);
      }
      EXPECT_EQ(model->items().vectors.dtype, IsJoint(d) ? file::DType::kF32 : dtype);
    }
  }
  auto plain = SaveToMemory(ContentsOf(testing::CosineDescription()));
  auto model = Model::OpenBuffer(plain);
  EXPECT_EQ(model->file().minimum_reader_version(), 1u);
  EXPECT_EQ(model->file().container_version(), 4u);
  auto attention = SaveToMemory(ContentsOf(testing::AttentionDescription()));
  EXPECT_EQ(Model::OpenBuffer(attention)->file().minimum_reader_version(), kAttentionReaderVersion);
}

TEST(ModelTest, AFileThatHidesItsReaderVersionIsDamaged) {
  auto bytes =
      SaveToMemory(testing::Quantized(ContentsOf(testing::CosineDescription()), file::DType::kF16));
  bytes[12] = std::byte{1};
  testing::FixChecksums(bytes);
  Error error = ErrorOf([&] { (void)Model::OpenBuffer(bytes); });
  EXPECT_EQ(error.status(), Status::kCorrupt);
  EXPECT_NE(error.message().find("need version 2"), std::string::npos) << error.message();
}

TEST(ModelTest, SavingIsDeterministic) {
  for (const Description& d : testing::AllDescriptions()) {
    EXPECT_EQ(SaveToMemory(ContentsOf(d)), SaveToMemory(ContentsOf(d)));
  }
}

// What cannot be opened is not saved, for the same reason in the same words.
TEST(ModelTest, TensorsThatDoNotFitAreNamedWithBothShapes) {
  using Edit = std::function<void(Contents&)>;
  auto refuse = [](const Description& d, const Edit& edit, std::vector<std::string> words) {
    Contents contents = ContentsOf(d);
    edit(contents);
    Error error = ErrorOf([&] { (void)SaveToMemory(contents); });
    EXPECT_EQ(error.status(), Status::kInvalidArgument) << words[0];
    for (const std::string& w : words) {
      EXPECT_NE(error.message().find(w), std::string::npos) << w << " in: " << error.message();
    }
  };
  auto remove = [](const char* name) {
    return [name](Contents& c) { testing::RemoveTensor(c, name); };
  };
  auto shape = [](const char* name, std::vector<uint64_t> s) {
    return [=](Contents& c) { TensorOf(c, name).shape = s; };
  };
  auto dtype = [](const char* name, file::DType t) {
    return [=](Contents& c) { TensorOf(c, name).dtype = t; };
  };
  Description cosine = testing::CosineDescription(), joint = testing::JointDescription();
  refuse(cosine, remove("parameters/item/dense1/bias"),
         {"\"parameters/item/dense1/bias\"", "missing"});
  refuse(cosine, shape("parameters/tables/user", {4, 6}), {"tables/user", "[6, 4]", "[4, 6]"});
  refuse(cosine, dtype("parameters/tables/user", file::DType::kU32), {"f32", "u32"});
  for (const char* name :
       {"vocabularies/user/keys", "vocabularies/word/offsets", "vocabularies/word/text",
        "vocabularies/word/order", "users/titles/text", "items/titles/offsets",
        "users/features/id/rows", "items/features/genres/offsets", "items/features/title/rows"}) {
    refuse(cosine, remove(name), {StrCat('"', name, '"'), "missing"});
  }
  for (const char* name : {"inputs/since_watch/quantiles", "inputs/impressions/mean_deviation",
                           "items/features/length/numbers"}) {
    refuse(joint, remove(name), {name, "missing"});
  }
  refuse(cosine, [](Contents& c) { c.description.vocabularies[0].size = 6; }, {"tables/user"});
  refuse(cosine, shape("users/vectors", {6, 5}), {"users/vectors", "[5, 6]", "[6, 5]"});
  refuse(cosine, shape("users/order", {5, 1}), {"users/order", "[5]", "[5, 1]"});
  refuse(cosine, shape("users/keys", {5, 1}), {"users/keys", "one dimension"});
  refuse(cosine, dtype("users/keys", file::DType::kU64), {"users/keys", "i64", "u64"});
  refuse(cosine, [](Contents& c) { AddTexts(c.tensors, "users", std::vector<std::string>{"a"}); },
         {"users/keys", "users/offsets", "exclude"});
  refuse(cosine,
         [](Contents& c) {
           c.tensors.push_back(file::OwnedTensor::From<uint64_t>("users/history/offsets", {1},
                                                                 std::vector<uint64_t>{0}));
         },
         {"users/history/offsets", "[6]", "[1]"});
  refuse(joint,
         [](Contents& c) {
           c.tensors.push_back(
               file::OwnedTensor::From<float>("items/vectors", {4, 1}, std::vector<float>(4)));
         },
         {"items/vectors", "joint"});
  refuse(joint,
         [](Contents& c) {
           auto& t = TensorOf(c, "inputs/since_watch/quantiles");
           t.shape = {1};
           t.bytes.resize(4);
         },
         {"quantiles", "at least 2"});
  refuse(cosine, dtype("users/vectors", file::DType::kU8), {"f32, f16, bf16 or i8", "u8"});
  refuse(cosine, dtype("parameters/user/dense0/bias", file::DType::kF16), {"f32", "f16"});
  refuse(cosine,
         [](Contents& c) {
           c = testing::Quantized(std::move(c), file::DType::kI8);
           testing::RemoveTensor(c, "items/vectors/scales");
         },
         {"\"items/vectors/scales\" is missing"});
  refuse(cosine,
         [](Contents& c) {
           c = testing::Quantized(std::move(c), file::DType::kI8);
           auto& t = TensorOf(c, "parameters/tables/user/scales");
           t.shape[0] = 1;
           t.bytes.resize(4);
         },
         {"parameters/tables/user/scales", "[6]", "[1]"});
  refuse(cosine, [](Contents& c) { c.tensors.push_back(c.tensors[0]); }, {"two tensors"});
  refuse(cosine, [](Contents& c) { c.description.head.scale = 0; }, {"head.scale"});
}

// A way of folding in with every field, for vectors of 6 numbers.
Contents WithFoldIn() {
  Contents c = ContentsOf(testing::CosineDescription());
  c.fold_in =
      FoldIn{.l2 = 0.25, .alpha0 = 0.5, .nu = -1.5, .candidates = 77, .to_mean = true, .target = 2};
  uint64_t n = VectorWidth(c.description);
  std::vector<double> values(n, 3.0), vectors(n * n);
  for (size_t i = 0; i < n * n; ++i) vectors[i] = static_cast<double>(i);
  AddGramian(c.tensors, values, vectors);
  return c;
}

TEST(ModelTest, FoldingInComesBackAsItWas) {
  auto bytes = SaveToMemory(WithFoldIn());
  auto m = Model::OpenBuffer(bytes);
  ASSERT_TRUE(m->fold_in());
  const FoldIn& f = *m->fold_in();
  EXPECT_EQ(std::tie(f.l2, f.alpha0, f.nu, f.target), std::tuple(0.25, 0.5, -1.5, 2.0));
  EXPECT_EQ(f.candidates, 77u);
  EXPECT_TRUE(f.to_mean);
  size_t n = VectorWidth(m->description());
  ASSERT_EQ(f.values.size(), n);
  ASSERT_EQ(f.axes.size(), n * n);
  EXPECT_EQ(f.axes[1], static_cast<double>(n)) << "eigenvectors are columns";
  EXPECT_EQ(m->file().minimum_reader_version(), file::kMinimumReaderVersion)
      << "readers that do not know it can use the file";
  // Without alpha0 there is no Gramian to look at.
  Contents ridge = WithFoldIn();
  ridge.fold_in->alpha0 = 0;
  bytes = SaveToMemory(ridge);
  EXPECT_TRUE(Model::OpenBuffer(bytes)->fold_in()->values.empty());
  bytes = SaveToMemory(ContentsOf(testing::CosineDescription()));
  EXPECT_FALSE(Model::OpenBuffer(bytes)->fold_in());
}

TEST(ModelTest, FoldingInThatCannotBeIsRefused) {
  auto refuse = [](const char* part, auto change) {
    Contents c = WithFoldIn();
    change(c);
    Error error = ErrorOf([&] { (void)SaveToMemory(c); });
    EXPECT_EQ(error.status(), Status::kInvalidArgument) << part;
    EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
  };
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    refuse("fold_in.l2", [&](Contents& c) { c.fold_in->l2 = bad; });
  }
  refuse("fold_in.alpha0", [](Contents& c) { c.fold_in->alpha0 = -1; });
  refuse("fold_in.alpha0", [](Contents& c) { c.fold_in->alpha0 = NAN; });
  refuse("fold_in.nu", [](Contents& c) { c.fold_in->nu = 9; });
  refuse("fold_in.fixed", [](Contents& c) { c.fold_in->fixed = {0}; });  // a cosine head
  refuse("fold_in.target", [](Contents& c) { c.fold_in->target = INFINITY; });
  refuse("fold_in.candidates", [](Contents& c) { c.fold_in->candidates = UINT64_MAX; });
  refuse("\"fold_in/values\" is missing",
         [](Contents& c) { testing::RemoveTensor(c, "fold_in/values"); });
  refuse("\"fold_in/axes\": expected f64", [](Contents& c) {
    auto& t = TensorOf(c, "fold_in/axes");
    t.shape[0] -= 1;
    t.bytes.resize(t.bytes.size() - 8 * t.shape[1]);
  });
  refuse("\"fold_in/values\": expected f64",
         [](Contents& c) { TensorOf(c, "fold_in/values").dtype = file::DType::kU64; });
  for (const std::vector<uint32_t>& bad : {std::vector<uint32_t>{2, 2}, {2, 1}, {77}}) {
    refuse("fold_in.fixed: must be columns", [&](Contents& c) {
      c = ContentsOf(testing::DotDescription());
      c.fold_in = FoldIn{.fixed = bad};
    });
  }
  refuse("joint tower", [](Contents& c) {
    c = ContentsOf(testing::JointDescription());
    c.fold_in = FoldIn{};
  });
}

TEST(ModelTest, OpeningNamesThePath) {
  testing::TemporaryFolder folder;
  std::string path = folder.File("bad.duomo");
  testing::WriteText(path, "nothing");
  Error error = ErrorOf([&] { (void)Model::Open(path); });
  EXPECT_EQ(error.status(), Status::kCorrupt);
  EXPECT_EQ(error.message().find(path + ": "), 0u) << error.message();
}

}  // namespace
}  // namespace duomo::model
