#include "model/model.h"

#include "core/error.h"
#include "core/narrow.h"
#include "file/duomo_generated.h"
#include "model/binding.h"
#include "model/schema.h"

namespace duomo::model {
namespace {

// What is a wrong argument in a description that somebody hands in is damage in one from a file.
template <typename Work>
void AsCorrupt(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.status() != Status::kInvalidArgument) throw;
    throw Error(Status::kCorrupt, error.message());
  }
}

}  // namespace

std::string_view Entities::Title(uint64_t row) const {
  if (row >= count || row + 1 >= title_offsets.size()) return {};
  uint64_t begin = title_offsets[ToSize(row)], end = title_offsets[ToSize(row + 1)];
  if (begin > end || end > title_text.size()) return {};
  return title_text.substr(ToSize(begin), ToSize(end - begin));
}

std::shared_ptr<const Model> Model::FromFile(std::unique_ptr<const file::Reader> file) {
  std::shared_ptr<Model> model(new Model);
  model->file_ = std::move(file);
  const fb::Header& header = model->file_->header();
  AsCorrupt([&] {
    model->description_ = ReadDescription(*header.description());
    Validate(model->description_, /*bound=*/true);
    if (const fb::FoldIn* fold_in = header.fold_in()) {
      model->fold_in_ = ReadFoldIn(*fold_in);
      BindFoldIn(*model->fold_in_, model->description_,
                 [&](std::string_view name) { return model->file_->Find(name); });
    }
    std::vector<AttributeInfo> attributes = ReadAttributes(header);
    CheckAttributes(attributes);
    Binding binding = Bind(model->description_, attributes,
                           [&](std::string_view name) { return model->file_->Find(name); });
    if (binding.reader_version > model->file_->minimum_reader_version()) {
      Fail(Status::kCorrupt, "the file says that readers of version ",
           model->file_->minimum_reader_version(), " can use it, and its ",
           binding.reader_version >= kAttentionReaderVersion   ? "encoders"
           : binding.reader_version >= kTokenizerReaderVersion ? "words"
                                                               : "tensors",
           " need version ", binding.reader_version);
    }
    model->users_ = std::move(binding.users);
    model->items_ = std::move(binding.items);
    model->vocabularies_ = std::move(binding.vocabularies);
    model->history_ = binding.history;
    model->attributes_ = std::move(binding.attributes);
    model->statistics_ = std::move(binding.statistics);
  });
  model->report_ = ReadReport(header.report());
  model->metadata_ = Metadata(header);
  CheckMetadata(model->metadata_, model->file_->header_bytes().size());
  return model;
}

std::shared_ptr<const Model> Model::Open(const std::string& path,
                                         const file::ReadOptions& options) {
  auto file = file::Reader::Open(path, options);
  try {
    return FromFile(std::move(file));
  } catch (const Error& error) {
    throw Error(error.status(), StrCat(path, ": ", error.message()));
  }
}

std::shared_ptr<const Model> Model::OpenDescriptor(int descriptor, uint64_t offset, uint64_t length,
                                                   const file::ReadOptions& options) {
  return FromFile(file::Reader::OpenDescriptor(descriptor, offset, length, options));
}

std::shared_ptr<const Model> Model::OpenBuffer(std::span<const std::byte> data,
                                               const file::ReadOptions& options) {
  return FromFile(file::Reader::OpenBuffer(data, options));
}

const Attribute* Model::FindAttribute(std::string_view name) const {
  for (const Attribute& a : attributes_) {
    if (a.name == name) return &a;
  }
  return nullptr;
}

Rows Model::parameter(std::string_view name) const {
  std::string segment = StrCat("parameters/", name);
  auto tensor = file_->Find(segment);
  if (!tensor) Fail(Status::kInternal, "the model has no parameter \"", name, "\"");
  return RowsOf(*tensor, file_->Find(segment + "/scales"));
}

}  // namespace duomo::model
