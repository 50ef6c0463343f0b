#include "converter/rewrite.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "file/writer.h"

namespace duomo::convert {
namespace {

// Counts the bytes of all sources as they go by, and says how far they are.
class Progress {
 public:
  Progress(std::string label, uint64_t total) : label_(std::move(label)), total_(total) {}
  ~Progress() {
    if (shown_) Log("\r\x1b[K");
  }

  void Add(uint64_t bytes) {
    done_ += bytes;
    auto now = Clock::now();
    if (!terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(250);
    shown_ = true;
    // A tensor that does not get smaller when it is compressed goes by twice.
    double part = total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_);
    char text[64];
    std::snprintf(text, sizeof(text), ": %3.0f %% of %.1f MB", std::min(part, 1.0) * 100,
                  static_cast<double>(total_) / 1e6);
    Log("\r" + label_ + text);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  uint64_t total_, done_ = 0;
  bool terminal_ = ::isatty(STDERR_FILENO) != 0, shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(1);
};

}  // namespace

Draft::Draft(const std::string& path) : path_(path), model_(model::Model::Open(path)) {
  contents.description = model_->description();
  contents.report = model_->report();
  for (const file::SegmentInfo& s : model_->file().segments()) {
    contents.sources.push_back(file::SourceOf(model_->file(), s));
  }
}

file::TensorSource* Draft::Find(std::string_view name) {
  for (auto& source : contents.sources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

size_t Draft::RemoveIf(const std::function<bool(std::string_view name)>& which) {
  return std::erase_if(contents.sources, [&](const auto& s) { return which(s.name); });
}

void Draft::Put(file::TensorSource source) {
  if (auto* old = Find(source.name)) {
    *old = std::move(source);
  } else {
    contents.sources.push_back(std::move(source));
  }
}

void Draft::Put(file::OwnedTensor tensor) {
  auto kept = std::make_shared<file::OwnedTensor>(std::move(tensor));
  auto write = [kept](const file::TensorSource::Sink& sink) { sink(kept->bytes); };
  Put(file::TensorSource{kept->name, kept->dtype, kept->shape, write, kept->compress});
}

void Draft::Save(const std::string& output, const std::string& label) {
  uint64_t total = 0;
  for (const auto& source : contents.sources) total += file::SizeInBytes(source);
  Progress progress(label, total);
  model::Contents counted{contents.description, {}, contents.report, {}};
  for (const auto& source : contents.sources) {
    file::TensorSource& to = counted.sources.emplace_back(source);
    to.write = [&progress, &source](const file::TensorSource::Sink& sink) {
      source.write([&](std::span<const std::byte> piece) {
        sink(piece);
        progress.Add(piece.size());
      });
    };
  }
  model::Save(output, counted);
}

Staged::Staged(std::string output)
    : output_(std::move(output)), staged_(StrCat(output_, ".", ::getpid(), ".staged")) {
  RequireReplaceable(output_);
}

Staged::~Staged() {
  std::error_code ignored;
  if (!staged_.empty()) std::filesystem::remove(staged_, ignored);
}

void Staged::Commit() {
  std::error_code error;
  std::filesystem::rename(staged_, output_, error);
  if (error) Fail(Status::kIo, output_, ": cannot be replaced: ", error.message());
  staged_.clear();
}

uint64_t SizeOfFile(const std::string& path) {
  std::error_code error;
  uint64_t size = std::filesystem::file_size(path, error);
  if (error) Fail(Status::kIo, path, ": ", error.message());
  return size;
}

}  // namespace duomo::convert
