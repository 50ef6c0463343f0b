using System;
using System.Threading;

namespace Duomo
{
    /// <summary>
    /// An opened .duomo file. Any number of threads may use it at once: each call borrows a context from a pool. An
    /// object that is not disposed of is released when it is collected.
    /// </summary>
    public sealed unsafe partial class Model : Recommender
    {
        private Shared core;

        internal Model(Shared core)
        {
            this.core = core;
        }

        /// <summary>Opens a file, mapped into memory: the time does not depend on its size.</summary>
        /// <exception cref="System.IO.FileNotFoundException">There is no such file.</exception>
        public static Model Open(string path, OpenOptions options = null)
        {
            Library.Check();
            byte[] name = Utf8.Of(path, nameof(path));
            ModelHandle handle;
            NativeOpenOptions native = OptionsOf(options);
            NativeError error;
            Error.Prepare(&error);
            int status = Native.duomo_model_open(out handle, name, ref native, &error);
            if (status != 0) throw Error.OfFile(status, &error, path);
            return new Model(new Shared(handle));
        }

        /// <summary>Opens the bytes of a file, which are copied.</summary>
        public static Model Open(byte[] bytes, OpenOptions options = null)
        {
            Library.Check();
            if (bytes == null) throw new ArgumentNullException(nameof(bytes));
            ModelHandle handle;
            NativeOpenOptions native = OptionsOf(options);
            native.flags |= 1;  // the garbage collector may move what is not
            NativeError error;
            Error.Prepare(&error);
            fixed (byte* first = bytes.Length == 0 ? new byte[1] : bytes)
            {
                Error.Check(
                    Native.duomo_model_open_buffer(out handle, first, (UIntPtr)bytes.Length, ref native, &error), &error);
            }
            return new Model(new Shared(handle));
        }

        private static NativeOpenOptions OptionsOf(OpenOptions options)
        {
            var native = new NativeOpenOptions { struct_size = (uint)sizeof(NativeOpenOptions) };
            if (options == null) return native;
            native.flags = (options.Copy ? 1u : 0) | (options.Verify ? 2u : 0) | (options.Prepare ? 4u : 0);
            native.backend = (int)options.Backend;
            return native;
        }

        /// <summary>The version of the library that runs.</summary>
        public static string Version
        {
            get
            {
                Library.Check();
                return Utf8.Of(Native.duomo_version());
            }
        }

        /// <summary>How it was built, and which instructions it uses on this machine.</summary>
        public static string BuildInfo
        {
            get
            {
                Library.Check();
                return Utf8.Of(Native.duomo_build_info());
            }
        }

        internal override Shared Core
        {
            get { return Volatile.Read(ref core) ?? throw new ObjectDisposedException(nameof(Model), "this Model is closed"); }
        }

        internal override ContextHandle Borrow() { return Core.Borrow(); }

        internal override void Return(ContextHandle context)
        {
            // Closed during the call: what its own pool would have got is released.
            Shared now = Volatile.Read(ref core);
            if (now != null) now.Return(context);
            else context.Dispose();
        }

        /// <summary>Another Model of the same file, closed by itself.</summary>
        public Model Share()
        {
            Shared now = Core;
            return now.TryAdd() ? new Model(now) : throw new ObjectDisposedException(nameof(Model));
        }

        internal Shared GiveUp()
        {
            return Interlocked.Exchange(ref core, null) ?? throw new ObjectDisposedException(nameof(Model), "this Model is closed");
        }

        /// <summary>Calls of one thread, with options of their own.</summary>
        public Context NewContext(ContextOptions options = null) { return new Context(Core, options); }

        /// <summary>Raw features of so many users, items or pairs, to be set.</summary>
        public Features NewFeatures(Scope scope, int count = 1)
        {
            if (count < 0) throw new ArgumentOutOfRangeException(nameof(count), count, "must not be negative");
            FeaturesHandle features;
            NativeError error;
            Error.Prepare(&error);
            Error.Check(
                Native.duomo_features_create(out features, Core.Handle, (int)scope, (UIntPtr)count, &error), &error);
            return new Features(features, scope, count);
        }

        /// <summary>A set of these items; unknown ones are left out.</summary>
        public ItemSet ItemSet(Entities items)
        {
            using (var pins = new Pins())
            {
                ItemSetHandle set;
                IntPtr ids, keys;
                Search.Split(items, nameof(items), pins, out ids, out keys);
                NativeError error;
                Error.Prepare(&error);
                Error.Check(
                    Native.duomo_item_set_from_ids(out set, Core.Handle, ids, keys, (UIntPtr)items.Count, &error), &error);
                return new ItemSet(set);
            }
        }

        /// <summary>A set of the items that meet all conditions.</summary>
        public ItemSet ItemSetWhere(params Filter[] filters)
        {
            using (var pins = new Pins())
            {
                ItemSetHandle set;
                NativeFilter[] native = Filter.Native(filters, pins);
                NativeError error;
                Error.Prepare(&error);
                Error.Check(
                    Native.duomo_item_set_from_filters(
                        out set, Core.Handle, pins.Of(native), (UIntPtr)(native?.Length ?? 0), &error),
                    &error);
                return new ItemSet(set);
            }
        }

        /// <summary>Gives back the memory that unusually large calls have left.</summary>
        public void Trim() { Core.Trim(); }

        /// <summary>Closes the model; calls under way end first. Twice is fine.</summary>
        public override void Dispose()
        {
            Interlocked.Exchange(ref core, null)?.Remove();
        }
    }
}
