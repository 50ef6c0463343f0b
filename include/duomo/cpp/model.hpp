// Part of duomo.hpp: an opened model, and raw features for it. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_MODEL_HPP_
#define DUOMO_CPP_MODEL_HPP_

#include <duomo/cpp/keys.hpp>
#include <memory>
#include <string>
#include <utility>

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

struct OpenOptions {
  bool copy = false;     // DUOMO_OPEN_COPY
  bool verify = false;   // DUOMO_OPEN_VERIFY
  bool prepare = false;  // DUOMO_OPEN_PREPARE
  int32_t backend = DUOMO_BACKEND_DEFAULT;
  const duomo_allocator* allocator = nullptr;
};

// duomo_model_info; the texts belong to the model.
struct ModelInfo {
  int32_t head;
  uint64_t user_count, item_count, vector_width, input_count, file_size, attribute_count;
  uint64_t metadata_count, fingerprint;
  bool has_user_vectors, has_history, has_titles, copied;
  std::string_view name, unit;
  float minimum_output, maximum_output;
};

// duomo_input_info; the name belongs to the model.
struct InputInfo {
  int32_t scope, kind, keys;
  uint64_t vocabulary_size;
  std::string_view name;
};

// duomo_attribute_info; the name belongs to the model.
struct AttributeInfo {
  int32_t kind;
  uint64_t value_count;
  std::string_view name;
};

// A reference to an immutable model; copies refer to the same one. Any number of threads at once.
class Model {
 public:
  static Outcome<Model> Open(const std::string& path, const OpenOptions& options = {}) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model* model = nullptr;
    duomo_open_options o = Given(options);
    return internal::Finish(duomo_model_open(&model, path.c_str(), &o, &error), error,
                            [&] { return Model(model); });
  }

  // Borrows the bytes until the last reference is released.
  static Outcome<Model> OpenBuffer(const void* data, size_t size, const OpenOptions& options = {}) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model* model = nullptr;
    duomo_open_options o = Given(options);
    return internal::Finish(duomo_model_open_buffer(&model, data, size, &o, &error), error,
                            [&] { return Model(model); });
  }

  // Opens a part of an open file, which may be closed afterwards; a length of 0 means up to its
  // end.
  static Outcome<Model> OpenDescriptor(int descriptor, uint64_t offset = 0, uint64_t length = 0,
                                       const OpenOptions& options = {}) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model* model = nullptr;
    duomo_open_options o = Given(options);
    return internal::Finish(
        duomo_model_open_descriptor(&model, descriptor, offset, length, &o, &error), error,
        [&] { return Model(model); });
  }

  // Takes ownership of a reference from the C interface.
  static Model Adopt(duomo_model* model) { return Model(model); }

  Model(const Model& other) noexcept : model_(other.model_) { duomo_model_retain(model_); }
  Model(Model&& other) noexcept : model_(std::exchange(other.model_, nullptr)) {}
  Model& operator=(Model other) noexcept {
    std::swap(model_, other.model_);
    return *this;
  }
  ~Model() { duomo_model_release(model_); }

  Outcome<ModelInfo> Info() const {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_model_info i = DUOMO_MODEL_INFO_INIT;
    return internal::Finish(duomo_model_get_info(&i, model_, &error), error, [&] {
      return ModelInfo{i.head,
                       i.user_count,
                       i.item_count,
                       i.vector_width,
                       i.input_count,
                       i.file_size,
                       i.attribute_count,
                       i.metadata_count,
                       i.fingerprint,
                       i.has_user_vectors != 0,
                       i.has_history != 0,
                       i.has_titles != 0,
                       i.copied != 0,
                       internal::View(i.name),
                       internal::View(i.unit),
                       i.minimum_output,
                       i.maximum_output};
    });
  }

  // Metadata: the value of a key; the pair number `index`, 0 … metadata_count-1.
  Outcome<std::string_view> Metadata(const std::string& key) const& {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_text text = {nullptr, 0};
    return internal::Finish(duomo_model_metadata(&text, model_, key.c_str(), &error), error,
                            [&] { return internal::View(text); });
  }
  Outcome<std::pair<std::string_view, std::string_view>> MetadataAt(uint64_t index) const& {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_text key = {nullptr, 0}, value = {nullptr, 0};
    return internal::Finish(duomo_model_metadata_at(&key, &value, model_, index, &error), error,
                            [&] { return std::pair(internal::View(key), internal::View(value)); });
  }

  // The input number `index`, 0 … input_count-1.
  Outcome<InputInfo> Input(uint64_t index) const {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_input_info i = DUOMO_INPUT_INFO_INIT;
    return internal::Finish(duomo_model_get_input(&i, model_, index, &error), error, [&] {
      return InputInfo{i.scope, i.kind, i.keys, i.vocabulary_size, internal::View(i.name)};
    });
  }

  // The known value number `index`, 0 … vocabulary_size-1, of the input number `input`, by its type
  // of keys.
  Outcome<std::string_view> InputText(uint64_t input, uint64_t index) const& {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_text text = {nullptr, 0};
    duomo_status status = duomo_model_get_input_value(&text, nullptr, model_, input, index, &error);
    return internal::Finish(status, error, [&] { return internal::View(text); });
  }
  Outcome<int64_t> InputInteger(uint64_t input, uint64_t index) const {
    duomo_error error = DUOMO_ERROR_INIT;
    int64_t integer = 0;
    duomo_status status =
        duomo_model_get_input_value(nullptr, &integer, model_, input, index, &error);
    return internal::Finish(status, error, [&] { return integer; });
  }

  // The attribute number `index`, 0 … attribute_count-1.
  Outcome<AttributeInfo> Attribute(uint64_t index) const {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_attribute_info i = DUOMO_ATTRIBUTE_INFO_INIT;
    return internal::Finish(duomo_model_get_attribute(&i, model_, index, &error), error, [&] {
      return AttributeInfo{i.kind, i.value_count, internal::View(i.name)};
    });
  }
  // The values of an attribute for items. NaN, INT64_MIN and texts without data mean missing.
  Outcome<std::vector<double>> AttributeNumbers(const std::string& attribute, Ids items) const {
    return Values<double>(duomo_attribute_numbers, attribute, items);
  }
  Outcome<std::vector<int64_t>> AttributeIntegers(const std::string& attribute, Ids items) const {
    return Values<int64_t>(duomo_attribute_integers, attribute, items);
  }
  Outcome<std::vector<std::string_view>> AttributeTexts(const std::string& attribute,
                                                        Ids items) const& {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<duomo_text> texts(items.size());
    duomo_status status = duomo_attribute_texts(texts.data(), model_, attribute.c_str(),
                                                items.data(), items.size(), &error);
    return internal::Finish(status, error, [&] { return Views(texts); });
  }
  // All texts of one item.
  Outcome<std::vector<std::string_view>> AttributeSet(const std::string& attribute,
                                                      int64_t item) const& {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<duomo_text> texts(8);
    size_t count = 0;
    auto read = [&] {
      return duomo_attribute_set(&count, texts.data(), texts.size(), model_, attribute.c_str(),
                                 item, &error);
    };
    duomo_status status = read();
    const bool more = status == DUOMO_OK && count > texts.size();
    texts.resize(more ? count : texts.size());
    if (more) status = read();
    if (status == DUOMO_OK) texts.resize(count);
    return internal::Finish(status, error, [&] { return Views(texts); });
  }

  Outcome<int64_t> ItemIdAt(uint64_t row) const { return Id(duomo_item_id_at, row); }
  Outcome<int64_t> UserIdAt(uint64_t row) const { return Id(duomo_user_id_at, row); }
  Outcome<int64_t> ItemId(const std::string& key) const {
    return Id(duomo_item_id_of_key, key.c_str());
  }
  Outcome<int64_t> UserId(const std::string& key) const {
    return Id(duomo_user_id_of_key, key.c_str());
  }
  Outcome<std::string_view> ItemKey(int64_t id) const& { return Text(duomo_item_key, id); }
  Outcome<std::string_view> UserKey(int64_t id) const& { return Text(duomo_user_key, id); }
  Outcome<std::string_view> ItemTitle(int64_t id) const& { return Text(duomo_item_title, id); }

  // The same for many; -1 and empty texts stand for unknown keys and ids.
  Outcome<std::vector<int64_t>> ItemIds(const Keys& keys) const { return IdsOf(DUOMO_ITEM, keys); }
  Outcome<std::vector<int64_t>> UserIds(const Keys& keys) const { return IdsOf(DUOMO_USER, keys); }
  Outcome<std::vector<std::string_view>> ItemKeys(Ids ids) const& {
    return Texts(ids, [&](duomo_text* out, duomo_error* error) {
      return duomo_keys_of_ids(out, model_, DUOMO_ITEM, ids.data(), ids.size(), error);
    });
  }
  Outcome<std::vector<std::string_view>> UserKeys(Ids ids) const& {
    return Texts(ids, [&](duomo_text* out, duomo_error* error) {
      return duomo_keys_of_ids(out, model_, DUOMO_USER, ids.data(), ids.size(), error);
    });
  }
  Outcome<std::vector<std::string_view>> ItemTitles(Ids ids) const& {
    return Texts(ids, [&](duomo_text* out, duomo_error* error) {
      return duomo_item_titles(out, model_, ids.data(), ids.size(), error);
    });
  }

  // The texts would go away with the model.
  void Metadata(const std::string& key) const&& = delete;
  void MetadataAt(uint64_t index) const&& = delete;
  void InputText(uint64_t input, uint64_t index) const&& = delete;
  void AttributeTexts(const std::string& attribute, Ids items) const&& = delete;
  void AttributeSet(const std::string& attribute, int64_t item) const&& = delete;
  void ItemKey(int64_t id) const&& = delete;
  void UserKey(int64_t id) const&& = delete;
  void ItemTitle(int64_t id) const&& = delete;
  void ItemKeys(Ids ids) const&& = delete;
  void UserKeys(Ids ids) const&& = delete;
  void ItemTitles(Ids ids) const&& = delete;

  duomo_model* get() const { return model_; }

 private:
  explicit Model(duomo_model* model) : model_(model) {}

  static duomo_open_options Given(const OpenOptions& options) {
    duomo_open_options o = DUOMO_OPEN_OPTIONS_INIT;
    if (options.copy) o.flags |= DUOMO_OPEN_COPY;
    if (options.verify) o.flags |= DUOMO_OPEN_VERIFY;
    if (options.prepare) o.flags |= DUOMO_OPEN_PREPARE;
    o.backend = options.backend;
    o.allocator = options.allocator;
    return o;
  }

  Outcome<std::vector<int64_t>> IdsOf(int32_t scope, const Keys& keys) const {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<int64_t> ids(keys.size());
    duomo_status status =
        duomo_ids_of_keys(ids.data(), model_, scope, keys.data(), keys.size(), &error);
    return internal::Finish(status, error, [&] { return std::move(ids); });
  }

  template <typename Call>
  static Outcome<std::vector<std::string_view>> Texts(Ids ids, const Call& call) {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<duomo_text> texts(ids.size());
    duomo_status status = call(texts.data(), &error);
    return internal::Finish(status, error, [&] { return Views(texts); });
  }

  template <typename T, typename Function>
  Outcome<std::vector<T>> Values(Function function, const std::string& attribute, Ids items) const {
    duomo_error error = DUOMO_ERROR_INIT;
    std::vector<T> values(items.size());
    duomo_status status =
        function(values.data(), model_, attribute.c_str(), items.data(), items.size(), &error);
    return internal::Finish(status, error, [&] { return std::move(values); });
  }

  static std::vector<std::string_view> Views(const std::vector<duomo_text>& texts) {
    std::vector<std::string_view> out;
    for (const duomo_text& text : texts) out.push_back(internal::View(text));
    return out;
  }

  template <typename Function, typename Key>
  Outcome<int64_t> Id(Function function, Key key) const {
    duomo_error error = DUOMO_ERROR_INIT;
    int64_t id = 0;
    return internal::Finish(function(&id, model_, key, &error), error, [&] { return id; });
  }

  template <typename Function>
  Outcome<std::string_view> Text(Function function, int64_t id) const {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_text text = {nullptr, 0};
    return internal::Finish(function(&text, model_, id, &error), error,
                            [&] { return internal::View(text); });
  }

  duomo_model* model_;
};

// Raw features of `count` users, items or pairs; each setter takes that many values. For one call
// at a time; keeps the model open.
class Features {
 public:
  static Outcome<Features> OfUsers(const Model& m, size_t count = 1) {
    return Create(m, DUOMO_USER, count);
  }
  static Outcome<Features> OfItems(const Model& m, size_t count = 1) {
    return Create(m, DUOMO_ITEM, count);
  }
  static Outcome<Features> OfPairs(const Model& m, size_t count = 1) {
    return Create(m, DUOMO_PAIR, count);
  }

  // From now on, unknown values are errors.
  Outcome<void> SetStrict(bool strict = true) {
    duomo_error error = DUOMO_ERROR_INIT;
    return internal::Finish(duomo_features_set_strict(get(), strict ? 1 : 0, &error), error);
  }
  Outcome<void> SetIntegers(const std::string& input, Span<const int64_t> values) {
    return Set(duomo_features_set_integers, input, values);
  }
  Outcome<void> SetNumbers(const std::string& input, Span<const float> values) {
    return Set(duomo_features_set_numbers, input, values);
  }
  Outcome<void> SetStrings(const std::string& input, Span<const char* const> values) {
    return Set(duomo_features_set_strings, input, values);
  }
  Outcome<void> SetStrings(const std::string& input, Span<const std::string> values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    return SetStrings(input, Span<const char* const>(pointers));
  }
  // For one user, item or pair.
  Outcome<void> SetInteger(const std::string& input, int64_t value) {
    return SetIntegers(input, {&value, 1});
  }
  Outcome<void> SetNumber(const std::string& input, float value) {
    return SetNumbers(input, {&value, 1});
  }
  Outcome<void> SetString(const std::string& input, const std::string& value) {
    return SetStrings(input, Span<const std::string>(&value, 1));
  }
  Outcome<void> SetIntegerLists(const std::string& input, ListsView<int64_t> lists) {
    return SetLists(duomo_features_set_integer_lists, input, lists);
  }
  Outcome<void> SetStringLists(const std::string& input, ListsView<const char*> lists) {
    return SetLists(duomo_features_set_string_lists, input, lists);
  }

  size_t count() const { return count_; }
  duomo_features* get() const { return features_.get(); }

 private:
  struct Release {
    void operator()(duomo_features* features) const { duomo_features_release(features); }
  };

  Features(duomo_features* features, size_t count) : features_(features), count_(count) {}

  static Outcome<Features> Create(const Model& model, int32_t scope, size_t count) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_features* features = nullptr;
    return internal::Finish(duomo_features_create(&features, model.get(), scope, count, &error),
                            error, [&] { return Features(features, count); });
  }

  template <typename Function, typename T>
  Outcome<void> Set(Function function, const std::string& input, Span<const T> values) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = internal::CheckSize("values", values.size(), count_, error);
    if (status == DUOMO_OK) status = function(get(), input.c_str(), values.data(), &error);
    return internal::Finish(status, error);
  }

  template <typename Function, typename T>
  Outcome<void> SetLists(Function function, const std::string& input, ListsView<T> lists) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = internal::CheckLists("lists", lists, count_, error);
    if (status == DUOMO_OK) {
      status = function(get(), input.c_str(), lists.offsets.data(), lists.values.data(), &error);
    }
    return internal::Finish(status, error);
  }

  std::unique_ptr<duomo_features, Release> features_;
  size_t count_;
};

}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_MODEL_HPP_
