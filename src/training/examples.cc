#include "training/examples.h"

#include "core/error.h"
#include "training/weights.h"

namespace duomo::training {

RatingExamples::RatingExamples(const data::Encoded& encoded, const data::Interactions& interactions,
                               std::span<const uint32_t> numbers, bool weighted)
    : encoded_(&encoded), interactions_(&interactions), numbers_(numbers) {
  if (weighted) weights_ = MeanOneWeights(interactions, numbers);
  for (const model::Input& input : encoded.description.inputs) {
    if (input.scope == model::Scope::kPair || input.kind == model::InputKind::kHistory) {
      Fail(Status::kUnsupported, "the input \"", input.name,
           "\" depends on the example; learning from ratings alone cannot fill it");
    }
  }
}

float RatingExamples::TargetOf(size_t i) const {
  const model::Output& output = encoded_->description.output;
  return static_cast<float>((interactions_->ratings[numbers_[i]] - output.offset) / output.scale);
}

void RatingExamples::Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const {
  const model::Description& d = encoded_->description;
  out.users.resize(numbers.size());
  out.items.resize(numbers.size());
  out.targets.resize(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    out.users[i] = UserOf(numbers[i]);
    out.items[i] = ItemOf(numbers[i]);
    out.targets[i] = TargetOf(numbers[i]);
  }
  out.weights.clear();
  out.taken.clear();
  if (!weights_.empty()) {
    for (uint32_t number : numbers) out.weights.push_back(weights_[number]);
  }
  out.inputs.resize(d.inputs.size());
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope == model::Scope::kUser) {
      out.inputs[i] = {encoded_->users.inputs[i], out.users};
    } else {
      out.inputs[i] = {encoded_->items.inputs[i], out.items};
    }
  }
}

}  // namespace duomo::training
