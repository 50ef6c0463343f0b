// What the commands share that make a file from a file: its tensors as sources, an output that
// appears when it is wanted, progress.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "console/progress.h"
#include "model/model.h"

namespace duomo::convert {

// A file on its way to another one. One thread.
class Draft {
 public:
  // Opens `path`; errors as Model::Open. Checksums are verified while tensors are read, also of
  // those that are replaced: what was made of damaged bytes would look sound.
  explicit Draft(const std::string& path);
  Draft(std::string path, std::shared_ptr<const model::Model> model);  // opened; path: for messages

  const model::Model& model() const { return *model_; }
  std::shared_ptr<const model::Model> shared_model() const { return model_; }
  const std::string& path() const { return path_; }
  uint64_t size() const { return model_->file().file_size(); }

  // Description, report, metadata, attributes, way of folding in and every tensor of the file, as
  // sources that read it; to be changed.
  model::Contents contents;

  file::TensorSource* Find(std::string_view name);  // nullptr: not there
  // Removes the tensors that `which` is true for; how many.
  size_t RemoveIf(const std::function<bool(std::string_view name)>& which);
  // Puts a source in the place of the one of its name, or adds it.
  void Put(file::TensorSource source);
  void Put(file::OwnedTensor tensor);
  // Lets `source`, which was made of the file's tensor of that name, check that one first.
  void CheckBefore(file::TensorSource& source);

  // Writes what `contents` is now. `label`: for progress, which is shown on a terminal while the
  // work takes longer than a second.
  void Save(const std::string& output, const std::string& label);

 private:
  std::string path_;
  std::shared_ptr<const model::Model> model_;
  // Readers of the tensors whose checksums nothing looks at yet, by name.
  std::map<std::string, std::function<void(const file::TensorSource::Sink&)>, std::less<>> unread_;
};

// model::Save() that shows how far it is and can be interrupted.
void SaveWithProgress(model::Contents contents, const std::string& output,
                      const std::string& label);

// A place for an output that may still be refused, or for a part of the way there: beside the
// output, removed unless it is committed.
class Staged {
 public:
  // `part`: where an output has several. Throws Error(kIo) as RequireReplaceable().
  explicit Staged(std::string output, std::string_view part = "staged");
  ~Staged();
  Staged(const Staged&) = delete;
  const std::string& path() const { return staged_; }
  // Lets `write` write path(); what goes wrong names the output.
  void Write(const std::function<void(const std::string& path)>& write) const;
  void Commit();  // moves it to `output`; throws Error(kIo)

 private:
  std::string output_, staged_;
  console::Interruptible interruptible_;  // so that it is removed
};

uint64_t SizeOfFile(const std::string& path);

}  // namespace duomo::convert
