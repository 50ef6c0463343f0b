#include "converter/edit/fold_in_json.h"

#include "core/error.h"

namespace duomo::convert {

description::Json ToJson(const model::FoldIn& f) {
  description::Json out = {{"l2", f.l2},           {"alpha0", f.alpha0},
                           {"nu", f.nu},           {"candidates", f.candidates},
                           {"to_mean", f.to_mean}, {"target", f.target}};
  if (!f.fixed.empty()) out["fixed"] = f.fixed;
  return out;
}

model::FoldIn ReadFoldIn(description::Fields& fields) {
  model::FoldIn f;
  f.l2 = fields.Number("l2", f.l2);
  f.alpha0 = fields.Number("alpha0", f.alpha0);
  f.nu = fields.Number("nu", f.nu);
  f.candidates = fields.Count("candidates", f.candidates);
  f.to_mean = fields.Flag("to_mean", f.to_mean);
  f.target = fields.Number("target", f.target);
  if (!fields.Has("fixed")) return f;
  const description::Json& fixed = fields.Get("fixed");
  if (!fixed.is_array()) fields.Wrong("fixed", "must be an array of columns");
  for (const description::Json& column : fixed) {
    if (!column.is_number_unsigned() || column.get<uint64_t>() > UINT32_MAX) {
      fields.Wrong("fixed", "must hold whole numbers, not negative");
    }
    f.fixed.push_back(column.get<uint32_t>());
  }
  return f;
}

std::string FoldInText(const model::FoldIn& f) {
  std::string text = "folded in";
  if (f.l2 > 0) text += StrCat(" with l2 ", f.l2);
  if (f.nu != 0) text += StrCat(", nu ", f.nu);
  if (f.alpha0 > 0)
    text += StrCat(", ", f.alpha0, " for each of ", f.candidates, " items not taken");
  if (f.target != 0) text += StrCat(", to a score of ", f.target);
  if (!f.fixed.empty()) text += StrCat(", ", f.fixed.size(), " columns of biases apart");
  return text + (f.to_mean ? ", from the mean user" : "");
}

}  // namespace duomo::convert
