// duomo.hpp against the C interface: models, predictions, features, ranking and what hosts bring.
// Compiled several times, with exceptions and without, as C++17 and C++20; hpp_main.cc runs every
// copy in one program, linked to the shared and to the static library.
#include "hpp_check.h"

namespace DUOMO_HPP_NAMES(DUOMO_HPP_TEST) {
  namespace {

  // Texts of a model that is gone after the line do not compile.
  template <typename M, typename = void>
  struct GivesTitles : std::false_type {};
  template <typename M>
  struct GivesTitles<M, std::void_t<decltype(std::declval<M>().ItemTitle(1))>> : std::true_type {};
  static_assert(GivesTitles<const duomo::Model&>::value && !GivesTitles<duomo::Model>::value);

  void TestModel() {
    static_assert(std::is_nothrow_move_constructible_v<duomo::Model>);
    static_assert(!std::is_copy_constructible_v<duomo::Context>);
    static_assert(std::is_nothrow_copy_constructible_v<duomo::Error>);
    CHECK(std::strcmp(duomo::Version(), duomo_version()) == 0);
    CHECK(duomo::BuildInfo() == duomo_build_info());
    CHECK(std::string(duomo::StatusName(DUOMO_CORRUPT)) == "DUOMO_CORRUPT");
    FAILS(DUOMO_IO_ERROR, "nowhere", duomo::Model::Open("/nowhere"));
    FAILS(DUOMO_UNSUPPORTED_VERSION, "compiled with duomo.hpp 0.1.0",
          duomo::Model::Open(folder + "newer.duomo"));
    FAILS(DUOMO_CORRUPT, "", duomo::Model::OpenBuffer("x", 1));

    duomo::OpenOptions options;
    options.copy = options.verify = options.prepare = true;
    options.backend = DUOMO_BACKEND_PORTABLE;
    duomo::Model model = GET(duomo::Model::Open(folder + "shop.duomo", options));
    duomo::ModelInfo info = GET(model.Info());
    CHECK(info.copied && info.has_user_vectors && info.has_history && info.has_titles);
    CHECK(info.head == DUOMO_HEAD_COSINE && info.user_count == 12 && info.item_count == 40);
    CHECK(info.vector_width == 20 && info.input_count == 6 && info.file_size > 1000);
    CHECK(info.name == "shop" && info.unit == "stars");
    CHECK(info.minimum_output <= 0 && info.maximum_output >= 5);
    duomo::InputInfo input = GET(model.Input(0));
    CHECK(input.name == "plan" && input.scope == DUOMO_USER && input.kind == DUOMO_INPUT_CATEGORY);
    CHECK(input.keys == DUOMO_KEYS_STRING && input.vocabulary_size == 2);
    FAILS(DUOMO_NOT_FOUND, "index 6", model.Input(6));
    options.backend = 77;
    FAILS(DUOMO_INVALID_ARGUMENT, "backend", duomo::Model::Open(folder + "shop.duomo", options));

    CHECK(GET(model.UserIdAt(2)) == 3 && GET(model.ItemIdAt(1)) == 1003);
    CHECK(GET(model.ItemTitle(1003)) == "Große Lampe 1");
    FAILS(DUOMO_NOT_FOUND, "12", model.UserIdAt(12));
    FAILS(DUOMO_UNSUPPORTED, "integers", model.ItemKey(1003));
    duomo::Model player = Open("player");
    const int64_t i7 = duomo_id_of_string("i7"), u3 = duomo_id_of_string("u3");
    CHECK(GET(player.ItemId("i7")) == i7 && GET(player.UserId("u3")) == u3);
    CHECK(GET(player.ItemKey(i7)) == "i7" && GET(player.UserKey(u3)) == "u3");
    FAILS(DUOMO_NOT_FOUND, "nobody", player.UserId("nobody"));

    duomo::Model copy = model, moved = std::move(copy);
    CHECK(moved.get() == model.get() && copy.get() == nullptr);
    FAILS(DUOMO_INVALID_ARGUMENT, "model is NULL", copy.Info());
    copy = player;
    copy = std::move(moved);
    CHECK(copy.get() == model.get());
    duomo_model_retain(model.get());
    duomo::Model adopted = duomo::Model::Adopt(model.get());
    CHECK(GET(adopted.Info()).item_count == 40);
  }

  void TestPredictions() {
    duomo::Model model = Open("shop");
    duomo::Context context = GET(duomo::Context::Create(model));
    CHECK(context.vector_width() == 20);
    std::vector<int64_t> users = {1, 5};
    const std::array<int64_t, 2> items = {1000, 1006};
    float expected[2];
    CHECK(duomo_predict(expected, context.get(), users.data(), items.data(), 2, nullptr) == 0);
    CHECK(GET(context.Predict(5, 1006)) == expected[1]);
    CHECK(GET(context.Predict(users, items)) == std::vector<float>(expected, expected + 2));
    float out[2] = {-1, -1};
    GET(context.PredictInto(out, users, items));
    CHECK(out[0] == expected[0] && out[1] == expected[1]);

    std::vector<float> u = GET(context.EncodeUsers(users)), i = GET(context.EncodeItems(items));
    CHECK(u.size() == 40 && i.size() == 40);
    CHECK(GET(context.PredictVectors(u, i)) == std::vector<float>(expected, expected + 2));
    GET(context.PredictVectorsInto(out, u, i));
    CHECK(out[1] == expected[1]);
    std::vector<float> again(40);
    GET(context.EncodeUsersInto(again, users));
    CHECK(again == u);
    GET(context.EncodeItemsInto(again, items));
    CHECK(again == i);

    FAILS(DUOMO_NOT_FOUND, "user_ids[0]", context.Predict(99, 1000));
    duomo::Span<float> one(out, 1);
    FAILS(DUOMO_INVALID_ARGUMENT, "predictions has 1 elements, expected 2",
          context.PredictInto(one, users, items));
    FAILS(DUOMO_INVALID_ARGUMENT, "items has 1", context.Predict(users, duomo::Ids(&items[0], 1)));
    FAILS(DUOMO_INVALID_ARGUMENT, "items has 40", context.PredictVectors(again = {}, i));
    u.pop_back();
    FAILS(DUOMO_INVALID_ARGUMENT, "users has 39", context.PredictVectors(u, i));
    FAILS(DUOMO_INVALID_ARGUMENT, "vectors has 39", context.EncodeUsersInto(u, users));
    FAILS(DUOMO_INVALID_ARGUMENT, "unknown_ids", duomo::Context::Create(model, {9}));

    duomo::Context marked = GET(duomo::Context::Create(model, {DUOMO_UNKNOWN_IS_MARKED}));
    CHECK(std::isnan(GET(marked.Predict(99, 1000))));
    CHECK(GET(marked.TopK(duomo::TopKRequest::User(99)))[0].empty());
    duomo::Context moved = std::move(marked);
    FAILS(DUOMO_INVALID_ARGUMENT, "context is NULL", marked.Predict(1, 1000));
    CHECK(GET(moved.Predict(5, 1006)) == expected[1]);
#if __cplusplus >= 202002L
    std::span<const int64_t> standard = users;
    CHECK(GET(context.Predict(standard, items))[0] == expected[0]);
    std::span<const int64_t> back = duomo::Ids(users);
    CHECK(back.size() == 2 && back.data() == users.data());
#endif
  }

  void TestFeatures() {
    duomo::Model model = Open("shop");
    duomo::Context context = GET(duomo::Context::Create(model));
    duomo::Features user = GET(duomo::Features::OfUsers(model));
    GET(user.SetString("plan", "free"));
    GET(user.SetInteger("age", 10));
    std::vector<float> vector = GET(context.EncodeFeatures(user));
    std::vector<int64_t> known = {1};  // free, 10
    std::vector<float> expected = GET(context.EncodeUsers(known));
    for (size_t i = 0; i < 20; ++i) CHECK(std::fabs(vector[i] - expected[i]) < 1e-5f);

    duomo::Features two = GET(duomo::Features::OfItems(model, 2));
    CHECK(two.count() == 2);
    std::vector<std::string> titles = {"the blau lamp", "chair"};
    const char* pointers[2] = {"the blau lamp", "chair"};
    const int64_t ids[2] = {1000, 1003};
    duomo::Lists<int64_t> codes = {{9}, {7, 8}};
    duomo::Lists<const char*> tags = {{"red"}, {}};
    GET(two.SetStrings("title", titles));
    GET(two.SetIntegers("id", ids));
    GET(two.SetIntegerLists("codes", codes));
    GET(two.SetStringLists("tags", tags));
    std::vector<float> items = GET(context.EncodeFeatures(two)), again(40), first(40);
    GET(two.SetStrings("title", pointers));
    GET(context.EncodeFeaturesInto(again, two));
    CHECK(items == again);
    CHECK(!std::equal(items.begin(), items.begin() + 20, items.begin() + 20));
    FAILS(DUOMO_INVALID_ARGUMENT, "values has 1 elements, expected 2", two.SetInteger("id", 1000));
    FAILS(DUOMO_NOT_FOUND, "colour", two.SetIntegers("colour", ids));
    FAILS(DUOMO_INVALID_ARGUMENT, "set_strings", two.SetNumbers("title", items = {1, 2}));
    codes.Add(ids);
    FAILS(DUOMO_INVALID_ARGUMENT, "lists has 4", two.SetIntegerLists("codes", codes));
    duomo::ListsView<int64_t> view = codes;
    view.offsets = {view.offsets.data(), 3};
    FAILS(DUOMO_INVALID_ARGUMENT, "lists has 5 elements, expected 3",
          two.SetIntegerLists("codes", view));
    FAILS(DUOMO_UNSUPPORTED, "pairs", duomo::Features::OfPairs(model));
    FAILS(DUOMO_INVALID_ARGUMENT, "vectors has 40", context.EncodeFeaturesInto(again, user));
  }

  void TestValues() {
    duomo::Model model = Open("shop");
    uint64_t inputs = GET(model.Info()).input_count, seen = 0;
    for (uint64_t i = 0; i < inputs; ++i) {
      std::string_view name = GET(model.Input(i)).name;
      if (name == "tags") seen += GET(model.InputText(i, 1)) == "green";
      if (name == "codes") seen += GET(model.InputInteger(i, 0)) == 9;
    }
    CHECK(seen == 2);
    duomo::Features user = GET(duomo::Features::OfUsers(model));
    GET(user.SetInteger("age", 24));
    GET(user.SetStrict());
    FAILS(DUOMO_NOT_FOUND, "values[0] is 24", user.SetInteger("age", 24));
  }

  void TestRank() {
    duomo::Model model = Open("joint");
    duomo::Context context = GET(duomo::Context::Create(model));
    using Request = duomo::RankRequest;
    std::vector<int64_t> items = {5, 0, 39};
    std::vector<float> plain = GET(context.Rank(Request::User(2).Items(items))), again(3);
    CHECK(plain.size() == 3);
    duomo::Features pairs = GET(duomo::Features::OfPairs(model, 3));
    std::vector<float> delays = {0, 10, 100};
    GET(pairs.SetNumbers("delay", delays));
    std::vector<float> timed = GET(context.Rank(Request::User(2).Items(items).Pairs(pairs)));
    CHECK(timed != plain);
    GET(context.RankInto(again, Request::User(2).Items(items).Pairs(pairs)));
    CHECK(again == timed);
    duomo::Features pair = GET(duomo::Features::OfPairs(model));
    GET(pair.SetNumber("delay", 10));
    CHECK(GET(context.Rank(Request::User(2).Items({&items[1], 1}).Pairs(pair)))[0] == timed[1]);
    duomo::Features user = GET(duomo::Features::OfUsers(model));
    duomo::Features thing = GET(duomo::Features::OfItems(model));
    GET(user.SetInteger("user", 2));
    GET(thing.SetInteger("item", 5));
    CHECK(std::fabs(GET(context.Rank(Request::OfUser(user).Items(thing)))[0] / plain[0] - 1) <
          1e-4f);
    FAILS(DUOMO_UNSUPPORTED, "history", context.Rank(Request::User(2).Items(items).History({})));
    FAILS(DUOMO_INVALID_ARGUMENT, "predictions has 3", context.RankInto(again, Request::User(2)));
    FAILS(DUOMO_UNSUPPORTED, "duomo_rank", context.Predict(2, 5));
    FAILS(DUOMO_UNSUPPORTED, "duomo_rank", context.PredictVectors(plain, plain));
    FAILS(DUOMO_UNSUPPORTED, "duomo_rank", context.TopK(duomo::TopKRequest::Vectors(plain)));
    FAILS(DUOMO_UNSUPPORTED, "duomo_rank", context.EncodeUsersInto(again, items));
  }

  void TestHosts() {
    duomo::Model noted = Open("noted"), shop = Open("shop");
    CHECK(GET(noted.Metadata("name")) == "shop");
    CHECK(GET(noted.MetadataAt(0)).first == "empty");
    FAILS(DUOMO_NOT_FOUND, "licence", noted.Metadata("licence"));
    CHECK(GET(noted.Info()).metadata_count == 3);
    CHECK(GET(noted.Info()).fingerprint != GET(shop.Info()).fingerprint);
    FAILS(DUOMO_IO_ERROR, "descriptor", duomo::Model::OpenDescriptor(-1));
    duomo::ModelSlot slot = GET(duomo::ModelSlot::Create(shop));
    CHECK(slot.Get().get() == shop.get());
    GET(slot.Set(noted));
    CHECK(slot.Get().get() == noted.get());
    volatile int32_t cancelled = 1;
    duomo::ContextOptions options;
    options.cancelled = &cancelled;
    duomo::Context context = GET(duomo::Context::Create(shop, options));
    FAILS(DUOMO_CANCELLED, "cancelled", context.Predict(1, 1000));
    cancelled = 0;
    context.Trim();
    CHECK(GET(context.Predict(1, 1000)) >= 0);
  }

  }  // namespace

  static void TestAll() {
    TestModel();
    TestPredictions();
    TestFeatures();
    TestTopK();
    TestTemporaries();
    TestValues();
    TestHistories();
    TestKeys();
    TestRank();
    TestHosts();
  }

}  // namespace )

#ifdef DUOMO_NO_EXCEPTIONS
static_assert(std::is_same_v<decltype(duomo::Model::Open("")), duomo::Result<duomo::Model>>);
#else
static_assert(std::is_same_v<decltype(duomo::Model::Open("")), duomo::Model>);
#endif

int DUOMO_HPP_TEST(const char* models);
int DUOMO_HPP_TEST(const char* models) {
  using namespace DUOMO_HPP_NAMES(DUOMO_HPP_TEST);
  folder = std::string(models) + "/";
  TestAll();
  return failures;
}
