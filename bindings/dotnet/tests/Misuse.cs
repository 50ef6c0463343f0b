// Use after the end, wrong arguments, one context in two threads, files that are none.
using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Duomo.Tests
{
    internal static class Misuse
    {
        [Test]
        internal static void AfterDispose()
        {
            Model model = Expect.Open("shop");
            Context context = model.NewContext();
            Features features = model.NewFeatures(Scope.User).Set("age", 10);
            ItemSet set = model.ItemSet(new long[] { 1000, 1003 });
            float wanted = model.Predict(1, 1000);
            model.Dispose();
            model.Dispose();
            foreach (Action call in new Action[]
            {
                () => model.Predict(1, 1000), () => model.TopK(1), () => model.Encode(features), () => model.Title(1000),
                () => model.ItemIds.ToString(), () => model.NewContext(), () => model.NewFeatures(Scope.User),
                () => model.ItemSet(1000), () => model.Trim(), () => model.Metadata.ToString(), () => model.Share(),
                () => new ModelSlot(model),
            }) Expect.Throws<ObjectDisposedException>(call);
            Expect.Equal(wanted, context.Predict(1, 1000));  // holds the file
            Expect.Equal(20, context.Encode(features).Length);
            Expect.Equal(2, context.TopK(new TopKRequest(1) { AllowSet = set })[0].Count);
            set.Dispose();
            set.Dispose();
            Expect.Throws<ObjectDisposedException>(() => set.Count.ToString());
            Expect.Throws<ObjectDisposedException>(() => set.Not());
            Expect.Throws<ObjectDisposedException>(() => context.TopK(new TopKRequest(1) { AllowSet = set }));
            features.Dispose();
            Expect.Throws<ObjectDisposedException>(() => context.Encode(features));
            Expect.Throws<ObjectDisposedException>(() => features.Set("age", 10));
            context.Dispose();
            context.Dispose();
            Expect.Throws<ObjectDisposedException>(() => context.Predict(1, 1000));
        }

        [Test]
        internal static void WrongArguments()
        {
            using (Model shop = Expect.Open("shop"), player = Expect.Open("player"))
            using (Features two = shop.NewFeatures(Scope.User, 2), other = player.NewFeatures(Scope.User))
            {
                long[] one = { 1 }, pair = { 1, 2 };
                foreach (Action call in new Action[]
                {
                    () => shop.Predict(one, pair), () => shop.Predict(one, one, new float[2]),
                    () => shop.PredictVectors(new float[19], new float[19]), () => shop.PredictVectors(new float[20], new float[40]),
                    () => shop.TopK(new TopKRequest(pair) { ExcludeEach = new Entities[] { 1000L } }),
                    () => shop.TopK(new TopKRequest(pair) { Histories = new Entities[] { 1000L } }),
                    () => shop.TopK(1, -1), () => shop.TopK(new TopKRequest { Vectors = new float[21] }),
                    () => shop.TopK(new TopKRequest(pair) { KEach = new[] { 1 } }),
                    () => shop.TopK(new TopKRequest(1) { KEach = new[] { -1 } }),
                    () => shop.TopK(new TopKRequest(1) { KEach = new[] { 11 } }),
                    () => shop.TopK(new TopKRequest(1) { HistoryWeights = new[] { new[] { 1f } } }),
                    () => shop.TopK(new TopKRequest(pair) { AllowSets = new ItemSet[] { null } }),
                    () => shop.TopK(new TopKRequest(1) { Limits = new System.Collections.Generic.Dictionary<string, int> { { "tags", 0 } } }),
                    () => shop.TopK("user\0"), () => shop.TopK("half \ud800"), () => shop.TopK(pair), () => shop.TopK((string)null),
                    () => two.Set("age", 1), () => two.Set("plan", "fr\0ee", "x"), () => two.Set(null, 1, 2),
                    () => shop.NewFeatures(Scope.User, -1), () => shop.Predict((long[])null, one), () => shop.TopK((TopKRequest)null),
                    () => Filter.Any("tags", (string[])null), () => Filter.Any(null, "x"), () => Model.Open((string)null),
                    () => Model.Open((byte[])null), () => shop.NewContext(new ContextOptions { Threads = -1 }),
                }) Expect.Throws<ArgumentException>(call);
                Expect.Fails(Status.InvalidArgument, "k", () => shop.TopK(1, 0));
                Expect.Fails(Status.InvalidArgument, "NaN", () => shop.TopK(new TopKRequest(1) { MinimumScore = float.NaN }));
                Expect.Throws<ArgumentException>(() => shop.TopK(new TopKRequest()), "for whom");
                Expect.Fails(Status.InvalidArgument, "", () => shop.TopK(new TopKRequest(1) { Vectors = new float[20] }));
                Expect.Fails(Status.InvalidArgument, "model", () => shop.Encode(other));
                Expect.Fails(Status.InvalidArgument, "", () => shop.NewContext(new ContextOptions { Threads = 257 }));
                Expect.Equal(0, shop.TopK(new TopKRequest(new long[0])).Count);
            }
        }

        [Test]
        internal static void Files()
        {
            var e = Expect.Throws<FileNotFoundException>(() => Model.Open("/nowhere/größe.duomo"), "größe");
            Expect.Equal("/nowhere/größe.duomo", e.FileName);
            Expect.Fails(Status.IoError, "", () => Model.Open(Expect.Models));
            Expect.Fails(Status.Corrupt, "", () => Model.Open(new byte[0]));
            Expect.Fails(Status.Corrupt, "", () => Model.Open(Expect.File("truncated"), new OpenOptions { Verify = true }));
            Expect.Fails(Status.UnsupportedVersion, "newer", () => Expect.Open("newer"));
            using (Model named = Expect.Open("größe-模型")) Expect.True(named.Info.ItemCount > 0);
            byte[] bytes = File.ReadAllBytes(Expect.File("shop"));
            using (Model copied = Model.Open(bytes, new OpenOptions { Prepare = true }))
            {
                float wanted = copied.Predict(3, 1006);
                Array.Clear(bytes, 0, bytes.Length);  // copied: the host's are its own again
                Expect.Equal(wanted, copied.Predict(3, 1006));
                Expect.True(copied.Info.Copied);
            }
        }

        [Test]
        internal static void OneContextInTwoThreads()
        {
            using (Model shop = Expect.Open("shop"))
            using (Context context = shop.NewContext())
            {
                long[] users = Enumerable.Range(0, 24000).Select(i => 1L + i % 12).ToArray();
                var request = new TopKRequest(users, 40);
                int refused = 0, done = 0;
                Task[] both = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
                {
                    for (int i = 0; i < 20; ++i)
                    {
                        try
                        {
                            Expect.Equal(40, context.TopK(request)[0].Count);
                            Interlocked.Increment(ref done);
                        }
                        catch (InvalidOperationException)
                        {
                            Interlocked.Increment(ref refused);
                        }
                    }
                })).ToArray();
                Task.WaitAll(both);
                Expect.True(done > 0 && done + refused == 40);
                Expect.Equal(10, context.TopK(1).Count);  // as good as before
            }
        }
    }
}
