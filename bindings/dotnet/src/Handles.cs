// The library's objects. Each holds its model open by itself, so they may be released in any order, and on any thread.
using System;
using System.Runtime.InteropServices;

namespace Duomo
{
    internal abstract class Handle : SafeHandle
    {
        protected Handle() : base(IntPtr.Zero, true) { }
        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
    }

    internal sealed class ModelHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.duomo_model_release(handle);
            return true;
        }
    }

    internal sealed class FeaturesHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.duomo_features_release(handle);
            return true;
        }
    }

    internal sealed class ItemSetHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.duomo_item_set_release(handle);
            return true;
        }
    }

    internal sealed class ContextHandle : Handle
    {
        /// <summary>What ends its calls: memory that has to be there as long as the context. May be null.</summary>
        internal CancelFlag Flag;

        protected override bool ReleaseHandle()
        {
            Native.duomo_context_release(handle);
            if (Flag != null) Flag.Free();
            return true;
        }
    }

    /// <summary>A number that other threads set, where the library looks for it.</summary>
    internal sealed class CancelFlag
    {
        private readonly object gate = new object();
        private IntPtr memory = Marshal.AllocHGlobal(sizeof(int));

        internal CancelFlag()
        {
            Marshal.WriteInt32(memory, 0);
        }

        internal IntPtr Pointer { get { return memory; } }

        internal void Set()
        {
            lock (gate)
            {
                if (memory != IntPtr.Zero) Marshal.WriteInt32(memory, 1);
            }
        }

        internal void Free()
        {
            lock (gate)
            {
                Marshal.FreeHGlobal(memory);
                memory = IntPtr.Zero;
            }
        }
    }
}
