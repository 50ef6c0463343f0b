// What all rows of a table have in one column: reads like a std::vector, in memory of its own or
// where a file is mapped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace duomo::data {

// Borrowed values are copied before anybody can write to them: by every member that is not const,
// so read through a const reference. Thread-safety: as a std::vector.
template <typename T>
class RowValues {
 public:
  using value_type = T;
  using const_iterator = const T*;
  using iterator = T*;

  RowValues() = default;
  RowValues(std::initializer_list<T> values) : RowValues(std::vector<T>(values)) {}
  RowValues(std::vector<T> values) : own_(std::move(values)) { Point(); }  // NOLINT: as good as one
  // `values` stay where they are, which `owner` keeps alive.
  RowValues(std::span<const T> values, std::shared_ptr<const void> owner)
      : owner_(std::move(owner)), data_(values.data()), size_(values.size()) {}

  RowValues(const RowValues& other) : own_(other.own_), owner_(other.owner_) {
    Point();
    if (owner_ == nullptr) return;
    data_ = other.data_;
    size_ = other.size_;
  }
  RowValues(RowValues&& other) noexcept { *this = std::move(other); }
  RowValues& operator=(const RowValues& other) { return *this = RowValues(other); }
  RowValues& operator=(RowValues&& other) noexcept {
    if (this == &other) return *this;
    own_ = std::move(other.own_);
    owner_ = std::move(other.owner_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    other.own_.clear();
    return *this;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* data() const { return data_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  const T& operator[](size_t row) const { return data_[row]; }
  const T& back() const { return data_[size_ - 1]; }
  std::vector<T> Copy() const { return {begin(), end()}; }

  T* data() { return Own().data(); }
  T* begin() { return Own().data(); }
  T* end() { return Own().data() + size_; }
  T& operator[](size_t row) { return Own()[row]; }
  T& back() { return Own().back(); }
  void push_back(T value) {
    Own().push_back(value);
    Point();
  }
  void reserve(size_t count) {
    Own().reserve(count);
    Point();
  }
  void resize(size_t count, T value = T()) {
    Own().resize(count, value);
    Point();
  }
  void assign(size_t count, T value) { *this = RowValues(std::vector<T>(count, value)); }
  void clear() { *this = RowValues(); }

  friend bool operator==(const RowValues& a, const RowValues& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  void Point() {
    data_ = own_.data();
    size_ = own_.size();
  }
  std::vector<T>& Own() {
    if (owner_ != nullptr) *this = RowValues(Copy());
    return own_;
  }

  std::vector<T> own_;                 // or nothing, while there is an owner
  std::shared_ptr<const void> owner_;  // of borrowed values
  const T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace duomo::data
