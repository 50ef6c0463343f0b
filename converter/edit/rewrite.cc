#include "converter/edit/rewrite.h"

#include <unistd.h>

#include <filesystem>

#include "console/progress.h"
#include "core/error.h"
#include "core/file_io.h"
#include "file/writer.h"

namespace duomo::convert {

Draft::Draft(const std::string& path) : Draft(path, model::Model::Open(path)) {}

Draft::Draft(std::string path, std::shared_ptr<const model::Model> model)
    : path_(std::move(path)), model_(std::move(model)) {
  contents.description = model_->description();
  contents.report = model_->report();
  contents.fold_in = model_->fold_in();
  for (const auto& [key, value] : model_->metadata()) contents.metadata.emplace(key, value);
  for (const model::Attribute& a : model_->attributes())
    contents.attributes.push_back({a.name, a.kind});
  for (const file::SegmentInfo& s : model_->file().segments()) {
    file::TensorSource& source = contents.sources.emplace_back(file::SourceOf(model_->file(), s));
    source.write = [path = path_, write = source.write](const file::TensorSource::Sink& sink) {
      try {
        write(sink);
      } catch (const Error& error) {
        if (error.status() != Status::kCorrupt) throw;
        throw Error(error.status(), StrCat(path, ": ", error.message()));
      }
    };
    if (!s.compressed) unread_.emplace(s.name, source.write);  // opening has checked the others
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

void Draft::CheckBefore(file::TensorSource& source) {
  auto found = unread_.find(source.name);
  if (found == unread_.end()) return;
  source.write = [read = found->second, write = std::move(source.write)](const auto& sink) {
    read([](std::span<const std::byte>) {});
    write(sink);
  };
  unread_.erase(found);
}

void Draft::Put(file::TensorSource source) {
  CheckBefore(source);
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
  SaveWithProgress({contents.description,
                    {},
                    contents.report,
                    contents.sources,
                    contents.attributes,
                    contents.fold_in,
                    contents.metadata},
                   output, label);
}

void SaveWithProgress(model::Contents contents, const std::string& output,
                      const std::string& label) {
  uint64_t total = 0;
  for (const auto& source : contents.sources) total += file::SizeInBytes(source);
  console::Progress progress(label, total);
  for (auto& source : contents.sources) {
    source.write = [&progress, write = source.write](const file::TensorSource::Sink& sink) {
      write([&](std::span<const std::byte> piece) {
        sink(piece);
        progress.Add(piece.size());
      });
    };
  }
  model::Save(output, contents);
}

Staged::Staged(std::string output, std::string_view part)
    : output_(std::move(output)), staged_(StrCat(output_, ".", ::getpid(), ".", part)) {
  RequireReplaceable(output_);
}

void Staged::Write(const std::function<void(const std::string& path)>& write) const {
  try {
    write(staged_);
  } catch (const Error& error) {
    std::string message = error.message();
    size_t at = message.find(staged_);
    if (at != message.npos) message.replace(at, staged_.size(), output_);
    throw Error(error.status(), message);
  }
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
