using System;
using System.Collections.Generic;
using System.Globalization;

namespace Duomo
{
    // What a model knows: users, items, keys, titles, attributes, inputs, metadata.
    public sealed unsafe partial class Model
    {
        private delegate int At(long* id, ModelHandle model, ulong row, NativeError* error);

        /// <summary>All users, in the order of the file.</summary>
        public long[] UserIds { get { return All(Info.UserCount, Native.duomo_user_id_at); } }
        /// <summary>All items, in the order of the file.</summary>
        public long[] ItemIds { get { return All(Info.ItemCount, Native.duomo_item_id_at); } }

        private long[] All(long count, At at)
        {
            ModelHandle handle = Core.Handle;
            var ids = new long[count];
            NativeError error;
            Error.Prepare(&error);
            fixed (long* first = ids)
            {
                for (long i = 0; i < count; ++i) Error.Check(at(first + i, handle, (ulong)i, &error), &error);
            }
            return ids;
        }

        /// <summary>The id of a string key: the same in every file.</summary>
        public static long IdOfKey(string key)
        {
            Library.Check();
            return Native.duomo_id_of_string(Utf8.Of(key, nameof(key)));
        }

        /// <summary>The id of a user's key, which the model must have.</summary>
        public long UserId(string key) { return Core.IdOfKey(Scope.User, key); }
        /// <summary>The id of an item's key, which the model must have.</summary>
        public long ItemId(string key) { return Core.IdOfKey(Scope.Item, key); }
        /// <summary>Of many; -1 for those that the model does not have.</summary>
        public long[] UserIdsOf(params string[] keys) { return Core.IdsOfKeys(Scope.User, keys); }
        /// <summary>Of many; -1 for those that the model does not have.</summary>
        public long[] ItemIdsOf(params string[] keys) { return Core.IdsOfKeys(Scope.Item, keys); }

        /// <summary>A user's key.</summary>
        public string UserKey(long id)
        {
            return Text((text, model, error) => Native.duomo_user_key((NativeText*)text, model, id, (NativeError*)error));
        }

        /// <summary>An item's key.</summary>
        public string ItemKey(long id)
        {
            return Text((text, model, error) => Native.duomo_item_key((NativeText*)text, model, id, (NativeError*)error));
        }

        /// <summary>Of many; null for those that the model does not have.</summary>
        public string[] UserKeys(params long[] ids) { return Keys(Scope.User, ids); }
        /// <summary>Of many; null for those that the model does not have.</summary>
        public string[] ItemKeys(params long[] ids) { return Keys(Scope.Item, ids); }

        private string[] Keys(Scope scope, long[] ids)
        {
            return Texts(ids, (first, texts, held, error) =>
                Native.duomo_keys_of_ids((NativeText*)texts, held, (int)scope, (long*)first, (UIntPtr)ids.Length, (NativeError*)error));
        }

        /// <summary>An item's title, empty where it has none.</summary>
        public string Title(long item)
        {
            return Text((text, model, error) => Native.duomo_item_title((NativeText*)text, model, item, (NativeError*)error));
        }

        /// <summary>Of many; null for those that the model does not have.</summary>
        public string[] Titles(params long[] items)
        {
            return Texts(items, (first, texts, held, error) =>
                Native.duomo_item_titles((NativeText*)texts, held, (long*)first, (UIntPtr)items.Length, (NativeError*)error));
        }

        private delegate int TextsOf(IntPtr ids, IntPtr texts, ModelHandle model, IntPtr error);

        private string[] Texts(long[] ids, TextsOf call)
        {
            if (ids == null) throw new ArgumentNullException(nameof(ids));
            return Held(model =>
            {
                var texts = new NativeText[ids.Length];
                NativeError error;
                Error.Prepare(&error);
                using (var pins = new Pins())
                {
                    Error.Check(call(pins.Of(ids), pins.Of(texts), model, (IntPtr)(&error)), &error);
                    return Utf8.Of(texts);
                }
            });
        }

        private delegate int TextOf(IntPtr text, ModelHandle model, IntPtr error);

        private string Text(TextOf call)
        {
            return Held(model =>
            {
                NativeText text;
                NativeError error;
                Error.Prepare(&error);
                Error.Check(call((IntPtr)(&text), model, (IntPtr)(&error)), &error);
                return Utf8.Of(text);
            });
        }

        // Reads texts, which are the model's: until they are copied, nobody closes it.
        private T Held<T>(Func<ModelHandle, T> read)
        {
            using (var pins = new Pins())
            {
                ModelHandle model = Core.Handle;
                pins.Of(model);
                return read(model);
            }
        }

        /// <summary>What its items are filtered by and shown with.</summary>
        public IReadOnlyList<AttributeInfo> Attributes
        {
            get
            {
                return Held(model =>
                {
                    var made = new AttributeInfo[Info.AttributeCount];
                    NativeError error;
                    Error.Prepare(&error);
                    for (int i = 0; i < made.Length; ++i)
                    {
                        var info = new NativeAttributeInfo { struct_size = (uint)sizeof(NativeAttributeInfo) };
                        Error.Check(Native.duomo_model_get_attribute(ref info, model, (ulong)i, &error), &error);
                        made[i] = new AttributeInfo(info);
                    }
                    return made;
                });
            }
        }

        /// <summary>Integers, numbers and times as numbers; NaN where an item has none.</summary>
        public double[] AttributeNumbers(string name, params long[] items)
        {
            if (items == null) throw new ArgumentNullException(nameof(items));
            var values = new double[items.Length];
            NativeError error;
            Error.Prepare(&error);
            fixed (double* v = values)
            fixed (long* i = items)
            {
                Error.Check(
                    Native.duomo_attribute_numbers(
                        v, Core.Handle, Utf8.Of(name, nameof(name)), i, (UIntPtr)items.Length, &error),
                    &error);
            }
            return values;
        }

        /// <summary>Integers and times; null where an item has none.</summary>
        public long?[] AttributeIntegers(string name, params long[] items)
        {
            if (items == null) throw new ArgumentNullException(nameof(items));
            var values = new long[items.Length];
            NativeError error;
            Error.Prepare(&error);
            fixed (long* v = values, i = items)
            {
                Error.Check(
                    Native.duomo_attribute_integers(
                        v, Core.Handle, Utf8.Of(name, nameof(name)), i, (UIntPtr)items.Length, &error),
                    &error);
            }
            return Array.ConvertAll(values, value => value == long.MinValue ? (long?)null : value);
        }

        /// <summary>Categories; null where an item has none.</summary>
        public string[] AttributeTexts(string name, params long[] items)
        {
            byte[] text = Utf8.Of(name, nameof(name));
            return Texts(items, (first, texts, held, error) =>
                Native.duomo_attribute_texts((NativeText*)texts, held, text, (long*)first, (UIntPtr)items.Length, (NativeError*)error));
        }

        /// <summary>All texts that an item has for a category or set.</summary>
        public string[] AttributeSet(string name, long item)
        {
            byte[] text = Utf8.Of(name, nameof(name));
            return Held(model =>
            {
                NativeError error;
                Error.Prepare(&error);
                var texts = new NativeText[8];
                for (;;)
                {
                    UIntPtr count;
                    fixed (NativeText* first = texts)
                    {
                        Error.Check(
                            Native.duomo_attribute_set(
                                &count, first, (UIntPtr)texts.Length, model, text, item, &error),
                            &error);
                    }
                    bool all = (int)count <= texts.Length;
                    Array.Resize(ref texts, (int)count);
                    if (all) return Utf8.Of(texts);
                }
            });
        }

        /// <summary>What the network reads.</summary>
        public IReadOnlyList<InputInfo> Inputs
        {
            get
            {
                return Held(model =>
                {
                    var made = new InputInfo[Info.InputCount];
                    NativeError error;
                    Error.Prepare(&error);
                    for (int i = 0; i < made.Length; ++i)
                    {
                        var info = new NativeInputInfo { struct_size = (uint)sizeof(NativeInputInfo) };
                        Error.Check(Native.duomo_model_get_input(ref info, model, (ulong)i, &error), &error);
                        made[i] = new InputInfo(i, info);
                    }
                    return made;
                });
            }
        }

        /// <summary>The values that an input knows: texts, else integers (of a history items) as texts.</summary>
        public string[] InputValues(InputInfo input)
        {
            if (input == null) throw new ArgumentNullException(nameof(input));
            return Held(model =>
            {
                var made = new string[input.ValueCount];
                NativeError error;
                Error.Prepare(&error);
                for (long i = 0; i < made.Length; ++i)
                {
                    var text = new NativeText();
                    long integer = 0;
                    Error.Check(
                        Native.duomo_model_get_input_value(
                            &text, &integer, model, (ulong)input.Index, (ulong)i, &error),
                        &error);
                    made[i] = input.HasStrings ? Utf8.Of(text) : integer.ToString(CultureInfo.InvariantCulture);
                }
                return made;
            });
        }

        /// <summary>What people wrote into the file: name, version, licence and so on. Read anew each time.</summary>
        public IReadOnlyDictionary<string, string> Metadata
        {
            get
            {
                return Held(model =>
                {
                    var made = new Dictionary<string, string>();
                    NativeError error;
                    Error.Prepare(&error);
                    for (int i = 0; i < Info.MetadataCount; ++i)
                    {
                        NativeText key, value;
                        Error.Check(Native.duomo_model_metadata_at(&key, &value, model, (ulong)i, &error), &error);
                        made[Utf8.Of(key)] = Utf8.Of(value);
                    }
                    return made;
                });
            }
        }
    }
}
