/*
 * duomo.h: the C interface of Duomo, an embeddable recommender. This header is the specification.
 *
 * Two objects. A duomo_model is an opened .duomo file: immutable, reference counted, usable from
 * any number of threads at once. A duomo_context is the scratch memory of one thread at a time:
 * cheap, and it holds its model alive. Beside them stand duomo_features, raw features of users,
 * items or pairs that the file does not know; duomo_item_set, a set of items made once and used by
 * many calls; and duomo_model_slot, which holds the model that a host answers with now.
 *
 * Conventions, for every function unless its comment says otherwise:
 *  - Results go to the first arguments, the error to the last, which may be NULL.
 *  - On failure nothing is written but *error; nothing needs cleaning up.
 *  - Arguments are checked before the first result is written: NULL where something is required, an
 *    unknown flag or value of an enum, a reserved field that is not 0 are DUOMO_INVALID_ARGUMENT.
 *    An array of length 0 may be NULL. Releasing NULL does nothing.
 *  - Memory is owned by whoever allocated it. Text that Duomo hands out is UTF-8, given with its
 *    length, not NUL-terminated, and lives as long as the model.
 *  - Struct arguments start with struct_size; initialise them with their _INIT macro. They grow at
 *    the end only, and a library reads and writes no further than the struct_size it is given. One
 *    that is smaller than the struct's first version, or above 4096, is DUOMO_INVALID_ARGUMENT. One
 *    that is larger than the library knows comes from a newer client: that is fine while what the
 *    library does not know is 0, else DUOMO_UNSUPPORTED_VERSION. Of structs that Duomo fills
 *    (duomo_error and the _info structs) it leaves what it does not know as it is.
 *  - Functions of a model may run on any number of threads at once. A context or features are one
 *    call's at a time, whether it changes or reads them; which thread makes the call is all the
 *    same. The last release of an object comes after every call with it.
 *  - Ids are int64_t. Where a catalogue has integer keys, a key is its own id. Where it has string
 *    keys, an id is a hash of the key alone (duomo_id_of_string): the same in every file and on every
 *    machine, so that a stored id means the same item after retraining, or is unknown, and is never
 *    another item. Wherever a request takes ids it takes such keys as well.
 *  - Scores are in the unit of the model's output (stars, probability, seconds); see
 *    duomo_model_info. The same pair of stored vectors has the same bits in every call.
 *  - Any call may fail with DUOMO_OUT_OF_MEMORY, and with DUOMO_INTERNAL where Duomo is at fault.
 *  - Nothing is printed, no environment variable is read, no signal handler is set, and the host is
 *    never aborted. Threads are started for contexts that ask for them alone
 * (duomo_context_options); they block all signals, so that handlers run on the host's threads. The
 * default floating-point environment is assumed. (What oneDNN does by itself is written in ABI.md;
 * the portable build does none of it.)
 *  - After fork() the child may go on with its models, and with contexts and features that no other
 *    thread was in a call with at the time, and release them. A context's threads stay with the
 *    parent: in the child its calls run on the calling thread alone, with the same results.
 * Contexts that are made in the child have threads of their own.
 *
 * Since 0.1 where nothing else is said.
 */
#ifndef DUOMO_DUOMO_H_
#define DUOMO_DUOMO_H_

#include <stddef.h>
#include <stdint.h>

/* DUOMO_STATIC: defined by programs that link the static library on Windows. */
#if defined(_WIN32) && defined(DUOMO_BUILDING)
#define DUOMO_API __declspec(dllexport)
#elif defined(_WIN32) && !defined(DUOMO_STATIC)
#define DUOMO_API __declspec(dllimport)
#elif defined(__GNUC__) || defined(__clang__)
#define DUOMO_API __attribute__((visibility("default")))
#else
#define DUOMO_API
#endif

/* The calling convention of all functions and of those that hosts hand in. */
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
  DUOMO_INVALID_ARGUMENT = 1, /* the call is wrong, whatever the model */
  DUOMO_NOT_FOUND = 2,        /* an id, key or input that the model does not have */
  DUOMO_OUT_OF_MEMORY = 3,
  DUOMO_IO_ERROR = 4,            /* the system refused to read the file; the message says why */
  DUOMO_CORRUPT = 5,             /* the bytes are not a valid .duomo file */
  DUOMO_UNSUPPORTED_VERSION = 6, /* the file or the client is newer than this library */
  DUOMO_UNSUPPORTED = 7,         /* this model cannot do that; the message says what it lacks */
  DUOMO_INTERNAL = 8,            /* a defect in Duomo: please report the message */
  DUOMO_CANCELLED = 9            /* the host asked for an end: duomo_context_options.cancelled */
};

/* What was wrong, finer than the status, for programs. 0 where none of these says it. */
enum {
  DUOMO_KIND_NULL = 1,        /* a pointer that may not be NULL */
  DUOMO_KIND_STRUCT_SIZE = 2, /* a struct_size, or what a newer client asks for */
  DUOMO_KIND_VALUE = 3,       /* a flag, enum, count or number outside what is allowed */
  DUOMO_KIND_CONFLICT = 4,    /* arguments that do not go together */
  DUOMO_KIND_OFFSETS = 5,     /* offsets that do not ascend from 0 */
  DUOMO_KIND_NOT_UTF8 = 6,
  DUOMO_KIND_NOT_FINITE = 7,     /* NaN or infinity */
  DUOMO_KIND_UNKNOWN_ID = 8,     /* of a user or item, or its string key */
  DUOMO_KIND_UNKNOWN_NAME = 9,   /* of an input, attribute or metadata entry */
  DUOMO_KIND_UNKNOWN_VALUE = 10, /* that the input or attribute does not have */
  DUOMO_KIND_LACKING = 11        /* the file or the build lacks what the call needs */
};

/* Which argument was wrong, or which field of a request; 0 where none of these says it. */
enum {
  DUOMO_ARGUMENT_OUT = 1, /* where results go, also fields of duomo_topk_result */
  DUOMO_ARGUMENT_MODEL = 2,
  DUOMO_ARGUMENT_CONTEXT = 3,
  DUOMO_ARGUMENT_OPTIONS = 4,
  DUOMO_ARGUMENT_FILE = 5, /* path, data or descriptor */
  DUOMO_ARGUMENT_REQUEST = 6,
  DUOMO_ARGUMENT_USERS = 7,   /* user ids, keys and vectors */
  DUOMO_ARGUMENT_ITEMS = 8,   /* item ids, keys and vectors */
  DUOMO_ARGUMENT_QUERIES = 9, /* ids, keys, vectors of duomo_topk_request */
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

/* Filled when a call fails, untouched when it succeeds. `message` is NUL-terminated UTF-8, cut
 * between characters. A call that is given one with a struct_size below the first version's does
 * nothing but return DUOMO_INVALID_ARGUMENT. */
typedef struct duomo_error {
  uint32_t struct_size;
  duomo_status status;
  char message[504];
  int32_t kind;      /* DUOMO_KIND_… or 0 */
  int32_t argument;  /* DUOMO_ARGUMENT_… or 0 */
  uint64_t position; /* of the element at fault in that argument, or DUOMO_NO_POSITION */
} duomo_error;

#define DUOMO_ERROR_INIT \
  { sizeof(duomo_error), 0, {0}, 0, 0, DUOMO_NO_POSITION }

/* "DUOMO_NOT_FOUND" and so on; "unknown status" for other numbers. Static, NUL-terminated; like the
 * two functions below it cannot fail. Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_status_name(duomo_status status);

/* ---- Versions ---------------------------------------------------------------------------- */

#define DUOMO_VERSION_MAJOR 0
#define DUOMO_VERSION_MINOR 1
#define DUOMO_VERSION_PATCH 0

/* "0.1.0": of the library that runs, not of this header. Static, NUL-terminated. Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_version(void);

/* One line about how the library was built and which kernels this machine runs, for bug reports:
 * "duomo 0.1.0, oneDNN 2.6.3, avx512". Static, NUL-terminated. Thread-safe. */
DUOMO_API const char *DUOMO_CALL duomo_build_info(void);

/* ---- Models ------------------------------------------------------------------------------ */

typedef struct duomo_model duomo_model;

enum {
  DUOMO_OPEN_COPY = 1,   /* read the file into memory instead of mapping it: use where the file
                            may be changed in place (truncating a mapped file kills the process) */
  DUOMO_OPEN_VERIFY = 2, /* check the checksum of every byte; time grows with the file */
  DUOMO_OPEN_PREPARE = 4 /* make the codes for fast searches where the file has none: up to 10
                            microseconds and about as many bytes as vector_width an item. Nothing is
                            made for vectors wider than 1,024, which would take longer; those that
                            duomo-convert index writes into the file search faster still. Of users
                            nothing is made: searches of users are fast where the file has codes of
                            them. Also the table of the ids of string keys, where a file from before
                            0.1 has none and the first call would make it: 0.1 microseconds a key */
};

enum {
  DUOMO_BACKEND_DEFAULT = 0, /* oneDNN where the library was built with it */
  DUOMO_BACKEND_ONEDNN = 1,
  DUOMO_BACKEND_PORTABLE = 2
};

/*
 * Memory of the host's. It is asked for what grows with the file, with the number of threads or with
 * the largest call, by any thread that calls Duomo; small objects of fixed size do not come from it.
 *   allocate: at least `size` bytes, above 0, aligned to `alignment`, a power of 2; NULL where there are
 *             none, and the call is then DUOMO_OUT_OF_MEMORY
 *   release:  what allocate gave, with the same size and alignment; never NULL
 * The struct is copied; `data` must live until all memory has been released.
 */
typedef struct duomo_allocator {
  void *(DUOMO_CALL *allocate)(void *data, size_t size, size_t alignment);
  void(DUOMO_CALL *release)(void *data, void *memory, size_t size, size_t alignment);
  void *data; /* the first argument of both */
} duomo_allocator;

typedef struct duomo_open_options {
  uint32_t struct_size;
  uint32_t flags;  /* DUOMO_OPEN_… */
  int32_t backend; /* DUOMO_BACKEND_…: what runs the towers */
  uint32_t reserved;
  const duomo_allocator *allocator; /* for what the model and its item sets hold; NULL: malloc's */
} duomo_open_options;

#define DUOMO_OPEN_OPTIONS_INIT \
  { sizeof(duomo_open_options), 0, DUOMO_BACKEND_DEFAULT, 0, 0 }

/*
 * Opens a file. It is mapped and used in place; time does not grow with the catalogue. Replace
 * files by rename, never edit them in place. options may be NULL. On success *out is one
 * reference. Thread-safe.
 * Errors: DUOMO_IO_ERROR, DUOMO_CORRUPT, DUOMO_UNSUPPORTED_VERSION (the message names the version
 * that the file needs and the one that this library reads), DUOMO_UNSUPPORTED (a backend that
 * this library was built without), DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open(duomo_model **out, const char *path,
                                                   const duomo_open_options *options,
                                                   duomo_error *error);

/*
 * The same from memory. The bytes are borrowed until the last reference to the model is gone and
 * must not change; where `data` is not aligned to 64 bytes they are copied instead, which
 * duomo_model_info reports. With DUOMO_OPEN_COPY they are always copied.
 * Errors: as duomo_model_open, without DUOMO_IO_ERROR.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open_buffer(duomo_model **out, const void *data,
                                                          size_t size,
                                                          const duomo_open_options *options,
                                                          duomo_error *error);

/*
 * The same from an open file: its bytes from `offset` on, `length` of them, 0 meaning up to its
 * end; so a model may lie inside of another file, such as an uncompressed asset of an Android
 * package. The descriptor stays the caller's and may be closed after the call. It must be readable
 * and of a regular file. Where the offset is no multiple of 64, or with DUOMO_OPEN_COPY, the bytes
 * are copied. Errors: as duomo_model_open; DUOMO_INVALID_ARGUMENT where offset and length leave the
 * file.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_model_open_descriptor(duomo_model **out, int descriptor,
                                                              uint64_t offset, uint64_t length,
                                                              const duomo_open_options *options,
                                                              duomo_error *error);

/* Adds or drops a reference; the last one closes the file. Contexts, features, sets and slots hold
 * one each. Thread-safe. NULL is fine. */
DUOMO_API void DUOMO_CALL duomo_model_retain(duomo_model *model);
DUOMO_API void DUOMO_CALL duomo_model_release(duomo_model *model);

enum { DUOMO_HEAD_COSINE = 0, DUOMO_HEAD_DOT = 1, DUOMO_HEAD_LOGISTIC = 2 };

/* Text of the model's: not NUL-terminated, valid as long as the model. */
typedef struct duomo_text {
  const char *data;
  size_t size;
} duomo_text;

typedef struct duomo_model_info {
  uint32_t struct_size;
  int32_t head;        /* DUOMO_HEAD_…; logistic models answer duomo_rank only */
  uint64_t user_count; /* known users and items */
  uint64_t item_count;
  uint64_t vector_width;    /* floats in a user or item vector; 0 for logistic models */
  uint64_t input_count;     /* for duomo_model_input */
  uint64_t file_size;       /* bytes */
  int32_t has_user_vectors; /* 1: frozen in the file; 0: the user tower runs when asked */
  int32_t has_history;      /* 1: the file knows what its users have seen */
  int32_t has_titles;
  int32_t copied;       /* 1: the bytes were copied, neither mapped nor borrowed */
  duomo_text name;      /* of the description: "hybrid" */
  duomo_text unit;      /* of the output: "stars" */
  float minimum_output; /* the range of predictions; infinite where it has no bound */
  float maximum_output;
  uint64_t fingerprint;     /* of the file's content: another content has another one */
  uint64_t attribute_count; /* for duomo_model_get_attribute */
  uint64_t metadata_count;  /* for duomo_model_metadata_at */
} duomo_model_info;

#define DUOMO_MODEL_INFO_INIT \
  { sizeof(duomo_model_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}, 0, 0, 0, 0, 0 }

/* Fills *out up to the struct_size that the caller set; what this library does not know stays as it
 * is. Errors: DUOMO_INVALID_ARGUMENT. Thread-safe. */
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
  int32_t keys;             /* DUOMO_KEYS_…: how its values are given; numbers: 0. Histories are
                                always given as item ids. */
  uint64_t vocabulary_size; /* known values; numbers: 0 */
  duomo_text name;
} duomo_input_info;

#define DUOMO_INPUT_INFO_INIT                      \
  {                                                \
    sizeof(duomo_input_info), 0, 0, 0, 0, { 0, 0 } \
  }

/* The input number `index`, 0 … input_count-1; *out is filled as by duomo_model_get_info.
 * Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_input(duomo_input_info *out,
                                                        const duomo_model *model, uint64_t index,
                                                        duomo_error *error);

/* A value that the input number `input` knows, number `index` of 0 … vocabulary_size-1: into *text where
 * its keys are strings, else into *integer; the other may be NULL. For a history they are the ids of
 * items. Errors: DUOMO_NOT_FOUND for either number; DUOMO_UNSUPPORTED for inputs that are numbers;
 * DUOMO_CORRUPT where the file's text is not UTF-8. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_input_value(duomo_text *text, int64_t *integer,
                                                              const duomo_model *model,
                                                              uint64_t input, uint64_t index,
                                                              duomo_error *error);

/* What people wrote into the file (duomo-convert annotate): name, version, date, metrics, licence,
 * …; pairs of texts, each key once, in ascending order of its bytes. _metadata looks one up by its
 * NUL-terminated key; _metadata_at gives number `index`, 0 … metadata_count-1. Errors:
 * DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_metadata(duomo_text *value, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_model_metadata_at(duomo_text *key, duomo_text *value,
                                                          const duomo_model *model, uint64_t index,
                                                          duomo_error *error);

/* ---- The model in use -------------------------------------------------------------------- */

/*
 * Holds the model that a host answers with now, so that one thread can put a new one in its place
 * while others ask. get never waits; set waits for gets that are under way, some nanoseconds. Any
 * thread, all functions at once, but release, which comes last and drops the slot's own reference.
 */
typedef struct duomo_model_slot duomo_model_slot;

/* model may be NULL: nothing yet. The slot takes a reference of its own. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_slot_create(duomo_model_slot **out,
                                                          duomo_model *model, duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_model_slot_release(duomo_model_slot *slot);

/* Puts `model` (NULL: nothing) in; the slot takes a reference of its own and drops that of the
 * model before, which ends when the last call with it has. Errors: none but a NULL slot. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_slot_set(duomo_model_slot *slot, duomo_model *model,
                                                       duomo_error *error);

/* The model that is in, with a reference that the caller releases; NULL where there is none, or for
 * a NULL slot. */
DUOMO_API duomo_model *DUOMO_CALL duomo_model_slot_get(duomo_model_slot *slot);

/* ---- Ids, keys and titles ---------------------------------------------------------------- */

/* The id of a string key: 0 … 2^63-1, the same for every model and release. It is the 64-bit FNV-1a
 * hash of the key's bytes, mixed by the finaliser of MurmurHash3 (fmix64), without its highest bit.
 * Two keys of one file never have the same (such a file is refused when it is written).
 * Thread-safe; cannot fail; NULL: 0. */
DUOMO_API int64_t DUOMO_CALL duomo_id_of_string(const char *key);

/* The id of the item or user at `row`, 0 … count-1, in the order of the file.
 * Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_id_at(int64_t *id, const duomo_model *model,
                                                   uint64_t row, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_id_at(int64_t *id, const duomo_model *model,
                                                   uint64_t row, duomo_error *error);

/* From a string key (NUL-terminated UTF-8) to the id and back. Errors: DUOMO_NOT_FOUND;
 * DUOMO_INVALID_ARGUMENT for a key that is not UTF-8; DUOMO_UNSUPPORTED where the keys are integers;
 * DUOMO_CORRUPT where the file's own is not UTF-8, which opening does not look at. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_id_of_key(int64_t *id, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_id_of_key(int64_t *id, const duomo_model *model,
                                                       const char *key, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_key(duomo_text *key, const duomo_model *model,
                                                 int64_t id, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_user_key(duomo_text *key, const duomo_model *model,
                                                 int64_t id, duomo_error *error);

/* The same for n at once, scope being DUOMO_USER or DUOMO_ITEM. What the model does not know is no
 * error: ids[i] is then -1, keys[i] and titles[i] are {NULL, 0}. Errors: DUOMO_INVALID_ARGUMENT for
 * a key that is NULL or not UTF-8 (names the position); DUOMO_UNSUPPORTED where the keys are
 * integers, or the file has no titles; DUOMO_CORRUPT as above. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_ids_of_keys(int64_t *ids, const duomo_model *model,
                                                    int32_t scope, const char *const *keys,
                                                    size_t n, duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_keys_of_ids(duomo_text *keys, const duomo_model *model,
                                                    int32_t scope, const int64_t *ids, size_t n,
                                                    duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_item_titles(duomo_text *titles, const duomo_model *model,
                                                    const int64_t *ids, size_t n,
                                                    duomo_error *error);

/* The title for people, possibly empty. Errors: DUOMO_NOT_FOUND for the id; DUOMO_UNSUPPORTED where
 * the file has no titles; DUOMO_CORRUPT where this one is not UTF-8. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_item_title(duomo_text *title, const duomo_model *model,
                                                   int64_t id, duomo_error *error);

/* ---- Attributes -------------------------------------------------------------------------- */

/* Columns of items that no network reads: to filter by and to show. They are changed without
 * retraining (duomo-convert attributes). */

enum {
  DUOMO_ATTRIBUTE_CATEGORY = 0, /* a text an item */
  DUOMO_ATTRIBUTE_SET = 1,      /* any number of texts an item */
  DUOMO_ATTRIBUTE_INTEGER = 2,
  DUOMO_ATTRIBUTE_NUMBER = 3, /* a double */
  DUOMO_ATTRIBUTE_TIME = 4    /* an integer: seconds since 1970, UTC */
};

typedef struct duomo_attribute_info {
  uint32_t struct_size;
  int32_t kind;         /* DUOMO_ATTRIBUTE_… */
  uint64_t value_count; /* different texts of categories and sets; else 0 */
  duomo_text name;
} duomo_attribute_info;

#define DUOMO_ATTRIBUTE_INFO_INIT                \
  {                                              \
    sizeof(duomo_attribute_info), 0, 0, { 0, 0 } \
  }

/* The attribute number `index`, 0 … attribute_count-1; *out is filled as by duomo_model_get_info.
 * Errors: DUOMO_NOT_FOUND. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_model_get_attribute(duomo_attribute_info *out,
                                                            const duomo_model *model,
                                                            uint64_t index, duomo_error *error);

/* The values of n items, of the attribute with this NUL-terminated name: _numbers for integers,
 * numbers and times (as double; NaN: missing), _integers for integers and times (INT64_MIN:
 * missing), _texts for categories ({NULL, 0}: missing). Ids that the model does not know have none.
 * Errors: DUOMO_NOT_FOUND for the name, DUOMO_INVALID_ARGUMENT for another kind of attribute.
 * Thread-safe. */
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

/* The texts of one item, of a category or set: the first `capacity` of them into texts[], how many
 * there are into *count. Errors: as above. Thread-safe. */
DUOMO_API duomo_status DUOMO_CALL duomo_attribute_set(size_t *count, duomo_text *texts,
                                                      size_t capacity, const duomo_model *model,
                                                      const char *attribute, int64_t item_id,
                                                      duomo_error *error);

/* ---- Filters and sets of items ----------------------------------------------------------- */

enum {
  DUOMO_ANY = 0,
  DUOMO_ALL = 1,
  DUOMO_NONE = 2,
  DUOMO_RANGE = 3 /* numbers between minimum and maximum */
};

enum {
  DUOMO_ABOVE_MINIMUM = 1, /* with DUOMO_RANGE: minimum itself does not count */
  DUOMO_BELOW_MAXIMUM = 2, /* with DUOMO_RANGE: maximum itself does not count */
  DUOMO_STRICT_VALUES = 4  /* a value that the input or attribute does not have is DUOMO_NOT_FOUND;
                              else no item has it */
};

/*
 * The items (or, where users are searched, the users) whose attribute, category or set has at least
 * one, all or none of some values; or, with DUOMO_RANGE, whose attribute is a number, integer or
 * time, or whose input is a number, in a range (1990 <= year < 2000: minimum 1990, maximum 2000,
 * DUOMO_BELOW_MAXIMUM; infinity: no bound). A missing number is in no range; values are not given
 * with a range, nor its flags without one. With no values, DUOMO_ANY holds for no item,
 * DUOMO_ALL and DUOMO_NONE for all. Where an attribute and an input have the same name, the
 * attribute is meant. In an array of filters every struct_size is the same.
 */
typedef struct duomo_filter {
  uint32_t struct_size;
  int32_t mode;               /* DUOMO_ANY, DUOMO_ALL, DUOMO_NONE, DUOMO_RANGE */
  const char *input;          /* NUL-terminated name of an attribute or input, e.g. "genres" */
  const char *const *strings; /* value_count values for string keys, … */
  const int64_t *integers;    /* … or for range and integer keys; the other is NULL */
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
 * A set of the items of one model. Immutable, reference counted, used by any number of calls and threads
 * at once; holds its model alive; takes a bit an item. Restricting a search to a set costs the same
 * whatever is in it. Made from:
 *   _from_ids:     ids or, in the other array, string keys (one of them is NULL); unknown ones are left out
 *   _from_filters: the items for which all filters hold; without filters all items
 *   _combine:      with DUOMO_ALL what is in all of the sets, with DUOMO_ANY what is in at least one, with
 *                  DUOMO_NONE what is in none of them; at least one set, all of the same model
 * Errors: those that duomo_topk names for filters; DUOMO_INVALID_ARGUMENT; DUOMO_UNSUPPORTED for keys where
 * they are integers; DUOMO_OUT_OF_MEMORY. Thread-safe.
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

/* How many items it has; 0 for NULL. Thread-safe. */
DUOMO_API uint64_t DUOMO_CALL duomo_item_set_count(const duomo_item_set *set);
/* 1 where the set has the item, 0 where not, or where the model does not know it. Thread-safe. */
DUOMO_API int32_t DUOMO_CALL duomo_item_set_contains(const duomo_item_set *set, int64_t item_id);

/* ---- Contexts ---------------------------------------------------------------------------- */

typedef struct duomo_context duomo_context;

enum {
  DUOMO_UNKNOWN_IS_ERROR =
      0, /* an unknown id fails the call, and so does a vector handed in that has
                                 NaN or infinity; the message names its position */
  DUOMO_UNKNOWN_IS_MARKED = 1 /* its prediction or vector is NaN, its count 0; the rest is done */
};

/* A part of a call's work; duomo_parallel_for says which. */
typedef void(DUOMO_CALL *duomo_work)(void *work_data, size_t index);

/* A host's own threads: calls work(work_data, i) once for each i in 0 … count-1, on any threads and
 * in any order, and returns when all of them are done. The work throws nothing. Where an index is left
 * out, comes twice or is not below count, the call of Duomo's is DUOMO_INVALID_ARGUMENT and says so. */
typedef void(DUOMO_CALL *duomo_parallel_for)(void *data, size_t count, duomo_work work,
                                             void *work_data);

typedef struct duomo_context_options {
  uint32_t struct_size;
  int32_t unknown_ids; /* DUOMO_UNKNOWN_IS_… */
  uint32_t threads;    /* duomo_topk and duomo_similar share their work out to so many, at most
                           256; results do not depend on it. 0 and 1: the calling thread alone.
                           Above, threads are started, unless parallel_for brings them */
  uint32_t reserved;
  duomo_parallel_for parallel_for;  /* NULL: the context has threads - 1 threads of its own */
  void *parallel_data;              /* its first argument */
  const duomo_allocator *allocator; /* for the scratch memory; NULL: malloc's */
  const volatile int32_t
      *cancelled; /* NULL, or a number that any thread may change: while it is not
                    0, calls with this context end with DUOMO_CANCELLED, those under
                    way within some milliseconds. It outlives the context */
} duomo_context_options;

#define DUOMO_CONTEXT_OPTIONS_INIT \
  { sizeof(duomo_context_options), DUOMO_UNKNOWN_IS_ERROR, 0, 0, 0, 0, 0, 0 }

/*
 * A context for one thread at a time: make one a thread, or hand one around under a lock. It keeps
 * its model alive. Scratch memory grows to what the largest call needed and is freed by release,
 * which also ends its threads. options may be NULL. Errors: DUOMO_INVALID_ARGUMENT,
 * DUOMO_OUT_OF_MEMORY, also where the system starts no more threads.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_context_create(duomo_context **out, duomo_model *model,
                                                       const duomo_context_options *options,
                                                       duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_context_release(duomo_context *context);

/* Gives back the scratch memory that calls have left, for instance after an unusually large batch;
 * the next call takes what it needs anew. NULL is fine. Like a call, it has the context to itself.
 */
DUOMO_API void DUOMO_CALL duomo_context_trim(duomo_context *context);

/* ---- Raw features ------------------------------------------------------------------------ */

typedef struct duomo_features duomo_features;

/*
 * Features of `count` users, items or pairs (scope: DUOMO_USER, DUOMO_ITEM or DUOMO_PAIR), all
 * unset at first: an unset category counts as unknown, an unset set, text or history as empty, an
 * unset number as the input's fallback. Holds its model alive. One thread at a time.
 * Errors: DUOMO_INVALID_ARGUMENT for the scope, DUOMO_UNSUPPORTED where the model has no input of
 * it, DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_features_create(duomo_features **out, duomo_model *model,
                                                        int32_t scope, size_t count,
                                                        duomo_error *error);
DUOMO_API void DUOMO_CALL duomo_features_release(duomo_features *features);

/* With strict = 1 the functions below fail with DUOMO_NOT_FOUND for a category, a value of a set or an
 * item of a history that the model does not know, and name its position and value; with 0, as at
 * first, they do not. Words of texts are never refused. Errors: DUOMO_INVALID_ARGUMENT. */
DUOMO_API duomo_status DUOMO_CALL duomo_features_set_strict(duomo_features *features,
                                                            int32_t strict, duomo_error *error);

/*
 * Sets an input, by its name, for all `count` rows; an earlier value is replaced. The values are
 * copied. Values that training did not meet count as unknown (a misspelt genre), and history ids that
 * the model does not know are left out: neither is an error unless duomo_features_set_strict asks for
 * it. duomo_model_get_input_value lists what was met.
 *   _integers:      category with range or integer keys; values[count]. Where the file says that the
 *                   keys begin ranges, as ages 18, 25, 35, … do, every number is known: 24 as 18, and
 *                   what is below the least key as that one
 *   _strings:       category with string keys, or text; values[count], NUL-terminated UTF-8, NULL:
 *                   unset. Text is cut into words here as it was in training, by the rules whose
 *                   version stands in the file, so hand it over as it is: in any case, Unicode
 *                   form and script, with its punctuation. (Version 2 folds case, accents and
 *                   full-width forms, parts words at everything but letters, digits and
 *                   apostrophes, and takes Chinese, Japanese, Thai, Lao, Khmer and Burmese by
 *                   pairs of characters; version 1 only splits at white space and lower-cases A-Z.)
 *   _numbers:       number; values[count]; NaN: the fallback
 *   _integer_lists: set with range or integer keys, or history of item ids, oldest first; row i
 *                   has values[offsets[i]] … values[offsets[i+1]-1]; offsets[count+1] ascend from 0
 *   _string_lists:  set with string keys, or history of items with string keys
 * Errors: DUOMO_NOT_FOUND for the name; DUOMO_INVALID_ARGUMENT where the input has another scope or
 * takes another kind of value (the message says which), for text that is not UTF-8, infinite
 * numbers and offsets that descend; DUOMO_NOT_FOUND for unknown values of strict features;
 * DUOMO_OUT_OF_MEMORY. The input then keeps its earlier value.
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
 * Vectors of known users or items: vectors[n * vector_width], row after row. Frozen vectors are
 * copied from the file; where there are none the tower runs on the stored features.
 * Errors: DUOMO_NOT_FOUND (names the position; see DUOMO_UNKNOWN_IS_MARKED), DUOMO_UNSUPPORTED
 * for logistic models, DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_encode_users(float *vectors, duomo_context *context,
                                                     const int64_t *user_ids, size_t n,
                                                     duomo_error *error);
DUOMO_API duomo_status DUOMO_CALL duomo_encode_items(float *vectors, duomo_context *context,
                                                     const int64_t *item_ids, size_t n,
                                                     duomo_error *error);

/* Vectors of raw features (scope user or item): runs that side's tower on every row,
 * vectors[rows * vector_width]. Features must be of the context's own model. Errors:
 * DUOMO_INVALID_ARGUMENT, DUOMO_UNSUPPORTED for logistic models, DUOMO_OUT_OF_MEMORY. */
DUOMO_API duomo_status DUOMO_CALL duomo_encode_features(float *vectors, duomo_context *context,
                                                        const duomo_features *features,
                                                        duomo_error *error);

/* ---- Predictions ------------------------------------------------------------------------- */

/*
 * predictions[i] for the pair user_ids[i], item_ids[i]; n pairs, in the unit of the output.
 * Errors: DUOMO_NOT_FOUND (names the position; see DUOMO_UNKNOWN_IS_MARKED), DUOMO_UNSUPPORTED
 * for logistic models (use duomo_rank), DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_predict(float *predictions, duomo_context *context,
                                                const int64_t *user_ids, const int64_t *item_ids,
                                                size_t n, duomo_error *error);

/* The same for vectors, user_vectors[n * vector_width] and item_vectors[n * vector_width], used as
 * given: for a cosine model hand in unit vectors, such as the encode functions make. Errors:
 * DUOMO_INVALID_ARGUMENT for NaN and infinity (names the position; see DUOMO_UNKNOWN_IS_MARKED),
 * DUOMO_UNSUPPORTED for logistic models, DUOMO_OUT_OF_MEMORY. */
DUOMO_API duomo_status DUOMO_CALL duomo_predict_vectors(float *predictions, duomo_context *context,
                                                        const float *user_vectors,
                                                        const float *item_vectors, size_t n,
                                                        duomo_error *error);

/* ---- Top-k ------------------------------------------------------------------------------- */

enum {
  DUOMO_EXCLUDE_SEEN = 1,  /* leave out what the user has seen: the items of `histories` where they
                             are given, else what the file remembers of `ids` */
  DUOMO_MINIMUM_SCORE = 2, /* leave out scores below minimum_score */
  DUOMO_APPROXIMATE = 4,   /* look into the likeliest lists only, where the file has lists
                             (duomo-convert index --lists): faster, and an item may be missed; the
                             scores are exact. Where k is large, or the best items are left out by
                             filters, an allow list or exclusions, the search goes on until about 19
                             of 20 results or more are those of an exact one. Where there are no lists,
                             or few items are left, it is exact */
  DUOMO_ALLOW_LISTED = 8   /* return only what allow_ids or allow_keys list: nothing, where
                              allow_count is 0. Without it allow_count must be 0 */
};

/* At most so many results share a value of an attribute, category or set: two of an artist, three
 * of a genre. Items without a value are not limited. In an array every struct_size is the same. */
typedef struct duomo_limit {
  uint32_t struct_size;
  uint32_t at_most;  /* at least 1 */
  const char *input; /* NUL-terminated name of an attribute or input, as in duomo_filter */
} duomo_limit;

#define DUOMO_LIMIT_INIT \
  { sizeof(duomo_limit), 1, 0 }

/*
 * What to recommend, and to whom. For duomo_topk and duomo_similar_users the queries are users, for
 * duomo_similar and duomo_users_for items. Say who they are in exactly one way: ids, keys, vectors,
 * features, or (duomo_topk only) histories, which are users of whom nothing else is known.
 * Histories may also be given beside ids or keys: they are then used in place of what the file
 * remembers of those users. Offsets ascend from 0. Everywhere string keys are NUL-terminated UTF-8
 * and take the place of the ids beside them, which are then NULL. Lists of what to leave out or
 * allow are of what is searched: items, or users for duomo_users_for and duomo_similar_users, which
 * take no sets.
 */
typedef struct duomo_topk_request {
  uint32_t struct_size;
  uint32_t flags;
  size_t count;                   /* number of queries */
  const int64_t *ids;             /* [count] known users or items */
  const float *vectors;           /* [count * vector_width], used as given */
  const duomo_features *features; /* with exactly count rows */
  const size_t *history_offsets;  /* [count + 1]: query i has history_ids[history_offsets[i]] … */
  const int64_t *history_ids;     /* item ids, oldest first; unknown ones are left out */
  size_t k;                       /* results a query, at least 1; more than the items is fine */
  const size_t *exclude_offsets;  /* [count + 1] or NULL */
  const int64_t *exclude_ids;     /* item ids never to return; unknown ones do no harm */
  const int64_t *allow_ids;       /* [allow_count], with DUOMO_ALLOW_LISTED: return only these */
  size_t allow_count;
  const duomo_filter *filters; /* [filter_count] or NULL: all must hold */
  size_t filter_count;
  float minimum_score; /* with DUOMO_MINIMUM_SCORE: in the unit of the results */
  uint32_t reserved;
  size_t probes;                   /* with DUOMO_APPROXIMATE: look into so many lists, whatever they
                                      hold. 0: as many as the file says, and on as it takes. All of
                                      them: the result is exact */
  const char *const *keys;         /* [count], in place of ids */
  const char *const *history_keys; /* in place of history_ids */
  const char *const *exclude_keys; /* in place of exclude_ids */
  const char *const *allow_keys;   /* in place of allow_ids */
  const float *history_weights;    /* NULL, or a weight above 0 for each of the history: how much it
                                      says. Used where histories are folded in, see duomo_topk */
  const int64_t *shared_exclude_ids; /* [shared_exclude_count]: left out for every query; unknown
                                        ones do no harm */
  const char *const *shared_exclude_keys; /* in place of shared_exclude_ids */
  size_t shared_exclude_count;
  const size_t *k_each;            /* NULL, or [count]: results of each query, 0 … k */
  const duomo_item_set *allow_set; /* NULL, or the only items to return */
  const duomo_item_set *const
      *allow_sets;           /* NULL, or [count], for each query; NULL among them: all */
  const duomo_limit *limits; /* [limit_count]: all hold */
  size_t limit_count;
} duomo_topk_request;

#define DUOMO_TOPK_REQUEST_INIT                                                                    \
  {                                                                                                \
    sizeof(duomo_topk_request), 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
        0, 0, 0, 0, 0, 0, 0, 0                                                                     \
  }

/* Where the results go: the caller's arrays. Query i has counts[i] results, fewer than k where
 * there are no more, from ids[i * k] and scores[i * k] on; what lies behind them is not written. */
typedef struct duomo_topk_result {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t *ids;     /* [count * k] of items, or users */
  float *scores;    /* [count * k] */
  size_t *counts;   /* [count] */
  duomo_text *keys; /* NULL, or [count * k]: the string keys of the results */
  duomo_text
      *titles; /* NULL, or [count * k]: their titles, empty where there are none */
} duomo_topk_result;

#define DUOMO_TOPK_RESULT_INIT \
  { sizeof(duomo_topk_result), 0, 0, 0, 0, 0, 0 }

/*
 * The k best items of each user, best first: exactly what predicting every allowed item and sorting
 * gives (unless DUOMO_APPROXIMATE asks for less). Sorted is by what the model says before its output
 * turns it into the returned unit: where several scores are rounded to the same float, as those of a
 * sigmoid near 1 are, the better item is still first. Ties of that number are in the order of the
 * file. With limits, that order is walked through and every item is taken that leaves no value with
 * more results than its limit allows.
 *
 * A history for a model without a history input is folded in: the user's vector is the one that
 * training would have given a user with just these items (ridge regression in closed form), the other
 * parameters staying as they are.
 *
 * duomo_similar scores by the cosine of the item vectors, −1 … 1 (without the bias columns of a dot
 * model), and leaves out the item itself where queries are ids or keys. duomo_users_for answers who would
 * want an item: the users, in the order of what is predicted for each of them and the item; with
 * DUOMO_EXCLUDE_SEEN without those who have seen it, where queries are ids or keys. duomo_similar_users
 * is to users what duomo_similar is to items. Both of these need user vectors in the file, and are fast
 * where it has codes for them (duomo-convert index --users).
 *
 * Errors:
 *  - DUOMO_INVALID_ARGUMENT: k is 0; the queries are given in no way or in several; a search that takes
 *    no histories, DUOMO_EXCLUDE_SEEN or sets is given them; DUOMO_EXCLUDE_SEEN without ids, keys or
 *    histories; offsets that descend; a filter or limit on an input that is not a category or set of
 *    what is searched; a range of what is not a number, or with NaN; a set of another model; a minimum
 *    score that is NaN; vectors with NaN or infinity (position named; see DUOMO_UNKNOWN_IS_MARKED); a
 *    parallel_for that did not do what it promises.
 *  - DUOMO_NOT_FOUND: an id or key (position named; see DUOMO_UNKNOWN_IS_MARKED); the name in a filter or
 *    limit; with DUOMO_STRICT_VALUES a value that it does not have.
 *  - DUOMO_UNSUPPORTED: a logistic model; a file without item (or user) vectors; DUOMO_EXCLUDE_SEEN by
 *    ids where the file does not remember what users have seen; keys where they are integers.
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

enum { DUOMO_RANK_USER_ID = 1 /* user_id says who the user is */ };

/*
 * One user and many items, with what is known only of the pairs. The user is user_id (with
 * DUOMO_RANK_USER_ID), user_key or user_features of one row; items are item_ids[n], item_keys[n] or
 * item_features of n
 * rows; pair_features, where the model has pair inputs, has n rows. A history that is given is used
 * in place of what the file remembers of the user, or of the history in user_features.
 */

typedef struct duomo_rank_request {
  uint32_t struct_size;
  uint32_t flags;
  int64_t user_id;
  const duomo_features *user_features;
  const int64_t *item_ids;
  const duomo_features *item_features;
  const duomo_features *pair_features; /* NULL: every pair input is unset */
  const int64_t *history_ids;          /* [history_count], oldest first; NULL: not given */
  size_t history_count;
  size_t n;                        /* number of items */
  const char *user_key;            /* NULL, or the user's string key, in place of user_id */
  const char *const *item_keys;    /* in place of item_ids */
  const char *const *history_keys; /* in place of history_ids */
} duomo_rank_request;

#define DUOMO_RANK_REQUEST_INIT \
  { sizeof(duomo_rank_request), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * predictions[n] for one user and n items, in the order given. For logistic models the joint tower
 * runs; for two towers it equals duomo_predict. Errors: DUOMO_INVALID_ARGUMENT; DUOMO_NOT_FOUND
 * (position named; see DUOMO_UNKNOWN_IS_MARKED); DUOMO_UNSUPPORTED for a history where a joint tower
 * has no history input, or two towers have neither that nor item vectors; DUOMO_CORRUPT as duomo_topk; DUOMO_OUT_OF_MEMORY.
 */
DUOMO_API duomo_status DUOMO_CALL duomo_rank(float *predictions, duomo_context *context,
                                             const duomo_rank_request *request, duomo_error *error);

#ifdef __cplusplus
}
#endif

#endif /* DUOMO_DUOMO_H_ */
