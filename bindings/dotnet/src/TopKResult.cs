using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Duomo
{
    /// <summary>One result of a search.</summary>
    public readonly struct Hit
    {
        internal Hit(long id, float score, string key, string title)
        {
            Id = id;
            Score = score;
            Key = key;
            Title = title;
        }

        /// <summary>Of the item, or user.</summary>
        public long Id { get; }
        /// <summary>In the unit of the model's output; of similar ones a cosine.</summary>
        public float Score { get; }
        /// <summary>With <see cref="TopKRequest.WithKeys"/>; else null.</summary>
        public string Key { get; }
        /// <summary>With <see cref="TopKRequest.WithTitles"/>, perhaps empty; else null.</summary>
        public string Title { get; }

        /// <summary>For people: id or key, score, title.</summary>
        public override string ToString()
        {
            string name = Key ?? Id.ToString(CultureInfo.InvariantCulture);
            string title = string.IsNullOrEmpty(Title) ? "" : " " + Title;
            return name + " " + Score.ToString("G9", CultureInfo.InvariantCulture) + title;
        }
    }

    /// <summary>The results for one query, best first.</summary>
    public sealed class Hits : IReadOnlyList<Hit>
    {
        private readonly TopKResult all;
        private readonly int first;

        internal Hits(TopKResult all, int query)
        {
            this.all = all;
            first = query * all.Stride;
            Count = all.Counts[query];
        }

        /// <summary>How many.</summary>
        public int Count { get; }

        /// <summary>Result number <paramref name="index"/>, from 0.</summary>
        public Hit this[int index]
        {
            get
            {
                if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index));
                int at = first + index;
                return new Hit(all.Ids[at], all.Scores[at], all.Keys?[at], all.Titles?[at]);
            }
        }

        /// <summary>The ids alone.</summary>
        public long[] Ids { get { return all.Ids.Skip(first).Take(Count).ToArray(); } }
        /// <summary>The scores alone.</summary>
        public float[] Scores { get { return all.Scores.Skip(first).Take(Count).ToArray(); } }

        /// <summary>All, best first.</summary>
        public IEnumerator<Hit> GetEnumerator()
        {
            for (int i = 0; i < Count; ++i) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }

        /// <summary>For people.</summary>
        public override string ToString() { return "[" + string.Join(", ", this) + "]"; }
    }

    /// <summary>The results for each query, in the order of the request.</summary>
    public sealed class TopKResult : IReadOnlyList<Hits>
    {
        internal long[] Ids;
        internal float[] Scores;
        internal int[] Counts;
        internal string[] Keys, Titles;
        internal int Stride;

        /// <summary>How many queries there were.</summary>
        public int Count { get { return Counts.Length; } }

        /// <summary>The results for query number <paramref name="query"/>, from 0.</summary>
        public Hits this[int query]
        {
            get
            {
                if (query < 0 || query >= Count) throw new ArgumentOutOfRangeException(nameof(query));
                return new Hits(this, query);
            }
        }

        /// <summary>All queries.</summary>
        public IEnumerator<Hits> GetEnumerator()
        {
            for (int i = 0; i < Count; ++i) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }

        /// <summary>For people.</summary>
        public override string ToString() { return "[" + string.Join(", ", this) + "]"; }
    }
}
