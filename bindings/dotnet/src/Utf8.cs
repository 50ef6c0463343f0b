// Texts to the library and back: UTF-8, NUL-terminated on the way in, with a length on the way out.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Duomo
{
    internal static class Utf8
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        /// <summary>NUL-terminated. Refuses what has no form in C: a NUL inside, half a surrogate pair.</summary>
        internal static byte[] Of(string text, string name)
        {
            if (text == null) throw new ArgumentNullException(name);
            if (text.IndexOf('\0') >= 0) throw new ArgumentException("a text with a NUL character inside", name);
            try
            {
                byte[] bytes = new byte[Strict.GetByteCount(text) + 1];
                Strict.GetBytes(text, 0, text.Length, bytes, 0);
                return bytes;
            }
            catch (EncoderFallbackException e)
            {
                throw new ArgumentException("a text with half a surrogate pair", name, e);
            }
        }

        /// <summary>null for no text.</summary>
        internal static string Of(NativeText text)
        {
            return text.data == IntPtr.Zero ? null : Of(text.data, (int)text.size);
        }

        internal static unsafe string Of(IntPtr data, int size)
        {
            return size == 0 ? "" : Encoding.UTF8.GetString((byte*)data, size);
        }

        /// <summary>Of a NUL-terminated text.</summary>
        internal static string Of(IntPtr data)
        {
            int size = 0;
            while (Marshal.ReadByte(data, size) != 0) ++size;
            return Of(data, size);
        }

        internal static string[] Of(NativeText[] texts)
        {
            return Array.ConvertAll(texts, Of);
        }
    }
}
