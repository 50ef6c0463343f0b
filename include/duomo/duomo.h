/*
 * duomo.h: the C interface of Duomo, an embeddable recommender. This header is the specification.
 *
 * A duomo_model is an opened .duomo file. It is immutable and reference counted, and any number of
 * threads may use it at once. A duomo_context holds the scratch memory that calls need. One thread
 * at a time may use it; it is cheap to make, and it keeps its model open. Three further objects:
 * duomo_features holds raw features of users, items or pairs, for those that are not in the file;
 * duomo_item_set is a set of items that is made once and used by many calls; duomo_model_slot holds
 * the model that a server currently answers with, so that it can be replaced under load.
 *
 * Conventions, for every function unless its comment says otherwise:
 *  - Output parameters come first. The error comes last and may be NULL.
 *  - A call that fails writes nothing but *error, and leaves nothing to clean up.
 *  - Arguments are checked before anything is written. DUOMO_INVALID_ARGUMENT is returned for a
 *    required pointer that is NULL, for an unknown flag or enum value, and for a reserved field
 *    that is not 0. An array of length 0 may be NULL. Releasing NULL does nothing.
 *  - Whoever allocates memory owns it. Text that Duomo returns is UTF-8, comes with its length, is
 *    not NUL-terminated, and is valid as long as the model.
 *  - Public structs begin with struct_size. Initialise them with their _INIT macro. New fields are
 *    only ever added at the end, and the library reads and writes at most struct_size bytes. A
 *    struct_size below the size of the struct's first version, or above 4096, is
 *    DUOMO_INVALID_ARGUMENT. A struct_size larger than the library knows comes from a program that
 *    was compiled against a newer header. For structs that Duomo reads, that is accepted if all
 *    bytes that the library does not know are 0, and is DUOMO_UNSUPPORTED_VERSION otherwise. In
 *    structs that Duomo fills (duomo_error and the _info structs) the unknown bytes are not
 *    touched.
 *  - Functions that take a model may run on any number of threads at once. A context or a
 *    duomo_features may be used by one call at a time, on any thread. Make the last release of an
 *    object only when no call uses it any more.
 *  - Ids are int64_t. In a catalogue with integer keys, the id is the key. In a catalogue with
 *    string keys, the id is a hash of the key (duomo_id_of_string). It depends on nothing else, so
 *    an id that a program has stored means the same item after retraining and on every machine, or
 *    is unknown; it never means another item. Requests that take ids also take string keys.
 *  - Scores are in the unit of the model's output (stars, probability, seconds, see
 *    duomo_model_info). The score of a pair of stored vectors is the same to the bit in every call.
 *  - Any call may fail with DUOMO_OUT_OF_MEMORY. DUOMO_INTERNAL means a defect in Duomo.
 *  - Duomo prints nothing, reads no environment variables, installs no signal handlers and never
 *    ends the process. It starts threads only for contexts that ask for them
 *    (duomo_context_options.threads). These threads block all signals, so that signal handlers run
 *    on the program's own threads. Duomo expects the default floating-point environment. (oneDNN,
 *    which the default build uses, does some of these things; ABI.md lists them. The portable build
 *    does not use oneDNN.)
 *  - After fork(), the child process may go on using and may release its models, and those contexts
 *    and features that no other thread was using during the fork. The threads of a context exist
 *    only in the parent: in the child, the context's calls run on the calling thread alone and
 *    return the same results. Contexts that are created in the child have threads of their own.
 *
 * Everything here has been available since 0.1, except where a comment says otherwise.
 */
#ifndef DUOMO_DUOMO_H_
#define DUOMO_DUOMO_H_

#include <stddef.h>
#include <stdint.h>

/* Programs that link the static library on Windows define DUOMO_STATIC. */
#if defined(_WIN32) && defined(DUOMO_BUILDING)
#define DUOMO_API __declspec(dllexport)
#elif defined(_WIN32) && !defined(DUOMO_STATIC)
#define DUOMO_API __declspec(dllimport)
#elif defined(__GNUC__) || defined(__clang__)
#define DUOMO_API __attribute__((visibility("default")))
#else
#define DUOMO_API
#endif

/* The calling convention of all functions here, and of all callbacks. */
#if defined(_WIN32)
#define DUOMO_CALL __cdecl
#else
#define DUOMO_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status and errors ------------------------------------------------------------------- */

typedef int32_t duomo_status;

enum {
  DUOMO_OK = 0,
  DUOMO_INVALID_ARGUMENT = 1, /* the call itself is wrong, for any model */
  DUOMO_NOT_FOUND = 2,        /* the model does not have this id, key, name or value */
  DUOMO_OUT_OF_MEMORY = 3,
  DUOMO_IO_ERROR = 4,            /* the file cannot be read; the message says why */
  DUOMO_CORRUPT = 5,             /* the bytes are not a valid .duomo file */
  DUOMO_UNSUPPORTED_VERSION = 6, /* the file or the client is newer than this library */
  DUOMO_UNSUPPORTED = 7, /* this model or build cannot do that; the message says what is missing */
  DUOMO_INTERNAL = 8,    /* a defect in Duomo; please report the message */
  DUOMO_CANCELLED = 9    /* the program cancelled the call: duomo_context_options.cancelled */
};

/* The kind of error, for programs that want to know more than the status. 0: none of these. */
enum {
  DUOMO_KIND_NULL = 1, /* a required pointer is NULL */
  DUOMO_KIND_STRUCT_SIZE =
      2,                /* a wrong struct_size, or a newer field that this library does not know */
  DUOMO_KIND_VALUE = 3, /* a flag, enum value, count or number that is not allowed */
  DUOMO_KIND_CONFLICT = 4, /* arguments that exclude each other */
  DUOMO_KIND_OFFSETS = 5,  /* offsets that do not start at 0, or that decrease */
  DUOMO_KIND_NOT_UTF8 = 6,
  DUOMO_KIND_NOT_FINITE = 7,     /* NaN or infinity */
  DUOMO_KIND_UNKNOWN_ID = 8,     /* an unknown id or string key of a user or item */
  DUOMO_KIND_UNKNOWN_NAME = 9,   /* an unknown name of an input, attribute or metadata entry */
  DUOMO_KIND_UNKNOWN_VALUE = 10, /* a value that the input or attribute does not have */
  DUOMO_KIND_LACKING = 11        /* the file or the build lacks something that the call needs */
};

/* The argument, or field of a request, that was wrong. 0: none of these. */
enum {
  DUOMO_ARGUMENT_OUT = 1, /* an output parameter, or a field of duomo_topk_result */
  DUOMO_ARGUMENT_MODEL = 2,
  DUOMO_ARGUMENT_CONTEXT = 3,
  DUOMO_ARGUMENT_OPTIONS = 4,
  DUOMO_ARGUMENT_FILE = 5, /* path, data or descriptor */
  DUOMO_ARGUMENT_REQUEST = 6,
  DUOMO_ARGUMENT_USERS = 7,   /* user ids, keys and vectors */
  DUOMO_ARGUMENT_ITEMS = 8,   /* item ids, keys and vectors */
  DUOMO_ARGUMENT_QUERIES = 9, /* ids, keys, vectors of duomo_topk_request; ids, keys to look up */
  DUOMO_ARGUMENT_FEATURES = 10,
  DUOMO_ARGUMENT_HISTORY = 11,
  DUOMO_ARGUMENT_EXCLUDE = 12,
  DUOMO_ARGUMENT_ALLOW = 13,
  DUOMO_ARGUMENT_FILTERS = 14,
  DUOMO_ARGUMENT_LIMITS = 15,
  DUOMO_ARGUMENT_NAME = 16,  /* of an input, attribute or metadata entry */
  DUOMO_ARGUMENT_VALUES = 17 /* of features */
};

#define DUOMO_NO_POSITION UINT64_MAX

/* Filled when a call fails, not touched when it succeeds. `message` is NUL-terminated UTF-8; a long
 * one is shortened, never inside a character. If its struct_size is below the size of the first
 * version, the call does nothing and returns DUOMO_INVALID_ARGUMENT. */
typedef struct duomo_error {
  uint32_t struct_size;
  duomo_status status;
  char message[504];
  int32_t kind;      /* DUOMO_KIND_… or 0 */
  int32_t argument;  /* DUOMO_ARGUMENT_… or 0 */
  uint64_t position; /* index of the wrong element in that argument, or DUOMO_NO_POSITION */
} duomo_error;

#define DUOMO_ERROR_INIT \
  { sizeof(duomo_error), 0, {0}, 0, 0, DUOMO_NO_POSITION }

/* The name of a status, such as "DUOMO_NOT_FOUND"; "unknown status" for other numbers. A static,
 * NUL-terminated string. This function and the next two cannot fail. Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_status_name(duomo_status status);

/* ---- Versions ---------------------------------------------------------------------------- */

#define DUOMO_VERSION_MAJOR 0
#define DUOMO_VERSION_MINOR 1
#define DUOMO_VERSION_PATCH 0

/* The version of the library that is running, such as "0.1.0"; the macros above are the version of
 * this header. A static, NUL-terminated string. Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_version(void);

/* One line for bug reports: how the library was built, and which instruction set it uses on this
 * machine, such as "duomo 0.1.0, oneDNN 2.6.3, avx512". A static, NUL-terminated string.
 * Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_build_info(void);

/* ---- Models ------------------------------------------------------------------------------ */

typedef struct duomo_model duomo_model;

enum {
  DUOMO_OPEN_COPY = 1,   /* read the file into memory instead of mapping it. For files that may be
                            changed in place: truncating a mapped file kills the process */
  DUOMO_OPEN_VERIFY = 2, /* verify the checksums of the whole file; takes time in proportion to its
                            size */
  DUOMO_OPEN_PREPARE = 4 /* build the search index of the items in memory if the file has none, so
                            that searches are fast. Takes up to 10 microseconds an item, and about
                            vector_width bytes an item. It is not built for vectors wider than
                            768, which would take longer, nor for users. The index that
                            duomo-convert index writes into the file is faster still. Also builds
                            the id table of string keys (0.1 microseconds a key) for files from
                            before 0.1, which have none; otherwise the first call that needs it
                            builds it */
};

enum {
  DUOMO_BACKEND_DEFAULT = 0, /* oneDNN if the library was built with it, else portable */
  DUOMO_BACKEND_ONEDNN = 1,
  DUOMO_BACKEND_PORTABLE = 2
};

/*
 * A custom memory allocator. Duomo takes from it all memory whose size depends on the number of
 * users, items or threads, or on the size of a call. Small objects, and the words of one text while
 * it is cut into words, come from malloc. Both functions are called on any thread that calls Duomo,
 * and on the threads of contexts.
 *   allocate: returns at least `size` (never 0) bytes, aligned to `alignment` (a power of 2); or
 *             NULL, and the call that needed the memory fails with DUOMO_OUT_OF_MEMORY
 *   release:  frees what allocate returned, with the same size and alignment; never called with
 *             NULL
 * The struct is copied. `data` must stay valid until everything has been released.
 */
typedef struct duomo_allocator {
  void *(DUOMO_CALL *allocate)(void *data, size_t size, size_t alignment);
  void(DUOMO_CALL *release)(void *data, void *memory, size_t size, size_t alignment);
  void *data; /* passed as the first argument of both */
} duomo_allocator;

typedef struct duomo_open_options {
  uint32_t struct_size;
  uint32_t flags;  /* DUOMO_OPEN_… */
  int32_t backend; /* DUOMO_BACKEND_…: what computes the networks */
  uint32_t reserved;
  const duomo_allocator *allocator; /* of the model, its features and its item sets; NULL: malloc */
} duomo_open_options;

#define DUOMO_OPEN_OPTIONS_INIT \
  { sizeof(duomo_open_options), 0, DUOMO_BACKEND_DEFAULT, 0, 0 }

/*
 * Opens a file. The file is mapped into memory and used in place, so the time does not depend on
 * the size of the catalogue. To replace a file that is in use, write a new one and rename it over
 * the old; never change it in place. options may be NULL. The caller owns one reference to *out.
 * Thread-safe. From folders whose file system cannot map, the file is read (see DUOMO_OPEN_COPY).
 * Errors: DUOMO_IO_ERROR, DUOMO_CORRUPT, DUOMO_UNSUPPORTED_VERSION (the message names the version
 * that the file needs and the version that this library reads), DUOMO_UNSUPPORTED (the library was
 * built without this backend), DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open(duomo_model **out, const char *path,
                                                   const duomo_open_options *options,
                                                   duomo_error *error);

/*
 * Opens a model from memory. The bytes are used in place: they must stay valid and unchanged until
 * the last reference to the model is released. If `data` is not aligned to 64 bytes, or with
 * DUOMO_OPEN_COPY, they are copied instead, and duomo_model_info.copied is 1.
 * Errors: those of duomo_model_open except DUOMO_IO_ERROR.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open_buffer(duomo_model **out, const void *data,
                                                          size_t size,
                                                          const duomo_open_options *options,
                                                          duomo_error *error);

/*
 * Opens a model from an open file descriptor: the `length` bytes that start at `offset`; length 0
 * means all bytes up to the end of the file. The model may be a part of a larger file, such as an
 * uncompressed asset of an Android package. The descriptor must be readable and of a regular file.
 * It remains the caller's, who may close it after the call. If the offset is not a multiple of 64,
 * or with DUOMO_OPEN_COPY, the bytes are copied.
 * Errors: those of duomo_model_open; DUOMO_INVALID_ARGUMENT if the file has no such bytes.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open_descriptor(duomo_model **out, int descriptor,
                                                              uint64_t offset, uint64_t length,
                                                              const duomo_open_options *options,
                                                              duomo_error *error);

/* Adds and releases a reference. When the last reference is released, the model is closed. Each
 * context, features object, item set and slot holds one. NULL is allowed. Thread-safe. */
DUOMO_API void DUOMO_CALL duomo_model_retain(duomo_model *model);
DUOMO_API void DUOMO_CALL duomo_model_release(duomo_model *model);

enum { DUOMO_HEAD_COSINE = 0, DUOMO_HEAD_DOT = 1, DUOMO_HEAD_LOGISTIC = 2 };

/* Text of a model: `size` bytes of UTF-8, not NUL-terminated, valid as long as the model. */
typedef struct duomo_text {
  const char *data;
  size_t size;
} duomo_text;

typedef struct duomo_model_info {
  uint32_t struct_size;
  int32_t head;        /* DUOMO_HEAD_…: how two vectors make a score; logistic models have
                          no vectors, and only duomo_rank works with them */
  uint64_t user_count; /* users in the file */
  uint64_t item_count;
  uint64_t vector_width;    /* floats in a user or item vector; 0 for logistic models */
  uint64_t input_count;     /* number of inputs, see duomo_model_get_input */
  uint64_t file_size;       /* bytes */
  int32_t has_user_vectors; /* 1: the file holds the users' vectors; 0: the user network computes
                               them in every call */
  int32_t has_history;      /* 1: the file holds the items that its users have seen */
  int32_t has_titles;
  int32_t copied;       /* 1: the bytes were copied; 0: mapped, or used in place */
  duomo_text name;      /* of the network, such as "hybrid" */
  duomo_text unit;      /* of predictions, such as "stars" */
  float minimum_output; /* the range of predictions; -infinity and infinity: not bounded */
  float maximum_output;
  uint64_t fingerprint;     /* a hash of the file's content */
  uint64_t attribute_count; /* see duomo_model_get_attribute */
  uint64_t metadata_count;  /* see duomo_model_metadata_at */
} duomo_model_info;

#define DUOMO_MODEL_INFO_INIT \
  { sizeof(duomo_model_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0 }

/* Fills the first struct_size bytes of *out. Errors: DUOMO_INVALID_ARGUMENT. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_info(duomo_model_info *out,
                                                       const duomo_model *model,
                                                       duomo_error *error);

enum { DUOMO_USER = 0, DUOMO_ITEM = 1, DUOMO_PAIR = 2 };

enum {
  DUOMO_INPUT_CATEGORY = 0,
  DUOMO_INPUT_CATEGORY_SET = 1,
  DUOMO_INPUT_TEXT = 2,
  DUOMO_INPUT_HISTORY = 3,
  DUOMO_INPUT_NUMBER = 4
};

enum { DUOMO_KEYS_RANGE = 0, DUOMO_KEYS_INTEGER = 1, DUOMO_KEYS_STRING = 2 };

typedef struct duomo_input_info {
  uint32_t struct_size;
  int32_t scope;            /* DUOMO_USER, _ITEM or _PAIR */
  int32_t kind;             /* DUOMO_INPUT_… */
  int32_t keys;             /* DUOMO_KEYS_…: the type of its values; 0 for numbers. The values of
                               a history are always item ids */
  uint64_t vocabulary_size; /* number of known values; 0 for numbers */
  duomo_text name;
} duomo_input_info;

#define DUOMO_INPUT_INFO_INIT                      \
  {                                                \
    sizeof(duomo_input_info), 0, 0, 0, 0, { 0, 0 } \
  }

/* Describes the input number `index`, from 0 to input_count-1. *out is filled like
 * duomo_model_get_info fills it. Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_input(duomo_input_info *out,
                                                        const duomo_model *model, uint64_t index,
                                                        duomo_error *error);

/* Returns one of the known values of the input number `input`: the one at `index`, from 0 to
 * vocabulary_size-1. If the input's keys are strings, the value is written to *text, otherwise to
 * *integer; the other pointer may be NULL. The values of a history are item ids. Errors:
 * DUOMO_NOT_FOUND for an input or index that does not exist; DUOMO_UNSUPPORTED for inputs that are
 * numbers; DUOMO_CORRUPT if the file's text is not UTF-8. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_input_value(duomo_text *text, int64_t *integer,
                                                              const duomo_model *model,
                                                              uint64_t input, uint64_t index,
                                                              duomo_error *error);

/* Metadata: pairs of a key and a value that somebody has written into the file with duomo-convert
 * annotate, such as its name, version, date, metrics or licence. Keys are unique and sorted by
 * their bytes. duomo_model_metadata finds a value by its NUL-terminated key;
 * duomo_model_metadata_at returns the pair number `index`, from 0 to metadata_count-1. Errors:
 * DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_metadata(duomo_text *value, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_model_metadata_at(duomo_text *key, duomo_text *value,
                                                          const duomo_model *model, uint64_t index,
                                                          duomo_error *error);

/* ---- The model in use -------------------------------------------------------------------- */

/*
 * Holds the model that a server currently answers with, so that one thread can replace it while
 * other threads serve requests. All functions but release may be called on any number of threads at
 * once. duomo_model_slot_get never waits; duomo_model_slot_set waits for the few nanoseconds that
 * calls of get take. duomo_model_slot_release must come after all other calls; it releases the
 * slot's reference to its model.
 */
typedef struct duomo_model_slot duomo_model_slot;

/* Creates a slot that holds `model`, or no model if it is NULL. The slot adds its own reference. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_slot_create(duomo_model_slot **out,
                                                          duomo_model *model, duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_model_slot_release(duomo_model_slot *slot);

/* Replaces the slot's model by `model`, which may be NULL. The slot adds its own reference and
 * releases the one to the previous model, which is closed once nothing uses it any more. Errors:
 * DUOMO_INVALID_ARGUMENT if slot is NULL. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_slot_set(duomo_model_slot *slot, duomo_model *model,
                                                       duomo_error *error);

/* Returns the slot's model, with a reference that the caller must release; NULL if the slot holds
 * no model, or if slot is NULL. */
DUOMO_API duomo_model *DUOMO_CALL duomo_model_slot_get(duomo_model_slot *slot);

/* ---- Ids, keys and titles ---------------------------------------------------------------- */

/* Returns the id of a NUL-terminated string key, from 0 to 2^63-1. It is the same for every model
 * and every release: the 64-bit FNV-1a hash of the key's bytes, mixed by the finaliser of
 * MurmurHash3 (fmix64), with the highest bit set to 0. No file has two keys with the same id: a
 * file that would is refused when it is written. Cannot fail; 0 if key is NULL. Thread-safe. */
DUOMO_API int64_t DUOMO_CALL duomo_id_of_string(const char *key);

/* Returns the id of the item or user number `row` in the file, from 0 to item_count-1 or
 * user_count-1. Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_id_at(int64_t *id, const duomo_model *model,
                                                   uint64_t row, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_id_at(int64_t *id, const duomo_model *model,
                                                   uint64_t row, duomo_error *error);

/* Convert a string key (NUL-terminated UTF-8) to its id, and an id to its key. Errors:
 * DUOMO_NOT_FOUND; DUOMO_INVALID_ARGUMENT for a key that is not UTF-8; DUOMO_UNSUPPORTED if the
 * model's keys are integers; DUOMO_CORRUPT if the key in the file is not UTF-8, which opening does
 * not check. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_id_of_key(int64_t *id, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_id_of_key(int64_t *id, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_key(duomo_text *key, const duomo_model *model,
                                                 int64_t id, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_key(duomo_text *key, const duomo_model *model,
                                                 int64_t id, duomo_error *error);

/* The same for n keys or ids at once; scope is DUOMO_USER or DUOMO_ITEM. Unknown keys and ids are
 * not an error: their ids[i] is -1, their keys[i] and titles[i] are {NULL, 0}. Errors:
 * DUOMO_INVALID_ARGUMENT for a key that is NULL or not UTF-8 (the error has its position);
 * DUOMO_UNSUPPORTED if the model's keys are integers, or if the file has no titles; DUOMO_CORRUPT
 * as above. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_ids_of_keys(int64_t *ids, const duomo_model *model,
                                                    int32_t scope, const char *const *keys,
                                                    size_t n, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_keys_of_ids(duomo_text *keys, const duomo_model *model,
                                                    int32_t scope, const int64_t *ids, size_t n,
                                                    duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_titles(duomo_text *titles, const duomo_model *model,
                                                    const int64_t *ids, size_t n,
                                                    duomo_error *error);

/* Returns an item's title, which is meant for people and may be empty. Errors: DUOMO_NOT_FOUND for
 * an unknown id; DUOMO_UNSUPPORTED if the file has no titles; DUOMO_CORRUPT if this title is not
 * UTF-8. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_title(duomo_text *title, const duomo_model *model,
                                                   int64_t id, duomo_error *error);

/* ---- Attributes -------------------------------------------------------------------------- */

/* Attributes are columns of items, for filtering and for display. The network does not read them,
 * so they can be changed without training (duomo-convert attributes). */

enum {
  DUOMO_ATTRIBUTE_CATEGORY = 0, /* one text per item */
  DUOMO_ATTRIBUTE_SET = 1,      /* any number of texts per item */
  DUOMO_ATTRIBUTE_INTEGER = 2,
  DUOMO_ATTRIBUTE_NUMBER = 3, /* a double */
  DUOMO_ATTRIBUTE_TIME = 4    /* an integer: seconds since 1970, UTC */
};

typedef struct duomo_attribute_info {
  uint32_t struct_size;
  int32_t kind;         /* DUOMO_ATTRIBUTE_… */
  uint64_t value_count; /* number of different texts of a category or set; else 0 */
  duomo_text name;
} duomo_attribute_info;

#define DUOMO_ATTRIBUTE_INFO_INIT                \
  {                                              \
    sizeof(duomo_attribute_info), 0, 0, { 0, 0 } \
  }

/* Describes the attribute number `index`, from 0 to attribute_count-1. *out is filled like
 * duomo_model_get_info fills it. Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_attribute(duomo_attribute_info *out,
                                                            const duomo_model *model,
                                                            uint64_t index, duomo_error *error);

/* Return the values of n items for the attribute with this NUL-terminated name.
 * duomo_attribute_numbers reads integers, numbers and times as double; NaN means missing.
 * duomo_attribute_integers reads integers and times; INT64_MIN means missing. duomo_attribute_texts
 * reads categories; {NULL, 0} means missing. Values of unknown ids are missing. Errors:
 * DUOMO_NOT_FOUND for an unknown name; DUOMO_INVALID_ARGUMENT if the attribute is of another kind;
 * DUOMO_CORRUPT if the text in the file is not UTF-8. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_attribute_numbers(double *values, const duomo_model *model,
                                                          const char *attribute,
                                                          const int64_t *item_ids, size_t n,
                                                          duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_attribute_integers(int64_t *values,
                                                           const duomo_model *model,
                                                           const char *attribute,
                                                           const int64_t *item_ids, size_t n,
                                                           duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_attribute_texts(duomo_text *values,
                                                        const duomo_model *model,
                                                        const char *attribute,
                                                        const int64_t *item_ids, size_t n,
                                                        duomo_error *error);

/* Returns the texts that one item has for a category or set attribute. *count is their number; the
 * first `capacity` of them are written to texts. Errors: as above. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_attribute_set(size_t *count, duomo_text *texts,
                                                      size_t capacity, const duomo_model *model,
                                                      const char *attribute, int64_t item_id,
                                                      duomo_error *error);

/* ---- Filters and sets of items ----------------------------------------------------------- */

enum {
  DUOMO_ANY = 0,
  DUOMO_ALL = 1,
  DUOMO_NONE = 2,
  DUOMO_RANGE = 3 /* a number from minimum to maximum */
};

enum {
  DUOMO_ABOVE_MINIMUM = 1, /* with DUOMO_RANGE: above minimum, not equal to it */
  DUOMO_BELOW_MAXIMUM = 2, /* with DUOMO_RANGE: below maximum, not equal to it */
  DUOMO_STRICT_VALUES = 4  /* fail with DUOMO_NOT_FOUND for a value that the input or attribute does
                              not have. Without this flag, such a value matches no item */
};

/*
 * A condition on items; in a search of users, on users. Two forms:
 *  - A list of values, for attributes and inputs that are categories or sets. An item passes if it
 *    has at least one of the values (DUOMO_ANY), all of them (DUOMO_ALL) or none of them
 *    (DUOMO_NONE). If value_count is 0, no item passes DUOMO_ANY, and every item passes DUOMO_ALL
 *    and DUOMO_NONE.
 *  - A range of numbers (DUOMO_RANGE), for attributes that are integers, numbers or times, and for
 *    number inputs. For 1990 <= year < 2000 set minimum to 1990, maximum to 2000 and flags to
 *    DUOMO_BELOW_MAXIMUM; use -INFINITY or INFINITY for a range without that bound. An item without
 *    a number passes no range. A range must not have values; the flags DUOMO_ABOVE_MINIMUM and
 *    DUOMO_BELOW_MAXIMUM are only allowed with a range.
 * If an attribute and an input have the same name, the filter is on the attribute. All filters of
 * an array must have the same struct_size.
 */
typedef struct duomo_filter {
  uint32_t struct_size;
  int32_t mode;               /* DUOMO_ANY, DUOMO_ALL, DUOMO_NONE, DUOMO_RANGE */
  const char *input;          /* NUL-terminated name of an attribute or input, e.g. "genres" */
  const char *const *strings; /* value_count values if the keys are strings; else NULL */
  const int64_t *integers;    /* value_count values if the keys are integers; else NULL */
  size_t value_count;
  double minimum; /* with DUOMO_RANGE */
  double maximum;
  uint32_t flags; /* DUOMO_ABOVE_MINIMUM, _BELOW_MAXIMUM, DUOMO_STRICT_VALUES */
  uint32_t reserved;
} duomo_filter;

#define DUOMO_FILTER_INIT \
  { sizeof(duomo_filter), DUOMO_ANY, 0, 0, 0, 0, 0, 0, 0, 0 }

typedef struct duomo_item_set duomo_item_set;

/*
 * A set of items of one model. It is immutable and reference counted, and any number of calls and
 * threads may use it at once. It keeps its model open, and takes one bit of memory per item of the
 * catalogue. The cost of a search that is restricted to a set does not depend on how the set was
 * made.
 *   duomo_item_set_from_ids:     the items with these ids or string keys; give one of the two
 *                                arrays, the other is NULL. Unknown ids and keys are ignored
 *   duomo_item_set_from_filters: the items that pass all filters; all items if there is no filter
 *   duomo_item_set_combine:      the items that are in all of the sets (DUOMO_ALL), in at least one
 *                                of them (DUOMO_ANY), or in none of them (DUOMO_NONE). At least one
 *                                set, and all sets of the same model
 * Errors: for filters, those of duomo_topk; DUOMO_INVALID_ARGUMENT; DUOMO_UNSUPPORTED for string
 * keys if the model's keys are integers; DUOMO_OUT_OF_MEMORY. Thread-safe.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_item_set_from_ids(duomo_item_set **out, duomo_model *model,
                                                          const int64_t *ids,
                                                          const char *const *keys, size_t n,
                                                          duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_set_from_filters(duomo_item_set **out,
                                                              duomo_model *model,
                                                              const duomo_filter *filters, size_t n,
                                                              duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_set_combine(duomo_item_set **out, int32_t mode,
                                                         const duomo_item_set *const *sets,
                                                         size_t n, duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_item_set_retain(duomo_item_set *set);
DUOMO_API void DUOMO_CALL duomo_item_set_release(duomo_item_set *set);

/* Returns the number of items in the set; 0 if set is NULL. Thread-safe. */
DUOMO_API uint64_t DUOMO_CALL duomo_item_set_count(const duomo_item_set *set);
/* Returns 1 if the item is in the set, else 0; 0 also for an unknown id. Thread-safe. */
DUOMO_API int32_t DUOMO_CALL duomo_item_set_contains(const duomo_item_set *set, int64_t item_id);

/* ---- Contexts ---------------------------------------------------------------------------- */

typedef struct duomo_context duomo_context;

enum {
  DUOMO_UNKNOWN_IS_ERROR =
      0, /* the call fails for an unknown id or key, and for a vector argument with
                                 NaN or infinity; the error has its position */
  DUOMO_UNKNOWN_IS_MARKED = 1 /* the call succeeds: the result for that id or vector is NaN (a
                                 prediction or vector) or empty (a count of 0) */
};

/* A part of the work of a call, see duomo_parallel_for. */
typedef void(DUOMO_CALL *duomo_work)(void *work_data, size_t index);

/* Lets calls run on the program's own threads. It must call work(work_data, i) exactly once for
 * each i from 0 to count-1, on any threads and in any order, and return when all of these calls
 * have returned. `work` throws no exception. If an index is missing, repeated or not below count,
 * the Duomo function that needed the work fails with DUOMO_INVALID_ARGUMENT. */
typedef void(DUOMO_CALL *duomo_parallel_for)(void *data, size_t count, duomo_work work,
                                             void *work_data);

typedef struct duomo_context_options {
  uint32_t struct_size;
  int32_t unknown_ids; /* DUOMO_UNKNOWN_IS_… */
  uint32_t threads;    /* number of threads that the four searches (duomo_topk, duomo_similar,
                          duomo_users_for, duomo_similar_users) use, at most 256. 0 and 1: the
                          calling thread alone. Results do not depend on it */
  uint32_t reserved;
  duomo_parallel_for parallel_for;  /* NULL: the context starts threads - 1 threads of its own */
  void *parallel_data;              /* passed as the first argument of parallel_for */
  const duomo_allocator *allocator; /* for the scratch memory; NULL: malloc */
  const volatile int32_t
      *cancelled; /* NULL, or a number that any thread may set: while it is not 0, calls
                    with this context fail with DUOMO_CANCELLED, also those that are
                    already running, within some milliseconds. It must stay valid
                    until the context is released */
} duomo_context_options;

#define DUOMO_CONTEXT_OPTIONS_INIT \
  { sizeof(duomo_context_options), DUOMO_UNKNOWN_IS_ERROR, 0, 0, 0, 0, 0, 0 }

/*
 * Creates a context, which one thread at a time may use: make one for each thread, or share one
 * under a lock. It keeps its model open. Its scratch memory grows to what the largest call needs.
 * duomo_context_release frees it and ends the context's threads. options may be NULL. Errors:
 * DUOMO_INVALID_ARGUMENT; DUOMO_OUT_OF_MEMORY, also if the system cannot start the threads.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_context_create(duomo_context **out, duomo_model *model,
                                                       const duomo_context_options *options,
                                                       duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_context_release(duomo_context *context);

/* Frees the scratch memory that earlier calls have grown, for instance after an unusually large
 * batch. The next call allocates what it needs. No other call may use the context meanwhile. NULL
 * is allowed.
 */
DUOMO_API void DUOMO_CALL duomo_context_trim(duomo_context *context);

/* ---- Raw features ------------------------------------------------------------------------ */

typedef struct duomo_features duomo_features;

/*
 * Creates an object for the raw features of `count` users, items or pairs; scope is DUOMO_USER,
 * DUOMO_ITEM or DUOMO_PAIR. No input has a value yet. An input that is never set counts as an
 * unknown category, as an empty set, text or history, or as the number that the file gives for
 * missing ones (usually the mean of training). The object keeps its model open. One thread at a
 * time may use it. Errors: DUOMO_INVALID_ARGUMENT for a wrong scope; DUOMO_UNSUPPORTED if the model
 * has no input of this scope; DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_features_create(duomo_features **out, duomo_model *model,
                                                        int32_t scope, size_t count,
                                                        duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_features_release(duomo_features *features);

/* With strict = 1, the functions below fail with DUOMO_NOT_FOUND for a category, a value of a set
 * or an item of a history that the model does not know; the error has its position and value. With
 * strict = 0, the default, they accept it. Unknown words of a text are always accepted. Errors:
 * DUOMO_INVALID_ARGUMENT. */
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_strict(duomo_features *features,
                                                            int32_t strict, duomo_error *error);

/*
 * Set one input, by its NUL-terminated name, for all `count` rows; an earlier value is replaced.
 * The values are copied. A value that did not occur in training counts as unknown, and unknown
 * items of a history are ignored; neither is an error unless duomo_features_set_strict says so.
 * duomo_model_get_input_value lists the values that did occur; of an integer input without listed
 * values, it lists all from 0 on that the table has a row for, and none of them is unknown.
 *   _integers:      a category with range or integer keys: values[count]. Some inputs have buckets,
 *                   such as the ages 18, 25, 35, …: a number then counts as the largest key that is
 *                   not above it (24 as 18), and a number below all keys as the smallest key
 *   _strings:       a category with string keys, or a text: values[count], each NUL-terminated
 *                   UTF-8, or NULL for no value. Duomo cuts a text into words in the same way as
 *                   training did, so pass it as it is, with its capitals, accents and punctuation.
 *                   The file says which version of the rules it was trained with. Version 1 splits
 *                   at white space and lower-cases A-Z. Version 2 ignores case, accents and
 *                   full-width forms, splits at everything except letters, digits and apostrophes,
 *                   and splits Chinese, Japanese, Thai, Lao, Khmer and Burmese into pairs of
 *                   characters
 *   _numbers:       a number: values[count]; NaN means missing
 *   _integer_lists: a set with range or integer keys, or a history of item ids, oldest first. Row i
 *                   has the values from values[offsets[i]] to values[offsets[i+1]-1]. There are
 *                   count + 1 offsets; the first is 0, and none is below the one before it
 *   _string_lists:  a set with string keys, or a history of string item keys, with offsets as above
 * If a call fails, the input keeps its earlier value. Errors: DUOMO_NOT_FOUND for an unknown name,
 * and with strict = 1 for an unknown value; DUOMO_INVALID_ARGUMENT if the input has another scope
 * or another type of value (the message says which), for text that is not UTF-8, for infinite
 * numbers and for wrong offsets; DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_integers(duomo_features *features,
                                                              const char *input,
                                                              const int64_t *values,
                                                              duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_strings(duomo_features *features,
                                                             const char *input,
                                                             const char *const *values,
                                                             duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_numbers(duomo_features *features,
                                                             const char *input, const float *values,
                                                             duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_integer_lists(duomo_features *features,
                                                                   const char *input,
                                                                   const size_t *offsets,
                                                                   const int64_t *values,
                                                                   duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_string_lists(duomo_features *features,
                                                                  const char *input,
                                                                  const size_t *offsets,
                                                                  const char *const *values,
                                                                  duomo_error *error);

/* ---- Vectors ----------------------------------------------------------------------------- */

/*
 * Return the vectors of known users or items: vectors[n * vector_width], one row after the other.
 * They are copied from the file; if the file does not hold them, the network computes them from the
 * stored features. Errors: DUOMO_NOT_FOUND for an unknown id (the error has its position; see
 * DUOMO_UNKNOWN_IS_MARKED); DUOMO_UNSUPPORTED for logistic models; DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_encode_users(float *vectors, duomo_context *context,
                                                     const int64_t *user_ids, size_t n,
                                                     duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_encode_items(float *vectors, duomo_context *context,
                                                     const int64_t *item_ids, size_t n,
                                                     duomo_error *error);

/* Computes vectors from raw features of users or items: vectors[rows * vector_width]. The features
 * must have been made for the context's model. Errors: DUOMO_INVALID_ARGUMENT; DUOMO_UNSUPPORTED
 * for logistic models; DUOMO_OUT_OF_MEMORY. */
DUOMO_API duomo_status DUOMO_CALL duomo_encode_features(float *vectors, duomo_context *context,
                                                        const duomo_features *features,
                                                        duomo_error *error);

/* ---- Predictions ------------------------------------------------------------------------- */

/*
 * Predicts n pairs: predictions[i] is for the user user_ids[i] and the item item_ids[i], in the
 * unit of the model's output. Errors: DUOMO_NOT_FOUND for an unknown id (the error has its
 * position; see DUOMO_UNKNOWN_IS_MARKED); DUOMO_UNSUPPORTED for logistic models (use duomo_rank);
 * DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_predict(float *predictions, duomo_context *context,
                                                const int64_t *user_ids, const int64_t *item_ids,
                                                size_t n, duomo_error *error);

/* The same for n pairs of vectors: user_vectors[n * vector_width] and item_vectors[n *
 * vector_width]. They are used unchanged: for a model with a cosine head, pass vectors of length 1,
 * as the encode functions return them. Errors: DUOMO_INVALID_ARGUMENT for NaN and infinity (the
 * error has the position; see DUOMO_UNKNOWN_IS_MARKED); DUOMO_UNSUPPORTED for logistic models;
 * DUOMO_OUT_OF_MEMORY. */
DUOMO_API duomo_status DUOMO_CALL duomo_predict_vectors(float *predictions, duomo_context *context,
                                                        const float *user_vectors,
                                                        const float *item_vectors, size_t n,
                                                        duomo_error *error);

/* ---- Top-k ------------------------------------------------------------------------------- */

enum {
  DUOMO_EXCLUDE_SEEN = 1,  /* do not return items that the user has seen: those of the history that
                              the request gives, or else those that the file holds for `ids` or
                              `keys` */
  DUOMO_MINIMUM_SCORE = 2, /* do not return scores below minimum_score */
  DUOMO_APPROXIMATE = 4, /* search approximately, if the file has lists for it (duomo-convert index
                              --lists): only the items in the lists most likely to hold good ones
                              are scored. That is faster, but may miss an item; scores are exact. If
                              k is large, or if filters, sets or exclusions remove good items, more
                              lists are searched, until about 19 of 20 results or more are those of
                              an exact search. For 10 results or fewer, the number of lists was
                              chosen with the file's own users: for vectors unlike theirs, such as
                              those of three items at random, it may find fewer (17 of 20). If the
                              file has no lists, or few items are allowed, the search is exact */
  DUOMO_ALLOW_LISTED = 8 /* return only the items in allow_ids or allow_keys; if allow_count is 0,
                              return none. Without this flag allow_count must be 0 */
};

/* A limit on results that share a value of a category or set, attribute or input: for instance at
 * most two items of one artist, or three of one genre. Items without a value are not limited. All
 * limits of an array must have the same struct_size. */
typedef struct duomo_limit {
  uint32_t struct_size;
  uint32_t at_most;  /* at least 1 */
  const char *input; /* NUL-terminated name of an attribute or input, as in duomo_filter */
} duomo_limit;

#define DUOMO_LIMIT_INIT \
  { sizeof(duomo_limit), 1, 0 }

/*
 * A search request. The queries of duomo_topk and duomo_similar_users are users; the queries of
 * duomo_similar and duomo_users_for are items. Give the queries in exactly one of these ways: ids,
 * keys, vectors, features or, for duomo_topk only, histories alone, which are users of whom nothing
 * but a history is known. For duomo_topk a history may also be given in addition to ids or keys; it
 * then replaces the history that the file holds for that user. Offsets start at 0 and never
 * decrease.
 *
 * String keys are NUL-terminated UTF-8. Each array of keys replaces the array of ids with the
 * similar name, which must then be NULL. The lists to exclude and to allow are of what the search
 * returns: of items, or for duomo_users_for and duomo_similar_users of users. Item sets are only
 * for searches that return items.
 */
typedef struct duomo_topk_request {
  uint32_t struct_size;
  uint32_t flags;                 /* DUOMO_EXCLUDE_SEEN and so on */
  size_t count;                   /* number of queries */
  const int64_t *ids;             /* [count] known users or items */
  const float *vectors;           /* [count * vector_width], used unchanged */
  const duomo_features *features; /* exactly count rows */
  const size_t *history_offsets;  /* [count + 1]: the history of query i is history_ids from
                                     history_offsets[i] to history_offsets[i+1]-1 */
  const int64_t *history_ids;     /* item ids, oldest first; unknown ones are ignored */
  size_t k;                       /* results per query, at least 1; may be more than there are */
  const size_t *exclude_offsets;  /* [count + 1] or NULL: exclude_ids of each query */
  const int64_t *exclude_ids;     /* ids that are not to be returned; unknown ones are ignored */
  const int64_t *allow_ids;       /* [allow_count], with DUOMO_ALLOW_LISTED: return only these */
  size_t allow_count;
  const duomo_filter *filters; /* [filter_count] or NULL: return only what passes all of them */
  size_t filter_count;
  float minimum_score; /* with DUOMO_MINIMUM_SCORE: in the unit of the results */
  uint32_t reserved;
  size_t probes;                   /* with DUOMO_APPROXIMATE: the number of lists to search. 0: the
                                      number that the file recommends, and more if necessary. If it
                                      is the number of all lists, the search is exact */
  const char *const *keys;         /* [count], replaces ids */
  const char *const *history_keys; /* replaces history_ids */
  const char *const *exclude_keys; /* replaces exclude_ids */
  const char *const *allow_keys;   /* replaces allow_ids */
  const float *history_weights; /* NULL, or the weight (above 0) of each item of the histories. Only
                                      used for models without a history input, see duomo_topk */
  const int64_t *shared_exclude_ids; /* [shared_exclude_count]: not to be returned for any query;
                                        unknown ones are ignored */
  const char *const *shared_exclude_keys; /* replaces shared_exclude_ids */
  size_t shared_exclude_count;
  const size_t *k_each; /* NULL, or [count]: the number of results of each query, 0 to k */
  const duomo_item_set *allow_set;         /* NULL, or a set: return only items in it */
  const duomo_item_set *const *allow_sets; /* NULL, or [count]: a set for each query; those that are
                                              NULL allow all items */
  const duomo_limit *limits;               /* [limit_count] or NULL: all of them apply */
  size_t limit_count;
} duomo_topk_request;

#define DUOMO_TOPK_REQUEST_INIT                                                                    \
  {                                                                                                \
    sizeof(duomo_topk_request), 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
        0, 0, 0, 0, 0, 0, 0, 0                                                                     \
  }

/* The caller's arrays for the results. Query i has counts[i] results, which is fewer than k if no
 * more can be returned. They start at ids[i * k] and scores[i * k]; elements after them are not
 * written. */
typedef struct duomo_topk_result {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t *ids;       /* [count * k] of items, or of users */
  float *scores;      /* [count * k] */
  size_t *counts;     /* [count] */
  duomo_text *keys;   /* NULL, or [count * k]: the string keys of the results */
  duomo_text *titles; /* NULL, or [count * k]: their titles, empty where there are none */
} duomo_topk_result;

#define DUOMO_TOPK_RESULT_INIT \
  { sizeof(duomo_topk_result), 0, 0, 0, 0, 0, 0 }

/*
 * duomo_topk returns the k best items for each user, best first. The result is exactly that of
 * predicting every allowed item and sorting (unless DUOMO_APPROXIMATE is set). Items are sorted by
 * the model's score before it is converted to the unit of the output. So if several scores round to
 * the same float, as those of a sigmoid near 1 do, the better item still comes first. Items with
 * equal scores are in the order of the file. With limits, items are taken in this order, and an
 * item is skipped if one of its values already has as many results as its limit allows.
 *
 * For a model without a history input, a history is folded in: the user's vector is computed from
 * the vectors of these items, as training would compute it if all other parameters stayed the same
 * (ridge regression in closed form).
 *
 * duomo_similar returns the items that are most like an item, by the cosine of their vectors, from
 * -1 to 1 (without the bias columns of a model with a dot head). If queries are ids or keys, the
 * item itself is not returned. duomo_users_for returns the users to whom an item appeals most,
 * sorted by their prediction for it; with DUOMO_EXCLUDE_SEEN, and if queries are ids or keys,
 * without the users who have seen the item. duomo_similar_users returns the users that are most
 * like a user, as duomo_similar does for items. The last two need user vectors in the file, and are
 * fast if the file has a search index of users (duomo-convert index --users).
 *
 * Errors:
 *  - DUOMO_INVALID_ARGUMENT: k is 0; queries are missing, or given in more than one way; histories,
 *    DUOMO_EXCLUDE_SEEN or item sets for a search that does not take them; DUOMO_EXCLUDE_SEEN
 *    without ids, keys or histories; wrong offsets; a filter or limit on an input that is neither a
 *    category nor a set, or that belongs to the other side (users or items); a range for something
 *    that is not a number, or a range with NaN; an item set of another model; a minimum score that
 *    is NaN; a vector with NaN or infinity (the error has its position; see
 *    DUOMO_UNKNOWN_IS_MARKED); a parallel_for that breaks its contract.
 *  - DUOMO_NOT_FOUND: an unknown id or key of a query (the error has its position; see
 *    DUOMO_UNKNOWN_IS_MARKED); an unknown name in a filter or limit; with DUOMO_STRICT_VALUES, an
 *    unknown value in a filter.
 *  - DUOMO_UNSUPPORTED: a logistic model; a file with items but without item vectors (for the last
 *    two, with users but without user vectors; without users there are no results);
 *    DUOMO_EXCLUDE_SEEN with ids or keys if the file has no histories; string keys if the model's
 *    keys are integers.
 *  - DUOMO_CORRUPT: a damaged file, whose texts are not UTF-8 or whose numbers for folding in are
 *    not finite; opening does not check either.
 *  - DUOMO_CANCELLED, DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_topk(duomo_topk_result *out, duomo_context *context,
                                             const duomo_topk_request *request, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_similar(duomo_topk_result *out, duomo_context *context,
                                                const duomo_topk_request *request,
                                                duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_users_for(duomo_topk_result *out, duomo_context *context,
                                                  const duomo_topk_request *request,
                                                  duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_similar_users(duomo_topk_result *out,
                                                      duomo_context *context,
                                                      const duomo_topk_request *request,
                                                      duomo_error *error);

/* ---- Ranking ----------------------------------------------------------------------------- */

enum { DUOMO_RANK_USER_ID = 1 /* the user is user_id */ };

/*
 * One user and n items to be scored. Give the user in exactly one way: user_id with the flag
 * DUOMO_RANK_USER_ID, user_key, or user_features with one row. Give the items in exactly one way:
 * item_ids[n], item_keys[n], or item_features with n rows. pair_features, with n rows, are the
 * features of each pair of the user and an item, for models that have such inputs. A history that
 * is given replaces the history that the file holds for the user, or that of user_features.
 */
typedef struct duomo_rank_request {
  uint32_t struct_size;
  uint32_t flags;
  int64_t user_id;
  const duomo_features *user_features;
  const int64_t *item_ids;
  const duomo_features *item_features;
  const duomo_features *pair_features; /* or NULL: no pair input has a value */
  const int64_t *history_ids;          /* [history_count], oldest first; or NULL */
  size_t history_count;
  size_t n;                        /* number of items */
  const char *user_key;            /* NULL, or the user's string key, replaces user_id */
  const char *const *item_keys;    /* replaces item_ids */
  const char *const *history_keys; /* replaces history_ids */
} duomo_rank_request;

#define DUOMO_RANK_REQUEST_INIT \
  { sizeof(duomo_rank_request), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * Predicts one user's score for each of n items: predictions[n], in the order of the request. A
 * logistic model computes them with its joint network; other models return what duomo_predict
 * returns. Errors: DUOMO_INVALID_ARGUMENT; DUOMO_NOT_FOUND for an unknown id or key (the error has
 * its position; see DUOMO_UNKNOWN_IS_MARKED); DUOMO_UNSUPPORTED for a history that the model cannot
 * use: a logistic model without a history input, or another model with neither that nor item
 * vectors; DUOMO_CORRUPT as duomo_topk; DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_rank(float *predictions, duomo_context *context,
                                             const duomo_rank_request *request, duomo_error *error);

#ifdef __cplusplus
}
#endif

#endif /* DUOMO_DUOMO_H_ */
