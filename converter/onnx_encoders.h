// The nodes of encoders and dense layers: from the inputs of one entity to what a tower
// concatenates.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "converter/onnx_build.h"
#include "model/model.h"

namespace duomo::convert {

// One thread. The model must outlive the graph, which looks into it.
class EncoderBuilder : public onnx::Builder {
 public:
  using Name = onnx::Name;

  explicit EncoderBuilder(const model::Model& model);

  std::set<uint32_t> used;  // inputs that some node reads

  Name Encode(model::Side side, const model::Encoder& e);  // [n, width]
  // The dense layers named prefix/dense0, ….
  Name Layers(const std::string& prefix, const std::vector<model::Dense>& layers, Name x);
  Name Use(uint32_t input);                 // by its name, as it is fed
  Name Parameter(const std::string& name);  // as it lies in the model

 protected:
  const model::Model& model_;
  const model::Description& d_;

 private:
  // Which places of a list hold a row that counts.
  struct List {
    Name rows;     // [n, m]
    Name present;  // bool [n, m]
    Name count;    // float [n, 1]
    Name mask;     // float [n, m, 1]
  };
  const List& ListOf(uint32_t input);
  Name Table(const model::Encoder& e);
  Name Embeddings(const model::Encoder& e, const Name& prefix);
  Name Bag(const model::Encoder& e, const std::string& prefix);
  Name Mean(const Name& sum, const List& list, const std::string& prefix);
  Name Convolution(const model::Encoder& e, const std::string& prefix);
  Name Filters(const std::string& name, uint32_t window, const model::Encoder& e);
  Name Number(const model::Encoder& e, const std::string& prefix);
  Name Zero(const std::string& prefix, const Name& x);
  Name Quantile(const std::string& prefix, const Name& x, std::span<const float> quantiles);
  Name Activate(model::Activation activation, const Name& name, const Name& x);

  std::map<std::string, std::vector<uint64_t>> shapes_;    // of parameters
  std::map<uint32_t, List> lists_;                         // by input
  std::map<std::pair<uint32_t, int32_t>, Name> embedded_;  // by input and table
};

}  // namespace duomo::convert
