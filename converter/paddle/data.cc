#include "converter/paddle/data.h"

#include <algorithm>

#include "converter/paddle/python2_set.h"
#include "core/error.h"
#include "core/text.h"
#include "description/json.h"

namespace duomo::convert {
namespace {

constexpr const char* kGenreVocabulary = "genre";
constexpr const char* kWordVocabulary = "word";

// The bytes of an ISO-8859-1 file, whose characters are all below U+0100. Text with others was
// never in such a file; its bytes are those of UTF-8.
std::string BytesOf(const std::string& utf8) {
  std::string out;
  for (size_t i = 0; i < utf8.size(); ++i) {
    auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80) {
      out += utf8[i];
    } else if ((c == 0xC2 || c == 0xC3) && i + 1 < utf8.size()) {
      out += static_cast<char>((c & 3) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3F));
    } else {
      return utf8;
    }
  }
  return out;
}

std::vector<std::string> InOrder(const std::vector<std::string>& values) {
  std::vector<std::string> bytes, out;
  for (const std::string& value : values) bytes.push_back(BytesOf(value));
  for (uint32_t i : Python2SetOrder(bytes)) out.push_back(values[i]);
  return out;
}

const data::Column& ColumnOf(const data::Dataset& dataset, const char* name) {
  const data::Column* column = dataset.items.Find(name);
  if (column == nullptr) {
    Fail(Status::kInvalidArgument, "the data set \"", dataset.name, "\" has no column ", name);
  }
  return *column;
}

size_t InputNamed(const model::Description& d, std::string_view name) {
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].name == name) return i;
  }
  Fail(Status::kUnsupported, "the model has no input \"", name, '"');
}

// The values of an item input, item after item.
std::vector<std::string> ValuesOf(const model::Model& model, std::string_view input) {
  const size_t index = InputNamed(model.description(), input);
  const model::KeyIndex& vocabulary =
      model.vocabulary(static_cast<uint32_t>(model.description().inputs[index].vocabulary));
  std::vector<bool> met(vocabulary.size());
  std::vector<std::string> out;
  for (uint64_t item = 0; item < model.items().count; ++item) {
    for (uint32_t row : model.items().features.inputs[index].RowsOf(item)) {
      if (row >= vocabulary.size()) continue;  // the unknown row
      if (!met[row]) out.emplace_back(vocabulary.StringAt(row));
      met[row] = true;
    }
  }
  auto missing = std::ranges::count(met, false);
  if (missing > 0) {
    auto first = static_cast<uint64_t>(std::ranges::find(met, false) - met.begin());
    Fail(Status::kInvalidArgument, missing, " of ", vocabulary.size(), " values of the input \"",
         input, "\", \"", vocabulary.StringAt(first),
         "\" first, are no item's, so the order of the original's dictionary is unknown; give the "
         "data that it comes from by --data");
  }
  return out;
}

// Whether a model's vocabulary is what a description states of it.
bool HasValuesOf(const model::Vocabulary& stated, const model::KeyIndex& own) {
  const uint64_t size =
      std::max<uint64_t>({stated.size, stated.strings.size(), stated.integers.size()});
  if (size != 0 && own.size() != size) return false;
  for (size_t row = 0; row < stated.strings.size(); ++row) {
    if (own.StringAt(row) != stated.strings[row]) return false;
  }
  for (size_t row = 0; row < stated.integers.size(); ++row) {
    if (own.IntegerAt(row) != stated.integers[row]) return false;
  }
  return true;
}

}  // namespace

PaddleDictionaries OrderAsPython2(const std::vector<std::string>& genres,
                                  const std::vector<std::string>& words) {
  return {InOrder(genres), InOrder(words)};
}

PaddleDictionaries DictionariesOf(const data::Dataset& dataset) {
  std::vector<std::string> words;
  for (const std::string& title : ColumnOf(dataset, "title").texts) {
    for (std::string& word : Words(title)) words.push_back(std::move(word));
  }
  return OrderAsPython2(ColumnOf(dataset, "genres").texts, words);
}

PaddleDictionaries DictionariesOf(const model::Model& model) {
  return OrderAsPython2(ValuesOf(model, "genres"), ValuesOf(model, "title"));
}

data::Encoded EncodeLikePaddle(model::Description preset, const data::Dataset& dataset,
                               const PaddleDictionaries& dictionaries) {
  for (model::Vocabulary& v : preset.vocabularies) {
    if (v.name == kGenreVocabulary) v.strings = dictionaries.genres;
    if (v.name == kWordVocabulary) v.strings = dictionaries.words;
  }
  return data::Encode(preset, dataset);
}

model::Description PaddlePreset(const std::string& name) {
  if (name != "hybrid") {
    Fail(Status::kUnsupported,
         "PaddlePaddle's parameters are those of the preset hybrid, not of \"", name, '"');
  }
  return description::Preset(name).model;
}

void RequireHybrid(const model::Model& model, const std::string& path) {
  const model::Description preset = PaddlePreset("hybrid");
  model::Description own = model.description(), expected = preset;
  own.name = preset.name;
  bool same = own.vocabularies.size() == preset.vocabularies.size();
  for (model::Description* d : {&own, &expected}) {
    for (model::Vocabulary& v : d->vocabularies) v = {v.name, v.keys, 0, {}, {}};
  }
  same = same && own == expected;
  for (uint32_t i = 0; same && i < preset.vocabularies.size(); ++i) {
    same = HasValuesOf(preset.vocabularies[i], model.vocabulary(i));
  }
  if (same) return;
  Fail(Status::kUnsupported, path, " (", model.description().name,
       ") is not of the preset hybrid, the one network that this format has names for");
}

}  // namespace duomo::convert
