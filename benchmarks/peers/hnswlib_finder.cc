// hnswlib's graph with a filter function; 16 links, 100 candidates while it is made, as peers.py.
#include <hnswlib.h>

#include <atomic>
#include <thread>

#include "finders.h"

namespace duomo::bench {
namespace {

std::string PathOf(const Vectors& v, const PeerOptions& options) {
  return options.folder + "/hnswlib-" + v.stamp;
}

struct Allowed : hnswlib::BaseFilterFunctor {
  explicit Allowed(const Rows& r) : rows(r) {}
  bool operator()(hnswlib::labeltype row) override { return rows.Has(row); }
  const Rows& rows;
};

class Graph : public Finder {
 public:
  Graph(const Vectors& v, const PeerOptions& options) : space_(v.width), count_(v.count) {
    const std::string path = PathOf(v, options);
    if (!std::filesystem::exists(path)) Make(v, path);
    index_ = std::make_unique<Index>(&space_, path);
  }
  std::string name() const override { return "hnswlib 0.8.0"; }
  std::vector<size_t> settings(size_t k) const override {
    std::vector<size_t> out;
    for (size_t ef = std::max<size_t>(k, 16); ef < count_ && out.size() < 8; ef = ef * 3 / 2) {
      out.push_back(ef);
    }
    return out;
  }
  std::string SettingName() const override { return "ef " + std::to_string(index_->ef_); }
  bool exact() const override { return false; }
  void Set(size_t setting) override { index_->setEf(setting); }

  void Find(const float* vector, const Rows& allowed, size_t k,
            std::vector<Found>& out) const override {
    Allowed filter(allowed);
    auto found = index_->searchKnn(vector, k, &filter);  // the worst on top
    out.resize(found.size());
    for (size_t i = out.size(); i-- > 0; found.pop()) {
      out[i] = {static_cast<int64_t>(found.top().second), 1 - found.top().first};
    }
  }

 private:
  using Index = hnswlib::HierarchicalNSW<float>;

  void Make(const Vectors& v, const std::string& path) {
    std::fprintf(stderr, "making %s\n", path.c_str());
    Index index(&space_, v.count, 16, 100);
    std::atomic<size_t> next{1};
    index.addPoint(v.data, 0);
    auto add = [&] {
      for (size_t row; (row = next++) < v.count;) {
        if (row % 50000 == 0) std::fprintf(stderr, "%zu vectors\n", row);
        index.addPoint(v.data + row * v.width, row);
      }
    };
    std::thread other(add);
    add();
    other.join();
    index.saveIndex(path + ".part");
    std::filesystem::rename(path + ".part", path);
  }

  hnswlib::InnerProductSpace space_;
  const size_t count_;
  std::unique_ptr<Index> index_;
};

}  // namespace

std::unique_ptr<Finder> MakeHnswlib(const Vectors& v, const PeerOptions& options) {
  constexpr size_t kMany = 200000;
  if (v.count > kMany && !options.graphs && !std::filesystem::exists(PathOf(v, options))) {
    std::fprintf(stderr, "hnswlib: no graph of %zu vectors (--graphs makes it)\n", v.count);
    return nullptr;
  }
  return std::make_unique<Graph>(v, options);
}

}  // namespace duomo::bench
