#include "training/warm_start.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "runtime/widen.h"

namespace duomo::training {
namespace {

// The vocabulary whose values the rows of a table stand for.
uint32_t VocabularyOf(const model::Description& d, const std::string& parameter) {
  for (uint32_t i = 0; i < d.tables.size(); ++i) {
    if (model::TableName(d, i) == parameter) return d.tables[i].vocabulary;
  }
  int32_t input = parameter == "head/user_bias" ? d.head.user_bias : d.head.item_bias;
  return static_cast<uint32_t>(d.inputs[static_cast<size_t>(input)].vocabulary);
}

const file::OwnedTensor* Find(const std::vector<file::OwnedTensor>& tensors,
                              const std::string& name) {
  auto at = std::find_if(tensors.begin(), tensors.end(),
                         [&](const file::OwnedTensor& t) { return t.name == name; });
  return at == tensors.end() ? nullptr : &*at;
}

// By row of the vocabulary as it is now: its row in `old`, kAbsent where that lacks the value.
std::vector<uint32_t> OldRows(const model::KeyIndex& old, const model::Vocabulary& vocabulary,
                              const std::vector<file::OwnedTensor>& tensors) {
  std::vector<uint32_t> rows(vocabulary.size, model::KeyIndex::kAbsent);
  std::string prefix = "vocabularies/" + vocabulary.name;
  auto put = [&](size_t row, std::optional<uint64_t> found) {
    if (found) rows[row] = static_cast<uint32_t>(*found);
  };
  switch (vocabulary.keys) {
    case model::KeyKind::kRange:
      for (size_t row = 0; row < rows.size(); ++row) put(row, old.Find(static_cast<int64_t>(row)));
      break;
    case model::KeyKind::kInt64:
      if (const file::OwnedTensor* keys = Find(tensors, prefix + "/keys")) {
        old.FindAll(keys->View().As<int64_t>(), rows.data());
      }
      break;
    case model::KeyKind::kString: {
      const file::OwnedTensor *offsets = Find(tensors, prefix + "/offsets"),
                              *text = Find(tensors, prefix + "/text");
      if (offsets == nullptr || text == nullptr) break;
      auto ends = offsets->View().As<uint64_t>();
      auto bytes = text->View().As<uint8_t>();
      for (size_t row = 0; row < rows.size(); ++row) {
        put(row, old.Find(std::string_view(reinterpret_cast<const char*>(bytes.data()) + ends[row],
                                           ends[row + 1] - ends[row])));
      }
      break;
    }
  }
  return rows;
}

class Copier {
 public:
  Copier(const model::Model& from, const std::string& file, const data::Encoded& encoded,
         std::span<float> values)
      : from_(from),
        file_(file),
        encoded_(encoded),
        values_(values),
        known_(model::ParametersOf(from.description())),
        old_rows_(encoded.description.vocabularies.size()) {}

  void Copy(const Layout::Slot& slot) {
    const std::string& name = slot.parameter.name;
    auto at = std::find_if(known_.begin(), known_.end(),
                           [&](const model::Parameter& p) { return p.name == name; });
    if (at == known_.end()) {
      Fail(Status::kInvalidArgument, file_, " has no parameter \"", name,
           "\": it is another network; leave --preset and --model out to go on with its own");
    }
    model::Rows stored = from_.parameter(name);
    float* out = values_.data() + slot.offset;
    if (slot.table < 0) {
      if (at->shape != slot.parameter.shape) WrongShape(slot, *at);
      runtime::CopyRows(stored, 0, stored.count, out);
      return;
    }
    if (at->shape[1] != slot.width()) WrongShape(slot, *at);
    const std::vector<uint32_t>& rows = RowsOf(name);
    std::vector<uint8_t>& kept = result.kept.emplace_back(slot.rows(), uint8_t{0});
    for (size_t row = 0; row < rows.size(); ++row) {
      if (rows[row] == model::KeyIndex::kAbsent) {
        ++result.new_rows;
        continue;
      }
      runtime::CopyRows(stored, rows[row], 1, out + row * slot.width());
      kept[row] = 1;
    }
    auto count = static_cast<uint64_t>(std::count(kept.begin(), kept.end(), 1));
    result.kept_rows += count;
    result.gone_rows += stored.count - 1 - count;
    runtime::CopyRows(stored, stored.count - 1, 1, out + rows.size() * slot.width());  // unknown
  }

  WarmStart result;

 private:
  [[noreturn]] void WrongShape(const Layout::Slot& slot, const model::Parameter& old) const {
    auto shape = [](const std::vector<uint64_t>& sizes) {
      std::string text;
      for (uint64_t n : sizes) text += StrCat(text.empty() ? "" : " × ", n);
      return text;
    };
    Fail(Status::kInvalidArgument, file_, ": \"", old.name, "\" is ", shape(old.shape),
         ", this network's ", shape(slot.parameter.shape), "; only tables may grow");
  }

  const std::vector<uint32_t>& RowsOf(const std::string& parameter) {
    uint32_t index = VocabularyOf(encoded_.description, parameter);
    const model::Vocabulary& now = encoded_.description.vocabularies[index];
    uint32_t old = VocabularyOf(from_.description(), parameter);
    if (from_.vocabulary(old).kind() != now.keys) {
      Fail(Status::kInvalidArgument, file_, ": the values of \"", now.name,
           "\" were of another kind (integers or texts) than they are in these data");
    }
    if (!old_rows_[index]) {
      old_rows_[index] = OldRows(from_.vocabulary(old), now, encoded_.vocabularies);
    }
    return *old_rows_[index];
  }

  const model::Model& from_;
  const std::string& file_;
  const data::Encoded& encoded_;
  std::span<float> values_;
  std::vector<model::Parameter> known_;
  std::vector<std::optional<std::vector<uint32_t>>> old_rows_;  // by vocabulary
};

}  // namespace

WarmStart StartFrom(const model::Model& from, const std::string& file, const data::Encoded& encoded,
                    const Layout& layout, std::span<float> values) {
  Copier copier(from, file, encoded, values);
  for (const Layout::Slot& slot : layout.slots()) copier.Copy(slot);
  return copier.result;
}

void KeepStatistics(const model::Model& from, const model::Description& description,
                    std::vector<std::vector<float>>& statistics) {
  const model::Description& old = from.description();
  for (size_t i = 0; i < description.inputs.size(); ++i) {
    for (size_t j = 0; j < old.inputs.size(); ++j) {
      std::span<const float> stored = from.statistics(static_cast<uint32_t>(j));
      if (old.inputs[j].name != description.inputs[i].name) continue;
      if (stored.size() == statistics[i].size()) {
        statistics[i].assign(stored.begin(), stored.end());
      }
    }
  }
}

}  // namespace duomo::training
