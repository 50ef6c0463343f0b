using System;
using System.Diagnostics;
using System.Globalization;
using Duomo;

/// <summary>cost MODEL [model]: as cost.c, by a Context or, with `model`, by the Model.</summary>
static class Cost
{
    private const int Pairs = 4096, Calls = 10000, Repetitions = 40;

    static void Main(string[] args)
    {
        Model model = Model.Open(args[0]);
        Recommender asked = args.Length > 1 ? (Recommender)model : model.NewContext();
        long[] users = new long[Pairs], items = new long[Pairs];
        var predictions = new float[Pairs];
        for (int i = 0; i < Pairs; ++i)
        {
            users[i] = i % 12 + 1;
            items[i] = 1000 + 3 * (i % 40);
        }
        double one = Least(Repetitions, Calls, () =>
        {
            for (int i = 0; i < Calls; ++i) asked.Predict(users[i % 64], items[i % 64]);
        });
        double batch = Least(5 * Repetitions, Pairs, () => asked.Predict(users, items, predictions));
        var request = new TopKRequest(users, 10);
        double top = Least(5 * Repetitions, Pairs, () => asked.TopK(request));
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0:F2} {1:F3} {2:F2}", one, batch, top));
    }

    /// <summary>Nanoseconds of one of `n` things that `work` does.</summary>
    private static double Least(int repetitions, int n, Action work)
    {
        double least = double.MaxValue;
        for (int r = 0; r < repetitions; ++r)
        {
            long begin = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, (Stopwatch.GetTimestamp() - begin) * 1e9 / Stopwatch.Frequency / n);
        }
        return least;
    }
}
