// See compare.h: what is measured on, and whether it may be.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/compare.h"
#include "cli/evidence_record.h"
#include "cli/provenance.h"
#include "cli/tables_json.h"
#include "core/error.h"
#include "data/open.h"
#include "data/test_rows.h"
#include "description/fields.h"

namespace duomo::cli {
namespace {

bool HasData(const DataOptions& data) {
  return !data.data.empty() || !data.tables.interactions.empty();
}

data::EntityTable TableOf(const model::Entities& side) {
  data::EntityTable out;
  bool titles = false;
  for (uint64_t row = 0; row < side.count; ++row) {
    if (side.keys.kind() == model::KeyKind::kString) {
      out.keys.emplace_back(side.keys.StringAt(row));
    } else {
      out.ids.push_back(side.keys.IntegerAt(row));
    }
    out.titles.emplace_back(side.Title(row));
    titles |= !out.titles.back().empty();
  }
  if (!titles) out.titles.clear();
  return out;
}

// A file's users and items, and its history as interactions without ratings and times.
data::Dataset DatasetOf(const TrainedFile& file) {
  const model::Model& model = *file.model;
  data::Dataset out;
  out.name = model.report().data.empty() ? file.name : model.report().data;
  out.users = TableOf(model.users());
  out.items = TableOf(model.items());
  if (!model.has_history()) return out;
  for (uint32_t user = 0; user < out.users.size(); ++user) {
    for (uint32_t item : model.HistoryOf(user)) {
      out.interactions.users.push_back(user);
      out.interactions.items.push_back(item);
    }
  }
  return out;
}

data::Dataset ReadTestRows(const DataOptions& data, const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return data::OpenDataset(path, {.skip_bad_lines = data.tables.skip_bad_lines});
  }
  // Test rows are read as the interactions are, whatever the side tables add.
  data::TablesSpec plain, spec = TablesOf(data);
  spec.interactions = path;
  spec.users.clear();
  spec.items.clear();
  spec.name.clear();
  spec.kinds.clear();
  std::erase_if(spec.sets, [&](const auto& set) { return set.first != spec.roles.item; });
  spec.roles.user_key = spec.roles.item_key = spec.roles.title = "";
  return data::ReadTables(spec);
}

void UseTestRows(TestData& test, const data::Dataset& rows, const std::string& path) {
  std::string name = "--test " + std::filesystem::path(path).filename().string();
  data::JoinedTest joined = data::JoinTest(std::move(test.dataset), rows, name);
  test.dataset = std::move(joined.dataset);
  test.split = std::move(joined.split);
  if (std::string text = LeftOutText(joined); !text.empty()) test.remarks.push_back(text);
}

// Files of different splits have no test rows in common that none was trained on.
void RequireOneSplit(const std::vector<TrainedFile>& files,
                     const std::vector<std::optional<Record>>& records) {
  for (size_t i = 1; i < files.size(); ++i) {
    const std::string &first = files[0].model->report().split,
                      &other = files[i].model->report().split;
    bool drawn = other.starts_with("ratio:") || other.starts_with("cold-items:");
    bool other_seed = drawn && records[0] && records[i] && records[0]->seed != records[i]->seed;
    if (other == first && !other_seed) continue;
    auto seed = [&](size_t file) {
      return other == first ? StrCat(" and the seed ", records[file]->seed) : std::string();
    };
    Fail(Status::kInvalidArgument, files[i].name, " was trained with the split \"", other, '"',
         seed(i), ", ", files[0].name, " with \"", first, '"', seed(0),
         ", so each was trained on test rows of the other. Train both with one --split, or compare "
         "them on new rows with --test FILE");
  }
}

// The split on which `duomo train` chose the model, before it trained it on all rows.
std::optional<std::string> SelectionSplit(const Json& settings) {
  if (!settings.contains("selection")) return std::nullopt;
  const Json& selection = settings["selection"];
  if (!selection.is_object() || !selection.contains("split") || !selection["split"].is_string()) {
    return std::nullopt;
  }
  return selection["split"].get<std::string>();
}

[[noreturn]] void RefuseAllRows(const TrainedFile& file, const std::optional<std::string>& split) {
  std::string figures, insist;
  for (const auto& [name, value] : file.model->report().metrics) {
    if (!name.starts_with("test_")) continue;
    char text[64];
    std::snprintf(text, sizeof(text), "%s %.4f", name.substr(5).c_str(), value);
    figures += (figures.empty() ? "" : ", ") + std::string(text);
  }
  if (split) {
    figures = StrCat(" When it was chosen, on the split ", *split,
                     " and before it learned from all rows, it had ", figures, '.');
    insist = ", or insist on rows that it has learned from with --trained-rows allow";
  }
  Fail(Status::kInvalidArgument, file.name, " was trained on all rows of ",
       file.model->report().data, split ? "" : " (--split none)",
       ", so nothing is left to test on.", split ? figures : "", " Give new rows with --test FILE",
       insist);
}

}  // namespace

TestData OpenTestData(DataOptions data, const MeasureOptions& o,
                      const std::vector<TrainedFile>& files) {
  std::vector<std::optional<Record>> records;
  for (const TrainedFile& file : files) records.push_back(ReadRecord(*file.model));
  Json settings = files.empty() ? Json::object() : SettingsOf(*files[0].model);
  if (data.user_range.empty() && settings.contains("user_range") &&
      settings["user_range"].is_string()) {
    data.user_range = settings["user_range"].get<std::string>();
  }
  if (settings.contains("data") && settings["data"].contains("evidence") &&
      !HasEvidenceOptions(data)) {
    data.evidence = EvidenceFromJson(settings["data"]["evidence"]);
  }
  if (!files.empty() && records[0] && records[0]->tables) {
    data.tables = MergeTables(*records[0]->tables, data.tables);
  }
  bool own_split = o.split.empty() && o.test.empty();
  if (own_split && !o.trained_rows) RequireOneSplit(files, records);
  std::string split = o.split;
  if (split.empty()) split = files.empty() ? "leave-last" : files[0].model->report().split;
  if (own_split && split == "none") {
    std::optional<std::string> chosen_on = SelectionSplit(settings);
    if (!o.trained_rows || !chosen_on) RefuseAllRows(files[0], chosen_on);
    split = *chosen_on;
  }
  // A random split drawn by another seed than the training's would test on rows that the model
  // has learned from.
  uint64_t seed = o.seed.value_or(0);
  if (!o.seed && settings.contains("seed") && settings["seed"].is_number_unsigned()) {
    seed = settings["seed"].get<uint64_t>();
  }

  TestData test;
  if (HasData(data)) {
    test.dataset = ReadData(data);
  } else {
    if (files.empty() || o.test.empty()) Fail(Status::kInvalidArgument, "data are needed");
    test.dataset = DatasetOf(files[0]);
    test.training_ratings = false;
    if (test.dataset.interactions.size() == 0) {
      test.remarks.push_back(
          StrCat(files[0].name,
                 " holds no history (train --store-history), so what its users had before is not "
                 "taken out of their lists"));
    }
  }
  if (!o.test.empty()) {
    UseTestRows(test, ReadTestRows(data, o.test), o.test);
  } else {
    test.split = SplitData(data, data::ParseSplit(split), test.dataset, seed);
  }

  auto remake = [&](const Record& record) -> std::optional<data::Split> {
    try {
      return SplitData(data, data::ParseSplit(record.split), test.dataset, record.seed);
    } catch (const Error&) {
      return std::nullopt;  // its folds are not here, say
    }
  };
  test.own_rows = !files.empty();
  for (size_t i = 0; i < files.size(); ++i) {
    TrainedRows rows = CheckTestRows(records[i], test.dataset, test.split, remake);
    if (rows.clear && !o.trained_rows) {
      Fail(Status::kInvalidArgument, Refusal(files[i], records[i], rows, test.split.name));
    }
    test.own_rows &= rows.how == TrainedRows::How::kSame;
    test.trained.push_back(rows);
    if (std::string remark = Remark(files[i], rows); !remark.empty())
      test.remarks.push_back(remark);
  }
  return test;
}

Json TrainedRowsJson(const TrainedRows& rows) {
  Json out = ToJson(rows);
  if (rows.clear) out["allowed"] = true;  // or there would be no figures
  return out;
}

}  // namespace duomo::cli
