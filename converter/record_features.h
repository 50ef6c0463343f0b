// From the features of a record to rows of vocabularies, as a host's raw features become them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "converter/output.h"
#include "description/fields.h"
#include "model/model.h"

namespace duomo::convert {

// A number, as one or as its text; none for anything else.
std::optional<int64_t> Integer(const Json& json);
std::optional<double> Real(const Json& json);

// The columns of one side's inputs (histories apart), which grow by one entity at a time.
class FeatureReader {
 public:
  FeatureReader(const model::Model& model, model::Side side);

  bool Reads(size_t input) const;  // it is one of this side's
  // One entity: a category is a value, a set a list (or text with "|" between), a text a string or
  // its words, a number a number. What is not there is not given; values that the vocabulary lacks
  // become its unknown row, and are counted. Throws Error(kInvalidArgument) that names the input.
  void Add(description::Fields& features);

  const std::vector<model::FeatureColumn>& columns() const { return columns_; }  // by input
  const std::map<std::string, uint64_t>& unknown() const { return unknown_; }    // by input

 private:
  uint32_t RowOf(const model::Input& input, const Json& value, description::Fields& f);
  void AddFeature(size_t i, description::Fields& f);
  void AddList(const model::Input& input, const Json& value, description::Fields& f,
               model::FeatureColumn& column);

  const model::Model& m_;
  const model::Description& d_;
  model::Scope scope_;
  std::vector<model::FeatureColumn> columns_;
  std::map<std::string, uint64_t> unknown_;
};

}  // namespace duomo::convert
