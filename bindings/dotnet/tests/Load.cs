// Many threads, swaps, the garbage collector: no request is lost or wrong, and nothing stays.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Duomo.Tests
{
    internal static class Load
    {
        private const int Swaps = 40, Requests = 100000;  // a second; in all

        private static float[] Best(Model model)
        {
            return model.TopK(new TopKRequest(model.UserIds[2], 5))[0].Scores;
        }

        private static int Mapped(string name)
        {
            return File.ReadAllLines("/proc/self/maps").Count(line => line.EndsWith("/" + name + ".duomo"));
        }

        [Test]
        internal static void SwapsUnderLoad()
        {
            string[] names = { "candidates", "club_later" };
            var wanted = new Dictionary<ulong, float[]>();
            foreach (string name in names)
            {
                using (Model model = Expect.Open(name)) wanted[model.Info.Fingerprint] = Best(model);
            }
            bool stop = false;
            int asked = 0;
            using (var slot = new ModelSlot(Expect.Open(names[0])))
            {
                Task[] clients = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
                {
                    while (!Volatile.Read(ref stop))
                    {
                        using (Model model = slot.Get()) Expect.Same(wanted[model.Info.Fingerprint], Best(model));
                        Interlocked.Increment(ref asked);
                    }
                }, TaskCreationOptions.LongRunning)).ToArray();
                var clock = Stopwatch.StartNew();
                int swap = 1;
                for (; swap <= 3 * Swaps || (asked < Requests && swap <= 60 * Swaps); ++swap)
                {
                    slot.Set(Expect.Open(names[swap % 2]));
                    int rest = (int)(swap * 1000L / Swaps - clock.ElapsedMilliseconds);
                    if (rest > 0) Thread.Sleep(rest);
                }
                Volatile.Write(ref stop, true);
                Task.WaitAll(clients);
                Console.WriteLine(asked + " requests, " + (swap - 1) + " swaps, 0 errors");
                slot.Set(Expect.Open("shop"));
                // What was swapped out is closed, without the collector.
                Expect.Equal(0, names.Sum(Mapped));
            }
            Expect.True(asked > 0);
        }

        [Test]
        internal static void References()
        {
            Model first = Expect.Open("shop");
            float[] wanted = Best(first);
            Model shared = first.Share();
            var slot = new ModelSlot(first);
            Expect.Throws<ObjectDisposedException>(() => Best(first));  // the slot's now
            Model held = slot.Get();
            slot.Set(Expect.Open("shop"));
            Expect.Same(wanted, Best(held));
            held.Dispose();
            Expect.Throws<ObjectDisposedException>(() => Best(held));
            Expect.Same(wanted, Best(shared));
            shared.Dispose();
            slot.Dispose();
            slot.Dispose();
            Expect.Throws<ObjectDisposedException>(() => slot.Get());
            Model late = Expect.Open("shop");
            Expect.Throws<ObjectDisposedException>(() => slot.Set(late));
        }

        [Test]
        internal static void ThirtyTwoThreadsOnOneModel()
        {
            using (Model model = Expect.Open("club"))
            using (ItemSet set = model.ItemSetWhere())
            {
                float[] wanted = Best(model);
                Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 32 }, _ =>
                {
                    for (int i = 0; i < 300; ++i)
                    {
                        Expect.Same(wanted, model.TopK(new TopKRequest(model.UserIds[2], 5) { AllowSet = set })[0].Scores);
                    }
                });
            }
        }

        [Test]
        internal static void ClosedUnderCalls()
        {
            int before = Mapped("club");
            for (int round = 0; round < 50; ++round)
            {
                Model model = Expect.Open("club");
                float[] wanted = Best(model);
                Task[] clients = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
                {
                    try
                    {
                        for (;;) Expect.Same(wanted, Best(model));
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                })).ToArray();
                Thread.Sleep(2);
                model.Dispose();
                Task.WaitAll(clients);
            }
            Expect.Equal(before, Mapped("club"));
        }

        [Test]
        internal static void TheCollectorReleasesWhatNobodyDid()
        {
            for (int i = 0; i < 2000; ++i)
            {
                Model model = Expect.Open("shop_towers");
                model.NewContext(new ContextOptions { CancellationToken = new CancellationTokenSource().Token });
                if (i % 200 == 0) GC.Collect();
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            // Mono looks for references conservatively: a few may seem to be in use.
            Expect.True(Mapped("shop_towers") < 100, Mapped("shop_towers") + " mappings");
        }

        [Test]
        internal static void AMillionCallsTakeNoMemory()
        {
            using (Model model = Expect.Open("shop"))
            {
                long[] users = Enumerable.Range(0, 100).Select(i => 1L + i % 12).ToArray();
                var request = new TopKRequest(users, 10) { WithTitles = true };
                Action<int> calls = n =>
                {
                    for (int i = 0; i < n; ++i)
                    {
                        model.Predict(3, 1006);
                        if (i % 100 == 0) model.TopK(request);
                    }
                };
                calls(100000);
                long before = Memory();
                calls(900000);
                long grown = Memory() - before;
                Expect.True(grown < 16 << 20, grown + " bytes more");
            }
        }

        private static long Memory()
        {
            GC.Collect();
            string line = File.ReadAllLines("/proc/self/status").Single(one => one.StartsWith("VmRSS"));
            return long.Parse(new string(line.Where(char.IsDigit).ToArray())) << 10;
        }
    }
}
