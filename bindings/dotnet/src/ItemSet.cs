using System;
using System.Collections.Generic;

namespace Duomo
{
    /// <summary>
    /// A set of a model's items, made once by <see cref="Model"/> and used by any number of calls and threads. It
    /// takes one bit of memory for each item of the catalogue, and keeps the file open.
    /// </summary>
    public sealed class ItemSet : IDisposable
    {
        internal readonly ItemSetHandle Handle;

        internal ItemSet(ItemSetHandle handle)
        {
            Handle = handle;
        }

        /// <summary>How many items are in it.</summary>
        public long Count { get { return (long)Native.duomo_item_set_count(Handle); } }

        /// <summary>Whether the item is in it; false also for an unknown one.</summary>
        public bool Contains(long item)
        {
            return Native.duomo_item_set_contains(Handle, item) != 0;
        }

        /// <summary>What is in at least one of the sets.</summary>
        public static ItemSet Any(params ItemSet[] sets) { return Combine(0, sets); }
        /// <summary>What is in all of the sets.</summary>
        public static ItemSet All(params ItemSet[] sets) { return Combine(1, sets); }
        /// <summary>What is in none of the sets.</summary>
        public static ItemSet None(params ItemSet[] sets) { return Combine(2, sets); }

        /// <summary>What is in both.</summary>
        public ItemSet And(ItemSet other) { return All(this, other); }
        /// <summary>What is in one of the two.</summary>
        public ItemSet Or(ItemSet other) { return Any(this, other); }
        /// <summary>What is not in this set.</summary>
        public ItemSet Not() { return None(this); }
        /// <summary>What is in this set, and not in the other.</summary>
        public ItemSet Minus(ItemSet other)
        {
            using (ItemSet rest = None(other)) return All(this, rest);
        }

        private static unsafe ItemSet Combine(int mode, ItemSet[] sets)
        {
            using (var pins = new Pins())
            {
                ItemSetHandle made;
                NativeError error;
                Error.Prepare(&error);
                IntPtr[] handles = Pointers(sets, pins, nameof(sets), false);
                Error.Check(
                    Native.duomo_item_set_combine(out made, mode, pins.Of(handles), (UIntPtr)sets.Length, &error), &error);
                return new ItemSet(made);
            }
        }

        internal static IntPtr[] Pointers(IReadOnlyList<ItemSet> sets, Pins pins, string name, bool optional)
        {
            if (sets == null) throw new ArgumentNullException(name);
            var made = new IntPtr[sets.Count];
            for (int i = 0; i < made.Length; ++i)
            {
                if (sets[i] == null && !optional) throw new ArgumentNullException(name + "[" + i + "]");
                made[i] = sets[i] == null ? IntPtr.Zero : pins.Of(sets[i].Handle);
            }
            return made;
        }

        /// <summary>Releases the set. Twice is fine; calls that use it end first.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
