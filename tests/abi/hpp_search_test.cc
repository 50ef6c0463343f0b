// The searches of duomo.hpp: sets, filters, histories, keys, and what must not compile or must not
// refer to memory that is gone. Compiled and run like hpp_test.cc.
#include "hpp_check.h"

namespace DUOMO_HPP_NAMES(DUOMO_HPP_TEST) {
  namespace {

  // Sets, filters by attributes, and what differs from query to query.
  void TestSets(const duomo::Model& model, duomo::Context& context) {
    using duomo::Filter;
    using duomo::ItemSet;
    using Request = duomo::TopKRequest;
    const std::vector<int64_t> users = {3, 1}, few = {1000, 1003, 1006, 5};
    CHECK(GET(model.Info()).attribute_count == 5);
    CHECK(GET(model.Attribute(3)).name == "brand" && GET(model.Attribute(3)).value_count == 3);
    CHECK(GET(model.Attribute(1)).kind == DUOMO_ATTRIBUTE_INTEGER);
    CHECK(GET(model.AttributeNumbers("price", few))[2] == 2);
    CHECK(std::isnan(GET(model.AttributeNumbers("price", few))[3]));
    CHECK(GET(model.AttributeIntegers("year", few))[1] == 1981);
    CHECK(GET(model.AttributeTexts("brand", few))[2] == "größe");
    CHECK(GET(model.AttributeTexts("brand", few))[3].data() == nullptr);
    CHECK(GET(model.AttributeSet("labels", 1012)).size() == 3);
    CHECK(GET(model.AttributeSet("labels", 1012))[2] == "vegan");
    CHECK(GET(model.AttributeSet("labels", 1000)).empty());
    FAILS(DUOMO_NOT_FOUND, "nope", model.AttributeNumbers("nope", few));
    ItemSet listed = GET(ItemSet::FromIds(model, few));
    CHECK(listed.size() == 3 && listed.Contains(1003) && !listed.Contains(1009));
    CHECK(!listed.Contains(5));
    ItemSet cheap = GET(ItemSet::Where(model, Filter::AtMost("price", 1.5)));
    CHECK(cheap.size() == 2 && cheap.Contains(1000) && cheap.Contains(1003));
    const std::vector<Filter> nineties = {Filter::Range("year", 1990, 2000, DUOMO_BELOW_MAXIMUM),
                                          Filter::AtLeast("price", 7)};
    CHECK(GET(ItemSet::Where(model, nineties)).size() == 6);  // rows 12, 14 … 18
    const std::vector<ItemSet> both = {listed, cheap};
    CHECK(GET(ItemSet::Any(both)).size() == 3 && GET(ItemSet::All(both)).size() == 2);
    CHECK(GET(ItemSet::None(both)).size() == 37 && GET(ItemSet::Not(listed)).size() == 37);
    ItemSet copy = listed, moved = std::move(copy);
    copy = moved;
    CHECK(copy.get() == listed.get() && ItemSet().size() == 0);
    FAILS(DUOMO_NOT_FOUND, "nope", ItemSet::Where(model, Filter::AtMost("nope", 1)));
    FAILS(DUOMO_INVALID_ARGUMENT, "at least one", ItemSet::Any({}));
    duomo::Model player = Open("player");
    const std::vector<std::string> keys = {"i3", "i7", "nobody"};
    CHECK(GET(ItemSet::FromKeys(player, keys)).size() == 2);

    Request request = Request::Users(users).K(50).AllowSet(std::move(moved));
    duomo::TopKResult in = GET(context.TopK(request));
    CHECK(in[0].size() == 3 && in[1].size() == 3);
    request.AllowSets({cheap, ItemSet()});
    duomo::TopKResult own = GET(context.TopK(request));
    CHECK(own[0].size() == 2 && own[1].size() == 3);
    request.KEach(std::vector<size_t>{1, 50});
    duomo::TopKResult each = GET(context.TopK(request));
    CHECK(each[0].size() == 1 && each[1].size() == 3 && each[0][0].id == own[0][0].id);
    request.Exclude({1003}).Exclude(duomo::Lists<int64_t>{{}, {1000}});
    duomo::TopKResult rest = GET(context.TopK(request));
    CHECK(rest[0].size() == 1 && rest[0][0].id == 1000);
    CHECK(rest[1].size() == 1 && rest[1][0].id == 1006);
    FAILS(DUOMO_INVALID_ARGUMENT, "k_each has 1",
          context.TopK(Request::Users(users).KEach({std::vector<size_t>{1}})));
    FAILS(DUOMO_INVALID_ARGUMENT, "request.k_each[1] is 51",
          context.TopK(request.KEach(std::vector<size_t>{1, 51})));
    FAILS(DUOMO_INVALID_ARGUMENT, "allow_sets has 1",
          context.TopK(Request::Users(users).AllowSets({cheap})));
  }

  template <typename A, typename B>
  bool SameHits(const A& a, const B& b) {
    bool same = a.size() == b.size();
    for (size_t i = 0; same && i < a.size(); ++i) same = Equal(a[i], b[i]);
    return same;
  }

  // What the compiler must refuse, as it would refer to memory that is gone by the call.
  template <typename... T>
  using CanExclude = decltype(std::declval<duomo::TopKRequest&>().Exclude(std::declval<T>()...));
  template <typename T>
  using CanAskOf = decltype(duomo::TopKRequest::OfFeatures(std::declval<T>()));
  template <typename T>
  using CanRankFor = decltype(duomo::RankRequest::OfUser(std::declval<T>()));
  template <typename T>
  using CanRank = decltype(std::declval<duomo::RankRequest&>().Items(std::declval<T>()));
  template <typename T>
  using CanPair = decltype(std::declval<duomo::RankRequest&>().Pairs(std::declval<T>()));
  template <typename T>
  using CanTakeIds = decltype(std::declval<T>().ids());
  template <typename T>
  using CanTakeScores = decltype(std::declval<T>().scores());
  template <template <typename...> class Expression, typename Void, typename... T>
  struct CompilesImpl : std::false_type {};
  template <template <typename...> class Expression, typename... T>
  struct CompilesImpl<Expression, std::void_t<Expression<T...>>, T...> : std::true_type {};
  template <template <typename...> class Expression, typename... T>
  constexpr bool kCompiles = CompilesImpl<Expression, void, T...>::value;

  using duomo::Features, duomo::Hits, duomo::OwnedHits;
  static_assert(kCompiles<CanAskOf, Features&> && !kCompiles<CanAskOf, Features>);
  static_assert(kCompiles<CanRankFor, const Features&> && !kCompiles<CanRankFor, Features>);
  static_assert(kCompiles<CanRank, Features&> && !kCompiles<CanRank, Features>);
  static_assert(kCompiles<CanPair, Features&> && !kCompiles<CanPair, Features>);
  static_assert(kCompiles<CanTakeIds, OwnedHits&> && !kCompiles<CanTakeIds, OwnedHits>);
  static_assert(kCompiles<CanTakeScores, OwnedHits&> && !kCompiles<CanTakeScores, OwnedHits>);
  static_assert(std::is_convertible_v<OwnedHits&, Hits> && !std::is_convertible_v<OwnedHits, Hits>);
  using IdArray = std::array<int64_t, 2>;
  static_assert(kCompiles<CanExclude, IdArray&> && !kCompiles<CanExclude, IdArray>);
  static_assert(kCompiles<CanExclude, std::vector<int64_t>> && kCompiles<CanExclude, duomo::Ids>);
  using IdLists = duomo::Lists<int64_t>;
  static_assert(std::is_convertible_v<IdLists&, duomo::ListsView<int64_t>> &&
                !std::is_convertible_v<IdLists, duomo::ListsView<int64_t>>);
  static_assert(kCompiles<CanExclude, IdLists&> && kCompiles<CanExclude, IdLists>);
#if __cplusplus >= 202002L
  static_assert(kCompiles<CanExclude, std::span<const int64_t>>);
#endif

  }  // namespace

  void TestTopK() {
    duomo::Model model = Open("shop");
    duomo::Context context = GET(duomo::Context::Create(model));
    using Request = duomo::TopKRequest;
    std::vector<int64_t> users = {3, 1}, all;
    for (uint64_t row = 0; row < 40; ++row) all.push_back(GET(model.ItemIdAt(row)));

    // More than there are: every item, sorted as predicted.
    duomo::TopKResult every = GET(context.TopK(Request::User(3).K(1000)));
    CHECK(every.size() == 1 && every[0].size() == 40);
    for (auto [id, score] : every[0]) CHECK(GET(context.Predict(3, id)) == score);
    for (size_t i = 1; i < 40; ++i) CHECK(every[0][i - 1].score >= every[0][i].score);

    duomo::TopKResult both = GET(context.TopK(Request::Users(users).K(7)));
    CHECK(both.size() == 2 && both[0].size() == 7);
    CHECK(both[0][6].id == every[0][6].id);
    std::vector<float> vectors = GET(context.EncodeUsers(users));
    duomo::TopKResult by_vector = GET(context.TopK(Request::Vectors(vectors).K(7)));
    CHECK(Equal(by_vector[0], both[0]) && Equal(by_vector[1], both[1]));
    CHECK(GET(context.TopK(Request::User(3)))[0].size() == 10);

    // One user's list of exclusions; the same for all; a list for each.
    duomo::Hits best = both[0];
    int64_t first[1] = {best[0].id};
    CHECK(GET(context.TopK(Request::User(3).Exclude(first)))[0][0].id == best[1].id);
    duomo::TopKResult shared = GET(context.TopK(Request::Users(users).K(40).Exclude(best.ids())));
    CHECK(shared[0].size() == 33 && shared[1].size() == 33 && shared[0][0].id == every[0][7].id);
    duomo::Lists<int64_t> each = {{}, {1000, 1003}};
    duomo::TopKResult own = GET(context.TopK(Request::Users(users).K(40).Exclude(each)));
    CHECK(own[0].size() == 40 && own[1].size() == 38);
    FAILS(DUOMO_INVALID_ARGUMENT, "exclude has 3", context.TopK(Request::User(3).Exclude(each)));
    CHECK(GET(context.TopK(Request::User(3).K(40).ExcludeSeen()))[0].size() == 38);

    CHECK(GET(context.TopK(Request::User(3).Allow(first)))[0].size() == 1);
    CHECK(GET(context.TopK(Request::User(3).Allow({})))[0].empty());
    float limit = best[4].score;
    duomo::TopKResult above = GET(context.TopK(Request::User(3).K(40).MinimumScore(limit)));
    CHECK(above[0].size() >= 5 && above[0][above[0].size() - 1].score == limit);

    using duomo::Filter;
    Request filtered = Request::User(3).K(40).Where(Filter::Integers("codes", DUOMO_ANY, {7}));
    size_t sevens = GET(context.TopK(filtered))[0].size();
    CHECK(sevens == 13);  // rows 1, 4, …, 37
    filtered.Where(Filter::Strings("tags", DUOMO_ALL, {"red", "green"}));
    CHECK(GET(context.TopK(filtered))[0].size() == 0);  // red and green: rows 3 n, of another code
    CHECK(GET(context.TopK(
              Request::User(3).K(40).Where(Filter::Integers("codes", DUOMO_NONE, {7}))))[0]
              .size() == 40 - sevens);
    CHECK(GET(context.TopK(Request::User(3).Where(Filter::Strings("tags", DUOMO_ANY, {}))))[0]
              .empty());
    CHECK(
        GET(context.TopK(Request::User(3).Where(Filter::Strings("tags", DUOMO_ANY, {"mauve"}))))[0]
            .empty());
    FAILS(DUOMO_NOT_FOUND, "mauve",
          context.TopK(
              Request::User(3).Where(Filter::Strings("tags", DUOMO_ANY, {"mauve"}).Strict())));
    TestSets(model, context);

    duomo::TopKResult result;
    GET(context.TopKInto(result, Request::Users(users).K(7)));
    CHECK(Equal(result[1], both[1]));
    FAILS(DUOMO_NOT_FOUND, "request.ids[0]", context.TopKInto(result, Request::User(99)));
    CHECK(result.size() == 0);
    FAILS(DUOMO_INVALID_ARGUMENT, "k is 0", context.TopK(Request::User(3).K(0)));
    vectors.pop_back();
    FAILS(DUOMO_INVALID_ARGUMENT, "vectors has 39", context.TopK(Request::Vectors(vectors)));
    FAILS(DUOMO_INVALID_ARGUMENT, "EXCLUDE_SEEN is for",
          context.Similar(Request::Item(1000).ExcludeSeen()));

    duomo::TopKResult alike = GET(context.Similar(Request::Item(1003).K(39)));
    CHECK(alike[0].size() == 39 && alike[0][0].score <= 1);
    for (auto [id, score] : alike[0]) CHECK(id != 1003 && score >= -1);
    std::vector<int64_t> some = {1000, 1003};
    GET(context.SimilarInto(result, Request::Items(some).K(39)));
    CHECK(Equal(result[1], alike[0]));
    duomo::Features item = GET(duomo::Features::OfItems(model, 2));
    CHECK(GET(context.Similar(Request::OfFeatures(item).K(3))).size() == 2);
    CHECK(GET(context.TopK(Request::Users({}))).size() == 0);
  }

  // Results and arguments without a name live as long as they are looked at.
  void TestTemporaries() {
    duomo::Model model = Open("shop");
    duomo::Context context = GET(duomo::Context::Create(model));
    using Request = duomo::TopKRequest;
    duomo::TopKResult named = GET(context.TopK(Request::User(3).K(40)));
    size_t place = 0;
    for (auto [id, score] : GET(context.TopK(Request::User(3).K(40)))[0]) {
      CHECK(id == named[0][place].id && score == named[0][place].score);
      ++place;
    }
    CHECK(place == 40);
    const auto hits = GET(context.TopK(Request::User(3).K(40)))[0];
    CHECK(Equal(hits, named[0]));
    // A request that was given temporaries, copied, moved and used later.
    Request request = Request::Users(std::vector<int64_t>{3, 1}).K(40);
    request.Exclude(duomo::Lists<int64_t>{{1000, 1003}, {}}).Allow({1000, 1003, 1006, 1009});
    Request copy = request, moved = std::move(request);
    request = Request::User(1);
    for (Request* r : {&copy, &moved}) {
      duomo::TopKResult found = GET(context.TopK(*r));
      CHECK(found.size() == 2 && found[0].size() == 2 && found[1].size() == 4);
    }
    auto vectors = [&] { return GET(context.EncodeUsers(std::vector<int64_t>{3})); };
    Request by_vector = Request::Vectors(vectors()).K(40);
    CHECK(Equal(GET(context.TopK(by_vector))[0], named[0]));
    auto rank = duomo::RankRequest::User(3).Items(std::vector<int64_t>{1000, 1003});
    auto again = rank;
    rank = duomo::RankRequest::User(3);
    CHECK(GET(context.Rank(again)).size() == 2);
  }

  void TestHistories() {
    duomo::Model model = Open("player");
    duomo::Context context = GET(duomo::Context::Create(model));
    using Request = duomo::TopKRequest;
    const int64_t u2 = duomo_id_of_string("u2"), u3 = duomo_id_of_string("u3");
    const int64_t i4 = duomo_id_of_string("i4"), i5 = duomo_id_of_string("i5");
    const int64_t i6 = duomo_id_of_string("i6");
    std::vector<int64_t> users = {u2, u3}, seen = {i4, i5, i6};
    duomo::Lists<int64_t> histories = {{i4, i5, i6}, {}};
    duomo::TopKResult one = GET(context.TopK(Request::OfHistory(seen).K(5)));
    duomo::TopKResult two = GET(context.TopK(Request::OfHistories(histories).K(5)));
    CHECK(two.size() == 2 && Equal(one[0], two[0]) && !Equal(two[0], two[1]));
    duomo::TopKResult known = GET(context.TopK(Request::Users(users).Histories(histories).K(5)));
    CHECK(Equal(known[0], GET(context.TopK(Request::User(u2).History(seen).K(5)))[0]));
    CHECK(Equal(known[1], GET(context.TopK(Request::User(u3).History({}).K(5)))[0]));
    CHECK(!Equal(known[0], GET(context.TopK(Request::User(u2).K(5)))[0]));
    duomo::TopKResult rest = GET(context.TopK(Request::OfHistory(seen).K(40).ExcludeSeen()));
    CHECK(rest[0].size() == 37);
    FAILS(DUOMO_INVALID_ARGUMENT, "single history",
          context.TopK(Request::Users(users).History(seen)));
    FAILS(DUOMO_INVALID_ARGUMENT, "histories has 3",
          context.TopK(Request::User(u2).Histories(histories)));
  }

  void TestKeys() {
    duomo::Model club = Open("club");
    duomo::Context context = GET(duomo::Context::Create(club));
    using Request = duomo::TopKRequest;
    using duomo::IdOfString;
    const int64_t m3 = IdOfString("member-3"), b1 = IdOfString("book-1"), b2 = IdOfString("book-2");
    CHECK(m3 == duomo_id_of_string("member-3"));
    auto ids = GET(club.ItemIds({"book-1", "no book", "book-2"}));
    CHECK(ids.size() == 3 && ids[0] == b1 && ids[1] == -1 && ids[2] == b2);
    CHECK(GET(club.UserIds(std::vector<std::string>{"member-3"}))[0] == m3);
    auto keys = GET(club.ItemKeys(ids));
    CHECK(keys.size() == 3 && keys[0] == "book-1" && keys[1].empty() && keys[2] == "book-2");
    CHECK(GET(club.ItemTitles(ids))[2] == "Book 2");
    CHECK(GET(club.UserKeys(std::vector<int64_t>{m3}))[0] == "member-3");
    const duomo::Model integers = Open("shop");
    FAILS(DUOMO_UNSUPPORTED, "integers", integers.ItemKeys(ids));

    duomo::TopKResult by_id = GET(context.TopK(Request::User(m3).K(9)));
    duomo::TopKResult by_key =
        GET(context.TopK(Request::User("member-3").K(9).WithKeys().WithTitles()));
    CHECK(SameHits(by_id, by_key) && by_id[0].size() == 9 && by_id[0].key(0).empty());
    for (size_t i = 0; i < 9; ++i) {
      CHECK(IdOfString(std::string(by_key[0].key(i))) == by_key[0][i].id);
      CHECK(by_key[0].title(i).substr(0, 5) == "Book ");
    }
    auto owned = GET(context.TopK(Request::User("member-3").K(9).WithKeys().WithTitles()))[0];
    CHECK(owned.key(8) == by_key[0].key(8) && owned.title(8) == by_key[0].title(8));
    GET(context.TopKInto(by_key, Request::User("member-3").K(2)));
    CHECK(by_key[0].size() == 2 && by_key[0].key(0).empty());

    auto two = [](Request r) { return std::move(r.K(40)); };
    by_id = GET(context.TopK(two(Request::Users({m3, IdOfString("member-9")})
                                     .Exclude({b1})
                                     .Exclude(duomo::Lists<int64_t>{{b2}, {}}))));
    by_key = GET(context.TopK(two(Request::UsersByKey({"member-3", "member-9"})
                                      .ExcludeKeys({"book-1"})
                                      .ExcludeKeyLists({{"book-2"}, {}}))));
    CHECK(SameHits(by_id, by_key) && by_id[0].size() == 38 && by_id[1].size() == 39);
    by_key = GET(context.TopK(Request::User("member-3").AllowKeys({"book-1", "nothing"})));
    CHECK(by_key[0].size() == 1 && by_key[0][0].id == b1);
    by_key = GET(context.TopK(Request::User("member-3").AllowKeys({})));
    CHECK(by_key[0].empty());
    FAILS(DUOMO_NOT_FOUND, "\"nobody\"", context.TopK(Request::User("nobody")));

    by_id = GET(context.Similar(Request::Item(b1).K(5)));
    CHECK(SameHits(by_id, GET(context.Similar(Request::Item("book-1").K(5)))));
    CHECK(SameHits(by_id, GET(context.Similar(Request::ItemsByKey({"book-1"}).K(5)))));
    by_id = GET(context.TopK(Request::User(m3).K(10).Limit("author", 1)));
    CHECK(by_id[0].size() == 5);
    FAILS(DUOMO_NOT_FOUND, "publisher", context.TopK(Request::User(m3).Limit("publisher", 1)));

    // More results than there are items.
    by_id = GET(context.UsersFor(Request::Item(b1).K(1000).WithTitles()));
    CHECK(by_id[0].size() == 300 && by_id[0].title(0).substr(0, 7) == "Member ");
    by_key = GET(context.UsersFor(Request::Item("book-1").K(1000).ExcludeSeen()));
    CHECK(by_key[0].size() < 300 && by_key[0].size() > 200);
    by_id = GET(context.SimilarUsers(Request::User("member-3").K(1000)));
    CHECK(by_id[0].size() == 299);
    GET(context.UsersForInto(by_id, Request::Item(b1).K(3)));
    CHECK(by_id[0].size() == 3);
    GET(context.SimilarUsersInto(by_id, Request::User(m3).K(4)));
    CHECK(by_id[0].size() == 4);

    duomo::Model player = Open("player");
    duomo::Context players = GET(duomo::Context::Create(player));
    const int64_t i4 = IdOfString("i4"), i5 = IdOfString("i5"), u2 = IdOfString("u2");
    auto same = [&](Request a, Request b) {
      return SameHits(GET(players.TopK(a.K(40))), GET(players.TopK(b.K(40))));
    };
    CHECK(same(Request::OfHistory({i4, i5}), Request::OfHistoryKeys({"i4", "i5"})));
    CHECK(same(Request::OfHistories(duomo::Lists<int64_t>{{i4}, {}}),
               Request::OfHistoryKeyLists({{"i4"}, {}})));
    CHECK(same(Request::User(u2).History({i4}), Request::User("u2").HistoryKeys({"i4"})));
    CHECK(same(Request::Users({u2}).Histories(duomo::Lists<int64_t>{{i5}}),
               Request::UsersByKey({"u2"}).HistoryKeyLists({{"i5"}})));
    auto rank = duomo::RankRequest::User("u2").ItemsByKey({"i4", "i7"}).HistoryKeys({"i5"});
    auto again = rank;  // what it points to is shared
    rank = duomo::RankRequest::User(u2)
               .Items(std::vector<int64_t>{i4, IdOfString("i7")})
               .History({i5});
    CHECK(GET(players.Rank(again)) == GET(players.Rank(rank)));
  }

}  // namespace )
