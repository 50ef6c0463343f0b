using System;
using System.Linq;

namespace Duomo
{
    /// <summary>
    /// Raw features of <see cref="Count"/> users, items or pairs that the file does not know, made by
    /// <see cref="Model.NewFeatures"/>. What is never set counts as unknown. Values are copied. One thread at a time.
    /// </summary>
    public sealed unsafe class Features : IDisposable
    {
        internal readonly FeaturesHandle Handle;

        internal Features(FeaturesHandle handle, Scope scope, int count)
        {
            Handle = handle;
            Scope = scope;
            Count = count;
        }

        /// <summary>Whose they are.</summary>
        public Scope Scope { get; }
        /// <summary>Of how many.</summary>
        public int Count { get; }

        /// <summary>Refuses values that the model does not know from now on, or takes them for unknown again.</summary>
        public Features Strict(bool strict = true)
        {
            NativeError error;
            Error.Prepare(&error);
            Error.Check(Native.duomo_features_set_strict(Handle, strict ? 1 : 0, &error), &error);
            return this;
        }

        /// <summary>A category with integer keys: a value for each row.</summary>
        public Features Set(string input, params long[] values)
        {
            Need(values, nameof(values));
            NativeError error;
            Error.Prepare(&error);
            fixed (long* first = values.Length == 0 ? new long[1] : values)
            {
                Error.Check(
                    Native.duomo_features_set_integers(Handle, Utf8.Of(input, nameof(input)), first, &error), &error);
            }
            return this;
        }

        /// <summary>A category with string keys, or a text: a value for each row, null for none.</summary>
        public Features Set(string input, params string[] values)
        {
            Need(values, nameof(values));
            using (var pins = new Pins())
            {
                NativeError error;
                Error.Prepare(&error);
                Error.Check(
                    Native.duomo_features_set_strings(
                        Handle, Utf8.Of(input, nameof(input)), pins.Of(values, nameof(values), true), &error),
                    &error);
            }
            return this;
        }

        /// <summary>A number: a value for each row, NaN for none.</summary>
        public Features SetNumbers(string input, params float[] values)
        {
            Need(values, nameof(values));
            NativeError error;
            Error.Prepare(&error);
            fixed (float* first = values.Length == 0 ? new float[1] : values)
            {
                Error.Check(
                    Native.duomo_features_set_numbers(Handle, Utf8.Of(input, nameof(input)), first, &error), &error);
            }
            return this;
        }

        /// <summary>A set, or a history of items, oldest first, by integers: a list for each row, null for none.</summary>
        public Features SetLists(string input, params long[][] lists)
        {
            Need(lists, nameof(lists));
            using (var pins = new Pins())
            {
                NativeError error;
                Error.Prepare(&error);
                long[] values = lists.SelectMany(list => list ?? new long[0]).ToArray();
                Error.Check(
                    Native.duomo_features_set_integer_lists(
                        Handle, Utf8.Of(input, nameof(input)),
                        pins.Of(Offsets(lists.Select(list => list == null ? 0 : list.Length).ToArray())),
                        pins.Of(values), &error),
                    &error);
            }
            return this;
        }

        /// <summary>The same by string keys.</summary>
        public Features SetLists(string input, params string[][] lists)
        {
            Need(lists, nameof(lists));
            using (var pins = new Pins())
            {
                NativeError error;
                Error.Prepare(&error);
                string[] values = lists.SelectMany(list => list ?? new string[0]).ToArray();
                Error.Check(
                    Native.duomo_features_set_string_lists(
                        Handle, Utf8.Of(input, nameof(input)),
                        pins.Of(Offsets(lists.Select(list => list == null ? 0 : list.Length).ToArray())),
                        pins.Of(values, nameof(lists)), &error),
                    &error);
            }
            return this;
        }

        /// <summary>Where each list begins in what they make one behind the other, and the end.</summary>
        internal static UIntPtr[] Offsets(int[] lengths)
        {
            var made = new UIntPtr[lengths.Length + 1];
            long sum = 0;
            for (int i = 0; i < lengths.Length; ++i) made[i + 1] = (UIntPtr)(ulong)(sum += lengths[i]);
            return made;
        }

        private void Need(Array values, string name)
        {
            if (values == null) throw new ArgumentNullException(name);
            if (values.Length == Count) return;
            throw new ArgumentException(values.Length + " values for " + Count + " rows: a value for each is needed", name);
        }

        /// <summary>Releases them. Twice is fine.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
