#include "cli/evidence_record.h"

namespace duomo::cli {

Json EvidenceToJson(const data::EvidenceOptions& o, const data::EvidenceReport& report) {
  Json out = {{"goal", o.goal == data::Goal::kRank ? "rank" : "rate"},
              {"values", data::ValueKindName(report.values.kind)},
              {"repeats", data::RepeatsName(report.repeats)}};
  if (o.positive) out["positive"] = o.positive->text;
  for (const auto& [event, weight] : o.event_weights) out["event_weights"][event] = weight;
  if (o.min_user > 1) out["min_user"] = o.min_user;
  if (o.min_item > 1) out["min_item"] = o.min_item;
  return out;
}

data::EvidenceOptions EvidenceFromJson(const Json& json, data::EvidenceOptions out) {
  if (!json.is_object()) return out;
  auto text = [&](const char* name) {
    return json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
  };
  if (text("goal") == "rate") out.goal = data::Goal::kRate;
  if (!text("values").empty()) out.values = data::ParseValueKind(text("values"));
  if (!text("repeats").empty()) out.repeats = data::ParseRepeats(text("repeats"));
  if (!text("positive").empty()) out.positive = data::ParseCondition(text("positive"));
  if (json.contains("event_weights") && json["event_weights"].is_object()) {
    out.event_weights.clear();
    for (const auto& [event, weight] : json["event_weights"].items()) {
      if (weight.is_number()) out.event_weights.emplace_back(event, weight.get<double>());
    }
  }
  auto count = [&](const char* name, uint32_t& value) {
    if (json.contains(name) && json[name].is_number_unsigned()) value = json[name].get<uint32_t>();
  };
  count("min_user", out.min_user);
  count("min_item", out.min_item);
  return out;
}

}  // namespace duomo::cli
