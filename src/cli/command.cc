#include "cli/command.h"

#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "core/error.h"
#include "data/split.h"
#include "kernels/vector.h"

namespace duomo::cli {

Json NineDigits(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
  return std::strtod(text, nullptr);
}

void PrintJson(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

void Log(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
}

void Print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
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
    : engine_(runtime::Engine::Create(model::Model::Open(path))) {}

uint64_t Session::Row(model::Side side, const std::string& key) const {
  const model::KeyIndex& keys = model().side(side).keys;
  const char* what = side == model::Side::kItem ? "item" : "user";
  std::optional<uint64_t> row;
  if (keys.kind() == model::KeyKind::kString) {
    row = keys.Find(std::string_view(key));
  } else {
    int64_t id = 0;
    auto [end, status] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (status != std::errc() || end != key.data() + key.size()) {
      Fail(Status::kInvalidArgument, what, " \"", key, "\" is not a number; this model's ids are");
    }
    row = keys.Find(id);
  }
  if (!row) Fail(Status::kNotFound, "the model knows no ", what, " ", key);
  return *row;
}

Json Session::Key(model::Side side, uint64_t row) const {
  const model::KeyIndex& keys = model().side(side).keys;
  if (keys.kind() == model::KeyKind::kString) return std::string(keys.StringAt(row));
  return keys.IntegerAt(row);
}

std::string Session::Title(uint64_t item_row) const {
  std::string_view title = model().items().Title(item_row);
  if (!title.empty()) return std::string(title);
  Json key = Key(model::Side::kItem, item_row);
  return key.is_string() ? key.get<std::string>() : key.dump();
}

std::span<const float> Session::Vector(model::Side side, uint64_t row) {
  if (engine_->joint()) {
    Fail(Status::kUnsupported, "this model ranks pairs and has no vectors; use it with recommend");
  }
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
  std::span<const float> user = Vector(model::Side::kUser, user_row);
  std::span<const float> item = Vector(model::Side::kItem, item_row);
  return kernels::Vector().dot(user.data(), item.data(), user.size());
}

}  // namespace duomo::cli
