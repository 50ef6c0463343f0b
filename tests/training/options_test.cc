// Training options from and to JSON.
#include "training/options.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace duomo::training {
namespace {

using description::Json;

TEST(Options, ThereAndBack) {
  TrainingOptions o;
  o.loss = Loss::kSoftmax;
  o.passes = 3;
  o.steps = 17;
  o.batch_size = 31;
  o.optimizer = OptimizerKind::kSgd;
  o.learning_rate = 1.0 / 3;
  o.momentum = 0.75;
  o.beta1 = 0.8;
  o.beta2 = 0.99;
  o.epsilon = 1e-7;
  o.schedule = Schedule::kCosine;
  o.warmup_steps = 5;
  o.weight_decay = 0.25;
  o.embedding_l2 = 0.125;
  o.dropout = 0.5;
  o.average = 0.375;
  o.members = 8;
  o.negatives = 77;
  o.shuffle_buffer = 8192;
  o.id_dropout = {{"user_id", 0.1}, {"item_id", 0.2}};
  o.output_dropout = {{"latest", 0.8}};
  o.examples.weights = WeightUse::kNever;
  o.examples.kind = ExampleKind::kSequences;
  o.examples.window = 40;
  o.examples.context = 13;
  o.examples.ties = 0.25;
  o.exclude_taken = true;
  Json json = ToJson(o);
  TrainingOptions back = OptionsFromJson(json);
  EXPECT_EQ(ToJson(back).dump(), json.dump());
  EXPECT_NE(ToJson(TrainingOptions()).dump(), json.dump());
  EXPECT_EQ(back.loss, o.loss);
  EXPECT_EQ(back.optimizer, o.optimizer);
  EXPECT_EQ(back.momentum, o.momentum);
  EXPECT_EQ(back.schedule, o.schedule);
  EXPECT_EQ(back.learning_rate, o.learning_rate);
  EXPECT_EQ(back.batch_size, o.batch_size);
  EXPECT_EQ(back.id_dropout, o.id_dropout);
  EXPECT_EQ(back.output_dropout, o.output_dropout);
  EXPECT_EQ(back.examples.weights, WeightUse::kNever);
  EXPECT_EQ(back.examples.kind, ExampleKind::kSequences);
  EXPECT_EQ(back.examples.window, 40u);
  EXPECT_EQ(back.examples.context, 13u);
  EXPECT_EQ(back.examples.ties, 0.25);
  EXPECT_EQ(back.average, 0.375);
  EXPECT_TRUE(back.exclude_taken);
  // Every field of the default differs, so that none of the above passes by accident.
  Json plain = ToJson(TrainingOptions());
  for (const auto& [name, value] : plain.items()) {
    if (name == "examples") continue;  // tested with the examples themselves
    EXPECT_NE(value, json.at(name)) << name;
  }
}

TEST(Options, NegativesAreANumberOrThoseOfTheBatch) {
  TrainingOptions o = OptionsFromJson(Json{{"negatives", "in-batch"}});
  EXPECT_TRUE(o.in_batch_negatives);
  EXPECT_EQ(o.negatives, 0u);
  EXPECT_EQ(ToJson(o)["negatives"], "in-batch");
  o = OptionsFromJson(Json{{"negatives", 5u}}, OptionsFromJson(ToJson(o)));
  EXPECT_FALSE(o.in_batch_negatives);
  EXPECT_EQ(o.negatives, 5u);
  EXPECT_TRUE(OptionsFromJson(Json::object(), OptionsFromJson(Json{{"negatives", "in-batch"}}))
                  .in_batch_negatives);
  try {
    OptionsFromJson(Json{{"negatives", "some"}});
    ADD_FAILURE() << "must be refused";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("negatives"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("in-batch"), std::string::npos) << error.message();
  }
}

TEST(Options, OptimizersHaveNames) {
  EXPECT_EQ(OptionsFromJson(Json::object()).optimizer, OptimizerKind::kAdam);
  EXPECT_EQ(OptionsFromJson(Json{{"optimizer", "adagrad"}}).optimizer, OptimizerKind::kAdagrad);
  EXPECT_EQ(OptionsFromJson(Json{{"optimizer", "adagrad-rows"}}).optimizer,
            OptimizerKind::kAdagradRows);
  EXPECT_EQ(OptionsFromJson(Json{{"optimizer", "sgd"}}).optimizer, OptimizerKind::kSgd);
  EXPECT_THROW(OptionsFromJson(Json{{"optimizer", "adamw"}}), Error);
}

TEST(Options, AbsentFieldsKeepTheirDefaults) {
  TrainingOptions defaults;
  defaults.batch_size = 7;
  defaults.id_dropout = {{"user_id", 0.5}};
  TrainingOptions o = OptionsFromJson(Json::object(), defaults);
  EXPECT_EQ(o.batch_size, 7u);
  EXPECT_EQ(o.id_dropout, defaults.id_dropout);
  o = OptionsFromJson(Json{{"id_dropout", {{{"input", "job"}, {"rate", 0.25}}}}}, defaults);
  ASSERT_EQ(o.id_dropout.size(), 1u);  // replaced, not appended to
  EXPECT_EQ(o.id_dropout[0].first, "job");
}

TEST(Options, ErrorsPointAtTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"lr": 1})", "training.lr: unknown field; possible here: average, batch, beta1"},
      {R"({"loss": "hinge"})",
       "training.loss: unknown value \"hinge\"; possible: squared, logistic"},
      {R"({"schedule": 1})", "training.schedule: must be a string"},
      {R"({"batch": -1})", "training.batch: must be a whole number"},
      {R"({"batch": 4294967296})", "training.batch: is too large"},
      {R"({"learning_rate": "fast"})", "training.learning_rate: must be a number"},
      {R"({"id_dropout": {}})", "training.id_dropout: must be an array"},
      {R"({"id_dropout": [{"input": "a", "rate": 1}]})", "training.id_dropout[0].rate: must be in"},
      {R"({"output_dropout": [{"input": "a", "rate": -1}]})",
       "training.output_dropout[0].rate: must be in"},
      {R"({"id_dropout": [{"rate": 0.5}]})", "training.id_dropout[0].input: is missing"},
      {R"([])", "training: must be an object"},
  };
  for (auto [text, says] : cases) {
    try {
      OptionsFromJson(Json::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_NE(error.message().find(says), std::string::npos) << error.message();
    }
  }
}

TEST(Options, MomentumIsOfSgd) {
  Json json = ToJson(TrainingOptions());
  EXPECT_FALSE(json.contains("momentum"));
  json["momentum"] = 0.5;
  try {
    OptionsFromJson(json);
    ADD_FAILURE() << "momentum beside adam";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("training.momentum"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("\"sgd\""), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace duomo::training
