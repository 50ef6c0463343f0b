// What a model is: a description, not code. Everything here is plain data, the same for every
// network that Duomo knows; training, the file, the runtime and the JSON form all read this one
// struct. It defines what is computed, not how it is trained (see training/) or stored (see file/).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/tokens.h"

namespace duomo::model {

// What an input is a property of: a user or an item, known before the call; or a pair of both,
// known only at the call (time since the last watch, number of impressions).
enum class Scope : int32_t { kUser = 0, kItem = 1, kPair = 2 };

enum class InputKind : int32_t {
  kCategory = 0,     // one value of a vocabulary
  kCategorySet = 1,  // any number of values, without order or repetition
  kTokens = 2,       // text: words in order
  kHistory = 3,      // items in order, oldest first; its vocabulary is the items' own
  kNumber = 4,       // one float
};

enum class KeyKind : int32_t {
  kRange = 0,   // the integers 0 … size-1, each its own row
  kInt64 = 1,   // listed integers
  kString = 2,  // listed UTF-8 strings
};

// The known values of an input. Rows 0 … size-1 are the values; row `size` is the unknown row.
struct Vocabulary {
  std::string name;
  KeyKind keys = KeyKind::kString;
  uint64_t size = 0;  // 0 until bound to a data set
  // Values fixed by the description itself, in row order; empty: taken from the data.
  std::vector<int64_t> integers;
  std::vector<std::string> strings;
  bool operator==(const Vocabulary&) const = default;
};

// A named embedding table [vocabulary size + 1, dim]; the last row is the unknown row.
// Encoders may share one.
struct Table {
  std::string name;
  uint32_t vocabulary = 0;  // index into Description::vocabularies
  uint32_t dim = 0;
  bool operator==(const Table&) const = default;
};

struct Input {
  std::string name;
  Scope scope = Scope::kUser;
  InputKind kind = InputKind::kCategory;
  int32_t vocabulary = -1;  // index; -1 for numbers
  uint32_t max_length = 0;  // tokens: the first, history: the latest so many; 0: all
  // For numbers: the value used when none is given, in the unit of the input.
  float fallback = 0;
  Tokenizer tokenizer = Tokenizer::kSpaces;  // tokens: how text is cut into words
  // For a category with integer keys: each key is the start of a range, such as 18, 25 and 35 of
  // ages. Every number is then known: it counts as the greatest key that is not above it, or as the
  // smallest key if there is none.
  bool bucketed = false;
  bool operator==(const Input&) const = default;
};

enum class Activation : int32_t { kIdentity = 0, kTanh = 1, kSigmoid = 2, kRelu = 3 };
enum class Pooling : int32_t { kSum = 0, kMean = 1, kMax = 2 };
enum class Normalization : int32_t { kNone = 0, kStandard = 1, kQuantile = 2 };

// y = activation(x W + b), W [in, units], b [units].
struct Dense {
  uint32_t units = 0;
  Activation activation = Activation::kTanh;
  bool operator==(const Dense&) const = default;
};

enum class EncoderKind : int32_t {
  kEmbedding = 0,    // one row of a table
  kBag = 1,          // the rows of a set, text or history, pooled by sum or mean; none gives zeros
  kMultiHot = 2,     // a dense layer over a multi-hot vector: activation(sum of rows + bias)
  kConvolution = 3,  // text convolution over time (Kim 2014), several windows side by side
  kNumber = 4,       // normalised number, then its square and root where asked
  // Self-attention over a history (Kang and McAuley 2018, "SASRec"): the output for the newest item
  // after `blocks` causal blocks; zeros for an empty history. See attention.h.
  kAttention = 5,
};

// How an attention encoder knows the order of a history.
enum class Places : int32_t {
  kLearned = 0,    // a learned vector for each place, counted from the oldest item that is read
  kDistances = 1,  // a learned number for each distance back from the item that looks, by head
  kBoth = 2,
};

struct Encoder {
  std::string name;    // unique in its tower; empty: the input's name
  uint32_t input = 0;  // index into Description::inputs
  EncoderKind kind = EncoderKind::kEmbedding;
  int32_t table = -1;                             // index; -1 for numbers
  Pooling pooling = Pooling::kMax;                // bag: sum or mean; convolution: any
  Activation activation = Activation::kIdentity;  // multi-hot and convolution
  std::vector<uint32_t> windows;                  // convolution: window sizes in words
  uint32_t filters = 0;                           // convolution: outputs a window
  Normalization normalization = Normalization::kNone;
  bool square = false, root = false;  // number: append x² and √x of the normalised value
  std::vector<Dense> layers;          // applied to the encoder's own output
  // Attention: the newest so many items are read; blocks; heads, which share the table's width;
  // inner width of the feed-forward layers, whose activation is the encoder's.
  uint32_t positions = 0, blocks = 0, heads = 0, feed_forward = 0;
  Places places = Places::kLearned;
  bool operator==(const Encoder&) const = default;
};

enum class Side : int32_t { kUser = 0, kItem = 1, kJoint = 2 };

// The encoders' outputs concatenated, then dense layers.
struct Tower {
  Side side = Side::kUser;
  std::vector<Encoder> encoders;
  std::vector<Dense> layers;
  bool operator==(const Tower&) const = default;
};

enum class HeadKind : int32_t {
  kCosine = 0,    // scale · cos(user, item); a zero vector scores 0
  kDot = 1,       // scale · ⟨user, item⟩, plus biases
  kLogistic = 2,  // w·x + b on a joint tower's output x
};

struct Head {
  HeadKind kind = HeadKind::kCosine;
  double scale = 1;
  // Dot only: the category inputs whose values each get a bias of their own; -1: none.
  int32_t user_bias = -1, item_bias = -1;
  bool global_bias = false;
  bool operator==(const Head&) const = default;
};

enum class OutputKind : int32_t {
  kLinear = 0,       // scale · head + offset
  kExponential = 1,  // scale · exp(head) + offset
  kSigmoid = 2,      // scale / (1 + exp(-head)) + offset
};

// Maps the head's output to the unit that hosts see. Strictly increasing (scale > 0), so both sort
// items in the same order.
struct Output {
  OutputKind kind = OutputKind::kLinear;
  double scale = 1, offset = 0;
  std::string unit;  // for people: "stars", "probability", "seconds"
  bool operator==(const Output&) const = default;
};

struct Description {
  std::string name;
  std::vector<Vocabulary> vocabularies;
  std::vector<Table> tables;
  std::vector<Input> inputs;
  std::vector<Tower> towers;  // {user, item} in this order, or {joint}
  Head head;
  Output output;
  bool operator==(const Description&) const = default;
};

// Throws Error(kInvalidArgument) that names the field, e.g. "towers[0].encoders[2].table: …".
// `bound`: also require that every vocabulary has its size.
void Validate(const Description& description, bool bound);

// What is wrong with a name (of an input, a table, an attribute …), "must be …"; nullptr: nothing.
const char* WrongName(std::string_view name);

// ---- What follows from a description -------------------------------------------------------

bool IsJoint(const Description& d);
bool ReadsHistory(const Description& d);  // an input is a history
// How many items of its history an attention encoder reads at most.
uint32_t PlacesOf(const Description& d, const Encoder& e);
const Tower& TowerOf(const Description& d, Side side);

uint32_t EncoderWidth(const Description& d, const Encoder& e);     // after its own layers
uint32_t EncoderRawWidth(const Description& d, const Encoder& e);  // before them
uint32_t ConcatenatedWidth(const Description& d, const Tower& t);
uint32_t TowerWidth(const Description& d, const Tower& t);  // after the dense layers

// Length of the vectors that hosts see and that are frozen in the file: the tower's width, plus two
// for a dot head with biases, so that ⟨user, item⟩ alone is the head's output: user [x, user_bias +
// global_bias, 1], item [y, 1, item_bias]. (The scale is folded into the map.)
uint32_t VectorWidth(const Description& d);

}  // namespace duomo::model
