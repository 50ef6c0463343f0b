// Part of duomo.hpp: filters and sets of items. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_ITEMS_HPP_
#define DUOMO_CPP_ITEMS_HPP_

#include <cmath>
#include <duomo/cpp/model.hpp>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

// A condition on an attribute or input of items: it has any, all or none (mode: DUOMO_ANY, …) of
// the values, which are copied; or its number is in a range.
class Filter {
 public:
  static Filter Strings(std::string input, int32_t mode, std::vector<std::string> values) {
    Filter f(std::move(input), mode);
    return f.strings_ = std::move(values), f;
  }
  static Filter Integers(std::string input, int32_t mode, std::vector<int64_t> values) {
    Filter f(std::move(input), mode);
    return f.integers_ = std::move(values), f;
  }
  // Both bounds are included, unless `ends` excludes them: DUOMO_ABOVE_MINIMUM,
  // DUOMO_BELOW_MAXIMUM.
  static Filter Range(std::string input, double minimum, double maximum, uint32_t ends = 0) {
    Filter f(std::move(input), DUOMO_RANGE);
    f.minimum_ = minimum;
    f.maximum_ = maximum;
    return f.flags_ = ends, f;
  }
  static Filter AtLeast(std::string input, double minimum) {
    return Range(std::move(input), minimum, HUGE_VAL);
  }
  static Filter AtMost(std::string input, double maximum) {
    return Range(std::move(input), -HUGE_VAL, maximum);
  }

  // Makes an unknown value fail with DUOMO_NOT_FOUND; otherwise it matches no item.
  Filter& Strict() & { return flags_ |= DUOMO_STRICT_VALUES, *this; }
  Filter&& Strict() && { return std::move(Strict()); }

  // The C form of an array of filters; points into `filters`. Not movable.
  struct Array {
    explicit Array(Span<const Filter> filters);
    Array(const Array&) = delete;
    std::vector<duomo_filter> c;
    std::vector<std::vector<const char*>> strings;
  };

 private:
  Filter(std::string input, int32_t mode) : input_(std::move(input)), mode_(mode) {}

  std::string input_;
  int32_t mode_;
  uint32_t flags_ = 0;
  double minimum_ = 0, maximum_ = 0;
  std::vector<std::string> strings_;
  std::vector<int64_t> integers_;
};

inline Filter::Array::Array(Span<const Filter> filters) {
  strings.reserve(filters.size());  // so that the filters' pointers remain valid
  for (const Filter& f : filters) {
    strings.emplace_back();
    for (const std::string& s : f.strings_) strings.back().push_back(s.c_str());
    duomo_filter filter = DUOMO_FILTER_INIT;
    filter.mode = f.mode_;
    filter.input = f.input_.c_str();
    if (!f.strings_.empty()) filter.strings = strings.back().data();
    if (!f.integers_.empty()) filter.integers = f.integers_.data();
    filter.value_count = f.strings_.size() + f.integers_.size();
    filter.minimum = f.minimum_;
    filter.maximum = f.maximum_;
    filter.flags = f.flags_;
    c.push_back(filter);
  }
}

// A reference to an immutable set of items of a model; copies refer to the same one. Any number of
// threads at once. In a request, a default-constructed set stands for all items.
class ItemSet {
 public:
  ItemSet() = default;

  static Outcome<ItemSet> FromIds(const Model& model, Ids ids) {
    return Make([&](duomo_item_set** out, duomo_error* error) {
      return duomo_item_set_from_ids(out, model.get(), ids.data(), nullptr, ids.size(), error);
    });
  }
  static Outcome<ItemSet> FromKeys(const Model& model, Span<const std::string> keys) {
    std::vector<const char*> pointers;
    for (const std::string& key : keys) pointers.push_back(key.c_str());
    return Make([&](duomo_item_set** out, duomo_error* error) {
      return duomo_item_set_from_ids(out, model.get(), nullptr,
                                     pointers.empty() ? nullptr : pointers.data(), pointers.size(),
                                     error);
    });
  }
  // The items that pass all filters.
  static Outcome<ItemSet> Where(const Model& model, Span<const Filter> filters) {
    const Filter::Array array(filters);
    return Make([&](duomo_item_set** out, duomo_error* error) {
      return duomo_item_set_from_filters(out, model.get(), array.c.data(), array.c.size(), error);
    });
  }
  static Outcome<ItemSet> Where(const Model& model, const Filter& filter) {
    return Where(model, Span<const Filter>(&filter, 1));
  }

  // The items in at least one of the sets, in all, or in none of them.
  static Outcome<ItemSet> Any(Span<const ItemSet> sets) { return Combine(DUOMO_ANY, sets); }
  static Outcome<ItemSet> All(Span<const ItemSet> sets) { return Combine(DUOMO_ALL, sets); }
  static Outcome<ItemSet> None(Span<const ItemSet> sets) { return Combine(DUOMO_NONE, sets); }
  static Outcome<ItemSet> Not(const ItemSet& set) { return None(Span<const ItemSet>(&set, 1)); }

  ItemSet(const ItemSet& other) noexcept : set_(other.set_) { duomo_item_set_retain(set_); }
  ItemSet(ItemSet&& other) noexcept : set_(std::exchange(other.set_, nullptr)) {}
  ItemSet& operator=(ItemSet other) noexcept {
    std::swap(set_, other.set_);
    return *this;
  }
  ~ItemSet() { duomo_item_set_release(set_); }

  uint64_t size() const { return duomo_item_set_count(set_); }
  bool Contains(int64_t item) const { return duomo_item_set_contains(set_, item) != 0; }
  duomo_item_set* get() const { return set_; }

 private:
  explicit ItemSet(duomo_item_set* set) : set_(set) {}

  template <typename Call>
  static Outcome<ItemSet> Make(const Call& call) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_item_set* set = nullptr;
    return internal::Finish(call(&set, &error), error, [&] { return ItemSet(set); });
  }
  static Outcome<ItemSet> Combine(int32_t mode, Span<const ItemSet> sets) {
    std::vector<const duomo_item_set*> pointers;
    for (const ItemSet& set : sets) pointers.push_back(set.set_);
    return Make([&](duomo_item_set** out, duomo_error* error) {
      return duomo_item_set_combine(out, mode, pointers.data(), pointers.size(), error);
    });
  }

  duomo_item_set* set_ = nullptr;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_ITEMS_HPP_
