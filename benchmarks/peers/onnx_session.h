// ONNX Runtime through its C API, found by dlopen: sessions, and values that lie in memory bound
// before, so that a call makes nothing.
#pragma once

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace duomo::bench::onnx {

void Load(const std::string& library);  // once
const std::string& Version();

// Any number of threads may run one at once.
class Session {
 public:
  Session(const std::string& path, unsigned threads);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  OrtSession* get() const { return session_; }

 private:
  OrtSession* session_ = nullptr;
};

// Values of one call and the memory under them.
class Values {
 public:
  Values() = default;
  ~Values();
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  void Add(const std::string& name, std::vector<int64_t> values, std::vector<int64_t> shape);
  // The memory of an input, to be written before every call.
  int64_t* Integers(const std::string& name, std::vector<int64_t> shape);
  float* Numbers(const std::string& name, std::vector<int64_t> shape);
  void Output(std::vector<int64_t> shape);
  void Run(const Session& session, const char* output);

  std::vector<float> result;

 private:
  std::deque<std::vector<int64_t>> integers_;
  std::deque<std::vector<float>> numbers_;
  std::vector<std::string> names_;
  std::vector<OrtValue*> inputs_;
  OrtValue* output_ = nullptr;
};

}  // namespace duomo::bench::onnx
