// The vectors that every binding checks: the same calls, the same bits. DUOMO_TEST_CASES is what golden_cases.py wrote.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Duomo.Tests
{
    internal static class Golden
    {
        private static readonly string Folder = Environment.GetEnvironmentVariable("DUOMO_TEST_GOLDEN");

        private static long[] Ids(string words)
        {
            return words.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToArray();
        }

        private static string Bits(IEnumerable<float> values)
        {
            return string.Join(" ", values.Select(value => BitConverter.ToUInt32(BitConverter.GetBytes(value), 0).ToString("x8")));
        }

        [Test]
        internal static void EveryCaseHasTheSameBits()
        {
            string[] cases = File.ReadAllLines(Environment.GetEnvironmentVariable("DUOMO_TEST_CASES"));
            Expect.True(cases.Length >= 28, cases.Length + " cases");
            foreach (string line in cases)
            {
                string[] one = line.Split('\t');
                string path = Path.Combine(Folder, one[1]);
                using (Model model = Model.Open(path))
                using (Model copied = Model.Open(File.ReadAllBytes(path), new OpenOptions { Verify = true }))
                using (Context context = model.NewContext())
                {
                    foreach (Recommender each in new Recommender[] { model, copied, context }) Check(each, one);
                }
            }
        }

        private static void Check(Recommender model, string[] one)
        {
            switch (one[0])
            {
                case "predict":
                    Expect.Equal(one[4], Bits(model.Predict(Ids(one[2]), Ids(one[3]))), one[0]);
                    break;
                case "encode_users":
                    Expect.Equal(one[3], Bits(model.EncodeUsers(Ids(one[2]))), one[0]);
                    break;
                case "encode_items":
                    Expect.Equal(one[3], Bits(model.EncodeItems(Ids(one[2]))), one[0]);
                    break;
                default:
                    var request = new TopKRequest(Ids(one[2]), int.Parse(one[3]))
                    {
                        ExcludeEach = one[4].Split(';').Select(list => (Entities)Ids(list)).ToArray(),
                    };
                    TopKResult found = one[0] == "similar" ? model.Similar(request) : model.TopK(request);
                    Expect.Equal(one[5], string.Join(";", found.Select(hits => string.Join(" ", hits.Ids))), one[0]);
                    Expect.Equal(one[6], string.Join(";", found.Select(hits => Bits(hits.Scores))), one[0]);
                    break;
            }
        }

        [Test]
        internal static void BadFilesAreRefused()
        {
            int seen = 0;
            foreach (string path in Directory.GetFiles(Folder, "*.duomo", SearchOption.AllDirectories))
            {
                if (!path.Contains(Path.DirectorySeparatorChar + "bad" + Path.DirectorySeparatorChar)) continue;
                Status wanted = path.EndsWith("newer.duomo") ? Status.UnsupportedVersion : Status.Corrupt;
                var verify = new OpenOptions { Verify = true };
                Expect.Fails(wanted, "", () => Model.Open(path, verify));
                Expect.Fails(wanted, "", () => Model.Open(File.ReadAllBytes(path), verify));
                ++seen;
            }
            Expect.True(seen >= 26, seen + " bad files");
        }
    }
}
