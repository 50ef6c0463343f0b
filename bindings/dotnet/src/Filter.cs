using System;
using System.Collections.Generic;

namespace Duomo
{
    /// <summary>
    /// A condition on items (or users, where those are searched), by the name of an attribute or input. Immutable.
    /// </summary>
    public sealed class Filter
    {
        private readonly string name;
        private readonly int mode;
        private readonly string[] strings;
        private readonly long[] integers;
        private readonly double minimum, maximum;
        private readonly uint flags;

        private Filter(string name, int mode, string[] strings, long[] integers, double minimum, double maximum, uint flags)
        {
            this.name = name ?? throw new ArgumentNullException(nameof(name));
            this.mode = mode;
            this.strings = strings;
            this.integers = integers;
            this.minimum = minimum;
            this.maximum = maximum;
            this.flags = flags;
        }

        private static Filter OfValues(string name, int mode, string[] strings, long[] integers)
        {
            if (strings == null && integers == null) throw new ArgumentNullException("values");
            return new Filter(name, mode, strings, integers, 0, 0, 0);
        }

        /// <summary>What has at least one of the values. Of no values nothing has one.</summary>
        public static Filter Any(string name, params string[] values) { return OfValues(name, 0, values, null); }
        /// <summary>The same by integers.</summary>
        public static Filter Any(string name, params long[] values) { return OfValues(name, 0, null, values); }
        /// <summary>What has all of the values.</summary>
        public static Filter All(string name, params string[] values) { return OfValues(name, 1, values, null); }
        /// <summary>The same by integers.</summary>
        public static Filter All(string name, params long[] values) { return OfValues(name, 1, null, values); }
        /// <summary>What has none of the values.</summary>
        public static Filter None(string name, params string[] values) { return OfValues(name, 2, values, null); }
        /// <summary>The same by integers.</summary>
        public static Filter None(string name, params long[] values) { return OfValues(name, 2, null, values); }

        /// <summary>
        /// What has a number from <paramref name="minimum"/> to <paramref name="maximum"/>; the bounds themselves
        /// belong to the range unless they are said to be open.
        /// </summary>
        public static Filter Range(
            string name, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity,
            bool aboveMinimum = false, bool belowMaximum = false)
        {
            uint flags = (aboveMinimum ? 1u : 0) | (belowMaximum ? 2u : 0);
            return new Filter(name, 3, null, null, minimum, maximum, flags);
        }

        /// <summary>The same filter, which fails for a value that nothing has; else such a value matches nothing.</summary>
        public Filter Strict()
        {
            return new Filter(name, mode, strings, integers, minimum, maximum, flags | 4);
        }

        /// <summary>An array of them, as the library reads it; null for none.</summary>
        internal static unsafe NativeFilter[] Native(IReadOnlyList<Filter> filters, Pins pins)
        {
            if (filters == null || filters.Count == 0) return null;
            var made = new NativeFilter[filters.Count];
            for (int i = 0; i < made.Length; ++i)
            {
                Filter f = filters[i] ?? throw new ArgumentException("filter " + i + " is null", nameof(filters));
                made[i].struct_size = (uint)sizeof(NativeFilter);
                made[i].mode = f.mode;
                made[i].input = pins.Of(f.name, nameof(name));
                // The library tells texts from integers by which of the two arrays there is, so of no values neither.
                int count = f.strings != null ? f.strings.Length : f.integers != null ? f.integers.Length : 0;
                if (count > 0)
                {
                    made[i].strings = pins.Of(f.strings, "values");
                    made[i].integers = pins.Of(f.integers);
                }
                made[i].value_count = (UIntPtr)count;
                made[i].minimum = f.minimum;
                made[i].maximum = f.maximum;
                made[i].flags = f.flags;
            }
            return made;
        }
    }
}
