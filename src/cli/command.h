// What the subcommands of `duomo` share. Results go to stdout, everything else to stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "console/options.h"
#include "console/output.h"
#include "runtime/engine.h"

namespace duomo::cli {

using console::AddJson;
using console::AddOutput;
using console::Json;
using console::PrintJson;  // one line

// One subcommand a file; each adds itself to the program.
void AddTrain(CLI::App& app);
void AddBaseline(CLI::App& app);
void AddEvaluate(CLI::App& app);
void AddCompare(CLI::App& app);
void AddPredict(CLI::App& app);
void AddTopk(CLI::App& app);
void AddSimilar(CLI::App& app);
void AddRecommend(CLI::App& app);
void AddSynth(CLI::App& app);
void AddDemo(CLI::App& app);
void AddDescribe(CLI::App& app);
void AddPage(CLI::App& app);

// printf to stderr / stdout.
void Log(const char* format, ...) __attribute__((format(printf, 1, 2)));
void Print(const char* format, ...) __attribute__((format(printf, 1, 2)));

// A validator for CLI11 from a function that throws duomo::Error for a bad value.
CLI::Validator Checked(const std::string& type, void (*check)(const std::string&));

// A validator of counts: a whole number, 1 or more.
CLI::Validator AtLeastOne();

// --split, with every form that data/split.h knows. `otherwise`: what holds where it is not given.
void AddSplitOption(CLI::App& command, std::string& split, const std::string& otherwise);

// An opened model and what the look-up commands do with it. One thread.
class Session {
 public:
  explicit Session(const std::string& path);
  const runtime::Engine& engine() const { return *engine_; }
  std::shared_ptr<const runtime::Engine> shared_engine() const { return engine_; }
  const model::Model& model() const { return engine_->model(); }

  const std::string& file() const { return file_; }

  // The row of a key as typed; see keys.h for what is said of one that is not there.
  uint64_t Row(model::Side side, const std::string& key) const;
  // The rows of "475,12,33", in that order; a key that holds commas is taken as it is.
  std::vector<uint32_t> Rows(model::Side side, const std::vector<std::string>& lists) const;
  Json Key(model::Side side, uint64_t row) const;
  std::string KeyText(model::Side side, uint64_t row) const;
  std::string Title(uint64_t item_row) const;  // falls back to the key

  // The frozen vector, or one made by the tower from the stored features.
  std::span<const float> Vector(model::Side side, uint64_t row);
  double Dot(uint64_t user_row, uint64_t item_row);
  double DotWithItem(std::span<const float> vector, uint64_t item_row);
  // The user's vector after these items, oldest first; no user: nothing else is known. Throws
  // Error(kUnsupported) for a model that ranks pairs. Without a history input it is the vector that
  // fits the items (runtime/fold_in.h). Valid until the next user's.
  std::span<const float> HistoryVector(std::optional<uint32_t> user,
                                       std::span<const uint32_t> items);
  void RequireVectors() const;  // throws Error(kUnsupported) for a model that ranks pairs

 private:
  std::string file_;
  std::shared_ptr<const runtime::Engine> engine_;
  runtime::Workspace work_;
  AlignedVector<float> vectors_[2];
};

}  // namespace duomo::cli
