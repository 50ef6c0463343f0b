#include "cli/command.h"

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdio>

#include "cli/keys.h"
#include "core/error.h"
#include "data/split.h"
#include "kernels/vector.h"
#include "runtime/fold_in.h"

namespace duomo::cli {

namespace {

std::string Formatted(const char* format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int size = std::vsnprintf(nullptr, 0, format, arguments);
  std::string text(static_cast<size_t>(std::max(size, 0)), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

}  // namespace

void Log(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  console::Log(Formatted(format, arguments));
  va_end(arguments);
}

void Print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::string text = Formatted(format, arguments);
  va_end(arguments);
  console::Print(text);
}

CLI::Validator Checked(const std::string& type, void (*check)(const std::string&)) {
  return CLI::Validator(
      [check](std::string& text) -> std::string {
        try {
          check(text);
          return {};
        } catch (const Error& error) {
          return error.message();
        }
      },
      type);
}

CLI::Validator AtLeastOne() {
  return Checked("COUNT", [](const std::string& text) {
    uint64_t value = 0;
    auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || value == 0) {
      Fail(Status::kInvalidArgument, "\"", text, "\" is not a whole number of at least 1");
    }
  });
}

void AddSplitOption(CLI::App& command, std::string& split, const std::string& otherwise) {
  command.add_option("--split", split, StrCat("Test rows [", otherwise, "]:\n", data::SplitHelp()))
      ->check(Checked("SPLIT", [](const std::string& text) { data::ParseSplit(text); }));
}

Session::Session(const std::string& path)
    : file_(path), engine_(runtime::Engine::Create(model::Model::Open(path))) {}

uint64_t Session::Row(model::Side side, const std::string& key) const {
  std::optional<uint64_t> row = FindKey(model().side(side).keys, key);
  if (!row) FailUnknown(model(), side, key, file_);
  return *row;
}

std::vector<uint32_t> Session::Rows(model::Side side, const std::vector<std::string>& lists) const {
  std::vector<uint32_t> rows;
  for (const std::string& list : lists) {
    for (const std::string& key : KeysOf(model().side(side).keys, list)) {
      rows.push_back(static_cast<uint32_t>(Row(side, key)));
    }
  }
  return rows;
}

Json Session::Key(model::Side side, uint64_t row) const {
  const model::KeyIndex& keys = model().side(side).keys;
  if (keys.kind() == model::KeyKind::kString) return std::string(keys.StringAt(row));
  return keys.IntegerAt(row);
}

std::string Session::KeyText(model::Side side, uint64_t row) const {
  const model::KeyIndex& keys = model().side(side).keys;
  if (keys.kind() == model::KeyKind::kString) return std::string(keys.StringAt(row));
  return std::to_string(keys.IntegerAt(row));
}

std::string Session::Title(uint64_t item_row) const {
  std::string_view title = model().items().Title(item_row);
  if (!title.empty()) return std::string(title);
  return KeyText(model::Side::kItem, item_row);
}

std::span<const float> Session::Vector(model::Side side, uint64_t row) {
  RequireVectors();
  AlignedVector<float>& out = vectors_[side == model::Side::kItem ? 1 : 0];
  std::span<const float> frozen = engine_->Vector(side, row, out);
  if (!frozen.empty()) return frozen;
  out.resize(engine_->vector_width());
  auto only = static_cast<uint32_t>(row);
  work_.inputs.clear();
  engine_->StoredInputs(side, {&only, 1}, work_.inputs);
  std::vector<runtime::InputSource> inputs = work_.inputs;
  engine_->Encode(side, {1, inputs}, out.data(), work_);
  return out;
}

double Session::Dot(uint64_t user_row, uint64_t item_row) {
  return DotWithItem(Vector(model::Side::kUser, user_row), item_row);
}

double Session::DotWithItem(std::span<const float> vector, uint64_t item_row) {
  std::span<const float> item = Vector(model::Side::kItem, item_row);
  return kernels::Vector().dot(vector.data(), item.data(), vector.size());
}

std::span<const float> Session::HistoryVector(std::optional<uint32_t> user,
                                              std::span<const uint32_t> items) {
  RequireVectors();
  const model::Description& d = model().description();
  if (runtime::FoldsIn(*engine_)) {
    vectors_[0].resize(engine_->vector_width());
    runtime::FoldIn(*engine_, items, {}, vectors_[0].data(), work_);
    return vectors_[0];
  }
  std::vector<runtime::InputSource> inputs(d.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i].view.kind = d.inputs[i].kind;
  uint32_t row = user.value_or(0);
  if (user) engine_->StoredInputs(model::Side::kUser, {&row, 1}, inputs);
  uint64_t offsets[2] = {0, items.size()};
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (d.inputs[i].kind != model::InputKind::kHistory) continue;
    inputs[i] = {{model::InputKind::kHistory, offsets, items, {}}, {}};
  }
  AlignedVector<float>& out = vectors_[0];
  out.resize(engine_->vector_width());
  engine_->Encode(model::Side::kUser, {1, inputs}, out.data(), work_);
  return out;
}

void Session::RequireVectors() const {
  if (!engine_->joint()) return;
  Fail(Status::kUnsupported, "this model ranks pairs and has no vectors; use it with recommend");
}

}  // namespace duomo::cli
