// A small recommender behind HTTP: what it answers is in bindings/service/README.md.
//
//   service FILE PORT
//
//   c++ -std=c++17 service.cc $(pkg-config --cflags --libs duomo cpp-httplib) -pthread -o service
#include <httplib.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <duomo/duomo.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

using Json = nlohmann::json;

int64_t Integer(const httplib::Request& request, const std::string& name) {
  if (!request.has_param(name)) throw std::invalid_argument("there is no " + name);
  const std::string text = request.get_param_value(name);
  int64_t value = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, value);
      at != end || error != std::errc()) {
    throw std::invalid_argument(name + ": an integer is needed, not \"" + text + '"');
  }
  return value;
}

// The request with what all of them have.
duomo::TopKRequest Filled(duomo::TopKRequest asked, const duomo::Model& model,
                          const httplib::Request& request) {
  const int64_t k = request.has_param("k") ? Integer(request, "k") : 10;
  if (k < 1) throw std::invalid_argument("k: at least 1");
  if (model.Info().has_titles) asked.WithTitles();
  return asked.K(static_cast<size_t>(k));
}

Json Hits(const duomo::Model& model, const duomo::TopKResult& found) {
  const bool titled = model.Info().has_titles;
  Json hits = Json::array();
  for (size_t i = 0; i < found[0].size(); ++i) {
    auto [id, score] = found[0][i];
    hits.push_back({{"id", id}, {"score", score}});
    if (titled) hits.back()["title"] = found[0].title(i);
  }
  return {{"hits", std::move(hits)}};
}

Json Recommend(const duomo::Model& model, const httplib::Request& request) {
  auto asked = Filled(duomo::TopKRequest::User(Integer(request, "user")), model, request);
  if (request.get_param_value("exclude_seen") == "1") asked.ExcludeSeen();
  return Hits(model, duomo::Context::Create(model).TopK(asked));
}

Json Similar(const duomo::Model& model, const httplib::Request& request) {
  auto asked = Filled(duomo::TopKRequest::Item(Integer(request, "item")), model, request);
  return Hits(model, duomo::Context::Create(model).Similar(asked));
}

Json Predict(const duomo::Model& model, const httplib::Request& request) {
  const int64_t user = Integer(request, "user"), item = Integer(request, "item");
  return {{"prediction", duomo::Context::Create(model).Predict(user, item)}};
}

Json Newcomer(const duomo::Model& model, const httplib::Request& request) {
  auto user = duomo::Features::OfUsers(model);
  const Json known = Json::parse(request.body);
  for (const auto& [name, value] : known.items()) {
    if (value.is_string()) {
      user.SetString(name, value.get<std::string>());
    } else if (value.is_number_integer()) {
      user.SetInteger(name, value.get<int64_t>());
    } else {
      throw std::invalid_argument(name + ": a text or an integer is needed, not " + value.dump());
    }
  }
  return Hits(model, duomo::Context::Create(model).TopK(
                         Filled(duomo::TopKRequest::OfFeatures(user), model, request)));
}

class Service {
 public:
  explicit Service(const std::string& file)
      : slot_(duomo::ModelSlot::Create(duomo::Model::Open(file))) {
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(SIZE_MAX);
    server_.Get("/recommend", Answering(Recommend));
    server_.Get("/similar", Answering(Similar));
    server_.Get("/predict", Answering(Predict));
    server_.Post("/newcomer", Answering(Newcomer));
    server_.Post("/swap",
                 Counted([this](const httplib::Request& request) { return Swap(request); }));
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      Metrics(response);
    });
    auto nothing = Counted([](const httplib::Request& request) -> Json {
      throw std::invalid_argument("there is no page " + request.path);
    });
    server_.Get(".*", nothing);
    server_.Post(".*", nothing);
  }

  bool Listen(int port) {
    if (!server_.bind_to_port("127.0.0.1", port)) return false;
    std::puts("ready");
    std::fflush(stdout);
    return server_.listen_after_bind();
  }

 private:
  using Answer = std::function<Json(const httplib::Request&)>;

  httplib::Server::Handler Answering(Json (*call)(const duomo::Model&, const httplib::Request&)) {
    return Counted([this, call](const httplib::Request& request) {
      const duomo::Model model =
          slot_.Get();  // a reference of this request's own, whatever is swapped meanwhile
      return Signed(call(model, request), model);
    });
  }

  Json Swap(const httplib::Request& request) {
    const std::string file = Json::parse(request.body).at("file");
    if (!std::filesystem::exists(file))
      throw duomo::Error(DUOMO_NOT_FOUND, (file + ": there is no such file").c_str());
    const auto model = duomo::Model::Open(file);
    slot_.Set(model);
    ++swaps_;
    return Signed(Json::object(), model);
  }

  static Json Signed(Json answer, const duomo::Model& model) {
    char name[17];
    std::snprintf(name, sizeof(name), "%016" PRIx64, model.Info().fingerprint);
    answer["model"] = name;
    return answer;
  }

  httplib::Server::Handler Counted(Answer answer) {
    return [this, answer = std::move(answer)](const httplib::Request& request,
                                              httplib::Response& response) {
      using Clock = std::chrono::steady_clock;
      const Clock::time_point begin = Clock::now();
      Json found;
      auto refuse = [&](int status, const char* why) {
        response.status = status;
        found = {{"error", why}};
        ++errors_;
      };
      try {
        found = answer(request);
      } catch (const duomo::Error& error) {
        refuse(error.status() == DUOMO_NOT_FOUND ? 404 : 400, error.what());
      } catch (const std::exception& error) {  // std::invalid_argument, and what is no JSON
        refuse(400, error.what());
      }
      ++requests_;
      nanoseconds_ += std::chrono::nanoseconds(Clock::now() - begin).count();
      response.set_content(found.dump(), "application/json");
    };
  }

  void Metrics(httplib::Response& response) const {
    char text[256];
    std::snprintf(text, sizeof(text),
                  "duomo_requests_total %" PRId64 "\nduomo_errors_total %" PRId64
                  "\nduomo_swaps_total %" PRId64 "\nduomo_seconds_total %.9f\n",
                  requests_.load(), errors_.load(), swaps_.load(),
                  static_cast<double>(nanoseconds_.load()) / 1e9);
    response.set_content(text, "text/plain");
  }

  duomo::ModelSlot slot_;
  std::atomic<int64_t> requests_{0}, errors_{0}, swaps_{0}, nanoseconds_{0};
  httplib::Server server_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::fputs("service FILE PORT\n", stderr), 2;
  return Service(argv[1]).Listen(std::stoi(argv[2])) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
