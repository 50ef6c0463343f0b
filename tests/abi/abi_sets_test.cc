// Random sets, filters, exclusions, allow lists and k, each query's own, against what they mean:
// predict every item, leave out, sort.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "abi/fixtures.h"
#include "core/random.h"

namespace duomo {
namespace {

constexpr size_t kItems = 700, kUsers = 9, kWidth = 12;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Rows = std::vector<bool>;

class AbiSets : public ::testing::TestWithParam<bool> {  // with codes for fast searches
 protected:
  AbiSets() {
    std::vector<float> users(kUsers * kWidth), items(kItems * kWidth);
    for (float& x : users) x = static_cast<float>(random_.Normal());
    // Some stand twice, so that there are ties.
    for (float& x : items) x = static_cast<float>(random_.Normal());
    std::copy_n(items.begin(), kWidth * 50, items.begin() + kWidth * 300);
    model::Contents contents = fixtures::VectorModel(model::HeadKind::kDot, kWidth, users, items);
    fixtures::AddAttributes(contents, kItems);
    bytes_ = model::SaveToMemory(contents);
    duomo_open_options open = DUOMO_OPEN_OPTIONS_INIT;
    if (GetParam()) open.flags = DUOMO_OPEN_PREPARE;
    EXPECT_EQ(duomo_model_open_buffer(&model_, bytes_.data(), bytes_.size(), &open, nullptr),
              DUOMO_OK);
    duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    EXPECT_EQ(duomo_context_create(&context_, model_, &options, nullptr), DUOMO_OK);
    std::vector<int64_t> u(kItems), i(kItems);
    for (size_t row = 0; row < kItems; ++row) i[row] = static_cast<int64_t>(row);
    for (size_t user = 0; user < kUsers; ++user) {
      std::ranges::fill(u, 100 + static_cast<int64_t>(user));
      predictions_.emplace_back(kItems);
      EXPECT_EQ(
          duomo_predict(predictions_.back().data(), context_, u.data(), i.data(), kItems, nullptr),
          DUOMO_OK);
    }
  }
  ~AbiSets() override {
    for (duomo_item_set* set : sets_) duomo_item_set_release(set);
    duomo_context_release(context_);
    duomo_model_release(model_);
  }

  bool Chance(uint64_t of) { return random_.Below(of) == 0; }

  std::vector<int64_t> SomeIds() {
    std::vector<int64_t> ids;
    for (size_t n = random_.Below(Chance(4) ? 20 : kItems); n > 0; --n) {
      ids.push_back(static_cast<int64_t>(random_.Below(kItems + 5)));  // some are nobody's
    }
    return ids;
  }
  static Rows RowsOf(const std::vector<int64_t>& ids) {
    Rows rows(kItems);
    for (int64_t id : ids) {
      if (id < static_cast<int64_t>(kItems)) rows[static_cast<size_t>(id)] = true;
    }
    return rows;
  }

  // A filter, and the items that pass it by what the fixture says of them.
  duomo_filter SomeFilter(Rows& passes) {
    static const char* const kBrands[] = {"acme", "blau", "größe", "none"};
    static const char* const kLabels[] = {"new", "sale", "vegan", "none"};
    static const std::vector<std::vector<size_t>> kSets = {{}, {0}, {0, 1}, {1}, {0, 1, 2}};
    duomo_filter f = DUOMO_FILTER_INIT;
    f.mode = static_cast<int32_t>(random_.Below(3));
    const size_t from = random_.Below(4), count = random_.Below(5 - from);
    const bool brand = Chance(3), labels = !brand && Chance(2);
    if (brand || labels) {
      f.input = brand ? "brand" : "labels";
      f.strings = (brand ? kBrands : kLabels) + from;
      f.value_count = count;
      for (size_t r = 0; r < kItems; ++r) {
        std::vector<size_t> has = kSets[r % 5];
        if (brand) has = r % 4 == 3 ? std::vector<size_t>{} : std::vector<size_t>{r % 3};
        size_t found = 0;
        for (size_t v : has) found += v >= from && v < from + count;
        passes[r] = f.mode == DUOMO_ANY   ? found > 0
                    : f.mode == DUOMO_ALL ? found == count
                                          : found == 0;
      }
      return f;
    }
    const bool price = Chance(2);
    f.mode = DUOMO_RANGE;
    f.input = price ? "price" : "year";
    const double middle = price ? 1 + static_cast<double>(random_.Below(350))
                                : 1980 + static_cast<double>(random_.Below(40));
    f.minimum = Chance(4) ? -kInfinity : middle - static_cast<double>(random_.Below(60));
    f.maximum = Chance(4) ? kInfinity : middle + static_cast<double>(random_.Below(60));
    f.flags = static_cast<uint32_t>(random_.Below(4));
    for (size_t r = 0; r < kItems; ++r) {
      const double x =
          price ? 1 + 0.5 * static_cast<double>(r) : 1980 + static_cast<double>(r % 40);
      const bool missing = price ? r % 10 == 9 : r % 7 == 6;
      passes[r] = !missing &&
                  ((f.flags & DUOMO_ABOVE_MINIMUM) != 0 ? x > f.minimum : x >= f.minimum) &&
                  ((f.flags & DUOMO_BELOW_MAXIMUM) != 0 ? x < f.maximum : x <= f.maximum);
    }
    return f;
  }

  // A set of any origin, and what is in it.
  const duomo_item_set* SomeSet(Rows& rows) {
    duomo_item_set* set = nullptr;
    rows.assign(kItems, false);
    if (Chance(2)) {
      const auto ids = SomeIds();
      rows = RowsOf(ids);
      EXPECT_EQ(duomo_item_set_from_ids(&set, model_, ids.data(), nullptr, ids.size(), nullptr),
                DUOMO_OK);
    } else if (Chance(2)) {
      duomo_filter f = SomeFilter(rows);
      EXPECT_EQ(duomo_item_set_from_filters(&set, model_, &f, 1, nullptr), DUOMO_OK);
    } else {
      Rows a, b;
      const duomo_item_set* parts[2] = {SomeSet(a), SomeSet(b)};
      const auto mode = static_cast<int32_t>(random_.Below(3));
      EXPECT_EQ(duomo_item_set_combine(&set, mode, parts, 2, nullptr), DUOMO_OK);
      for (size_t r = 0; r < kItems; ++r) {
        rows[r] = mode == DUOMO_ANY   ? a[r] || b[r]
                  : mode == DUOMO_ALL ? a[r] && b[r]
                                      : !a[r] && !b[r];
      }
    }
    sets_.push_back(set);
    EXPECT_EQ(duomo_item_set_count(set), static_cast<uint64_t>(std::ranges::count(rows, true)));
    for (size_t r = 0; r < kItems; r += 37) {
      EXPECT_EQ(duomo_item_set_contains(set, static_cast<int64_t>(r)), rows[r] ? 1 : 0);
    }
    return set;
  }

  Random random_{11};
  AlignedVector<std::byte> bytes_;
  duomo_model* model_ = nullptr;
  duomo_context* context_ = nullptr;
  std::vector<duomo_item_set*> sets_;
  std::vector<std::vector<float>> predictions_;
};

TEST_P(AbiSets, EveryCombinationIsWhatItSays) {
  for (int trial = 0; trial < 400; ++trial) {
    SCOPED_TRACE(trial);
    const size_t count = 1 + random_.Below(kUsers);
    const size_t ks[] = {1, 10, 100, kItems, kItems + 3};
    duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
    q.k = ks[random_.Below(std::size(ks))];
    q.count = count;
    std::vector<int64_t> users(count);
    for (int64_t& user : users) user = 100 + static_cast<int64_t>(random_.Below(kUsers));
    q.ids = users.data();
    std::vector<Rows> may(count, Rows(kItems, true));
    auto restrict_one = [&](size_t query, const Rows& to) {
      for (size_t r = 0; r < kItems; ++r) may[query][r] = may[query][r] && to[r];
    };
    auto restrict_all = [&](const Rows& to) {
      for (size_t query = 0; query < count; ++query) restrict_one(query, to);
    };
    Rows rows(kItems);
    std::vector<int64_t> allow, shared, excluded;
    std::vector<size_t> offsets = {0}, k_each(count, q.k);
    std::vector<duomo_filter> filters;
    std::vector<const duomo_item_set*> each(count);
    if (Chance(3)) {
      allow = SomeIds();
      q.flags |= DUOMO_ALLOW_LISTED;
      q.allow_ids = allow.data();
      q.allow_count = allow.size();
      restrict_all(RowsOf(allow));
    }
    if (Chance(3)) {
      shared = SomeIds();
      q.shared_exclude_ids = shared.data();
      q.shared_exclude_count = shared.size();
      rows = RowsOf(shared);
      rows.flip();
      restrict_all(rows);
    }
    for (size_t n = Chance(2) ? random_.Below(3) : 0; n > 0; --n) {
      filters.push_back(SomeFilter(rows));
      restrict_all(rows);
    }
    q.filters = filters.data();
    q.filter_count = filters.size();
    if (Chance(2)) {
      q.allow_set = SomeSet(rows);
      restrict_all(rows);
    }
    if (Chance(2)) {
      for (size_t query = 0; query < count; ++query) {
        if (Chance(3)) continue;  // NULL: all
        each[query] = SomeSet(rows);
        restrict_one(query, rows);
      }
      q.allow_sets = each.data();
    }
    if (Chance(2)) {
      for (size_t query = 0; query < count; ++query) {
        const auto own = SomeIds();
        excluded.insert(excluded.end(), own.begin(), own.end());
        offsets.push_back(excluded.size());
        rows = RowsOf(own);
        rows.flip();
        restrict_one(query, rows);
      }
      q.exclude_offsets = offsets.data();
      q.exclude_ids = excluded.data();
    }
    if (Chance(2)) {
      for (size_t& k : k_each) k = random_.Below(q.k + 1);
      q.k_each = k_each.data();
    }
    if (Chance(4)) q.flags |= DUOMO_APPROXIMATE;  // there are no lists: exact

    std::vector<int64_t> ids(count * q.k, -7);
    std::vector<float> scores(count * q.k, -7);
    std::vector<size_t> counts(count);
    duomo_topk_result out = DUOMO_TOPK_RESULT_INIT;
    out.ids = ids.data();
    out.scores = scores.data();
    out.counts = counts.data();
    duomo_error error = DUOMO_ERROR_INIT;
    ASSERT_EQ(duomo_topk(&out, context_, &q, &error), DUOMO_OK) << error.message;
    for (size_t query = 0; query < count; ++query) {
      const auto& predicted = predictions_[static_cast<size_t>(users[query] - 100)];
      std::vector<size_t> order;
      for (size_t r = 0; r < kItems; ++r) {
        if (may[query][r]) order.push_back(r);
      }
      std::ranges::stable_sort(order,
                               [&](size_t a, size_t b) { return predicted[a] > predicted[b]; });
      order.resize(std::min(order.size(), k_each[query]));
      ASSERT_EQ(counts[query], order.size()) << "query " << query;
      for (size_t i = 0; i < order.size(); ++i) {
        ASSERT_EQ(ids[query * q.k + i], static_cast<int64_t>(order[i]))
            << "query " << query << ", place " << i;
        ASSERT_EQ(std::bit_cast<uint32_t>(scores[query * q.k + i]),
                  std::bit_cast<uint32_t>(predicted[order[i]]));
      }
      for (size_t i = order.size(); i < q.k; ++i) ASSERT_EQ(ids[query * q.k + i], -7);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(With, AbiSets, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "Codes" : "Vectors"; });

}  // namespace
}  // namespace duomo
