#include "page/settings.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "console/output.h"
#include "core/error.h"
#include "core/key_hash.h"

namespace duomo::page {
namespace {

using console::Commas;
using console::Json;

constexpr size_t kMostPopular = 200;
constexpr std::array kMeasures = {"ndcg@10", "hr@10", "rmse", "mae"};

std::string IdText(const model::KeyIndex& keys, uint64_t row) {
  const int64_t id =
      keys.kind() == model::KeyKind::kString ? IdOfString(keys.StringAt(row)) : keys.IntegerAt(row);
  return std::to_string(id);
}

Json Popular(const model::Model& model) {
  Json out = Json::array();
  if (!model.has_history()) return out;
  std::vector<uint64_t> taken(ToSize(model.items().count));
  for (uint64_t user = 0; user < model.users().count; ++user) {
    for (uint32_t item : model.HistoryOf(user)) ++taken[item];
  }
  std::vector<uint32_t> order(taken.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, std::greater(), [&](uint32_t item) { return taken[item]; });
  for (uint32_t item : order) {
    if (out.size() == kMostPopular || taken[item] == 0) break;
    out.push_back(IdText(model.items().keys, item));
  }
  return out;
}

// The known measures of {"hr@10": 0.5, …}, in our order.
Json Known(const Json& values) {
  Json out = Json::object();
  for (const char* name : kMeasures) {
    auto found = values.find(name);
    if (found != values.end() && found->is_number()) out[name] = *found;
  }
  return out;
}

Json Figures(const model::Report& report) {
  Json ours = Json::object();
  for (const auto& [name, value] : report.metrics) {
    if (name.starts_with("test_")) ours[name.substr(5)] = value;
  }
  ours = Known(ours);
  if (ours.empty()) return nullptr;
  Json rows = Json::array({{{"name", "this model"}, {"ours", true}, {"values", ours}}});
  // Settings are the trainer's own text, or anything: without floors there is one row.
  const Json settings = Json::parse(report.settings, nullptr, false);
  if (settings.is_object()) {
    const Json floors = settings.value("floors", Json());
    if (floors.is_object()) {
      for (const auto& [name, values] : floors.items()) {
        Json known = values.is_object() ? Known(values) : Json::object();
        if (!known.empty()) rows.push_back({{"name", name}, {"ours", false}, {"values", known}});
      }
    }
  }
  return {{"of", "As measured when it was made, on rows that it had not learned from."},
          {"rows", rows}};
}

}  // namespace

Json Settings(const model::Model& model, const std::string& title) {
  const uint64_t users = model.users().count;
  std::string about = StrCat(Commas(model.items().count), " items");
  if (users > 0)
    about += StrCat(", learned from ", Commas(users), " users, none of whom is in here");
  return {{"title", title},
          {"about", about + "."},
          {"popular", Popular(model)},
          {"figures", Figures(model.report())}};
}

std::string ScriptText(const Json& settings) {
  std::string out;
  for (char c : console::JsonText(settings)) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace duomo::page
