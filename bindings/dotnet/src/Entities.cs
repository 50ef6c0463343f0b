using System;
using System.Collections.Generic;
using System.Linq;

namespace Duomo
{
    /// <summary>
    /// Users or items, by id or by string key; one, or a list of them. Made of what is there: <c>8</c>, <c>"user-8"</c>,
    /// <c>new long[] {8, 9}</c>, <c>new[] {"sku-1", "sku-2"}</c>. Arrays are not copied.
    /// </summary>
    public readonly struct Entities
    {
        internal readonly long[] Ids;
        internal readonly string[] Keys;

        private Entities(long[] ids, string[] keys)
        {
            Ids = ids;
            Keys = keys;
        }

        /// <summary>How many.</summary>
        public int Count { get { return Ids != null ? Ids.Length : Keys != null ? Keys.Length : 0; } }

        /// <summary>By id.</summary>
        public static Entities Of(IEnumerable<long> ids)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            return new Entities(ids as long[] ?? ids.ToArray(), null);
        }

        /// <summary>By string key.</summary>
        public static Entities Of(IEnumerable<string> keys)
        {
            if (keys == null) throw new ArgumentNullException(nameof(keys));
            return new Entities(null, keys as string[] ?? keys.ToArray());
        }

        /// <summary>One, by id.</summary>
        public static implicit operator Entities(long id) { return new Entities(new[] { id }, null); }
        /// <summary>By id.</summary>
        public static implicit operator Entities(long[] ids) { return Of(ids); }
        /// <summary>By id.</summary>
        public static implicit operator Entities(List<long> ids) { return Of(ids); }
        /// <summary>One, by key.</summary>
        public static implicit operator Entities(string key) { return Of(new[] { key }); }
        /// <summary>By key.</summary>
        public static implicit operator Entities(string[] keys) { return Of(keys); }
        /// <summary>By key.</summary>
        public static implicit operator Entities(List<string> keys) { return Of(keys); }
    }
}
