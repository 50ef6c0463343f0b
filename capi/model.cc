// Opening models, counting their references, telling what they are.
#include <span>
#include <string>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "capi/memory.h"
#include "core/narrow.h"

namespace duomo::capi {
namespace {

struct OpenPlan {
  file::ReadOptions read;
  kernels::Backend backend = kernels::Backend::kDefault;
  bool prepare = false;
  std::unique_ptr<const Memory> memory;
};

OpenPlan ReadOpenOptions(const duomo_open_options* given) {
  OpenPlan plan;
  if (given == nullptr) return plan;
  duomo_open_options options = ReadStruct(given, "duomo_open_options");
  CheckFlags(options.flags, DUOMO_OPEN_COPY | DUOMO_OPEN_VERIFY | DUOMO_OPEN_PREPARE,
             "options.flags");
  CheckEnum(options.backend, DUOMO_BACKEND_PORTABLE, "options.backend");
  CheckReserved(options.reserved, "options.reserved");
  plan.read.copy = (options.flags & DUOMO_OPEN_COPY) != 0;
  plan.read.verify_checksums = (options.flags & DUOMO_OPEN_VERIFY) != 0;
  plan.prepare = (options.flags & DUOMO_OPEN_PREPARE) != 0;
  plan.backend = static_cast<kernels::Backend>(options.backend);
  plan.memory = MemoryOf(options.allocator);
  if (plan.backend == kernels::Backend::kOneDnn && !kernels::HasOneDnn()) {
    FailLacking("this library was built without oneDNN; use DUOMO_BACKEND_DEFAULT or _PORTABLE");
  }
  return plan;
}

// What goes wrong there is about the file; a wrong argument is a part that the file does not have.
template <typename OpenModel>
auto OpenFile(const OpenModel& open, const file::ReadOptions& options) {
  try {
    return open(options);
  } catch (const Error& e) {
    const int32_t kind = e.status() == Status::kInvalidArgument ? DUOMO_KIND_VALUE : 0;
    throw Error(e.status(), e.message(), {kind, DUOMO_ARGUMENT_FILE});
  }
}

// The three ways to open differ in where the bytes come from.
template <typename OpenModel>
duomo_model* OpenWith(const duomo_open_options* options, const OpenModel& open) {
  OpenPlan plan = ReadOpenOptions(options);
  const MemoryScope scope(plan.memory.get());
  auto engine = runtime::Engine::Create(OpenFile(open, plan.read), plan.backend);
  return new duomo_model(std::move(plan.memory), std::move(engine), plan.prepare);
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_model_open(duomo_model** out, const char* path,
                              const duomo_open_options* options, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    Need(path, "path");
    *out = OpenWith(options,
                    [&](const file::ReadOptions& read) { return model::Model::Open(path, read); });
  });
}

duomo_status duomo_model_open_descriptor(duomo_model** out, int descriptor, uint64_t offset,
                                         uint64_t length, const duomo_open_options* options,
                                         duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    *out = OpenWith(options, [&](const file::ReadOptions& read) {
      return model::Model::OpenDescriptor(descriptor, offset, length, read);
    });
  });
}

duomo_status duomo_model_open_buffer(duomo_model** out, const void* data, size_t size,
                                     const duomo_open_options* options, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    auto bytes = NeedArray(static_cast<const std::byte*>(data), size, "data");
    *out = OpenWith(options, [&](const file::ReadOptions& read) {
      return model::Model::OpenBuffer(bytes, read);
    });
  });
}

void duomo_model_retain(duomo_model* model) {
  if (model != nullptr) model->references.fetch_add(1, std::memory_order_relaxed);
}

void duomo_model_release(duomo_model* model) {
  if (model == nullptr) return;
  // Release: what this thread did with the model comes before its end; acquire: in the last one.
  if (model->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete model;
}

duomo_status duomo_model_get_info(duomo_model_info* out, const duomo_model* model,
                                  duomo_error* error) {
  return Guard(error, [&] {
    size_t size = Need(out, "out").struct_size;
    CheckStructSize<duomo_model_info>(size, "duomo_model_info");
    const model::Model& m = Need(model, "model").model();
    const model::Description& d = m.description();
    duomo_model_info info{};
    info.struct_size = static_cast<uint32_t>(size);
    info.head = static_cast<int32_t>(d.head.kind);
    info.user_count = m.users().count;
    info.item_count = m.items().count;
    info.vector_width = model->engine->joint() ? 0 : model->engine->vector_width();
    info.input_count = d.inputs.size();
    info.file_size = m.file().file_size();
    info.has_user_vectors = m.users().vectors.empty() ? 0 : 1;
    info.has_history = m.has_history() ? 1 : 0;
    info.has_titles = m.items().title_offsets.empty() ? 0 : 1;
    info.copied = m.file().copied() ? 1 : 0;
    info.name = TextOf(d.name);
    info.unit = TextOf(d.output.unit);
    info.attribute_count = m.attributes().size();
    info.metadata_count = m.metadata().size();
    info.fingerprint = m.fingerprint();
    info.minimum_output = model->engine->minimum_output();
    info.maximum_output = model->engine->maximum_output();
    std::memcpy(out, &info, std::min(size, sizeof(info)));
  });
}

duomo_status duomo_model_get_input(duomo_input_info* out, const duomo_model* model, uint64_t index,
                                   duomo_error* error) {
  return Guard(error, [&] {
    size_t size = Need(out, "out").struct_size;
    CheckStructSize<duomo_input_info>(size, "duomo_input_info");
    const model::Description& d = Need(model, "model").description();
    const model::Input& input =
        d.inputs[NeedIndex("index", index, d.inputs.size(), "inputs", "the model")];
    duomo_input_info info{};
    info.struct_size = static_cast<uint32_t>(size);
    info.scope = static_cast<int32_t>(input.scope);
    info.kind = static_cast<int32_t>(input.kind);
    if (input.vocabulary >= 0) {
      const model::Vocabulary& v = d.vocabularies[static_cast<size_t>(input.vocabulary)];
      // Histories are given by the ids of items, whatever the keys are.
      const bool ids =
          input.kind == model::InputKind::kHistory && v.keys == model::KeyKind::kString;
      info.keys = ids ? DUOMO_KEYS_INTEGER : static_cast<int32_t>(v.keys);
      info.vocabulary_size = v.size;
    }
    info.name = TextOf(input.name);
    std::memcpy(out, &info, std::min(size, sizeof(info)));
  });
}

duomo_status duomo_model_get_input_value(duomo_text* text, int64_t* integer,
                                         const duomo_model* model, uint64_t input, uint64_t index,
                                         duomo_error* error) {
  return Guard(error, [&] {
    const model::Model& m = Need(model, "model").model();
    const model::Description& d = m.description();
    const model::Input& i =
        d.inputs[NeedIndex("input", input, d.inputs.size(), "inputs", "the model")];
    if (i.vocabulary < 0) {
      FailLacking("input \"", i.name, "\" is a number and has no list of values");
    }
    const model::KeyIndex& values = m.vocabulary(static_cast<uint32_t>(i.vocabulary));
    NeedIndex("index", index, values.size(), "values", "input \"", i.name, '"');
    if (i.kind == model::InputKind::kHistory && index < m.items().count) {
      // The vocabulary has the items' rows; hosts give items by their ids.
      Need(integer, "integer");
      *integer = IdOfRow(m.items(), index);
      return;
    }
    if (values.kind() != model::KeyKind::kString) {
      Need(integer, "integer");
      *integer = values.IntegerAt(index);
      return;
    }
    Need(text, "text");
    *text = CheckedText(values.StringAt(index), "a value");
  });
}
