// calls MODELS GOLDEN: through duomo.hpp and an installed library, the vectors that every binding
// checks, files that every binding refuses, misuse, models that are swapped under load, and a
// million calls in memory that does not grow.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <duomo/duomo.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using IdVector = std::vector<int64_t>;

void Want(bool holds, int line, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: FAILED: %s\n", __FILE__, line, what);
  std::exit(1);
}
#define WANT(condition) Want((condition), __LINE__, #condition)

template <typename Call>
void Fails(duomo_status status, const char* part, int line, Call call) {
  try {
    call();
  } catch (const duomo::Error& error) {
    Want(error.status() == status && std::strstr(error.message(), part), line, error.message());
    return;
  }
  Want(false, line, "nothing was thrown");
}
#define FAILS(status, part, expression) Fails(status, part, __LINE__, [&] { (void)(expression); })

std::vector<std::string> Bits(duomo::Span<const float> values) {
  std::vector<std::string> out;
  for (float value : values) {
    uint32_t bits;
    char text[9];
    std::memcpy(&bits, &value, sizeof(bits));
    std::snprintf(text, sizeof(text), "%08" PRIx32, bits);
    out.emplace_back(text);
  }
  return out;
}

void CheckCase(const fs::path& good, const Json& one) {
  auto model = duomo::Model::Open(good / one["model"].get<std::string>());
  auto context = duomo::Context::Create(model);
  std::string call = one["call"];
  if (call == "predict") {
    IdVector users = one["users"], items = one["items"];
    WANT(one["predictions"] == Json(Bits(context.Predict(users, items))));
    for (size_t i = 0; i < users.size(); ++i) {
      float alone = context.Predict(users[i], items[i]);
      WANT(one["predictions"][i] == Bits({&alone, 1})[0]);
    }
  } else if (call == "encode_users" || call == "encode_items") {
    IdVector ids = one["ids"];
    auto vectors = call == "encode_users" ? context.EncodeUsers(ids) : context.EncodeItems(ids);
    WANT(one["vectors"] == Json(Bits(vectors)));
  } else {
    WANT(call == "topk" || call == "similar");
    IdVector queries = one[call == "topk" ? "users" : "items"];
    duomo::Lists<int64_t> exclude;
    for (const Json& list : one["exclude"]) exclude.Add(list.get<IdVector>());
    auto request = duomo::TopKRequest::Users(queries).K(one["k"]).Exclude(exclude);
    auto found = call == "topk" ? context.TopK(request) : context.Similar(request);
    WANT(found.size() == one["ids"].size());
    for (size_t q = 0; q < found.size(); ++q) {
      auto ids = found[q].ids();
      WANT(one["ids"][q] == Json(IdVector(ids.begin(), ids.end())));
      WANT(one["scores"][q] == Json(Bits(found[q].scores())));
    }
  }
}

void TestGolden(const fs::path& golden) {
  size_t cases = 0, bad = 0;
  for (const fs::directory_entry& version : fs::directory_iterator(golden)) {
    if (!version.is_directory()) continue;
    Json vectors = Json::parse(std::ifstream(version.path() / "vectors.json"));
    for (const Json& one : vectors["cases"]) CheckCase(version.path() / "good", one), ++cases;
    for (const fs::directory_entry& file : fs::directory_iterator(version.path() / "bad")) {
      duomo_status status =
          file.path().filename() == "newer.duomo" ? DUOMO_UNSUPPORTED_VERSION : DUOMO_CORRUPT;
      duomo::OpenOptions options;
      options.verify = true;
      FAILS(status, "", duomo::Model::Open(file.path(), options));
      ++bad;
    }
  }
  WANT(cases >= 28 && bad >= 26);
  std::printf("%zu cases, %zu bad files\n", cases, bad);
}

void TestMisuse(const std::string& path) {
  auto model = duomo::Model::Open(path);
  auto context = duomo::Context::Create(model);
  WANT(context.TopK(duomo::TopKRequest::User(1).K(std::numeric_limits<size_t>::max()))[0].size() ==
       40);
  IdVector two = {1, 2}, one = {1};
  std::vector<float> short_vector(19);
  FAILS(DUOMO_INVALID_ARGUMENT, "items has 1", context.Predict(two, one));
  FAILS(DUOMO_INVALID_ARGUMENT, "", context.TopK(duomo::TopKRequest::Vectors(short_vector)));
  FAILS(DUOMO_INVALID_ARGUMENT, "k", context.TopK(duomo::TopKRequest::User(1).K(0)));
  auto features = duomo::Features::OfUsers(model);
  FAILS(DUOMO_INVALID_ARGUMENT, "plan", features.SetInteger("plan", 3));
  // What was closed, in C++: moved from.
  auto kept = std::move(context);
  auto moved = std::move(model);
  auto elsewhere = std::move(features);
  FAILS(DUOMO_INVALID_ARGUMENT, "NULL", context.Predict(1, 1000));
  FAILS(DUOMO_INVALID_ARGUMENT, "NULL", model.ItemTitle(1000));
  FAILS(DUOMO_INVALID_ARGUMENT, "NULL", duomo::Context::Create(model));
  FAILS(DUOMO_INVALID_ARGUMENT, "NULL", features.SetInteger("age", 20));
}

// The model's last handle goes while contexts are at work: they keep it open.
void TestClosedWhileOthersRun(const std::string& path) {
  float wanted;
  {
    auto model = duomo::Model::Open(path);
    wanted = duomo::Context::Create(model).Predict(3, 1006);
  }
  for (int round = 0; round < 20; ++round) {
    std::optional<duomo::Model> model = duomo::Model::Open(path);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&wrong, wanted, context = duomo::Context::Create(*model)]() mutable {
        for (int i = 0; i < 2000; ++i) wrong += context.Predict(3, 1006) != wanted;
      });
    }
    model.reset();
    for (std::thread& thread : threads) thread.join();
    WANT(wrong == 0);
  }
}

// The model in use, swapped 40 times a second under four clients: none of 100,000 requests is lost
// or wrong.
void TestSwaps(const std::string& folder) {
  constexpr int kSwaps = 40, kRequests = 100'000;
  const std::string names[] = {"shop", "player"};
  auto open = [&](const std::string& name) {
    return duomo::Model::Open(folder + '/' + name + ".duomo");
  };
  auto best = [](const duomo::Model& model) {
    auto found =
        duomo::Context::Create(model).TopK(duomo::TopKRequest::User(model.UserIdAt(2)).K(5));
    auto ids = found[0].ids();
    return std::pair(IdVector(ids.begin(), ids.end()), Bits(found[0].scores()));
  };
  std::map<std::string, decltype(best(open(names[0]))), std::less<>> wanted;
  for (const std::string& name : names) wanted[name] = best(open(name));

  auto slot = duomo::ModelSlot::Create(open(names[0]));
  std::atomic<bool> stop{false};
  std::atomic<int> asked{0}, wrong{0};
  std::vector<std::thread> clients;
  for (int t = 0; t < 4; ++t) {
    clients.emplace_back([&] {
      while (!stop) {
        try {
          const duomo::Model model = slot.Get();
          wrong += best(model) != wanted.find(model.Info().name)->second;
        } catch (const duomo::Error& error) {
          std::fprintf(stderr, "%s\n", error.message());
          ++wrong;
        }
        ++asked;
      }
    });
  }
  const auto begin = std::chrono::steady_clock::now();
  int swaps = 0;
  while (swaps < 3 * kSwaps || (asked < kRequests && swaps < 60 * kSwaps)) {
    slot.Set(open(names[++swaps % 2]));
    std::this_thread::sleep_until(begin + std::chrono::microseconds(swaps * (1'000'000 / kSwaps)));
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  std::printf("%d requests during %d swaps, %d lost or wrong\n", asked.load(), swaps, wrong.load());
  WANT(wrong == 0);
  slot.Set(open("shop"));
  std::ifstream maps("/proc/self/maps");
  const std::string mapped((std::istreambuf_iterator<char>(maps)),
                           std::istreambuf_iterator<char>());
  WANT(mapped.find("player.duomo") == std::string::npos);  // what was swapped out is closed
}

long Resident() {
  long size = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> size >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

void TestMemory(const std::string& path) {
  auto model = duomo::Model::Open(path);
  auto context = duomo::Context::Create(model);
  auto features = duomo::Features::OfUsers(model);
  duomo::TopKResult result;
  auto run = [&](int calls) {
    for (int i = 0; i < calls; ++i) {
      context.Predict(i % 12 + 1, 1000);
      if (i % 50 != 0) continue;
      FAILS(DUOMO_NOT_FOUND, "99", context.Predict(99, 1000));
      auto red = duomo::Filter::Strings("tags", DUOMO_ANY, {"red"});
      context.TopKInto(result, duomo::TopKRequest::User(3).Where(red));
      features.SetString("plan", "paid");
      context.EncodeFeatures(features);
      if (i % 1000 == 0) duomo::Context::Create(duomo::Model::Open(path)).Predict(3, 1006);
    }
  };
  run(50000);
  long before = Resident();
  run(1000000);
  long grown = Resident() - before;
  std::printf("%ld bytes more after a million calls\n", grown);
  WANT(grown < 1 << 20);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  std::string shop = std::string(argv[1]) + "/shop.duomo";
  TestGolden(argv[2]);
  TestMisuse(shop);
  TestClosedWhileOthersRun(shop);
  TestSwaps(argv[1]);
  TestMemory(shop);
} catch (const std::exception& error) {
  std::fprintf(stderr, "FAILED: %s\n", error.what());
  return 1;
}
