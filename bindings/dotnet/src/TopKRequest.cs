using System;
using System.Collections.Generic;

namespace Duomo
{
    /// <summary>
    /// A search: for whom, how many, and what may be returned. For whom is said in exactly one way: <see cref="Of"/>,
    /// <see cref="Vectors"/>, <see cref="Features"/>, or <see cref="Histories"/> alone, which are users of whom nothing
    /// else is known. A request may be used again; one call at a time reads it.
    /// </summary>
    public sealed class TopKRequest
    {
        /// <summary>A request that says nothing yet.</summary>
        public TopKRequest() { }

        /// <summary>The <paramref name="k"/> best for known users, or items where these are searched for.</summary>
        public TopKRequest(Entities of, int k = 10)
        {
            Of = of;
            K = k;
        }

        /// <summary>Known users; of searches for items, known items.</summary>
        public Entities? Of { get; set; }
        /// <summary>Vectors one behind the other, used as they are.</summary>
        public float[] Vectors { get; set; }
        /// <summary>Raw features.</summary>
        public Features Features { get; set; }
        /// <summary>
        /// What each user has taken, oldest first; with <see cref="Of"/> in place of what the file remembers. Unknown
        /// items are passed over.
        /// </summary>
        public IReadOnlyList<Entities> Histories { get; set; }
        /// <summary>How much each item of the histories says, above 0, for models that fold histories in.</summary>
        public IReadOnlyList<float[]> HistoryWeights { get; set; }
        /// <summary>How many results, at least 1. Fewer come where there are no more.</summary>
        public int K { get; set; } = 10;
        /// <summary>How many for each query, from 0 to <see cref="K"/>.</summary>
        public IReadOnlyList<int> KEach { get; set; }
        /// <summary>Nothing that the user has seen: what the history given says, else what the file remembers.</summary>
        public bool ExcludeSeen { get; set; }
        /// <summary>Not to be returned for any query; what the model does not have does no harm.</summary>
        public Entities? Exclude { get; set; }
        /// <summary>Not to be returned: a list for each query.</summary>
        public IReadOnlyList<Entities> ExcludeEach { get; set; }
        /// <summary>Only these; an empty list allows nothing.</summary>
        public Entities? Allow { get; set; }
        /// <summary>Only the items of this set.</summary>
        public ItemSet AllowSet { get; set; }
        /// <summary>Only the items of these sets, one for each query; null allows all.</summary>
        public IReadOnlyList<ItemSet> AllowSets { get; set; }
        /// <summary>Only what meets all of these.</summary>
        public IReadOnlyList<Filter> Where { get; set; }
        /// <summary>At most so many results of one value, by the name of an attribute or input.</summary>
        public IReadOnlyDictionary<string, int> Limits { get; set; }
        /// <summary>No lower scores.</summary>
        public float? MinimumScore { get; set; }
        /// <summary>Look into the likeliest lists alone, where the file has lists: faster, and may miss.</summary>
        public bool Approximate { get; set; }
        /// <summary>How many lists; 0: as many as the file says, and more where that is needed.</summary>
        public int Probes { get; set; }
        /// <summary>Results have the string keys of what they name.</summary>
        public bool WithKeys { get; set; }
        /// <summary>Results have titles.</summary>
        public bool WithTitles { get; set; }

        internal int CountOf(int vectorWidth)
        {
            if (Of != null) return Of.Value.Count;
            if (Features != null) return Features.Count;
            if (Vectors != null && vectorWidth > 0 && Vectors.Length % vectorWidth != 0)
            {
                throw new ArgumentException(
                    Vectors.Length + " numbers are no whole vectors of " + vectorWidth, nameof(Vectors));
            }
            if (Vectors != null) return vectorWidth > 0 ? Vectors.Length / vectorWidth : 0;
            if (Histories != null) return Histories.Count;
            throw new ArgumentException("for whom? Of, Vectors, Features or Histories has to say so", "request");
        }
    }

    /// <summary>One user and the items to be scored for it.</summary>
    public sealed class RankRequest
    {
        /// <summary>A request that says nothing yet.</summary>
        public RankRequest() { }

        /// <summary>Known items for a known user.</summary>
        public RankRequest(Entities user, Entities items)
        {
            User = user;
            Items = items;
        }

        /// <summary>A known user, or <see cref="UserFeatures"/>.</summary>
        public Entities? User { get; set; }
        /// <summary>Of one user.</summary>
        public Features UserFeatures { get; set; }
        /// <summary>Known items, or <see cref="ItemFeatures"/>.</summary>
        public Entities? Items { get; set; }
        /// <summary>Of all items.</summary>
        public Features ItemFeatures { get; set; }
        /// <summary>Of each pair, for models with such inputs.</summary>
        public Features PairFeatures { get; set; }
        /// <summary>What the user has taken, oldest first, in place of what the file remembers.</summary>
        public Entities? History { get; set; }
    }
}
