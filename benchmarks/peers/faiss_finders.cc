// Debian's FAISS with selectors: the flat index, and inverted lists.
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "finders.h"

namespace duomo::bench {
namespace {

using Index = faiss::Index;

std::string Version() {
  return "FAISS " + std::to_string(FAISS_VERSION_MAJOR) + "." +
         std::to_string(FAISS_VERSION_MINOR) + "." + std::to_string(FAISS_VERSION_PATCH);
}

faiss::IDSelectorBitmap Selector(const Rows& allowed) {
  return {allowed.words.size() * 8, reinterpret_cast<const uint8_t*>(allowed.words.data())};
}

void Give(const std::vector<float>& scores, const std::vector<int64_t>& rows,
          std::vector<Found>& out) {
  out.clear();
  for (size_t i = 0; i < rows.size() && rows[i] >= 0; ++i) out.push_back({rows[i], scores[i]});
}

// Two ways to the same: the index under a bitmap selector, or a list of the ids that are allowed
// and FAISS's search among these.
class Flat : public Finder {
 public:
  explicit Flat(const Vectors& v) : width_(v.width), index_(static_cast<Index::idx_t>(v.width)) {
    index_.add(static_cast<Index::idx_t>(v.count), v.data);
  }
  std::string name() const override { return Version() + ", flat"; }
  std::vector<size_t> settings(size_t) const override { return {0, 1}; }
  std::string SettingName() const override { return listed_ ? "list of ids" : "bitmap selector"; }
  bool exact() const override { return true; }
  void Set(size_t setting) override { listed_ = setting == 1; }

  void Find(const float* vector, const Rows& allowed, size_t k,
            std::vector<Found>& out) const override {
    std::vector<float> scores(k);
    std::vector<int64_t> rows(k);
    if (listed_) {
      std::vector<int64_t> ids;
      for (size_t w = 0; w < allowed.words.size(); ++w) {
        for (uint64_t left = allowed.words[w]; left != 0; left &= left - 1) {
          ids.push_back(static_cast<int64_t>(w * 64) + std::countr_zero(left));
        }
      }
      faiss::knn_inner_products_by_idx(vector, index_.get_xb(), ids.data(), width_, 1, ids.size(),
                                       k, scores.data(), rows.data(), 0);
    } else {
      auto selector = Selector(allowed);
      faiss::SearchParameters parameters;
      parameters.sel = &selector;
      index_.search(1, vector, static_cast<Index::idx_t>(k), scores.data(), rows.data(),
                    &parameters);
    }
    Give(scores, rows, out);
  }

 private:
  const size_t width_;
  faiss::IndexFlatIP index_;
  bool listed_ = false;
};

// 2 √n lists. The assignment of the vectors is kept in a file, for it takes long.
class Ivf : public Finder {
 public:
  Ivf(const Vectors& v, const PeerOptions& options)
      : quantizer_(static_cast<Index::idx_t>(v.width)),
        index_(&quantizer_, v.width, static_cast<size_t>(2 * std::sqrt(v.count)),
               faiss::METRIC_INNER_PRODUCT) {
    const std::string path = options.folder + "/ivf-" + v.stamp;
    std::vector<Index::idx_t> lists(v.count);
    std::vector<float> centres(index_.nlist * v.width);
    if (!std::filesystem::exists(path)) {
      std::fprintf(stderr, "making %s\n", path.c_str());
      omp_set_num_threads(2);
      index_.cp.niter = 10;
      index_.cp.max_points_per_centroid = 64;
      index_.train(static_cast<Index::idx_t>(v.count), v.data);
      quantizer_.reconstruct_n(0, static_cast<Index::idx_t>(index_.nlist), centres.data());
      quantizer_.assign(static_cast<Index::idx_t>(v.count), v.data, lists.data());
      Written(path, {{centres.data(), centres.size() * sizeof(float)},
                     {lists.data(), lists.size() * sizeof(Index::idx_t)}});
      omp_set_num_threads(1);
    }
    Read(path, {{centres.data(), centres.size() * sizeof(float)},
                {lists.data(), lists.size() * sizeof(Index::idx_t)}});
    quantizer_.reset();
    quantizer_.add(static_cast<Index::idx_t>(index_.nlist), centres.data());
    index_.is_trained = true;
    index_.add_core(static_cast<Index::idx_t>(v.count), v.data, nullptr, lists.data());
    index_.parallel_mode = 1;  // threads share the lists of one query
  }
  std::string name() const override { return Version() + ", IVF"; }
  std::vector<size_t> settings(size_t) const override {
    std::vector<size_t> out;
    for (size_t n : {2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024}) {
      if (n < index_.nlist) out.push_back(n);
    }
    return out;
  }
  std::string SettingName() const override { return "nprobe " + std::to_string(probes_); }
  bool exact() const override { return false; }
  void Set(size_t setting) override { probes_ = setting; }

  void Find(const float* vector, const Rows& allowed, size_t k,
            std::vector<Found>& out) const override {
    std::vector<float> scores(k);
    std::vector<int64_t> rows(k);
    auto selector = Selector(allowed);
    faiss::SearchParametersIVF parameters;
    parameters.sel = &selector;
    parameters.nprobe = probes_;
    index_.search(1, vector, static_cast<Index::idx_t>(k), scores.data(), rows.data(), &parameters);
    Give(scores, rows, out);
  }

 private:
  faiss::IndexFlatIP quantizer_;
  faiss::IndexIVFFlat index_;
  size_t probes_ = 1;
};

}  // namespace

void SetPeerThreads(unsigned threads) { omp_set_num_threads(static_cast<int>(threads)); }

std::unique_ptr<Finder> MakeFlat(const Vectors& v, const PeerOptions&) {
  return std::make_unique<Flat>(v);
}

std::unique_ptr<Finder> MakeIvf(const Vectors& v, const PeerOptions& options) {
  return std::make_unique<Ivf>(v, options);
}

std::vector<MakeFinder> Finders() { return {MakeFlat, MakeIvf, MakeHnswlib}; }

}  // namespace duomo::bench
