// Rows on their way from a table into a data set: through memory, or through files that take their
// place there, for more rows than memory holds.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/scratch_file.h"
#include "data/dataset.h"

namespace duomo::data {

// While one lives, columns of rows that this thread makes through a RowSpool lie in scratch files
// of `folder`. A state of the thread, as every reader and all that works on rows would else have to
// hand a folder on. The rows outlive it.
class RowsInFiles {
 public:
  explicit RowsInFiles(std::string folder);
  ~RowsInFiles();
  RowsInFiles(const RowsInFiles&) = delete;
  static const std::string& Folder();  // the innermost one's; empty: there is none

 private:
  std::string outer_;
};

// One column. One thread.
template <typename T>
class RowSpool {
 public:
  RowSpool() {
    if (!RowsInFiles::Folder().empty()) {
      file_ = std::make_shared<ScratchFile>(RowsInFiles::Folder());
    }
  }
  size_t size() const { return written_ + waiting_.size(); }
  void push_back(T value) {  // throws as ScratchFile::Write()
    waiting_.push_back(value);
    if (file_ != nullptr && waiting_.size() == kBlock) Flush();
  }
  // Once, at the end.
  RowValues<T> Take() {
    if (file_ == nullptr) return std::move(waiting_);
    Flush();
    waiting_ = {};
    auto bytes = file_->Map();
    return {std::span(reinterpret_cast<const T*>(bytes.data()), written_), file_};
  }

 private:
  static constexpr size_t kBlock = size_t{1} << 16;

  void Flush() {
    file_->Write(std::as_bytes(std::span(waiting_)));
    written_ += waiting_.size();
    waiting_.clear();
  }
  std::shared_ptr<ScratchFile> file_;  // or nullptr: all wait
  std::vector<T> waiting_;
  size_t written_ = 0;
};

template <typename T, typename Value>
RowValues<T> SpoolEach(size_t rows, const Value& value_of) {
  RowSpool<T> out;
  for (size_t row = 0; row < rows; ++row) out.push_back(value_of(row));
  return out.Take();
}

// Those of a table's rows.
struct InteractionSpool {
  RowSpool<uint32_t> users, items;
  RowSpool<float> ratings;
  RowSpool<int64_t> timestamps;
  RowSpool<uint16_t> events;
  size_t size() const { return users.size(); }
  void TakeInto(Interactions& rows);
};

}  // namespace duomo::data
