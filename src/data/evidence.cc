// Each step marks rows to leave out, and one place leaves them out.
#include "data/evidence.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/numbers.h"
#include "data/pairs.h"
#include "data/row_spool.h"
#include "data/subset.h"

namespace duomo::data {
namespace {

std::string Number(double value) {
  char text[40];
  // Ratings are kept as float: more digits would be those of its binary fraction.
  bool whole = std::floor(value) == value && std::abs(value) < 1e9;
  std::snprintf(text, sizeof(text), whole ? "%.0f" : "%.6g", value);
  return text;
}

constexpr size_t kRowsAtOnce = size_t{1} << 24;  // that are sorted

class Evidence {
 public:
  Evidence(Dataset& dataset, const EvidenceOptions& options)
      : dataset_(dataset), rows_(dataset.interactions), options_(options) {}

  EvidenceReport Run() {
    out_.rows = rows_.size();
    ReadTheValues();
    WeighEvents();
    LeaveOut();
    MergeRepeats();
    KeepCore();
    out_.kept = rows_.size();
    out_.weighted = !rows_.weights.empty();
    Sentences();
    return std::move(out_);
  }

 private:
  template <typename... Parts>
  void Say(const Parts&... parts) {
    out_.sentences.push_back(StrCat(parts...));
  }

  std::string_view name() const {
    return options_.value_name.empty() ? std::string_view("rating") : options_.value_name;
  }

  void ReadTheValues() {
    gone_.assign(rows_.size(), 0);
    ValueReading& v = out_.values;
    if (rows_.ratings.empty() || options_.value_name.empty()) {
      AllOnes(rows_.ratings);
    } else {
      v = ReadValues(read_.ratings, options_.value_name);
      if (options_.values) v.kind = *options_.values;
    }
    if (options_.goal == Goal::kRate && v.kind != ValueKind::kRating) {
      Fail(Status::kInvalidArgument, "there is nothing to rate: ", WhyNoRating(), "; ",
           options_.instead,
           ", or name the column of ratings with "
           "--map rating=COLUMN and --values rating");
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
      float x = read_.ratings[i];
      bool rated = !v.sentinel || x != *v.sentinel;
      if (v.kind == ValueKind::kCount && x < 0 && rated) {
        gone_[i] = 1;
        ++out_.returns;
      } else if (options_.goal == Goal::kRate && !rated) {
        gone_[i] = 1;
        ++out_.not_rated;
      } else if (options_.positive && !options_.positive->Holds(x)) {
        gone_[i] = 1;
        ++out_.not_positive;
      }
    }
    if (v.kind == ValueKind::kCount) counts_ = read_.ratings.Copy();
    if (v.kind != ValueKind::kRating) AllOnes(rows_.ratings);
  }

  void AllOnes(RowValues<float>& values) const {
    values = SpoolEach<float>(rows_.size(), [](size_t) { return 1.0f; });
  }

  std::string WhyNoRating() const {
    if (options_.value_name.empty()) return "no column is read as the rating";
    if (out_.values.kind == ValueKind::kNone) {
      return StrCat("\"", name(), "\" is the same in every row");
    }
    return StrCat("\"", name(), "\" counts something (median ", Number(out_.values.median),
                  ", up to ", Number(out_.values.most), ")");
  }

  void WeighEvents() {
    if (options_.event_weights.empty()) return;
    if (rows_.events.empty()) {
      Fail(Status::kInvalidArgument,
           "--event-weights needs a column that says what happened; name it with --map "
           "event=COLUMN");
    }
    std::vector<double> weights(rows_.event_names.size(), 0);
    for (const auto& [event, weight] : options_.event_weights) {
      auto found = std::find(rows_.event_names.begin(), rows_.event_names.end(), event);
      if (found == rows_.event_names.end()) {
        std::string known;
        for (const std::string& e : rows_.event_names) {
          known += (known.empty() ? "" : ", ") + e;
          if (known.size() > 200) break;
        }
        Fail(Status::kInvalidArgument, "no row has the event \"", event, "\"; there are ", known);
      }
      weights[static_cast<size_t>(found - rows_.event_names.begin())] = weight;
    }
    rows_.weights = SpoolEach<float>(
        rows_.size(), [&](size_t i) { return static_cast<float>(weights[read_.events[i]]); });
    for (size_t i = 0; i < rows_.size(); ++i) {
      double weight = weights[read_.events[i]];
      if (weight > 0 || gone_[i]) continue;
      gone_[i] = 1;
      ++out_.without_weight;
    }
  }

  void LeaveOut() {
    Keep(gone_);
    gone_ = {};
    if (rows_.size() > 0) return;
    if (out_.not_positive > 0) {
      Fail(Status::kInvalidArgument, "none of ", WithCommas(out_.rows), " rows fulfils --positive ",
           options_.positive->text, ": \"", name(), "\" goes from ", Number(out_.values.least),
           " to ", Number(out_.values.most), "; lower the bound, or leave --positive out");
    }
    Fail(Status::kInvalidArgument, "none of ", WithCommas(out_.rows),
         " rows is evidence: ", WithCommas(out_.returns), " are returns, ",
         WithCommas(out_.not_rated), " are not rated, ", WithCommas(out_.without_weight),
         " have events without a weight");
  }

  // Leaves the marked rows out, here and in what this keeps beside them.
  void Keep(const std::vector<uint8_t>& gone) {
    if (std::find(gone.begin(), gone.end(), 1) == gone.end()) return;
    if (!counts_.empty()) KeepUnmarked(counts_, gone);
    KeepRows(rows_, gone);
  }

  void MergeRepeats() {
    out_.repeats = options_.repeats;
    if (out_.repeats == Repeats::kAuto) {
      out_.repeats = options_.goal == Goal::kRank ? Repeats::kSum : Repeats::kLast;
    }
    std::vector<uint8_t> gone(rows_.size());
    auto time = [&](uint32_t i) { return read_.timestamps.empty() ? 0 : read_.timestamps[i]; };
    auto before = [&](uint32_t a, uint32_t b) {  // rows of one user
      if (read_.items[a] != read_.items[b]) return read_.items[a] < read_.items[b];
      return time(a) != time(b) ? time(a) < time(b) : a < b;
    };
    ForUsers(read_, kRowsAtOnce, before,
             [&](std::span<const uint32_t> order) { MergeRepeats(order, gone); });
    Keep(gone);
    WeighCounts();
  }

  // `order`: all rows of some users, by user, item, time and place in the file.
  void MergeRepeats(std::span<const uint32_t> order, std::vector<uint8_t>& gone) {
    bool weigh = !rows_.weights.empty();
    for (size_t begin = 0; begin < order.size();) {
      size_t end = begin + 1;
      while (end < order.size() && SamePair(order[begin], order[end])) ++end;
      ++out_.pairs;
      out_.repeated += end - begin - 1;
      if (out_.repeats != Repeats::kKeep && end - begin > 1) {
        uint32_t kept = out_.repeats == Repeats::kLast ? order[end - 1] : order[begin];
        double weight = 0, count = 0;
        for (size_t i = begin; i < end; ++i) {
          if (order[i] != kept) gone[order[i]] = 1;
          weight += weigh ? read_.weights[order[i]] : 0;
          count += counts_.empty() ? 0 : counts_[order[i]];
        }
        if (out_.repeats == Repeats::kSum) {
          if (weigh) rows_.weights[kept] = static_cast<float>(weight);
          if (!counts_.empty()) counts_[kept] = static_cast<float>(count);
          // A user's rating is the latest one, whatever the rows say besides.
          float latest = read_.ratings[order[end - 1]];
          if (read_.ratings[kept] != latest) rows_.ratings[kept] = latest;
        }
      }
      begin = end;
    }
  }

  bool SamePair(uint32_t a, uint32_t b) const {
    return read_.users[a] == read_.users[b] && read_.items[a] == read_.items[b];
  }

  // A thousand plays say more than ten, but not a hundred times more.
  void WeighCounts() {
    if (counts_.empty()) return;
    double median = std::max(out_.values.median, 1e-6f);
    bool weighted = !rows_.weights.empty();
    rows_.weights = SpoolEach<float>(rows_.size(), [&](size_t i) {
      float weight = weighted ? read_.weights[i] : 1;
      return weight * static_cast<float>(1 + std::log1p(std::max(0.0f, counts_[i]) / median));
    });
  }

  void KeepCore() {
    if (options_.min_user <= 1 && options_.min_item <= 1) return;
    std::vector<uint8_t> gone(rows_.size());
    std::vector<uint32_t> users(dataset_.users.size()), items(dataset_.items.size());
    for (bool changed = true; changed; ++out_.rounds) {
      std::fill(users.begin(), users.end(), 0);
      std::fill(items.begin(), items.end(), 0);
      for (size_t i = 0; i < rows_.size(); ++i) {
        if (gone[i]) continue;
        ++users[read_.users[i]];
        ++items[read_.items[i]];
      }
      changed = false;
      for (size_t i = 0; i < rows_.size(); ++i) {
        bool few =
            users[read_.users[i]] < options_.min_user || items[read_.items[i]] < options_.min_item;
        if (gone[i] || !few) continue;
        gone[i] = changed = true;
        ++out_.below_minimum;
      }
    }
    auto without = [](const std::vector<uint32_t>& counts) {
      return static_cast<uint64_t>(std::count(counts.begin(), counts.end(), 0u));
    };
    out_.users_below_minimum = without(users);
    out_.items_below_minimum = without(items);
    if (out_.below_minimum == rows_.size()) {
      Fail(Status::kInvalidArgument, "no user has ", options_.min_user,
           " rows with items that have ", options_.min_item,
           ": nothing is left; lower --min-user or --min-item");
    }
    Keep(gone);
    KeepEntitiesWithRows(dataset_);
  }

  // "1 row has", "2,000 rows have".
  static std::string Rows(uint64_t n, const char* one, const char* more) {
    return StrCat(Counted(n, "row"), ' ', n == 1 ? one : more);
  }

  void Sentences() {
    const ValueReading& v = out_.values;
    bool rank = options_.goal == Goal::kRank;
    if (v.kind == ValueKind::kCount) {
      Say("\"", name(), "\" counts something (", Number(v.least), " to ", Number(v.most),
          ", median ", Number(v.median),
          "): more is stronger evidence, by its logarithm, and no rating");
    } else if (v.kind == ValueKind::kRating) {
      std::string scale = StrCat("\"", name(), "\" is a rating from ", Number(v.least), " to ",
                                 Number(v.most), " in ", WithCommas(v.distinct), " steps");
      if (!rank) {
        Say(scale, ": what is predicted");
      } else if (options_.positive) {
        Say(scale, ": rows with ", options_.positive->text,
            " are evidence that a user likes an item");
      } else {
        std::string liked = v.median > v.least
                                ? StrCat("; --positive '", name(), ">=", Number(v.median),
                                         "' would count those liked")
                                : std::string();
        Say(scale, ": every rated item was taken", liked, liked.empty() ? "; " : ", ",
            "--goal rate predicts the rating");
      }
    } else if (!options_.value_name.empty()) {
      Say("\"", name(), "\" is the same in every row and says nothing");
    }
    if (v.sentinel) {
      Say(Rows(v.sentinel_rows, "has", "have"), " \"", name(), "\" ", Number(*v.sentinel),
          ", which stands for \"taken, not rated\"",
          rank ? ": evidence as any other" : ": they are left out");
    }
    if (out_.returns > 0) Say(Rows(out_.returns, "is", "are"), " below 0, so returned: left out");
    if (out_.not_positive > 0) {
      Say(Rows(out_.not_positive, "does", "do"), " not fulfil ", options_.positive->text,
          ": left out");
    }
    if (out_.without_weight > 0) {
      Say(Rows(out_.without_weight, "has an event", "have events"), " without a weight: left out");
    }
    if (out_.repeated > 0) {
      Say(WithCommas(out_.pairs + out_.repeated), " rows are ", WithCommas(out_.pairs),
          " pairs of user and item: ", WithCommas(out_.repeated), " repeat one before (--repeats ",
          RepeatsName(out_.repeats), ")");
    }
    if (out_.rounds > 0) {
      Say(WithCommas(out_.below_minimum), " rows of ", WithCommas(out_.users_below_minimum),
          " users and ", WithCommas(out_.items_below_minimum),
          " items below the minimum are left out, in ", out_.rounds,
          out_.rounds == 1 ? " round" : " rounds");
    }
  }

  Dataset& dataset_;
  Interactions& rows_;
  const Interactions& read_ = rows_;  // what is only read must not be copied, see RowValues
  const EvidenceOptions& options_;
  EvidenceReport out_;
  std::vector<uint8_t> gone_;  // by row: 1 to leave out
  std::vector<float> counts_;  // by row; empty unless values are counts
};

}  // namespace

EvidenceReport MakeEvidence(Dataset& dataset, const EvidenceOptions& options) {
  return Evidence(dataset, options).Run();
}

}  // namespace duomo::data
