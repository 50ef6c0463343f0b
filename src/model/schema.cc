#include "model/schema.h"

#include "core/error.h"
#include "core/text.h"
#include "file/duomo_generated.h"

namespace duomo::model {
namespace {

// Many tables of a FlatBuffer may share one string or vector, so what is copied for each must be
// short: memory would otherwise grow with tables × size.
constexpr size_t kMaxName = 255;
constexpr size_t kMaxWindows = 64;

std::string Text(const flatbuffers::String* text, size_t limit, const char* what) {
  if (text == nullptr) return {};
  if (text->size() > limit) {
    Fail(Status::kCorrupt, "header: ", what, " has ", text->size(), " bytes; at most ", limit,
         " are possible");
  }
  return text->str();
}

std::string Name(const flatbuffers::String* text) { return Text(text, kMaxName, "a name"); }

// Calls fill(element, out.emplace_back()) for each; a missing vector is an empty one.
template <typename Out, typename Vector, typename Fill>
void ForEach(std::vector<Out>& out, const Vector* in, const Fill& fill) {
  if (in == nullptr) return;
  out.reserve(in->size());
  for (const auto* element : *in) fill(*element, out.emplace_back());
}

void ReadDense(const fb::Dense& in, Dense& out) {
  out = {in.units(), static_cast<Activation>(in.activation())};
}

void ReadEncoder(const fb::Encoder& in, Encoder& out) {
  out.name = Name(in.name());
  out.input = in.input();
  out.kind = static_cast<EncoderKind>(in.kind());
  out.table = in.table();
  out.pooling = static_cast<Pooling>(in.pooling());
  out.activation = static_cast<Activation>(in.activation());
  if (const auto* windows = in.windows()) {
    if (windows->size() > kMaxWindows) {
      Fail(Status::kCorrupt, "header: an encoder has ", windows->size(), " windows");
    }
    out.windows.assign(windows->begin(), windows->end());
  }
  out.filters = in.filters();
  out.normalization = static_cast<Normalization>(in.normalization());
  out.square = in.square();
  out.root = in.root();
  ForEach(out.layers, in.layers(), ReadDense);
  out.positions = in.positions();
  out.blocks = in.blocks();
  out.heads = in.heads();
  out.feed_forward = in.feed_forward();
  out.places = static_cast<Places>(in.places());
}

void ReadTower(const fb::Tower& in, Tower& out) {
  out.side = static_cast<Side>(in.side());
  ForEach(out.encoders, in.encoders(), ReadEncoder);
  ForEach(out.layers, in.layers(), ReadDense);
}

Tokenizer ReadTokenizer(uint32_t version, const std::string& input) {
  if (version > kLastTokenizer) {
    Fail(Status::kUnsupportedVersion, "the input \"", input, "\" needs version ", version,
         " of the tokeniser and this Duomo knows up to version ", kLastTokenizer,
         "; use a newer Duomo");
  }
  return static_cast<Tokenizer>(version);
}

}  // namespace

Description ReadDescription(const fb::Description& in) {
  Description out;
  out.name = Name(in.name());
  ForEach(out.vocabularies, in.vocabularies(), [](const fb::Vocabulary& v, Vocabulary& o) {
    o.name = Name(v.name());
    o.keys = static_cast<KeyKind>(v.keys());
    o.size = v.size();
  });
  ForEach(out.tables, in.tables(), [](const fb::EmbeddingTable& t, Table& o) {
    o = {Name(t.name()), t.vocabulary(), t.dim()};
  });
  ForEach(out.inputs, in.inputs(), [](const fb::Input& i, Input& o) {
    o.name = Name(i.name());
    o.scope = static_cast<Scope>(i.scope());
    o.kind = static_cast<InputKind>(i.kind());
    o.vocabulary = i.vocabulary();
    o.max_length = i.max_length();
    o.fallback = i.fallback();
    o.tokenizer = ReadTokenizer(i.tokenizer(), o.name);
    o.bucketed = i.bucketed();
  });
  ForEach(out.towers, in.towers(), ReadTower);
  if (const fb::Head* head = in.head()) {
    out.head.kind = static_cast<HeadKind>(head->kind());
    out.head.scale = head->scale();
    out.head.user_bias = head->user_bias();
    out.head.item_bias = head->item_bias();
    out.head.global_bias = head->global_bias();
  }
  if (const fb::Output* output = in.output()) {
    out.output.kind = static_cast<OutputKind>(output->kind());
    out.output.scale = output->scale();
    out.output.offset = output->offset();
    out.output.unit = Name(output->unit());
  }
  return out;
}

Report ReadReport(const fb::Report* in) {
  Report out;
  if (in == nullptr) return out;
  // These stand there once; the header's own limit is limit enough.
  out.data = Text(in->data(), SIZE_MAX, "");
  out.split = Text(in->split(), SIZE_MAX, "");
  out.settings = Text(in->settings(), SIZE_MAX, "");
  if (const auto* metrics = in->metrics()) {
    for (const fb::Metric* m : *metrics) out.metrics.emplace_back(Name(m->name()), m->value());
  }
  return out;
}

}  // namespace duomo::model
