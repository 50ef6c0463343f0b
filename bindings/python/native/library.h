/* The shared library behind the extension: loaded once a process, its functions in one table. The
 * extension is not linked to it, so that a host can point DUOMO_LIBRARY at another build. */
#ifndef DUOMO_PYTHON_LIBRARY_H_
#define DUOMO_PYTHON_LIBRARY_H_

#include <duomo/duomo.h>

#define DUOMO_PYTHON_FUNCTIONS(X)                                                                \
  X(status_name) X(version) X(build_info) X(model_open) X(model_open_buffer)                     \
  X(model_open_descriptor) X(model_release) X(model_get_info) X(model_get_input)                 \
  X(model_get_input_value) X(model_metadata_at) X(id_of_string) X(ids_of_keys) X(keys_of_ids)    \
  X(item_titles) X(model_get_attribute) X(attribute_numbers) X(attribute_integers)               \
  X(attribute_texts) X(attribute_set) X(item_set_from_ids) X(item_set_from_filters)              \
  X(item_set_combine) X(item_set_retain) X(item_set_release) X(item_set_count)                   \
  X(item_set_contains) X(item_id_at)                                                             \
  X(user_id_at) X(item_id_of_key) X(user_id_of_key) X(item_key) X(user_key) X(item_title)        \
  X(context_create) X(context_release) X(context_trim) X(features_create) X(features_release)    \
  X(features_set_strict) X(features_set_integers) X(features_set_strings)                        \
  X(features_set_numbers) X(features_set_integer_lists) X(features_set_string_lists)             \
  X(encode_users) X(encode_items) X(encode_features) X(predict) X(predict_vectors) X(topk)       \
  X(similar) X(users_for) X(similar_users) X(rank)

typedef struct Library {
#define DUOMO_PYTHON_FUNCTION(name) __typeof__(&duomo_##name) name;
  DUOMO_PYTHON_FUNCTIONS(DUOMO_PYTHON_FUNCTION)
#undef DUOMO_PYTHON_FUNCTION
} Library;

extern Library library; /* valid once LoadDuomo has returned NULL */

/* Returns NULL, or what went wrong, in static memory. With the GIL held. */
const char *LoadDuomo(const char *path);

#endif /* DUOMO_PYTHON_LIBRARY_H_ */
