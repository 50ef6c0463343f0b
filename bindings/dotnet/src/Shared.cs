// An opened file, and the contexts of the calls on it: what all Model objects of one file have in common.
using System;
using System.Collections.Concurrent;
using System.Threading;

namespace Duomo
{
    internal sealed unsafe class Shared
    {
        internal readonly ModelHandle Handle;
        internal readonly ModelInfo Info;
        private readonly ConcurrentBag<ContextHandle> idle = new ConcurrentBag<ContextHandle>();
        private int owners = 1;

        internal Shared(ModelHandle handle)
        {
            Handle = handle;
            var info = new NativeModelInfo { struct_size = (uint)sizeof(NativeModelInfo) };
            NativeError error;
            Error.Prepare(&error);
            Error.Check(Native.duomo_model_get_info(ref info, handle, &error), &error);
            Info = new ModelInfo(info);
        }

        /// <summary>One more owner, unless the last is gone.</summary>
        internal bool TryAdd()
        {
            for (;;)
            {
                int now = Volatile.Read(ref owners);
                if (now == 0) return false;
                if (Interlocked.CompareExchange(ref owners, now + 1, now) == now) return true;
            }
        }

        internal void Remove()
        {
            if (Interlocked.Decrement(ref owners) != 0) return;
            Handle.Dispose();
            Drain();
        }

        private void Drain()
        {
            ContextHandle context;
            while (idle.TryTake(out context)) context.Dispose();
        }

        internal ContextHandle Borrow()
        {
            ContextHandle context;
            return idle.TryTake(out context) ? context : NewContext(null, null);
        }

        internal void Return(ContextHandle context)
        {
            idle.Add(context);
            if (Volatile.Read(ref owners) == 0) Drain();  // it was closed meanwhile
        }

        /// <summary>Frees what the idle contexts have grown to.</summary>
        internal void Trim()
        {
            Drain();
        }

        internal ContextHandle NewContext(ContextOptions options, CancelFlag flag)
        {
            var native = new NativeContextOptions { struct_size = (uint)sizeof(NativeContextOptions) };
            if (options != null)
            {
                if (options.Threads < 0) throw new ArgumentOutOfRangeException("Threads", options.Threads, "must not be negative");
                native.unknown_ids = (int)options.Unknown;
                native.threads = (uint)options.Threads;
            }
            if (flag != null) native.cancelled = flag.Pointer;
            ContextHandle context;
            NativeError error;
            Error.Prepare(&error);
            Error.Check(Native.duomo_context_create(out context, Handle, ref native, &error), &error);
            context.Flag = flag;
            return context;
        }

        internal long IdOfKey(Scope scope, string key)
        {
            byte[] text = Utf8.Of(key, nameof(key));
            long id;
            NativeError error;
            Error.Prepare(&error);
            int status = scope == Scope.User
                ? Native.duomo_user_id_of_key(&id, Handle, text, &error)
                : Native.duomo_item_id_of_key(&id, Handle, text, &error);
            Error.Check(status, &error);
            return id;
        }

        /// <summary>-1 for keys that the model does not have.</summary>
        internal long[] IdsOfKeys(Scope scope, string[] keys)
        {
            if (keys == null) throw new ArgumentNullException(nameof(keys));
            using (var pins = new Pins())
            {
                var ids = new long[keys.Length];
                NativeError error;
                Error.Prepare(&error);
                fixed (long* first = ids)
                {
                    int status = Native.duomo_ids_of_keys(
                        first, Handle, (int)scope, pins.Of(keys, nameof(keys)), (UIntPtr)keys.Length, &error);
                    Error.Check(status, &error);
                }
                return ids;
            }
        }

        internal long[] IdsOf(Scope scope, Entities entities)
        {
            if (entities.Keys == null) return entities.Ids ?? new long[0];
            long[] ids = IdsOfKeys(scope, entities.Keys);
            for (int i = 0; i < ids.Length; ++i)
            {
                if (ids[i] >= 0) continue;
                string who = scope == Scope.User ? "user" : "item";
                throw new DuomoException(
                    Status.NotFound, ErrorKind.UnknownId, scope == Scope.User ? Argument.Users : Argument.Items, i,
                    who + "s[" + i + "]: the model has no " + who + " \"" + entities.Keys[i] + "\"");
            }
            return ids;
        }
    }
}
