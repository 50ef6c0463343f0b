// duomo_bench_data request CANDIDATES RANKING ITEMS CANDIDATES_OUT RANKING_OUT: both networks for a
// shop of ITEMS items. An item has the embedding of one film, a little moved, and the genres of
// another; its category is the film's, so that it goes with tastes; brand and price are drawn.
// Histories may name any item: the tables have a row for each, as in an app of that size.
#include <algorithm>
#include <cmath>

#include "../make_data.h"
#include "core/error.h"
#include "core/random.h"
#include "model/parameters.h"
#include "runtime/engine.h"

namespace duomo::bench {
namespace {

constexpr const char* kVocabulary = "movie_id";  // of the histories, in both networks
constexpr uint64_t kCategories = 24, kBrands = 1000;
constexpr double kMoved = 0.3;  // of a column's deviation

// The films that items are made of, for both files the same.
struct Drawn {
  std::vector<uint32_t> film, genres;
};

Drawn Draw(uint64_t films, uint64_t items) {
  Random random(1);
  Drawn out;
  for (uint64_t i = 0; i < items; ++i) {
    out.film.push_back(static_cast<uint32_t>(random.Below(films)));
    out.genres.push_back(static_cast<uint32_t>(random.Below(films)));
  }
  return out;
}

// [items + 1, dim]: the rows of the films, each moved by itself, and the unknown row.
AlignedVector<float> Grow(model::Rows table, uint64_t films, const Drawn& drawn) {
  const uint64_t dim = table.width;
  std::span<const float> old = table.floats();
  std::vector<double> deviation(dim);
  for (uint64_t d = 0; d < dim; ++d) {
    for (uint64_t i = 0; i < films; ++i) {
      deviation[d] += double{old[i * dim + d]} * double{old[i * dim + d]};
    }
    deviation[d] = kMoved * std::sqrt(deviation[d] / static_cast<double>(films));
  }
  Random random(2);
  AlignedVector<float> out;
  out.reserve((drawn.film.size() + 1) * dim);
  for (uint32_t film : drawn.film) {
    for (uint64_t d = 0; d < dim; ++d) {
      out.push_back(old[film * dim + d] + static_cast<float>(deviation[d] * random.Normal()));
    }
  }
  auto unknown = old.subspan(films * dim, dim);
  out.insert(out.end(), unknown.begin(), unknown.end());
  return out;
}

std::string TextOf(const char* what, uint64_t number) { return StrCat(what, ' ', number); }

void AddColumns(model::Contents& c, const Drawn& drawn) {
  Random random(3);
  model::AttributeColumn category, brand, price;
  category.info = {"category", model::AttributeKind::kCategory};
  brand.info = {"brand", model::AttributeKind::kCategory};
  price.info = {"price", model::AttributeKind::kNumber};
  for (uint64_t i = 0; i < kCategories; ++i) category.texts.push_back(TextOf("category", i));
  for (uint64_t i = 0; i < kBrands; ++i) brand.texts.push_back(TextOf("brand", i));
  for (uint32_t film : drawn.film) {
    category.rows.rows.push_back(static_cast<uint32_t>(film % kCategories));
    double u = random.Uniform();  // the first brands have more items than the last
    brand.rows.rows.push_back(static_cast<uint32_t>(u * u * double{kBrands}));
    price.numbers.push_back(std::round(100 * std::exp(3 + random.Normal())) / 100);
  }
  for (const model::AttributeColumn* column : {&category, &brand, &price}) {
    c.attributes.push_back(column->info);
    model::AddAttribute(c.tensors, *column);
  }
}

model::Contents Enlarge(const model::Model& from, const Drawn& drawn) {
  const uint64_t items = drawn.film.size();
  model::Contents c = CopyOf(from, "items/");
  std::erase_if(c.tensors, [](const auto& t) { return t.name.starts_with("users/"); });
  model::Description& d = c.description;
  auto found = std::find_if(d.vocabularies.begin(), d.vocabularies.end(),
                            [](const auto& v) { return v.name == kVocabulary; });
  if (found == d.vocabularies.end()) {
    Fail(Status::kInvalidArgument, "the network has no vocabulary ", kVocabulary);
  }
  const auto vocabulary = static_cast<uint32_t>(found - d.vocabularies.begin());
  const uint64_t films = found->size;
  found->size = items;
  std::string keys = StrCat("vocabularies/", kVocabulary);
  std::erase_if(c.tensors, [&](const auto& t) { return t.name.starts_with(keys + "/"); });
  model::AddKeys(c.tensors, keys, Ids(items));
  model::AddKeys(c.tensors, "items", Ids(items));
  for (uint32_t t = 0; t < d.tables.size(); ++t) {
    if (d.tables[t].vocabulary != vocabulary) continue;
    std::string name = StrCat("parameters/", model::TableName(d, t));
    std::erase_if(c.tensors, [&](const auto& tensor) { return tensor.name == name; });
    AlignedVector<float> rows = Grow(from.parameter(model::TableName(d, t)), films, drawn);
    c.tensors.push_back(file::OwnedTensor::From<float>(name, {items + 1, d.tables[t].dim}, rows));
  }
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope != model::Scope::kItem) continue;
    const model::FeatureView& old = from.items().features.inputs[i];
    model::FeatureColumn column{old.kind, {}, {}, {}};
    const bool own = d.inputs[i].vocabulary == static_cast<int32_t>(vocabulary);
    if (!old.offsets.empty()) column.offsets.push_back(0);
    for (uint64_t item = 0; item < items; ++item) {
      auto rows = old.RowsOf(drawn.genres[item]);
      own ? column.rows.push_back(static_cast<uint32_t>(item))
          : (void)column.rows.insert(column.rows.end(), rows.begin(), rows.end());
      if (!old.offsets.empty()) column.offsets.push_back(column.rows.size());
    }
    model::AddFeature(c.tensors, StrCat("items/features/", d.inputs[i].name), column.view());
  }
  return c;
}

}  // namespace

void MakeRequest(const std::string& candidates, const std::string& ranking, uint64_t items,
                 const std::string& candidates_out, const std::string& ranking_out) {
  auto first = model::Model::Open(candidates), second = model::Model::Open(ranking);
  const Drawn drawn = Draw(first->items().count, items);
  model::Save(ranking_out, Enlarge(*second, drawn));
  model::Contents c = Enlarge(*first, drawn);
  // Training by softmax wants the plain product. Unit vectors are what the peers' graphs do best
  // with.
  c.description.head.kind = model::HeadKind::kCosine;
  c.description.head.scale = 10;
  AddColumns(c, drawn);
  {
    AlignedVector<std::byte> bytes = model::SaveToMemory(c);
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    AlignedVector<float> vectors = engine->Freeze(model::Side::kItem);
    AddVectors(c, "items/vectors", vectors, engine->vector_width());
  }
  model::Save(candidates_out, c);
}

}  // namespace duomo::bench
