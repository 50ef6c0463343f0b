// duomo_request [--peers ONNXRUNTIME FOLDER] [--graphs] [--only NAME] [--seconds S]
// request|filtered FILE …: see run, which calls it. --only: of the peers those with NAME in theirs.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../clock.h"
#include "figures.h"
#include "filtered.h"
#include "table.h"

namespace duomo::bench {
namespace {

struct Options {
  PeerOptions peers;
  std::string only;
  double seconds = 1.5;
};

bool Wanted(const Options& o, const std::string& name) {
  return o.only.empty() || name.find(o.only) != std::string::npos;
}

void SameWithTwoThreads(const Shop& shop, Assembly& duomo) {
  auto one = duomo.NewClient(1), two = duomo.NewClient(2);
  Answer a, b;
  for (const auto* customers : {&shop.with_history, &shop.cold}) {
    for (const Customer& c : *customers) {
      one->Ask(c, a);
      two->Ask(c, b);
      Check(shop, c, a);
      bool same = a.found == b.found && a.count == b.count &&
                  std::equal(a.candidates, a.candidates + a.found, b.candidates) &&
                  std::equal(a.scores, a.scores + a.found, b.scores) &&
                  std::equal(a.page, a.page + a.count, b.page);
      if (!same) Die("two threads give another answer than one");
    }
  }
}

void Say(const std::string& who, double recall, const Memory& before) {
  Memory now = MemoryNow();
  std::fprintf(stderr, "%s: recall %.3f, memory %.0f MB of its own, %.0f MB of mapped files\n",
               who.c_str(), recall, now.own - before.own, now.mapped - before.mapped);
}

// The quickest setting that finds enough of the candidates; an exact finder has no other.
bool Tune(const Shop& shop, Assembly& assembly, Finder& finder, double& recall) {
  constexpr size_t kTried = 24;
  double best = 1e9;
  size_t best_setting = 0;
  auto client = assembly.NewClient(1);
  for (size_t setting : finder.settings(2 * kCandidates)) {
    finder.Set(setting);
    const double begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
    double found = Recall(shop, *client, kTried);
    const double took = Seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
    if (finder.exact() && found < kSame) Die(finder.name() + " does not find what Duomo finds");
    if (found < kRecall || took >= best) continue;
    best = took;
    best_setting = setting;
    recall = found;
    if (!finder.exact()) break;
  }
  if (best == 1e9) return false;
  finder.Set(best_setting);
  return true;
}

void Request(const Options& o, const std::string& path) {
  const Memory before = MemoryNow();
  Shop shop(path);
  std::string name = shop.name();
  name = name.substr(name.find('-') + 1);
  RequestTable table(shop, name);
  for (Way way : {Way::kSets, Way::kFilters, Way::kApproximate}) {
    auto ours = MakeDuomo(shop, way);
    double recall = Recall(shop, *ours->NewClient(1), kCustomers);
    if (way != Way::kApproximate && recall < 1) Die("sets and filters give different answers");
    SameWithTwoThreads(shop, *ours);
    table.Add(*ours, o.seconds);
    Say(name + ", " + ours->name(), recall, before);
  }
  if (o.peers.folder.empty()) return;
  const FileVectors vectors(shop);
  for (MakeFinder make : Finders()) {
    const Memory then = MemoryNow();
    SetPeerThreads(1);
    auto finder = make(vectors.view(), o.peers);
    if (finder == nullptr || !Wanted(o, finder->name())) continue;
    auto assembly = MakePeer(shop, o.peers, *finder);
    double recall = 0;
    if (!Tune(shop, *assembly, *finder, recall)) {
      std::fprintf(stderr, "%s, %s: no setting finds %.2f\n", name.c_str(), finder->name().c_str(),
                   kRecall);
      continue;
    }
    table.Add(*assembly, o.seconds);
    Say(name + ", " + assembly->name(), recall, then);
  }
}

int Run(int argc, char** argv) {
  Options o;
  std::string what;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg == "--peers" && i + 2 < argc) {
      o.peers.onnxruntime = argv[i + 1];
      o.peers.folder = argv[i + 2];
      i += 2;
    } else if (arg == "--graphs") {
      o.peers.graphs = true;
    } else if (arg == "--only" && i + 1 < argc) {
      o.only = argv[++i];
    } else if (arg == "--seconds" && i + 1 < argc) {
      o.seconds = std::strtod(argv[++i], nullptr);
    } else if (arg == "request" || arg == "filtered") {
      what = arg;
      if (what == "request") RequestTable::Begin();
    } else if (what == "request") {
      Request(o, arg);
    } else if (what == "filtered") {
      PrintFiltered(arg, o.peers, o.only);
    } else {
      Die("unknown argument " + arg);
    }
  }
  return 0;
}

}  // namespace
}  // namespace duomo::bench

int main(int argc, char** argv) { return duomo::bench::Run(argc, argv); }
