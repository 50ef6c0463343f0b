// The nodes of encoders and dense layers: from the inputs of one entity to what a tower
// concatenates.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "converter/onnx/build.h"
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
  // most: of the rows that count, beside the input's own limit; 0: none.
  const List& ListOf(uint32_t input, uint32_t most = 0);
  Name Table(const model::Encoder& e);
  Name Embeddings(const model::Encoder& e, const Name& prefix);
  Name Bag(const model::Encoder& e, const std::string& prefix);
  Name Mean(const Name& sum, const List& list, const std::string& prefix);
  Name Convolution(const model::Encoder& e, const std::string& prefix);
  Name Filters(const std::string& name, uint32_t window, const model::Encoder& e);
  Name Number(const model::Encoder& e, const std::string& prefix);
  // attention.cc
  Name Attention(const model::Encoder& e, const std::string& prefix);
  Name Norm(const std::string& name, const Name& x);
  Name Product(const std::string& name, const Name& x);
  Name Third(const std::string& block, const char* what, size_t which, const Name& x,
             uint32_t heads);
  Name Zero(const std::string& prefix, const Name& x);
  Name Quantile(const std::string& prefix, const Name& x, std::span<const float> quantiles);
  Name Activate(model::Activation activation, const Name& name, const Name& x);

  std::map<std::string, std::vector<uint64_t>> shapes_;    // of parameters
  std::map<std::pair<uint32_t, uint32_t>, List> lists_;    // by input and limit
  std::map<std::pair<uint32_t, int32_t>, Name> embedded_;  // by input and table
};

}  // namespace duomo::convert
