// The request from parts: user vector and ranking by ONNX Runtime, the search by a peer's index,
// and what lies between by hand, as an app would write it: columns in arrays, bitmaps of what is in
// stock and of each category, made once.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "../request/assembly.h"
#include "model/model.h"
#include "onnx_session.h"

namespace duomo::bench {
namespace {

duomo_error problem = DUOMO_ERROR_INIT;
constexpr float kScale = 10;  // of the head
constexpr int64_t kAges[] = {1, 18, 25, 35, 45, 50, 56};

// The app's own tables, by row of the candidates file.
struct Tables {
  explicit Tables(const Shop& shop) : stock(shop.ids.size()), price(shop.ids.size()) {
    const size_t n = shop.ids.size();
    std::vector<duomo_text> category(n), brands(n);
    duomo_model* model = shop.candidates.model;
    auto texts = [&](std::vector<duomo_text>& out, const char* name) {
      Must(duomo_attribute_texts(out.data(), model, name, shop.ids.data(), n, &problem), problem);
    };
    texts(category, "category");
    texts(brands, "brand");
    Must(duomo_attribute_numbers(price.data(), model, "price", shop.ids.data(), n, &problem),
         problem);
    std::map<std::string, uint32_t> numbers;
    row_of.resize(n + 1);  // ids are 1, 2, 3, …
    for (size_t row = 0; row < n; ++row) {
      row_of[static_cast<size_t>(shop.ids[row])] = row;
      if (InStock(shop.ids[row])) stock.Set(row);
      std::string name(category[row].data, category[row].size);
      categories.try_emplace(name, n).first->second.Set(row);
      std::string brand_name(brands[row].data, brands[row].size);
      brand.push_back(numbers.try_emplace(brand_name, numbers.size()).first->second);
    }
    brand_count = numbers.size();
    auto ranking = model::Model::Open(shop.ranking.path);
    const auto& inputs = ranking->description().inputs;
    const auto& of = ranking->items().features.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].name != "genres") continue;
      for (size_t row = 0; row < n; ++row) widest = std::max(widest, of[i].RowsOf(row).size());
      genres.assign(n * widest, -1);
      for (size_t row = 0; row < n; ++row) {
        auto rows = of[i].RowsOf(row);
        std::copy(rows.begin(), rows.end(), genres.begin() + static_cast<ptrdiff_t>(row * widest));
      }
    }
  }
  Rows stock;
  std::map<std::string, Rows> categories;
  std::vector<double> price;
  std::vector<uint32_t> brand;
  size_t brand_count = 0, widest = 1;
  std::vector<size_t> row_of;   // by id
  std::vector<int64_t> genres;  // [ids, widest], by id
};

// The values of one network for users by history, and by features.
struct UserValues {
  UserValues(int64_t width, bool known) {
    watched = values.Integers("watched", {1, known ? int64_t{kWatched} : 1});
    latest = values.Integers("latest", {1, known ? int64_t{kLatest} : 1});
    gender = values.Integers("gender", {1});
    age = values.Integers("age", {1});
    values.Output({1, width});
  }
  onnx::Values values;
  int64_t *watched, *latest, *gender, *age;
};

struct PairValues {
  PairValues(int64_t widest, bool known) {
    const int64_t n = kCandidates;
    item = values.Integers("movie_id", {n});
    genres = values.Integers("genres", {n, widest});
    watched = values.Integers("watched", {1, known ? int64_t{kWatched} : 1});
    recent = values.Integers("recent", {1, known ? int64_t{kRecent} : 1});
    gender = values.Integers("gender", {1});
    age = values.Integers("age", {1});
    score = values.Numbers("candidate_score", {n});
    shown = values.Numbers("previous_impressions", {n});
    values.Output({n});
  }
  onnx::Values values;
  int64_t *item, *genres, *watched, *recent, *gender, *age;
  float *score, *shown;
};

struct Parts {
  Parts(const Shop& s, const PeerOptions& options, Finder& f) : shop(s), finder(f), tables(s) {
    onnx::Load(options.onnxruntime);
    const std::string folder = options.folder + "/" + shop.name();
    for (unsigned threads : {1u, 2u}) {
      user.push_back(std::make_unique<onnx::Session>(folder + "/user.onnx", threads));
      pair.push_back(std::make_unique<onnx::Session>(folder + "/pair.onnx", threads));
    }
  }
  const Shop& shop;
  Finder& finder;
  Tables tables;
  std::vector<std::unique_ptr<onnx::Session>> user, pair;  // of one thread, of two
};

class PeerClient : public Client {
 public:
  PeerClient(const Parts& parts, unsigned threads)
      : p_(parts),
        user_(*parts.user[threads - 1]),
        pair_(*parts.pair[threads - 1]),
        allowed_(parts.shop.ids.size()),
        of_brand_(parts.tables.brand_count) {}

 private:
  void Find(const Customer& c, Answer& answer) override { Search(c, Vector(c), answer); }

  template <typename V>
  void SetFeatures(const Customer& c, V& to) {
    if (c.known) return;  // −1: unknown
    *to.gender = c.gender == "M" ? 0 : 1;
    *to.age = std::find(std::begin(kAges), std::end(kAges), c.age) - std::begin(kAges);
  }

  const float* Vector(const Customer& c) {
    UserValues& to = c.known ? by_history_ : by_features_;
    for (size_t i = 0; i < c.history.size(); ++i) {
      to.watched[i] = static_cast<int64_t>(p_.tables.row_of[static_cast<size_t>(c.history[i])]);
    }
    if (c.known) std::copy_n(to.watched + kWatched - kLatest, kLatest, to.latest);
    SetFeatures(c, to);
    to.values.Run(user_, "user_vector");
    return to.values.result.data();
  }

  // In stock and in one of both categories by words, then the price of what is left.
  void Allow(const Customer& c) {
    const Tables& t = p_.tables;
    const Rows& a = t.categories.at(c.categories[0]);
    const Rows& b = t.categories.at(c.categories[1]);
    for (size_t w = 0; w < allowed_.words.size(); ++w) {
      uint64_t left = t.stock.words[w] & (a.words[w] | b.words[w]), word = left;
      for (; left != 0; left &= left - 1) {
        const double price = t.price[w * 64 + static_cast<size_t>(std::countr_zero(left))];
        if (price < c.cheapest || price > c.dearest) word &= ~(left & -left);
      }
      allowed_.words[w] = word;
    }
    for (int64_t id : c.history) allowed_.Clear(t.row_of[static_cast<size_t>(id)]);
  }

  void Search(const Customer& c, const float* vector, Answer& answer) {
    Allow(c);
    for (size_t k = 2 * kCandidates;; k *= 4) {
      p_.finder.Find(vector, allowed_, k, found_);
      answer.found = 0;
      for (const Found& f : found_) {
        if (answer.found == kCandidates) break;
        if (of_brand_[p_.tables.brand[static_cast<size_t>(f.row)]]++ >= kOfABrand) continue;
        answer.candidates[answer.found] = p_.shop.ids[static_cast<size_t>(f.row)];
        answer.scores[answer.found++] = kScale * f.score;
      }
      for (const Found& f : found_) of_brand_[p_.tables.brand[static_cast<size_t>(f.row)]] = 0;
      if (answer.found == kCandidates || found_.size() < k) return;
    }
  }

  void Rank(const Customer& c, Answer& answer) override {
    auto& to = c.known ? *pairs_by_history_ : *pairs_by_features_;
    const size_t widest = p_.tables.widest;
    for (size_t i = 0; i < answer.found; ++i) {
      const int64_t row = answer.candidates[i] - 1;  // the ranking file is in the order of ids
      to.item[i] = row;
      std::copy_n(&p_.tables.genres[static_cast<size_t>(row) * widest], widest,
                  to.genres + i * widest);
      to.score[i] = answer.scores[i] - answer.scores[0];
      to.shown[i] = Shown(answer.candidates[i]);
    }
    for (size_t i = 0; i < c.history.size(); ++i) to.watched[i] = c.history[i] - 1;
    if (c.known) std::copy_n(to.watched + kWatched - kRecent, kRecent, to.recent);
    SetFeatures(c, to);
    to.values.Run(pair_, "prediction");
    std::copy_n(to.values.result.data(), answer.found, answer.outputs);
  }

  const Parts& p_;
  const onnx::Session &user_, &pair_;
  Rows allowed_;
  std::vector<uint32_t> of_brand_;
  std::vector<Found> found_;
  UserValues by_history_{static_cast<int64_t>(p_.shop.candidates.info.vector_width), true};
  UserValues by_features_{static_cast<int64_t>(p_.shop.candidates.info.vector_width), false};
  std::unique_ptr<PairValues> pairs_by_history_ =
      std::make_unique<PairValues>(static_cast<int64_t>(p_.tables.widest), true);
  std::unique_ptr<PairValues> pairs_by_features_ =
      std::make_unique<PairValues>(static_cast<int64_t>(p_.tables.widest), false);
};

class Peer : public Assembly {
 public:
  Peer(const Shop& shop, const PeerOptions& options, Finder& finder)
      : parts_(shop, options, finder) {}
  std::string name() const override {
    return "ONNX Runtime " + onnx::Version() + " and " + parts_.finder.name() + ", " +
           parts_.finder.SettingName();
  }
  std::unique_ptr<Client> NewClient(unsigned threads) override {
    return std::make_unique<PeerClient>(parts_, threads);
  }

 private:
  const Parts parts_;
};

}  // namespace

std::unique_ptr<Assembly> MakePeer(const Shop& shop, const PeerOptions& options, Finder& finder) {
  return std::make_unique<Peer>(shop, options, finder);
}

}  // namespace duomo::bench
