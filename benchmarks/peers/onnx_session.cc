#include "onnx_session.h"

#include <dlfcn.h>

#include "../opened.h"

namespace duomo::bench::onnx {
namespace {

const OrtApi* api = nullptr;
OrtEnv* environment = nullptr;
OrtMemoryInfo* memory = nullptr;
std::string version;

void Check(OrtStatus* status) {
  if (status != nullptr) Die(std::string("ONNX Runtime: ") + api->GetErrorMessage(status));
}

OrtValue* Tensor(void* data, size_t bytes, const std::vector<int64_t>& shape,
                 ONNXTensorElementDataType type) {
  OrtValue* out = nullptr;
  Check(api->CreateTensorWithDataAsOrtValue(memory, data, bytes, shape.data(), shape.size(), type,
                                            &out));
  return out;
}

size_t SizeOf(const std::vector<int64_t>& shape) {
  size_t size = 1;
  for (int64_t n : shape) size *= static_cast<size_t>(n);
  return size;
}

}  // namespace

void Load(const std::string& library) {
  if (api != nullptr) return;
  void* handle = dlopen(library.c_str(), RTLD_NOW);
  if (handle == nullptr) Die(dlerror());
  auto base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"))();
  api = base->GetApi(ORT_API_VERSION);
  if (api == nullptr) Die("ONNX Runtime is older than the header that peers/run fetched");
  version = base->GetVersionString();
  Check(api->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "duomo", &environment));
  Check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
}

const std::string& Version() { return version; }

Session::Session(const std::string& path, unsigned threads) {
  OrtSessionOptions* options = nullptr;
  Check(api->CreateSessionOptions(&options));
  Check(api->SetIntraOpNumThreads(options, static_cast<int>(threads)));
  Check(api->SetInterOpNumThreads(options, 1));
  Check(api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
  Check(api->CreateSession(environment, path.c_str(), options, &session_));
  api->ReleaseSessionOptions(options);
}

Session::~Session() { api->ReleaseSession(session_); }

Values::~Values() {
  for (OrtValue* value : inputs_) api->ReleaseValue(value);
  if (output_ != nullptr) api->ReleaseValue(output_);
}

void Values::Add(const std::string& name, std::vector<int64_t> values, std::vector<int64_t> shape) {
  names_.push_back(name);
  integers_.push_back(std::move(values));
  inputs_.push_back(Tensor(integers_.back().data(), integers_.back().size() * sizeof(int64_t),
                           shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64));
}

int64_t* Values::Integers(const std::string& name, std::vector<int64_t> shape) {
  Add(name, std::vector<int64_t>(SizeOf(shape), -1), shape);
  return integers_.back().data();
}

float* Values::Numbers(const std::string& name, std::vector<int64_t> shape) {
  names_.push_back(name);
  numbers_.emplace_back(SizeOf(shape));
  inputs_.push_back(Tensor(numbers_.back().data(), numbers_.back().size() * sizeof(float), shape,
                           ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT));
  return numbers_.back().data();
}

void Values::Output(std::vector<int64_t> shape) {
  result.resize(SizeOf(shape));
  output_ = Tensor(result.data(), result.size() * sizeof(float), shape,
                   ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
}

void Values::Run(const Session& session, const char* name) {
  const char* all[16];
  for (size_t i = 0; i < names_.size(); ++i) all[i] = names_[i].c_str();
  Check(api->Run(session.get(), nullptr, all, inputs_.data(), inputs_.size(), &name, 1, &output_));
}

}  // namespace duomo::bench::onnx
