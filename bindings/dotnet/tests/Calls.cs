// Every call on models of known content (tests/abi/fixtures.h), against each other.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Duomo.Tests
{
    internal static class Calls
    {
        private static readonly Model Shop = Expect.Open("shop"), Player = Expect.Open("player"),
            Joint = Expect.Open("joint"), Club = Expect.Open("club");

        [Test]
        internal static void InfoAndInputs()
        {
            ModelInfo info = Shop.Info;
            Expect.Equal("shop", info.Name);
            Expect.Equal("stars", info.Unit);
            Expect.Equal(Head.Cosine, info.Head);
            Expect.Equal(12L, info.UserCount);
            Expect.Equal(40L, info.ItemCount);
            Expect.Equal(20, info.VectorWidth);
            Expect.True(info.HasUserVectors && info.HasHistory && info.HasTitles && !info.Copied);
            Expect.Equal(5f, info.MaximumOutput);
            Expect.Equal(float.PositiveInfinity, Joint.Info.MaximumOutput);
            InputInfo tags = Shop.Inputs.Single(input => input.Name == "tags");
            Expect.Equal(Scope.Item, tags.Scope);
            Expect.Equal(InputKind.CategorySet, tags.Kind);
            Expect.True(tags.HasStrings && tags.ValueCount == 3 && Shop.InputValues(tags).Contains("red"));
            Expect.Same(new[] { "10", "20", "30" }, Shop.InputValues(Shop.Inputs.Single(input => input.Name == "age")));
            Expect.Fails(Status.Unsupported, "", () => Joint.InputValues(new InputInfo(
                Joint.Inputs.ToList().FindIndex(input => input.Name == "delay"), Delay())));
            Expect.Equal("0.1.0", Model.Version);
            Expect.True(Model.BuildInfo.StartsWith("duomo 0.1.0"));
        }

        private static NativeInputInfo Delay() { return new NativeInputInfo { vocabulary_size = 1 }; }

        [Test]
        internal static void IdsKeysAndTitles()
        {
            Expect.Same(new long[] { 1, 2, 3 }, Shop.UserIds.Take(3));
            Expect.Equal(40, Shop.ItemIds.Length);
            Expect.Equal("Große Lampe 1", Shop.Title(1003));
            Expect.Equal("u7", Player.UserKey(Player.UserId("u7")));
            Expect.Equal("i7", Player.ItemKey(Player.ItemId("i7")));
            Expect.Fails(Status.NotFound, "größe", () => Player.ItemId("größe"));
            Expect.Fails(Status.Unsupported, "", () => Shop.UserId("1"));
            Expect.Fails(Status.Unsupported, "title", () => Player.Title(0));
            Expect.Fails(Status.NotFound, "999", () => Shop.Title(999));
            long[] ids = Club.ItemIdsOf("book-7", "none");
            Expect.Same(new[] { Club.ItemId("book-7"), -1 }, ids);
            Expect.Same(new[] { "book-7", null }, Club.ItemKeys(ids[0], 5));
            Expect.Same(new[] { Club.Title(ids[0]), null }, Club.Titles(ids[0], 5));
            Expect.Same(new[] { "member-2" }, Club.UserKeys(Club.UserIdsOf("member-2")));
            Expect.Equal(0, Club.Metadata.Count);
            Expect.Equal(Model.IdOfKey("book-7"), ids[0]);
            using (Model noted = Expect.Open("noted")) Expect.True(noted.Metadata.Count > 0);
        }

        [Test]
        internal static void Predictions()
        {
            long[] users = Enumerable.Range(0, 480).Select(i => 1L + i % 12).ToArray();
            long[] items = Enumerable.Range(0, 480).Select(i => 1000L + 3 * (i % 40)).ToArray();
            float[] all = Shop.Predict(users, items);
            for (int i = 0; i < all.Length; i += 37) Expect.Equal(Shop.Predict(users[i], items[i]), all[i]);
            Expect.Equal(0, Shop.Predict(new long[0], new long[0]).Length);
            Expect.Same(
                Shop.Predict(new long[] { 1, 2 }, new long[] { 1000, 1003 }),
                Shop.PredictVectors(Shop.EncodeUsers(new long[] { 1, 2 }), Shop.EncodeItems(new long[] { 1000, 1003 })));
            Expect.Equal(
                Player.Predict(Player.UserId("u1"), Player.ItemId("i2")), Player.Predict("u1", "i2"));
            Expect.Same(new[] { Player.Predict("u1", "i2") }, Player.Predict((Entities)"u1", "i2"));
            DuomoException e = Expect.Fails(Status.NotFound, "\"nobody\"", () => Player.Predict(new[] { "u1", "nobody" }, new[] { "i1", "i2" }));
            Expect.Equal(1L, e.Position.Value);
        }

        [Test]
        internal static void TopKIsPredictAndSort()
        {
            foreach (Model model in new[] { Shop, Player })
            {
                long[] items = model.ItemIds, users = model.UserIds;
                TopKResult all = model.TopK(new TopKRequest(users, 7));
                for (int q = 0; q < all.Count; ++q)
                {
                    float[] scores = model.Predict(Enumerable.Repeat(users[q], items.Length).ToArray(), items);
                    int[] order = Enumerable.Range(0, items.Length).OrderByDescending(i => scores[i]).Take(7).ToArray();
                    Expect.Same(order.Select(i => items[i]), all[q].Ids);
                    Expect.Same(order.Select(i => scores[i]), all[q].Scores);
                }
            }
            Expect.Same(
                Shop.TopK(4, 5).Ids, Shop.TopK(new TopKRequest { Vectors = Shop.EncodeUsers(4), K = 5 })[0].Ids);
        }

        [Test]
        internal static void WhatIsLeftOut()
        {
            long[] all = Shop.TopK(1, int.MaxValue).Ids;
            Expect.Equal(40, all.Length);
            long[] gone = all.Except(Shop.TopK(1, 40, true).Ids).OrderBy(id => id).ToArray();
            Expect.Same(new long[] { 1000, 1003 }, gone);
            Func<TopKRequest, int[]> counts = request => Shop.TopK(request).Select(hits => hits.Count).ToArray();
            var two = new long[] { 1, 2 };
            Expect.Same(new[] { 39, 39 }, counts(new TopKRequest(two, 40) { Exclude = new long[] { 1000, 5 } }));
            Expect.Same(new[] { 39, 38 }, counts(new TopKRequest(two, 40) { ExcludeEach = new Entities[] { 1000L, new long[] { 1003, 1006 } } }));
            Expect.Same(new[] { 2 }, counts(new TopKRequest(1) { Allow = new long[] { 1000, 1009 } }));
            Expect.Same(new[] { 0 }, counts(new TopKRequest(1) { Allow = new long[0] }));
            float fifth = Shop.TopK(1)[4].Score;
            Expect.Same(new[] { 5 }, counts(new TopKRequest(1, 40) { MinimumScore = fifth }));
            Expect.Same(new[] { 40 }, counts(new TopKRequest(1, 40) { Approximate = true, Probes = 1 }));  // no lists: exact
            Expect.Same(new[] { 3, 0 }, counts(new TopKRequest(two, 9) { KEach = new[] { 3, 0 } }));
            Filter red = Filter.Any("tags", "red"), rest = Filter.None("tags", "red");
            int reds = counts(new TopKRequest(1, 40) { Where = new[] { red } })[0];
            Expect.True(reds > 0 && reds < 40);
            Expect.Equal(40 - reds, counts(new TopKRequest(1, 40) { Where = new[] { rest } })[0]);
            Expect.Equal(0, counts(new TopKRequest(1, 40) { Where = new[] { red, rest } })[0]);
            int coded = counts(new TopKRequest(1, 40) { Where = new[] { Filter.Any("codes", 9, 8) } })[0];
            Expect.True(coded > 20 && coded < 40);
            Expect.Equal(0, counts(new TopKRequest(1, 40) { Where = new[] { Filter.Any("tags", new string[0]) } })[0]);
            Filter purple = Filter.Any("tags", "purple");
            Expect.Equal(0, counts(new TopKRequest(1) { Where = new[] { purple } })[0]);
            Expect.Fails(Status.NotFound, "purple", () => Shop.TopK(new TopKRequest(1) { Where = new[] { purple.Strict() } }));
        }

        [Test]
        internal static void KeysInRequestsAndResults()
        {
            Hits best = Club.TopK(new TopKRequest("member-8", 5) { WithKeys = true, WithTitles = true })[0];
            string[] keys = best.Select(hit => hit.Key).ToArray();
            Expect.Same(Club.ItemKeys(best.Ids), keys);
            Expect.Same(Club.Titles(best.Ids), best.Select(hit => hit.Title));
            TopKResult rest = Club.TopK(new TopKRequest(new[] { "member-8", "member-8" }, 2)
            {
                Exclude = keys[1], ExcludeEach = new Entities[] { keys[0], new string[0] }, WithKeys = true,
            });
            Expect.Same(new[] { keys[2], keys[3] }, rest[0].Select(hit => hit.Key));
            Expect.Same(new[] { keys[0], keys[2] }, rest[1].Select(hit => hit.Key));
            Expect.Same(
                new[] { best.Ids[1], best.Ids[3] },
                Club.TopK(new TopKRequest("member-8") { Allow = new[] { keys[3], "nothing", keys[1] } })[0].Ids);
            Expect.Same(best.Scores.Take(2), Club.Rank("member-8", new[] { keys[0], keys[1] }));
            DuomoException e = Expect.Fails(Status.NotFound, "nobody", () => Club.TopK(new TopKRequest(new[] { "member-8", "nobody" })));
            Expect.Equal(ErrorKind.UnknownId, e.Kind);
            Expect.Equal(Argument.Queries, e.Argument);
            Expect.Equal(1L, e.Position.Value);
            Expect.Fails(Status.Unsupported, "", () => Shop.TopK("1"));
            Expect.Equal(10, Club.TopK(new TopKRequest("member-8", 40) { Limits = new Dictionary<string, int> { { "author", 2 } } })[0].Count);
        }

        [Test]
        internal static void SimilarUsersAndHistories()
        {
            TopKResult near = Shop.Similar(new TopKRequest(new long[] { 1000, 1003 }, 50));
            Expect.True(near[0].Count == 39 && !near[0].Ids.Contains(1000));
            Expect.Same(near[1].Ids.Take(3), Shop.Similar(1003, 3).Ids);
            Hits readers = Club.UsersFor(new TopKRequest("book-7", int.MaxValue))[0];
            Expect.Equal(300, readers.Count);
            foreach (Hit hit in readers.Take(9)) Expect.Equal(Club.Predict(hit.Id, Club.ItemId("book-7")), hit.Score);
            Expect.True(Club.UsersFor(new TopKRequest("book-7", 300) { ExcludeSeen = true })[0].Count < 300);
            Expect.Equal(4, Club.SimilarUsers(new TopKRequest("member-3", 4))[0].Count);
            var told = new TopKRequest("u0", 5) { Histories = new Entities[] { new[] { "i0", "i1", "nothing" } } };
            Expect.Same(Player.TopK("u0", 5).Ids, Player.TopK(told)[0].Ids);
            TopKResult alone = Player.TopK(new TopKRequest
            {
                Histories = new Entities[] { new[] { "i9", "i17" }, new string[0] }, K = 40, ExcludeSeen = true,
            });
            Expect.Same(new[] { 38, 40 }, alone.Select(hits => hits.Count));
            Func<float, float, float[]> weighted = (a, b) => Club.TopK(new TopKRequest
            {
                Histories = new Entities[] { new[] { "book-1", "book-2" } }, HistoryWeights = new[] { new[] { a, b } },
            })[0].Scores;
            Expect.True(!weighted(9, .1f).SequenceEqual(weighted(.1f, 9)));
            Expect.Fails(Status.InvalidArgument, "history_weights", () => weighted(1, -1));
        }

        [Test]
        internal static void RawFeatures()
        {
            using (Features user = Shop.NewFeatures(Scope.User, 2), item = Shop.NewFeatures(Scope.Item, 2))
            {
                user.Set("plan", "paid", null).Set("age", 20, 99);
                float[] vectors = Shop.Encode(user), stored = Shop.EncodeUsers(2);
                for (int i = 0; i < 20; ++i) Expect.True(Math.Abs(stored[i] - vectors[i]) < 1e-5);
                Expect.Same(Shop.TopK(2, 5).Ids, Shop.TopK(new TopKRequest { Features = user, K = 5 })[0].Ids);
                item.Set("id", 1000, -1).Set("title", "The lamp blau", "Große")
                    .SetLists("tags", new[] { "red" }, new[] { "green", "blue" }).SetLists("codes", new long[] { 9 }, null);
                Expect.Equal(40, Shop.Encode(item).Length);
                Expect.Equal(2, Shop.Similar(new TopKRequest { Features = item, K = 3 }).Count);
                Expect.Fails(Status.NotFound, "colour", () => user.Set("colour", "red", "red"));
                Expect.Fails(Status.InvalidArgument, "plan", () => user.Set("plan", 1, 2));
                DuomoException e = Expect.Fails(Status.NotFound, "payed", () => user.Strict().Set("plan", "paid", "payed"));
                Expect.Equal(ErrorKind.UnknownValue, e.Kind);
                Expect.Equal(Argument.Values, e.Argument);
                Expect.Equal(1L, e.Position.Value);
                user.Strict(false).Set("plan", "paid", "payed");
            }
        }

        [Test]
        internal static void Ranking()
        {
            Expect.Same(
                Shop.Predict(new long[] { 3, 3 }, new long[] { 1000, 1009 }), Shop.Rank(3, new long[] { 1000, 1009 }));
            var items = new long[] { 7, 0, 39 };
            using (Features pairs = Joint.NewFeatures(Scope.Pair, 3), user = Joint.NewFeatures(Scope.User),
                   raw = Joint.NewFeatures(Scope.Item, 3))
            {
                float[] plain = Joint.Rank(5, items);
                var request = new RankRequest(5, items) { PairFeatures = pairs };
                pairs.SetNumbers("delay", 3, float.NaN, 3);  // the fallback
                Expect.Same(plain, Joint.Rank(request));
                pairs.SetNumbers("delay", 1, 2, 30).SetNumbers("shown", 0, 2, 5);
                float[] moved = Joint.Rank(request);
                Expect.True(!moved.SequenceEqual(plain));
                user.Set("user", 5);
                raw.Set("item", items);
                float[] again = Joint.Rank(new RankRequest { UserFeatures = user, ItemFeatures = raw, PairFeatures = pairs });
                for (int i = 0; i < 3; ++i) Expect.True(Math.Abs(moved[i] - again[i]) <= 1e-4 * moved[i]);
            }
            Expect.Fails(Status.Unsupported, "use Rank", () => Joint.Predict(1, 1));
        }

        [Test]
        internal static void Attributes()
        {
            Expect.Same(
                new[] { "price Number", "year Integer", "added Time", "brand Category", "labels Set" },
                Shop.Attributes.Select(one => one.Name + " " + one.Kind));
            long[] ids = Shop.ItemIds;
            double[] prices = Shop.AttributeNumbers("price", ids);
            Expect.True(prices[3] == 2.5 && double.IsNaN(prices[9]));
            Expect.Same(new long?[] { 1982, null }, Shop.AttributeIntegers("year", ids[2], ids[6]));
            Expect.Same(new[] { "größe", null }, Shop.AttributeTexts("brand", ids[2], ids[3]));
            Expect.Same(new[] { "new", "sale", "vegan" }, Shop.AttributeSet("labels", ids[4]).OrderBy(one => one));
            Expect.Fails(Status.NotFound, "nope", () => Shop.AttributeNumbers("nope", ids));
            Expect.Fails(Status.InvalidArgument, "price", () => Shop.AttributeTexts("price", ids));
        }

        [Test]
        internal static void ItemSets()
        {
            using (ItemSet some = Shop.ItemSet(new long[] { 1000, 1003, 1006, 7 }), three = Shop.ItemSetWhere(Filter.Range("year", 1980, 1982)),
                   two = Shop.ItemSetWhere(Filter.Range("year", 1980, 1982, belowMaximum: true)),
                   one = Shop.ItemSetWhere(Filter.Range("year", 1980, 1982, true, true)), all = Shop.ItemSetWhere(),
                   none = Shop.ItemSet(new long[0]), book = Club.ItemSet(new[] { "book-1", "nothing" }),
                   both = some.And(two), either = some.Or(two), rest = some.Not(), less = all.Minus(some))
            {
                Expect.Same(
                    new long[] { 3, 3, 2, 1, 40, 0, 1, 2, 3, 37, 37 },
                    new[] { some, three, two, one, all, none, book, both, either, rest, less }.Select(set => set.Count));
                Expect.True(some.Contains(1003) && !rest.Contains(1003) && !some.Contains(7));
                Expect.Same(
                    Shop.TopK(new TopKRequest(3) { Allow = new long[] { 1000, 1003, 1006 } })[0].Ids,
                    Shop.TopK(new TopKRequest(3) { AllowSet = some })[0].Ids);
                Expect.Same(
                    new[] { 3, 40, 0 },
                    Shop.TopK(new TopKRequest(new long[] { 1, 2, 3 }, 40) { AllowSets = new[] { some, null, none } }).Select(hits => hits.Count));
                Expect.Fails(Status.InvalidArgument, "model", () => some.And(book));
                Expect.Fails(Status.InvalidArgument, "model", () => Shop.TopK(new TopKRequest(3) { AllowSet = book }));
            }
        }

        [Test]
        internal static void UnknownIsMarkedAndThreadsGiveTheSame()
        {
            DuomoException e = Expect.Fails(Status.NotFound, "99", () => Shop.Predict(new long[] { 1, 99 }, new long[] { 1000, 1000 }));
            Expect.Equal(1L, e.Position.Value);
            using (Context context = Shop.NewContext(new ContextOptions { Unknown = Unknown.Mark, Threads = 2 }))
            {
                Expect.True(float.IsNaN(context.Predict(99, 1000)) && float.IsNaN(context.EncodeUsers(99)[0]));
                Expect.Equal(0, context.TopK(new TopKRequest(new long[] { 1, 99 }))[1].Count);
                long[] users = Enumerable.Range(0, 3000).Select(i => 1L + i % 12).ToArray();
                TopKResult one = Shop.TopK(new TopKRequest(users, 7)), two = context.TopK(new TopKRequest(users, 7));
                for (int q = 0; q < users.Length; q += 7) Expect.Same(one[q].Scores, two[q].Scores);
                context.Trim();
            }
        }

        [Test]
        internal static void Cancellation()
        {
            using (var stop = new CancellationTokenSource())
            using (Context context = Shop.NewContext(new ContextOptions { CancellationToken = stop.Token }))
            {
                Expect.Equal(10, context.TopK(3).Count);
                stop.Cancel();
                Expect.Throws<OperationCanceledException>(() => context.TopK(3));
            }
        }

        [Test]
        internal static void ForPeople()
        {
            Hits hits = Shop.TopK(3, 2);
            Expect.True(hits[0].ToString().Contains("Lampe"), hits[0].ToString());
            Expect.True(hits.ToString().StartsWith("[" + hits[0].Id + " "), hits.ToString());
        }
    }
}
