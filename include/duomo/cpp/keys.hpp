// Part of duomo.hpp: string keys of users and items. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_KEYS_HPP_
#define DUOMO_CPP_KEYS_HPP_

#include <duomo/cpp/base.hpp>
#include <string>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

// The id of a string key: the same in every model.
inline int64_t IdOfString(const std::string& key) { return duomo_id_of_string(key.c_str()); }

// String keys, copied: {"sku-1", "sku-2"} or a vector of strings. Copies share their memory.
class Keys {
 public:
  Keys() = default;
  Keys(std::vector<std::string> keys) : copy_(std::make_shared<const Copy>(std::move(keys))) {}
  Keys(std::initializer_list<const char*> keys)
      : Keys(std::vector<std::string>(keys.begin(), keys.end())) {}

  size_t size() const { return copy_ == nullptr ? 0 : copy_->strings.size(); }
  const char* const* data() const {  // never NULL
    static const char* const nothing[1] = {nullptr};
    return copy_ == nullptr ? nothing : copy_->pointers.data();
  }

 private:
  struct Copy {
    explicit Copy(std::vector<std::string> keys) : strings(std::move(keys)) {
      for (const std::string& key : strings) pointers.push_back(key.c_str());
      pointers.push_back(nullptr);
    }
    std::vector<std::string> strings;
    std::vector<const char*> pointers;
  };
  std::shared_ptr<const Copy> copy_;
};

// A list of them for each query.
class KeyLists {
 public:
  KeyLists(const std::vector<std::vector<std::string>>& lists) : KeyLists(Flat(lists)) {}
  KeyLists(std::initializer_list<std::initializer_list<const char*>> lists)
      : KeyLists(Flat(lists)) {}

  size_t size() const { return offsets_->size() - 1; }
  const size_t* offsets() const { return offsets_->data(); }
  const Keys& keys() const { return keys_; }

 private:
  struct Parts {
    std::vector<size_t> offsets = {0};
    std::vector<std::string> keys;
  };
  template <typename Lists>
  static Parts Flat(const Lists& lists) {
    Parts parts;
    for (const auto& list : lists) {
      parts.keys.insert(parts.keys.end(), list.begin(), list.end());
      parts.offsets.push_back(parts.keys.size());
    }
    return parts;
  }
  explicit KeyLists(Parts parts)
      : offsets_(std::make_shared<const std::vector<size_t>>(std::move(parts.offsets))),
        keys_(std::move(parts.keys)) {}

  std::shared_ptr<const std::vector<size_t>> offsets_;
  Keys keys_;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_KEYS_HPP_
