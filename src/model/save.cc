// Writing a model. Apart from model.cc, so that the shared library drops it.
#include <algorithm>
#include <iterator>
#include <memory>
#include <numeric>

#include "core/error.h"
#include "core/narrow.h"
#include "core/version.h"
#include "file/duomo_generated.h"
#include "file/writer.h"
#include "model/binding.h"
#include "model/model.h"

namespace duomo::model {
namespace {

using file::OwnedTensor;
using file::TensorSource;

template <typename Out, typename In, typename Fill>
void ForEach(std::vector<std::unique_ptr<Out>>& out, const std::vector<In>& in, const Fill& fill) {
  for (const In& element : in) fill(element, *out.emplace_back(std::make_unique<Out>()));
}

void FillDense(const Dense& in, fb::DenseT& out) {
  out.units = in.units;
  out.activation = static_cast<fb::Activation>(in.activation);
}

void FillEncoder(const Encoder& in, fb::EncoderT& out) {
  out.name = in.name;
  out.input = in.input;
  out.kind = static_cast<fb::EncoderKind>(in.kind);
  out.table = in.table;
  out.pooling = static_cast<fb::Pooling>(in.pooling);
  out.activation = static_cast<fb::Activation>(in.activation);
  out.windows = in.windows;
  out.filters = in.filters;
  out.normalization = static_cast<fb::Normalization>(in.normalization);
  out.square = in.square;
  out.root = in.root;
  ForEach(out.layers, in.layers, FillDense);
  out.positions = in.positions;
  out.blocks = in.blocks;
  out.heads = in.heads;
  out.feed_forward = in.feed_forward;
  out.places = static_cast<fb::Places>(in.places);
}

std::unique_ptr<fb::DescriptionT> ToTable(const Description& in) {
  auto out = std::make_unique<fb::DescriptionT>();
  out->name = in.name;
  ForEach(out->vocabularies, in.vocabularies, [](const Vocabulary& v, fb::VocabularyT& o) {
    o.name = v.name;
    o.keys = static_cast<fb::KeyKind>(v.keys);
    o.size = v.size;
  });
  ForEach(out->tables, in.tables, [](const Table& t, fb::EmbeddingTableT& o) {
    o.name = t.name;
    o.vocabulary = t.vocabulary;
    o.dim = t.dim;
  });
  ForEach(out->inputs, in.inputs, [](const Input& i, fb::InputT& o) {
    o.name = i.name;
    o.scope = static_cast<fb::Scope>(i.scope);
    o.kind = static_cast<fb::InputKind>(i.kind);
    o.vocabulary = i.vocabulary;
    o.max_length = i.max_length;
    o.fallback = i.fallback;
    o.tokenizer = static_cast<uint32_t>(i.tokenizer);
    o.bucketed = i.bucketed;
  });
  ForEach(out->towers, in.towers, [](const Tower& t, fb::TowerT& o) {
    o.side = static_cast<fb::Side>(t.side);
    ForEach(o.encoders, t.encoders, FillEncoder);
    ForEach(o.layers, t.layers, FillDense);
  });
  out->head = std::make_unique<fb::HeadT>();
  out->head->kind = static_cast<fb::HeadKind>(in.head.kind);
  out->head->scale = in.head.scale;
  out->head->user_bias = in.head.user_bias;
  out->head->item_bias = in.head.item_bias;
  out->head->global_bias = in.head.global_bias;
  out->output = std::make_unique<fb::OutputT>();
  out->output->kind = static_cast<fb::OutputKind>(in.output.kind);
  out->output->scale = in.output.scale;
  out->output->offset = in.output.offset;
  out->output->unit = in.output.unit;
  return out;
}

std::unique_ptr<fb::FoldInT> ToTable(const FoldIn& in) {
  auto out = std::make_unique<fb::FoldInT>();
  out->l2 = in.l2;
  out->alpha0 = in.alpha0;
  out->nu = in.nu;
  out->candidates = in.candidates;
  out->to_mean = in.to_mean;
  out->target = in.target;
  out->fixed = in.fixed;
  return out;
}

// All tensors, sorted by name; borrows `contents`.
std::vector<TensorSource> SourcesOf(const Contents& contents) {
  std::vector<TensorSource> out = contents.sources;
  for (const OwnedTensor& t : contents.tensors) out.push_back(file::SourceOf(t));
  std::stable_sort(out.begin(), out.end(),
                   [](const TensorSource& a, const TensorSource& b) { return a.name < b.name; });
  return out;
}

// A tensor as Bind() looks at it, with type, shape and size. Its bytes are not there yet, and
// Bind() reads none. The first of equal names; the writer refuses the second.
std::optional<file::Tensor> Find(const std::vector<TensorSource>& tensors, std::string_view name) {
  auto it = std::lower_bound(tensors.begin(), tensors.end(), name,
                             [](const TensorSource& t, std::string_view n) { return t.name < n; });
  if (it == tensors.end() || it->name != name) return std::nullopt;
  static constexpr std::byte kNowhere[kAlignment] = {};
  return file::Tensor{it->dtype, it->shape, std::span(kNowhere, ToSize(file::SizeInBytes(*it)))};
}

// Sets `reader_version`, too.
fb::HeaderT MakeHeader(const Contents& contents, const std::vector<TensorSource>& tensors,
                       uint32_t& reader_version) {
  Validate(contents.description, /*bound=*/true);
  CheckAttributes(contents.attributes);
  reader_version = Bind(contents.description, contents.attributes, [&](std::string_view name) {
                     return Find(tensors, name);
                   }).reader_version;

  fb::HeaderT header;
  header.description = ToTable(contents.description);
  const Report& report = contents.report;
  header.report = std::make_unique<fb::ReportT>();
  header.report->data = report.data;
  header.report->split = report.split;
  header.report->settings = report.settings;
  for (const auto& [name, value] : report.metrics) {
    if (name.size() > 255)
      Fail(Status::kInvalidArgument, "the metric \"", name, "\" has too long a name");
    auto metric = std::make_unique<fb::MetricT>();
    metric->name = name;
    metric->value = value;
    header.report->metrics.push_back(std::move(metric));
  }
  if (contents.fold_in) {
    FoldIn fold_in = *contents.fold_in;
    BindFoldIn(fold_in, contents.description,
               [&](std::string_view name) { return Find(tensors, name); });
    header.fold_in = ToTable(fold_in);
  }
  for (const auto& [key, value] : contents.metadata) {
    CheckEntry(key, value, Status::kInvalidArgument);
    auto entry = std::make_unique<fb::EntryT>();
    entry->key = key;
    entry->value = value;
    header.metadata.push_back(std::move(entry));
  }
  for (const AttributeInfo& a : contents.attributes) {
    auto attribute = std::make_unique<fb::AttributeT>();
    attribute->name = a.name;
    attribute->kind = static_cast<fb::AttributeKind>(a.kind);
    header.attributes.push_back(std::move(attribute));
  }
  header.producer = StrCat("duomo ", kVersion);
  return header;
}

// Rows in ascending order of key; a key that stands there twice is an error.
template <typename Key>
std::vector<uint32_t> SortedRows(const std::string& prefix, std::span<const Key> keys) {
  if (keys.size() > UINT32_MAX) Fail(Status::kInvalidArgument, prefix, ": too many keys");
  std::vector<uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  auto less = [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; };
  if (!std::is_sorted(order.begin(), order.end(), less)) {
    std::stable_sort(order.begin(), order.end(), less);
  }
  for (size_t i = 1; i < order.size(); ++i) {
    if (keys[order[i - 1]] == keys[order[i]]) {
      Fail(Status::kInvalidArgument, prefix, ": the key ", keys[order[i]], " stands in rows ",
           order[i - 1], " and ", order[i], "; keys must be unique");
    }
  }
  return order;
}

template <typename T>
void Add(std::vector<OwnedTensor>& out, std::string name, std::span<const T> values) {
  out.push_back(OwnedTensor::From<T>(std::move(name), {values.size()}, values));
}

}  // namespace

void Save(const std::string& path, const Contents& contents) {
  std::vector<TensorSource> tensors = SourcesOf(contents);
  uint32_t reader_version = 0;
  fb::HeaderT header = MakeHeader(contents, tensors, reader_version);
  file::Write(path, header, tensors, reader_version);
}

AlignedVector<std::byte> SaveToMemory(const Contents& contents) {
  std::vector<TensorSource> tensors = SourcesOf(contents);
  uint32_t reader_version = 0;
  fb::HeaderT header = MakeHeader(contents, tensors, reader_version);
  return file::WriteToMemory(header, tensors, reader_version);
}

void AddKeys(std::vector<OwnedTensor>& out, const std::string& prefix,
             std::span<const int64_t> keys) {
  std::vector<uint32_t> order = SortedRows(prefix, keys);
  Add(out, prefix + "/keys", keys);
  if (std::is_sorted(order.begin(), order.end())) return;
  Add<uint32_t>(out, prefix + "/order", order);
}

void AddKeys(std::vector<OwnedTensor>& out, const std::string& prefix,
             std::span<const std::string> keys) {
  std::vector<uint32_t> order = SortedRows(prefix, keys);
  std::vector<OwnedTensor> made;
  AddTexts(made, prefix, keys);
  if (prefix == "users" || prefix == "items") {
    auto text = made[1].View().As<char>();
    AddIds(made, prefix,
           KeyIndex::OfStrings(made[0].View().As<uint64_t>(), {text.data(), text.size()}, order));
  }
  Add<uint32_t>(made, prefix + "/order", order);
  std::move(made.begin(), made.end(), std::back_inserter(out));
}

void AddIds(std::vector<OwnedTensor>& out, const std::string& prefix, const KeyIndex& keys) {
  IdTable table = MakeIdTable(keys);
  for (size_t i = 1; i < table.ids.size(); ++i) {
    if (table.ids[i - 1] != table.ids[i]) continue;
    Fail(Status::kInvalidArgument, prefix, ": the keys \"", keys.StringAt(table.order[i - 1]),
         "\" and \"", keys.StringAt(table.order[i]), "\" have the same id (duomo_id_of_string), ",
         table.ids[i], "; rename one of them");
  }
  Add<int64_t>(out, prefix + "/ids/sorted", std::span<const int64_t>(table.ids));
  Add<uint32_t>(out, prefix + "/ids/order", std::span<const uint32_t>(table.order));
}

void AddTexts(std::vector<OwnedTensor>& out, const std::string& prefix,
              std::span<const std::string> texts) {
  std::vector<uint64_t> offsets = {0};
  std::string all;
  for (const std::string& text : texts) {
    all += text;
    offsets.push_back(all.size());
  }
  Add<uint64_t>(out, prefix + "/offsets", offsets);
  Add<uint8_t>(out, prefix + "/text", {reinterpret_cast<const uint8_t*>(all.data()), all.size()});
}

void AddFeature(std::vector<OwnedTensor>& out, const std::string& prefix,
                const FeatureView& feature) {
  if (feature.kind == InputKind::kNumber) {
    Add(out, prefix + "/numbers", feature.numbers);
    return;
  }
  if (feature.kind != InputKind::kCategory) Add(out, prefix + "/offsets", feature.offsets);
  Add(out, prefix + "/rows", feature.rows);
}

void AddAttribute(std::vector<OwnedTensor>& out, const AttributeColumn& column) {
  const std::string prefix = AttributePrefix(column.info.name);
  switch (column.info.kind) {
    case AttributeKind::kInteger:
    case AttributeKind::kTime:
      return Add<int64_t>(out, prefix + "integers", column.integers);
    case AttributeKind::kNumber:
      return Add<double>(out, prefix + "numbers", column.numbers);
    case AttributeKind::kCategory:
    case AttributeKind::kSet:
      break;
  }
  AddKeys(out, prefix + "values", std::span<const std::string>(column.texts));
  AddFeature(out, prefix.substr(0, prefix.size() - 1), column.rows.view());
}

}  // namespace duomo::model
