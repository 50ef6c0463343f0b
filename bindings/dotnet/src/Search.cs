// From a request to the library's, and from its results to a TopKResult.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Duomo
{
    internal delegate int SearchFunction(
        ref NativeTopKResult result, ContextHandle context, ref NativeTopKRequest request, IntPtr error);

    internal static unsafe class Search
    {
        private const uint Seen = 1, Minimum = 2, ApproximateFlag = 4, Listed = 8;

        /// <param name="request">What is asked for.</param>
        /// <param name="info">Of the model.</param>
        /// <param name="most">How many results there can be for a query.</param>
        /// <param name="context">Where it runs.</param>
        /// <param name="function">Which search it is.</param>
        internal static TopKResult Run(
            TopKRequest request, ModelInfo info, long most, ContextHandle context, SearchFunction function)
        {
            if (request == null) throw new ArgumentNullException(nameof(request));
            if (request.K < 0) throw new ArgumentOutOfRangeException("k", request.K, "must be at least 1");
            int count = request.CountOf(info.VectorWidth);
            // No more results than there are: a huge k must not take huge arrays.
            int k = (int)Math.Min(request.K, Math.Max(1, most));
            using (var pins = new Pins())
            {
                NativeTopKRequest native = Native(request, count, k, pins);
                int places = checked(count * k);
                var found = new TopKResult { Ids = new long[places], Scores = new float[places], Stride = k };
                var counts = new UIntPtr[count];
                NativeText[] keys = request.WithKeys ? new NativeText[places] : null;
                NativeText[] titles = request.WithTitles ? new NativeText[places] : null;
                var result = new NativeTopKResult
                {
                    struct_size = (uint)sizeof(NativeTopKResult),
                    ids = pins.Of(found.Ids),
                    scores = pins.Of(found.Scores),
                    counts = pins.Of(counts),
                    keys = pins.Of(keys),
                    titles = pins.Of(titles),
                };
                NativeError error;
                Error.Prepare(&error);
                Error.Check(function(ref result, context, ref native, (IntPtr)(&error)), &error);
                found.Counts = Array.ConvertAll(counts, one => (int)one);
                found.Keys = Texts(keys, found);
                found.Titles = Texts(titles, found);
                return found;
            }
        }

        // While the context keeps the model open: the library's texts are the model's.
        private static string[] Texts(NativeText[] texts, TopKResult found)
        {
            if (texts == null) return null;
            var made = new string[texts.Length];
            for (int query = 0; query < found.Counts.Length; ++query)
            {
                int first = query * found.Stride;
                for (int i = first; i < first + found.Counts[query]; ++i) made[i] = Utf8.Of(texts[i]) ?? "";
            }
            return made;
        }

        private static NativeTopKRequest Native(TopKRequest r, int count, int k, Pins pins)
        {
            var made = new NativeTopKRequest
            {
                struct_size = (uint)sizeof(NativeTopKRequest),
                count = (UIntPtr)count,
                k = (UIntPtr)k,
                vectors = pins.Of(r.Vectors),
                features = pins.Of(r.Features?.Handle),
                probes = (UIntPtr)(ulong)Math.Max(0, r.Probes),
            };
            if (r.Of != null) Split(r.Of.Value, "Of", pins, out made.ids, out made.keys);
            if (r.ExcludeSeen) made.flags |= Seen;
            if (r.Approximate) made.flags |= ApproximateFlag;
            if (r.MinimumScore != null)
            {
                made.flags |= Minimum;
                made.minimum_score = r.MinimumScore.Value;
            }
            if (r.Histories != null)
            {
                Need(r.Histories.Count, count, "Histories");
                Lists(r.Histories, "Histories", pins, out made.history_offsets, out made.history_ids, out made.history_keys);
            }
            if (r.HistoryWeights != null)
            {
                Need(r.HistoryWeights.Count, r.Histories?.Count ?? -1, "HistoryWeights");
                for (int i = 0; i < r.HistoryWeights.Count; ++i)
                {
                    Need(r.HistoryWeights[i]?.Length ?? 0, r.Histories[i].Count, "HistoryWeights[" + i + "]");
                }
                made.history_weights = pins.Of(r.HistoryWeights.SelectMany(one => one ?? new float[0]).ToArray());
            }
            if (r.Exclude != null)
            {
                Split(r.Exclude.Value, "Exclude", pins, out made.shared_exclude_ids, out made.shared_exclude_keys);
                made.shared_exclude_count = (UIntPtr)r.Exclude.Value.Count;
            }
            if (r.ExcludeEach != null)
            {
                Need(r.ExcludeEach.Count, count, "ExcludeEach");
                Lists(r.ExcludeEach, "ExcludeEach", pins, out made.exclude_offsets, out made.exclude_ids, out made.exclude_keys);
            }
            Allowed(r, count, pins, ref made);
            NativeFilter[] filters = Filter.Native(r.Where, pins);
            made.filters = pins.Of(filters);
            made.filter_count = (UIntPtr)(filters?.Length ?? 0);
            if (r.KEach != null)
            {
                Need(r.KEach.Count, count, "KEach");
                made.k_each = pins.Of(r.KEach.Select(one => Each(one, r.K, k)).ToArray());
            }
            if (r.Limits != null && r.Limits.Count > 0)
            {
                made.limits = pins.Of(r.Limits.Select(one => Limit(one.Key, one.Value, pins)).ToArray());
                made.limit_count = (UIntPtr)r.Limits.Count;
            }
            return made;
        }

        private static void Allowed(TopKRequest r, int count, Pins pins, ref NativeTopKRequest made)
        {
            if (r.Allow != null)
            {
                made.flags |= Listed;
                made.allow_count = (UIntPtr)r.Allow.Value.Count;
                if (r.Allow.Value.Count > 0) Split(r.Allow.Value, "Allow", pins, out made.allow_ids, out made.allow_keys);
            }
            made.allow_set = pins.Of(r.AllowSet?.Handle);
            if (r.AllowSets == null) return;
            Need(r.AllowSets.Count, count, "AllowSets");
            made.allow_sets = pins.Of(ItemSet.Pointers(r.AllowSets, pins, "AllowSets", true));
        }

        private static UIntPtr Each(int one, int asked, int k)
        {
            if (one < 0 || one > asked) throw new ArgumentOutOfRangeException("KEach", one, "must be from 0 to K, " + asked);
            return (UIntPtr)Math.Min(one, k);
        }

        private static NativeLimit Limit(string name, int most, Pins pins)
        {
            if (most < 1) throw new ArgumentOutOfRangeException("Limits", most, "must be at least 1");
            return new NativeLimit
            {
                struct_size = (uint)sizeof(NativeLimit), at_most = (uint)most, input = pins.Of(name, "Limits"),
            };
        }

        /// <summary>Ids or keys, whichever they are.</summary>
        internal static void Split(Entities entities, string name, Pins pins, out IntPtr ids, out IntPtr keys)
        {
            ids = entities.Keys == null ? pins.Of(entities.Ids ?? new long[0]) : IntPtr.Zero;
            keys = pins.Of(entities.Keys, name);
        }

        private static void Lists(
            IReadOnlyList<Entities> lists, string name, Pins pins, out IntPtr offsets, out IntPtr ids, out IntPtr keys)
        {
            offsets = pins.Of(Features.Offsets(lists.Select(one => one.Count).ToArray()));
            bool byKey = lists.Any(one => one.Keys != null);
            if (byKey && lists.Any(one => one.Ids != null && one.Count > 0))
            {
                throw new ArgumentException("lists of ids and of keys in one request", name);
            }
            ids = byKey ? IntPtr.Zero : pins.Of(lists.SelectMany(one => one.Ids ?? new long[0]).ToArray());
            keys = byKey ? pins.Of(lists.SelectMany(one => one.Keys ?? new string[0]).ToArray(), name) : IntPtr.Zero;
        }

        private static void Need(int found, int wanted, string name)
        {
            if (found != wanted) throw new ArgumentException(found + " for " + Math.Max(0, wanted), name);
        }
    }
}
