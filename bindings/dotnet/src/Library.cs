// That the library is there, and not older than this package.
using System;

namespace Duomo
{
    internal static class Library
    {
        private const int Major = 0, Minor = 1;
        private static readonly Exception Trouble = Look();

        internal static void Check()
        {
            if (Trouble != null) throw Trouble;
        }

        private static Exception Look()
        {
            try
            {
                string found = Utf8.Of(Native.duomo_version());
                string[] parts = found.Split('.');
                int major = int.Parse(parts[0]), minor = int.Parse(parts[1]);
                if (major > Major || (major == Major && minor >= Minor)) return null;
                return new DllNotFoundException(
                    "Duomo's library is version " + found + ", older than this package (" + Major + "." + Minor
                    + "): another libduomo was found first");
            }
            catch (Exception e) when (e is DllNotFoundException || e is EntryPointNotFoundException || e is BadImageFormatException)
            {
                return new DllNotFoundException(
                    "Duomo's library (libduomo.so, libduomo.dylib, duomo.dll) was not found for this platform: the package has it in"
                    + " runtimes/PLATFORM/native; else put it beside Duomo.dll or where the system looks for libraries. "
                    + e.Message, e);
            }
        }
    }
}
