// Arrays and texts that the library reads during one call.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Duomo
{
    /// <summary>Keeps what a request points to where it is, until it is disposed of. One thread.</summary>
    internal sealed class Pins : IDisposable
    {
        private readonly List<GCHandle> pinned = new List<GCHandle>();
        private readonly List<IntPtr> memory = new List<IntPtr>();
        private readonly List<SafeHandle> held = new List<SafeHandle>();

        /// <summary>Where an array of numbers or structs lies; null: nowhere.</summary>
        internal IntPtr Of(Array array)
        {
            if (array == null) return IntPtr.Zero;
            // An empty array says that there is a list, and that it is empty.
            GCHandle handle = GCHandle.Alloc(array.Length == 0 ? new long[1] : array, GCHandleType.Pinned);
            pinned.Add(handle);
            return handle.AddrOfPinnedObject();
        }

        /// <summary>An array of NUL-terminated texts. null in it is refused, or with `optional` passed on.</summary>
        internal IntPtr Of(string[] texts, string name, bool optional = false)
        {
            if (texts == null) return IntPtr.Zero;
            byte[][] encoded = new byte[texts.Length][];
            int size = 1;
            for (int i = 0; i < texts.Length; ++i)
            {
                if (texts[i] == null && !optional) throw new ArgumentException("element " + i + " is null", name);
                encoded[i] = texts[i] == null ? null : Utf8.Of(texts[i], name);
                size += encoded[i] == null ? 0 : encoded[i].Length;
            }
            IntPtr bytes = Take(size);
            IntPtr[] pointers = new IntPtr[texts.Length];
            int at = 0;
            for (int i = 0; i < texts.Length; ++i)
            {
                if (encoded[i] == null) continue;
                pointers[i] = IntPtr.Add(bytes, at);
                Marshal.Copy(encoded[i], 0, pointers[i], encoded[i].Length);
                at += encoded[i].Length;
            }
            return Of(pointers);
        }

        /// <summary>One NUL-terminated text.</summary>
        internal IntPtr Of(string text, string name)
        {
            return Of(Utf8.Of(text, name));
        }

        /// <summary>An object of the library, which cannot be released meanwhile; null: none.</summary>
        internal IntPtr Of(SafeHandle handle)
        {
            if (handle == null) return IntPtr.Zero;
            bool added = false;
            handle.DangerousAddRef(ref added);  // throws ObjectDisposedException
            held.Add(handle);
            return handle.DangerousGetHandle();
        }

        private IntPtr Take(int size)
        {
            IntPtr block = Marshal.AllocHGlobal(size);
            memory.Add(block);
            return block;
        }

        public void Dispose()
        {
            foreach (GCHandle handle in pinned) handle.Free();
            foreach (IntPtr block in memory) Marshal.FreeHGlobal(block);
            foreach (SafeHandle handle in held) handle.DangerousRelease();
        }
    }
}
