/* The shared library behind the extension: loaded once a process, its functions in one table. The
 * extension is not linked to it, so that a host can point DUOMO_LIBRARY at another build. */
#ifndef DUOMO_PYTHON_LIBRARY_H_
#define DUOMO_PYTHON_LIBRARY_H_

#include <duomo/duomo.h>

#define DUOMO_PYTHON_FUNCTIONS(X)                                                            \
  X(status_name) X(version) X(build_info)                                                    \
  X(model_open) X(model_open_buffer) X(model_release) X(model_get_info) X(model_get_input)   \
  X(item_id_at) X(user_id_at) X(item_id_of_key) X(user_id_of_key) X(item_key) X(user_key)    \
  X(item_title) X(context_create) X(context_release) X(features_create) X(features_release)  \
  X(features_set_integers) X(features_set_strings) X(features_set_numbers)                   \
  X(features_set_integer_lists) X(features_set_string_lists) X(encode_users)                 \
  X(encode_items) X(encode_features) X(predict) X(predict_vectors) X(topk) X(similar) X(rank)

typedef struct Library {
#define DUOMO_PYTHON_FUNCTION(name) __typeof__(&duomo_##name) name;
  DUOMO_PYTHON_FUNCTIONS(DUOMO_PYTHON_FUNCTION)
#undef DUOMO_PYTHON_FUNCTION
} Library;

extern Library library; /* valid once LoadLibrary has returned NULL */

/* Returns NULL, or what went wrong, in static memory. With the GIL held. */
const char *LoadLibrary(const char *path);

#endif /* DUOMO_PYTHON_LIBRARY_H_ */
