#include "model/binding.h"

#include <string>
#include <type_traits>

#include "core/error.h"
#include "core/narrow.h"
#include "model/parameters.h"

namespace duomo::model {
namespace {

using file::DType;
using file::Tensor;

// Rows are u32 in features and orders, and one more number names the unknown row.
constexpr uint64_t kMaxEntities = UINT32_MAX;

class Binder {
 public:
  Binder(const Description& d, std::span<const AttributeInfo> attributes, const FindTensor& find)
      : d_(d), attributes_(attributes), find_(find) {}

  Binding Run() {
    for (const Parameter& p : ParametersOf(d_)) {
      Named t = Need("parameters/" + p.name);
      p.shape.size() == 1 ? (void)Shaped<float>(t, p.shape) : (void)BindRows(t, p.shape);
    }
    Binding out;
    for (const Vocabulary& v : d_.vocabularies) out.vocabularies.push_back(BindVocabulary(v));
    out.users = BindEntities("users", Scope::kUser);
    out.items = BindEntities("items", Scope::kItem);
    if (Has("users/history/offsets") || Has("users/history/rows")) {
      out.history = Lists("users/history", InputKind::kHistory, out.users.count);
    }
    BindStatistics(out.statistics);
    for (const AttributeInfo& a : attributes_) {
      out.attributes.push_back(BindAttribute(a, out.items.count));
    }
    for (const Input& input : d_.inputs) {
      if (input.tokenizer != Tokenizer::kSpaces) reader_version_ = kTokenizerReaderVersion;
    }
    for (const Tower& tower : d_.towers) {
      for (const Encoder& e : tower.encoders) {
        if (e.kind == EncoderKind::kAttention) reader_version_ = kAttentionReaderVersion;
      }
    }
    out.reader_version = reader_version_;
    return out;
  }

 private:
  struct Named {
    std::string name;
    Tensor tensor;
  };

  bool Has(const std::string& name) { return find_(name).has_value(); }

  Named Need(std::string name) {
    auto tensor = find_(name);
    if (!tensor) Fail(Status::kInvalidArgument, "tensor \"", name, "\" is missing");
    return {std::move(name), *tensor};
  }

  template <typename T>
  static std::span<const T> Typed(const Named& t) {
    DType expected = file::kDTypeOf<T>;
    if (t.tensor.dtype != expected) {
      Fail(Status::kInvalidArgument, "tensor \"", t.name, "\": expected ", file::NameOf(expected),
           ", found ", file::NameOf(t.tensor.dtype));
    }
    return t.tensor.As<T>();
  }

  template <typename T>
  static std::span<const T> Shaped(const Named& t, const std::vector<uint64_t>& shape) {
    auto values = Typed<T>(t);
    CheckShape(t, shape);
    return values;
  }

  static void CheckShape(const Named& t, const std::vector<uint64_t>& shape) {
    if (!std::equal(shape.begin(), shape.end(), t.tensor.shape.begin(), t.tensor.shape.end())) {
      Fail(Status::kInvalidArgument, "tensor \"", t.name, "\": expected shape ", ShapeText(shape),
           ", found ", ShapeText(t.tensor.shape));
    }
  }

  // Rows of floats, [count, width], in any of their types.
  Rows BindRows(const Named& t, const std::vector<uint64_t>& shape) {
    if (!IsRowType(t.tensor.dtype)) {
      Fail(Status::kInvalidArgument, "tensor \"", t.name,
           "\": expected f32, f16, bf16 or i8, found ", file::NameOf(t.tensor.dtype));
    }
    CheckShape(t, shape);
    if (t.tensor.dtype == DType::kF32) return RowsOf(t.tensor, std::nullopt);
    reader_version_ = kQuantizedReaderVersion;
    if (t.tensor.dtype != DType::kI8) return RowsOf(t.tensor, std::nullopt);
    Named scales = Need(t.name + "/scales");
    Shaped<float>(scales, {shape[0]});
    return RowsOf(t.tensor, scales.tensor);
  }

  // One dimension of any length.
  template <typename T>
  static std::span<const T> Flat(const Named& t) {
    auto values = Typed<T>(t);
    if (t.tensor.shape.size() != 1) {
      Fail(Status::kInvalidArgument, "tensor \"", t.name,
           "\": expected one dimension, found shape ", ShapeText(t.tensor.shape));
    }
    return values;
  }

  static std::string_view AsText(std::span<const uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  KeyIndex Integers(const std::string& prefix, uint64_t n) {
    auto keys = Shaped<int64_t>(Need(prefix + "/keys"), {n});
    std::span<const uint32_t> order;
    if (Has(prefix + "/order")) order = Shaped<uint32_t>(Need(prefix + "/order"), {n});
    return KeyIndex::OfIntegers(keys, order);
  }

  KeyIndex Strings(const std::string& prefix, uint64_t n) {
    auto offsets = Shaped<uint64_t>(Need(prefix + "/offsets"), {n + 1});
    auto text = AsText(Flat<uint8_t>(Need(prefix + "/text")));
    return KeyIndex::OfStrings(offsets, text, Shaped<uint32_t>(Need(prefix + "/order"), {n}));
  }

  KeyIndex BindVocabulary(const Vocabulary& v) {
    if (v.keys == KeyKind::kRange) return KeyIndex::OfRange(v.size);
    std::string prefix = "vocabularies/" + v.name;
    return v.keys == KeyKind::kInt64 ? Integers(prefix, v.size) : Strings(prefix, v.size);
  }

  KeyIndex EntityKeys(const std::string& prefix) {
    bool integers = Has(prefix + "/keys"), strings = Has(prefix + "/offsets");
    if (integers && strings) {
      Fail(Status::kInvalidArgument, "tensors \"", prefix, "/keys\" and \"", prefix,
           "/offsets\" exclude each other");
    }
    uint64_t n = 0;
    if (integers) n = Flat<int64_t>(Need(prefix + "/keys")).size();
    if (strings) {
      n = Flat<uint64_t>(Need(prefix + "/offsets")).size();
      if (n == 0) Fail(Status::kInvalidArgument, "tensor \"", prefix, "/offsets\" is empty");
      --n;
    }
    if (n > kMaxEntities) {
      Fail(Status::kInvalidArgument, prefix, ": ", n, " are too many; at most ", kMaxEntities,
           " are possible");
    }
    if (integers) return Integers(prefix, n);
    if (strings) return Strings(prefix, n);
    return KeyIndex::OfRange(0);
  }

  // Files from before ids were hashes have no table.
  EntityIds EntityIdsOf(const std::string& prefix, const KeyIndex& keys) {
    bool stored = Has(prefix + "/ids/sorted") || Has(prefix + "/ids/order");
    if (keys.kind() != KeyKind::kString || !stored) return EntityIds(keys, {}, {});
    return EntityIds(keys, Shaped<int64_t>(Need(prefix + "/ids/sorted"), {keys.size()}),
                     Shaped<uint32_t>(Need(prefix + "/ids/order"), {keys.size()}));
  }

  FeatureView Lists(const std::string& prefix, InputKind kind, uint64_t n) {
    FeatureView view;
    view.kind = kind;
    view.offsets = Shaped<uint64_t>(Need(prefix + "/offsets"), {n + 1});
    view.rows = Flat<uint32_t>(Need(prefix + "/rows"));
    return view;
  }

  FeatureView Feature(const std::string& prefix, InputKind kind, uint64_t n) {
    FeatureView view;
    view.kind = kind;
    switch (kind) {
      case InputKind::kCategory:
        view.rows = Shaped<uint32_t>(Need(prefix + "/rows"), {n});
        break;
      case InputKind::kNumber:
        view.numbers = Shaped<float>(Need(prefix + "/numbers"), {n});
        break;
      case InputKind::kCategorySet:
      case InputKind::kTokens:
        return Lists(prefix, kind, n);
      case InputKind::kHistory:  // stored once, as users/history
        break;
    }
    return view;
  }

  Entities BindEntities(const std::string& prefix, Scope scope) {
    Entities out;
    out.keys = EntityKeys(prefix);
    out.ids = EntityIdsOf(prefix, out.keys);
    out.count = out.keys.size();
    out.features.count = ToSize(out.count);
    out.features.inputs.resize(d_.inputs.size());
    for (size_t i = 0; i < d_.inputs.size(); ++i) {
      const Input& in = d_.inputs[i];
      out.features.inputs[i].kind = in.kind;
      if (in.scope != scope || out.count == 0) continue;
      out.features.inputs[i] = Feature(StrCat(prefix, "/features/", in.name), in.kind, out.count);
    }
    if (Has(prefix + "/titles/offsets") || Has(prefix + "/titles/text")) {
      out.title_offsets = Shaped<uint64_t>(Need(prefix + "/titles/offsets"), {out.count + 1});
      out.title_text = AsText(Flat<uint8_t>(Need(prefix + "/titles/text")));
    }
    if (Has(prefix + "/vectors")) {
      if (IsJoint(d_)) {
        Fail(Status::kInvalidArgument, "tensor \"", prefix,
             "/vectors\": a joint tower has no vectors of one side");
      }
      out.vectors = BindRows(Need(prefix + "/vectors"), {out.count, VectorWidth(d_)});
      out.planes = BindPlanes(find_, prefix, out.count, VectorWidth(d_));
    }
    return out;
  }

  Attribute BindAttribute(const AttributeInfo& info, uint64_t n) {
    Attribute out;
    out.name = info.name;
    out.kind = info.kind;
    const std::string prefix = AttributePrefix(info.name);
    switch (info.kind) {
      case AttributeKind::kInteger:
      case AttributeKind::kTime:
        out.integers = Shaped<int64_t>(Need(prefix + "integers"), {n});
        return out;
      case AttributeKind::kNumber:
        out.numbers = Shaped<double>(Need(prefix + "numbers"), {n});
        return out;
      case AttributeKind::kCategory:
      case AttributeKind::kSet:
        break;
    }
    Named order = Need(prefix + "values/order");
    uint64_t values = Flat<uint32_t>(order).size();
    if (values > kMaxEntities) {
      Fail(Status::kInvalidArgument, "tensor \"", order.name, "\": ", values,
           " are too many; at most ", kMaxEntities, " are possible");
    }
    out.values = Strings(prefix + "values", values);
    bool set = info.kind == AttributeKind::kSet;
    out.rows = Feature(prefix.substr(0, prefix.size() - 1),
                       set ? InputKind::kCategorySet : InputKind::kCategory, n);
    return out;
  }

  void BindStatistics(std::vector<std::span<const float>>& out) {
    out.resize(d_.inputs.size());
    for (const Tower& tower : d_.towers) {
      for (const Encoder& e : tower.encoders) {
        if (e.kind != EncoderKind::kNumber || e.normalization == Normalization::kNone) continue;
        std::string prefix = "inputs/" + d_.inputs[e.input].name;
        if (e.normalization == Normalization::kStandard) {
          out[e.input] = Shaped<float>(Need(prefix + "/mean_deviation"), {2});
          continue;
        }
        Named quantiles = Need(prefix + "/quantiles");
        out[e.input] = Flat<float>(quantiles);
        if (out[e.input].size() < 2) {
          Fail(Status::kInvalidArgument, "tensor \"", quantiles.name,
               "\": expected at least 2 values");
        }
      }
    }
  }

  const Description& d_;
  const std::span<const AttributeInfo> attributes_;
  const FindTensor& find_;
  uint32_t reader_version_ = file::kMinimumReaderVersion;
};

}  // namespace

Binding Bind(const Description& description, std::span<const AttributeInfo> attributes,
             const FindTensor& find) {
  return Binder(description, attributes, find).Run();
}

std::string ShapeText(std::span<const uint64_t> shape) {
  std::string out = "[";
  for (uint64_t n : shape) out += StrCat(out.size() > 1 ? ", " : "", n);
  return out + "]";
}

Rows RowsOf(const Tensor& tensor, const std::optional<Tensor>& scales) {
  bool matrix = tensor.shape.size() == 2;
  Rows out;
  out.dtype = tensor.dtype;
  out.data = tensor.bytes.data();
  if (tensor.dtype == DType::kI8 && scales) out.scales = scales->As<float>().data();
  out.count = matrix ? tensor.shape[0] : 1;
  out.width = tensor.shape.back();
  return out;
}

}  // namespace duomo::model
