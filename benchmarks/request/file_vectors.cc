#include "finder.h"
#include "model/model.h"
#include "shop.h"

namespace duomo::bench {

FileVectors::FileVectors(const Shop& shop) {
  auto file = model::Model::Open(shop.candidates.path);
  view_ = {file->items().vectors.floats().data(), shop.ids.size(),
           shop.candidates.info.vector_width,
           shop.name() + "-" + std::to_string(file->fingerprint())};
  file_ = std::move(file);
}

FileVectors::~FileVectors() = default;

}  // namespace duomo::bench
