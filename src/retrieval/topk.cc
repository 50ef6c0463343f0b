// Divides a call's work: queries among the threads, or parts of the catalogue if there are fewer
// queries than threads; and groups queries that read the same codes.
#include "retrieval/topk.h"

#include <algorithm>

#include "core/error.h"
#include "core/narrow.h"
#include "core/thread_pool.h"
#include "retrieval/search.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kTogether = kernels::kScreenQueries;
constexpr size_t kWorthwhile = 3;  // queries; fewer are processed one by one
// Queries that are processed together: the catalogue is read from memory once for all of them.
constexpr size_t kWave = 256;
constexpr uint64_t kRowsBetweenStops = 1 << 14;
constexpr uint64_t kFewestRows = 1 << 15;  // for a member of a team

}  // namespace

// The memory and the work of one thread of the team.
class TeamMember {
 public:
  // All of `queries` (at most kWave) over the rows [begin, end), whole chunks but for the last.
  void Run(const Catalogue& catalogue, std::span<const Query> queries, uint64_t begin, uint64_t end,
           const Stop& stop) {
    if (searches.size() < queries.size()) {
      const MemoryScope scope(searches.get_allocator().memory());
      searches.resize(queries.size());
    }
    screened_.clear();
    for (size_t i = 0; i < queries.size(); ++i) {
      stop.Check();
      searches[i].Start(catalogue, queries[i]);
      if (queries[i].k == 0) continue;
      if (!searches[i].screened()) {
        for (uint64_t row = begin; row < end; row += kRowsBetweenStops) {
          stop.Check();
          searches[i].ScanVectors(row, std::min(end, row + kRowsBetweenStops));
        }
      } else if (!searches[i].Probe(scratch_)) {
        screened_.push_back(i);
      }
    }
    if (screened_.empty()) return;
    const model::Planes& planes = catalogue.planes();
    uint64_t last = (end + kernels::kScreenItems - 1) / kernels::kScreenItems;
    uint64_t first = begin / kernels::kScreenItems;
    for (uint64_t block = first; block < last; block += kChunkBlocks) {
      stop.Check();
      Chunk(planes, block, ToSize(std::min<uint64_t>(kChunkBlocks, last - block)), block == first);
    }
    for (size_t i : screened_) searches[i].Finish();
  }

  AlignedVector<QuerySearch> searches;

 private:
  void Chunk(const model::Planes& planes, uint64_t block, size_t count, bool first) {
    for (size_t i = 0; i < screened_.size();) {
      // Before a query has a threshold, every row is a hit, and the kernel's output fills a cache.
      // It is then faster to process it before the next query.
      const size_t n = first ? 1 : std::min(screened_.size() - i, kTogether);
      kernels::ScreenQuery asks[kTogether];
      for (size_t j = 0; j < n; ++j)
        asks[j] = searches[screened_[i + j]].Ask(block, scratch_.hits[j]);
      if (n >= kWorthwhile) {
        for (size_t j = n; j < kTogether; ++j) (asks[j] = asks[0]).hits = &scratch_.hits[j];
        Scan(planes, asks, true, block, count);
      } else {
        for (size_t j = 0; j < n; ++j) Scan(planes, asks + j, false, block, count);
      }
      for (size_t j = 0; j < n; ++j) {
        searches[screened_[i + j]].Take(block, 0, planes.count, scratch_.hits[j],
                                        scratch_.survivors);
      }
      i += n;
    }
  }

  AlignedVector<size_t> screened_;      // the queries that the planes say something about
  AlignedVector<ChunkScratch> own_{1};  // large, so from where all large things come
  ChunkScratch& scratch_ = own_[0];
};

SearchWorkspace::SearchWorkspace() = default;
SearchWorkspace::SearchWorkspace(SearchWorkspace&&) noexcept = default;
SearchWorkspace& SearchWorkspace::operator=(SearchWorkspace&&) noexcept = default;
SearchWorkspace::~SearchWorkspace() = default;

namespace {

void Append(Best& best, SearchWorkspace& work) {
  best.Settle();
  if (best.gave_up()) {
    best.rows.clear();
    work.given_up.push_back(work.ends.size());
  }
  for (const Candidate& c : best.rows) work.hits.push_back({c.row, best.score(c)});
  work.ends.push_back(work.hits.size());
}

template <typename Work>
void RunTeam(const Team& team, size_t members, const Work& work) {
  if (members == 1) return work(0);
  team.run([&](size_t member) {
    if (member < members) work(member);
  });
}

}  // namespace

void TopK(const Catalogue& catalogue, std::span<const Query> queries, const Team& team,
          SearchWorkspace& work) {
  const runtime::Engine& engine = catalogue.engine();
  const model::Entities& items = catalogue.entities();
  if (engine.joint()) {
    Fail(Status::kUnsupported, "a joint tower has no vectors to search");
  }
  if (items.count > 0 && items.vectors.empty()) {
    Fail(Status::kUnsupported, "the file holds no ",
         catalogue.side() == model::Side::kItem ? "item" : "user",
         " vectors to search; export the model again");
  }
  work.hits.clear();
  work.ends.clear();
  work.given_up.clear();
  const MemoryScope scope(work.searchers.get_allocator().memory());
  while (work.searchers.size() < team.size) {
    work.searchers.push_back(std::make_unique<TeamMember>());
  }
  for (size_t begin = 0; begin < queries.size();) {
    size_t members = team.size;
    if (queries.size() - begin >= members) {
      // Each member takes some queries through the whole catalogue.
      size_t count = std::min(queries.size() - begin, kWave * members);
      auto wave = queries.subspan(begin, count);
      RunTeam(team, members, [&](size_t member) {
        Range share = Share(count, member, members);
        work.searchers[member]->Run(catalogue, wave.subspan(share.begin, share.size()), 0,
                                    items.count, work.stop);
      });
      for (size_t member = 0; member < members; ++member) {
        for (size_t i = 0; i < Share(count, member, members).size(); ++i) {
          Append(work.searchers[member]->searches[i].best, work);
        }
      }
      begin += count;
      continue;
    }
    // Each member takes a part of the catalogue for one query; the parts' best are put together.
    size_t chunks = ToSize((items.count + kChunkRows - 1) / kChunkRows);
    members = queries[begin].approximate
                  ? 1
                  : ToSize(std::clamp<uint64_t>(items.count / kFewestRows, 1, members));
    RunTeam(team, members, [&](size_t member) {
      Range share = Share(chunks, member, members);
      work.searchers[member]->Run(catalogue, queries.subspan(begin, 1), share.begin * kChunkRows,
                                  std::min<uint64_t>(share.end * kChunkRows, items.count),
                                  work.stop);
    });
    Best& all = work.searchers[0]->searches[0].best;
    for (size_t member = 1; member < members; ++member) {
      const Best& part = work.searchers[member]->searches[0].best;
      if (part.gave_up()) all.GiveUp();
      for (const Candidate& c : part.rows) all.Offer(c.row, c.value);
    }
    Append(all, work);
    ++begin;
  }
}

std::span<const Hit> TopK(const Catalogue& catalogue, const Query& query, SearchWorkspace& work) {
  TopK(catalogue, {&query, 1}, {}, work);
  return work.hits;
}

}  // namespace duomo::retrieval
