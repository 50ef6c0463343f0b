// duomo-convert quantize: parameters and vectors in two bytes or one a number, and what it costs.
#include "model/quantize.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "converter/command.h"
#include "converter/edit/entities.h"
#include "converter/edit/quality.h"
#include "converter/edit/quantize.h"
#include "converter/edit/rewrite.h"
#include "converter/output.h"
#include "core/error.h"
#include "core/file_io.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

using file::DType;

struct Options {
  std::string file, output, weights, vectors, user_vectors, item_vectors;
  std::optional<double> max_error;
  QualityOptions quality;
  bool all = false, compress = false, json = false;
};

constexpr uint64_t kBlockFloats = 1 << 18;
// Shorter rows are not worth a scale of their own: half precision takes no more room.
constexpr uint64_t kShortRow = 8;

// Calls visit(count, floats) for all rows, block by block.
template <typename Visit>
void ForBlocks(const file::Reader& reader, const model::Rows& rows, const Visit& visit) {
  AlignedVector<float> buffer;
  uint64_t block = std::max<uint64_t>(1, kBlockFloats / std::max<uint64_t>(rows.width, 1));
  size_t row_bytes = rows.width * file::SizeOf(rows.dtype);
  for (uint64_t begin = 0; begin < rows.count; begin += block) {
    uint64_t count = std::min(block, rows.count - begin);
    visit(count, runtime::FloatsOf(rows, begin, count, buffer));
    reader.DropPages({rows.data + begin * row_bytes, count * row_bytes});
  }
}

void Store(const std::string& name, DType dtype, const float* floats, uint64_t count,
           uint64_t width, std::byte* out, float* scales) {
  if (!model::StoreRows(dtype, floats, count, width, out, scales)) {
    Fail(Status::kInvalidArgument, "tensor \"", name,
         "\" has numbers that are not finite, or beyond ", "the range of ", file::NameOf(dtype));
  }
}

// Replaces the tensor `name`, which holds `rows`, by the same as `dtype`. The model outlives the
// draft's sources.
void Quantize(Draft& draft, const std::string& name, const model::Rows& rows, DType dtype) {
  if (dtype == DType::kI8 && rows.width < kShortRow) dtype = DType::kF16;
  if (dtype == rows.dtype) return;
  const file::Reader& reader = draft.model().file();
  const file::TensorSource& old = *draft.Find(name);
  file::TensorSource made{name, dtype, old.shape, {}, old.compress};
  file::TensorSource scales{name + "/scales", DType::kF32, {rows.count}, {}, old.compress};
  // Codes and scales are made twice, once for each tensor: no table has to be kept in memory.
  auto make = [&reader, name, rows, dtype](bool give_scales, const file::TensorSource::Sink& sink) {
    AlignedVector<std::byte> out;
    std::vector<float> own;
    ForBlocks(reader, rows, [&](uint64_t count, const float* floats) {
      out.resize(count * rows.width * file::SizeOf(dtype));
      own.resize(count);
      Store(name, dtype, floats, count, rows.width, out.data(), own.data());
      sink(give_scales ? std::as_bytes(std::span(own)) : std::span<const std::byte>(out));
    });
  };
  made.write = [make](const file::TensorSource::Sink& sink) { make(false, sink); };
  scales.write = [make](const file::TensorSource::Sink& sink) { make(true, sink); };
  draft.RemoveIf([&](std::string_view n) { return n == scales.name; });
  draft.Put(std::move(made));
  if (dtype == DType::kI8) draft.Put(std::move(scales));
}

void QuantizeAll(Draft& draft, const Options& o) {
  if (!o.weights.empty()) QuantizeWeights(draft, RowTypeOf(o.weights));
  for (auto [side, own] : {std::pair(model::Side::kUser, &o.user_vectors),
                           std::pair(model::Side::kItem, &o.item_vectors)}) {
    const std::string& type = own->empty() ? o.vectors : *own;
    if (!type.empty()) QuantizeVectors(draft, side, RowTypeOf(type));
  }
}

Json DifferencesJson(const Differences& d) {
  return {{"pairs", d.pairs}, {"max_error", d.largest}, {"mean_error", d.mean}};
}

Json ToJson(const Options& o, const Quality& q, uint64_t before, uint64_t after) {
  Json out = {{"file", o.file},
              {"output", o.output},
              {"size_before", before},
              {"size_after", after},
              {"known_pairs", DifferencesJson(q.known)},
              {"by_features", DifferencesJson(q.features)}};
  out["top10"] = q.users == 0 ? Json()
                              : Json{{"users", q.users},
                                     {"users_of", q.users_of},
                                     {"overlap", q.overlap},
                                     {"worst_overlap", q.worst_overlap},
                                     {"same_lists", q.same_lists}};
  return out;
}

std::string Number(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

std::string ToText(const Options& o, const Quality& q, const std::string& unit, uint64_t before,
                   uint64_t after) {
  Table table({{"", {}, false}, {"", {}, true}});
  auto errors = [&](const Differences& d) {
    return StrCat("at most ", Number("%.2g", d.largest), unit.empty() ? "" : " ", unit, ", ",
                  Number("%.2g", d.mean), " on average, of ", Commas(d.pairs), " pairs");
  };
  table.Add({"size", StrCat(Commas(before), " bytes before, ", Commas(after), " after, ",
                            Number("%.1f", 100.0 * static_cast<double>(after) /
                                               static_cast<double>(before)),
                            " %")});
  if (q.known.pairs > 0) table.Add({"error, known pairs", errors(q.known)});
  if (q.features.pairs > 0) table.Add({"error, by features", errors(q.features)});
  if (q.users > 0) {
    table.Add({"top-10 overlap",
               StrCat(Number("%.2f", 100 * q.overlap), " % of ", Commas(q.users), " of ",
                      Commas(q.users_of), " users, ", Number("%.0f", 100 * q.worst_overlap),
                      " % at worst; ", Commas(q.same_lists), " lists are the same")});
  }
  return o.output + "\n" + table.Text();
}

void Run(Options o) {
  if (o.weights.empty() && o.vectors.empty() && o.user_vectors.empty() && o.item_vectors.empty()) {
    throw CLI::ValidationError("quantize", "nothing to do: give --vectors, --weights or both");
  }
  RequireReplaceable(o.output);
  if (o.all) o.quality.users = 0;
  Staged staged(o.output);
  std::shared_ptr<const model::Model> before;
  {
    Draft draft(o.file);
    QuantizeAll(draft, o);
    if (o.compress) {
      for (auto& source : draft.contents.sources) source.compress = true;
    }
    staged.Write([&](const auto& path) { draft.Save(path, "quantize"); });
    before = draft.shared_model();
  }
  auto after = model::Model::Open(staged.path());
  Quality quality =
      Measure(*runtime::Engine::Create(before), *runtime::Engine::Create(after), o.quality);
  uint64_t size_before = before->file().file_size(), size_after = after->file().file_size();
  double worst = std::max(quality.known.largest, quality.features.largest);
  if (o.max_error && !(worst <= *o.max_error)) {
    Fail(Status::kInvalidArgument, o.output, " is not written: predictions would be off by up to ",
         Number("%.3g", worst), ", more than --max-error ", Number("%.3g", *o.max_error));
  }
  staged.Commit();
  if (o.json) {
    PrintJson(ToJson(o, quality, size_before, size_after));
  } else {
    Print(ToText(o, quality, before->description().output.unit, size_before, size_after));
  }
}

}  // namespace

DType RowTypeOf(const std::string& name) {
  if (name == "fp16") return DType::kF16;
  if (name == "bf16") return DType::kBF16;
  return name == "int8" ? DType::kI8 : DType::kF32;
}

void QuantizeWeights(Draft& draft, DType dtype) {
  const model::Model& model = draft.model();
  for (const model::Parameter& p : model::ParametersOf(model.description())) {
    if (p.shape.size() != 2) continue;
    Quantize(draft, "parameters/" + p.name, model.parameter(p.name), dtype);
  }
}

void QuantizeVectors(Draft& draft, model::Side side, DType dtype) {
  const std::string name = PrefixOf(side) + "/vectors";
  if (draft.Find(name) == nullptr) return;
  const model::Rows& vectors = draft.model().side(side).vectors;
  if (dtype != vectors.dtype) RemoveDerived(draft, side);
  Quantize(draft, name, vectors, dtype);
}

void AddQuantize(CLI::App& parent) {
  auto o = std::make_shared<Options>();
  CLI::App* c = AddRewriting(
      parent, "quantize", "Store weights and vectors in fp16, bf16 or int8, and say what it costs",
      o->file, o->output);
  auto type = [&](const char* name, std::string& to, const char* about) {
    c->add_option(name, to, about)->check(CLI::IsMember({"fp32", "fp16", "bf16", "int8"}));
  };
  type("--weights", o->weights, "Type of tables and weights: fp32, fp16, bf16 or int8 a row");
  type("--vectors", o->vectors, "Type of the frozen vectors of users and items");
  type("--user-vectors", o->user_vectors, "Type of the users' vectors only");
  type("--item-vectors", o->item_vectors, "Type of the items' vectors only");
  c->add_flag("--compress", o->compress, "Compress every tensor, too (see compress)");
  c->add_option("--max-error", o->max_error,
                "Fail, and write nothing, if the error of a sampled prediction is larger than this")
      ->check(CLI::Validator(
          [](std::string& text) {
            double value = 0;
            bool fits = CLI::detail::lexical_cast(text, value) && value >= 0;  // not NaN
            return fits ? std::string() : "must be a number from 0";
          },
          ""));
  c->add_option("--pairs", o->quality.pairs, "Number of predictions to compare")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  auto* users =
      c->add_option("--users", o->quality.users,
                    "Users whose top 10 are compared; 1,000, or fewer for very many items")
          ->check(CLI::Range(1, 100'000'000));
  c->add_flag("--all", o->all, "Compare the top 10 of all users")->excludes(users);
  c->add_option("--seed", o->quality.seed, "Seed of the random pairs and users")
      ->capture_default_str();
  AddJson(c, o->json);
  c->callback([o] { Run(*o); });
}

}  // namespace duomo::convert
