#include "cli/baselines.h"

#include <algorithm>

#include "cli/command.h"
#include "core/error.h"
#include "core/file_io.h"
#include "core/thread_count.h"
#include "evaluation/baselines/bias.h"
#include "evaluation/baselines/content.h"
#include "evaluation/baselines/ease.h"
#include "evaluation/baselines/item_top_n.h"
#include "evaluation/baselines/item_transitions.h"
#include "evaluation/baselines/neighbours.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/baselines/social.h"

namespace duomo::cli {
namespace {

using Made = std::unique_ptr<evaluation::Baseline>;

struct Kind {
  const char* name;
  Made (*make)(const BaselineData& data);
  bool rates = false;  // predicts ratings
};

template <typename T>
Made FromRatings(const BaselineData& data) {
  return std::make_unique<T>(data.ratings);
}

template <typename T>
Made FromGenres(const BaselineData& data) {
  const data::Column* genres = FirstSet(data.dataset.items);
  if (genres == nullptr) {
    Fail(Status::kInvalidArgument, "the items of ", data.dataset.name,
         " have no set column, such as genres, for a baseline by genre");
  }
  return std::make_unique<T>(data.ratings, *genres);
}

Made FromEdges(const BaselineData& data) {
  if (data.social.empty()) {
    Fail(Status::kInvalidArgument,
         "social-cf needs --social FILE, a CSV file of who knows whom: user,user[,weight]");
  }
  FileBytes file = FileBytes::Read(data.social);
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  auto graph = evaluation::SocialGraph::FromCsv(text, data.social, data.dataset.users);
  return std::make_unique<evaluation::SocialCf>(data.dataset, data.split.train, data.ratings,
                                                graph);
}

// Says what was cut to keep within bounds.
Made Noted(Made made) {
  if (!made->Note().empty()) Log("%s\n", made->Note().c_str());
  return made;
}

constexpr Kind kKinds[] = {
    {"mean",
     [](const BaselineData& data) -> Made {
       return std::make_unique<evaluation::MeanRating>(data.dataset, data.split.train);
     },
     true},
    {"popularity", FromRatings<evaluation::Popularity>},
    {"genre-popularity", FromGenres<evaluation::GenrePopularity>},
    {"popularity-of-genre", FromGenres<evaluation::PopularityOfGenre>},
    {"bias",
     [](const BaselineData& data) -> Made {
       return std::make_unique<evaluation::Bias>(data.dataset, data.split.train);
     },
     true},
    {"user-cf", FromRatings<evaluation::UserCf>, true},
    {"item-cf", FromRatings<evaluation::ItemCf>, true},
    {"item-top-n",
     [](const BaselineData& data) -> Made {
       evaluation::ItemTopN::Options options;
       options.threads = FewThreads();
       return Noted(std::make_unique<evaluation::ItemTopN>(data.ratings, options));
     }},
    {"item-transitions",
     [](const BaselineData& data) -> Made {
       evaluation::ItemTransitions::Options options;
       options.threads = FewThreads();
       return Noted(
           std::make_unique<evaluation::ItemTransitions>(data.dataset, data.split.train, options));
     }},
    {"ease",
     [](const BaselineData& data) -> Made {
       return std::make_unique<evaluation::Ease>(data.dataset, data.split.train,
                                                 evaluation::Ease::Options{});
     }},
    {"ease-recent",
     [](const BaselineData& data) -> Made {
       evaluation::Ease::Options options;
       options.decay = 0.8;
       return std::make_unique<evaluation::Ease>(data.dataset, data.split.train, options);
     }},
    {"social-cf", FromEdges, true},
    {"content",
     [](const BaselineData& data) -> Made {
       return std::make_unique<evaluation::ContentBased>(data.ratings, data.dataset.items);
     }},
};

const Kind& KindOf(const std::string& name) {
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return kind;
  }
  Fail(Status::kInvalidArgument, "there is no baseline \"", name, '"');
}

}  // namespace

std::vector<std::string> BaselineNames() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.push_back(kind.name);
  return names;
}

bool BaselineRates(const std::string& name) { return KindOf(name).rates; }

std::unique_ptr<evaluation::Baseline> MakeBaseline(const std::string& name,
                                                   const BaselineData& data) {
  return KindOf(name).make(data);
}

const data::Column* FirstSet(const data::EntityTable& items) {
  for (const data::Column& c : items.columns) {
    if (c.kind == data::ColumnKind::kSet) return &c;
  }
  return nullptr;
}

}  // namespace duomo::cli
