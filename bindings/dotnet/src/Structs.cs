// The structs of duomo.h, field by field. tests/Layout.cs compares their offsets with the C compiler's.
using System;
using System.Runtime.InteropServices;

namespace Duomo
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct NativeError
    {
        internal const int MessageSize = 504;
        internal uint struct_size;
        internal int status;
        internal fixed byte message[MessageSize];
        internal int kind;
        internal int argument;
        internal ulong position;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeText
    {
        internal IntPtr data;
        internal UIntPtr size;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeOpenOptions
    {
        internal uint struct_size;
        internal uint flags;
        internal int backend;
        internal uint reserved;
        internal IntPtr allocator;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeModelInfo
    {
        internal uint struct_size;
        internal int head;
        internal ulong user_count;
        internal ulong item_count;
        internal ulong vector_width;
        internal ulong input_count;
        internal ulong file_size;
        internal int has_user_vectors;
        internal int has_history;
        internal int has_titles;
        internal int copied;
        internal NativeText name;
        internal NativeText unit;
        internal float minimum_output;
        internal float maximum_output;
        internal ulong fingerprint;
        internal ulong attribute_count;
        internal ulong metadata_count;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeInputInfo
    {
        internal uint struct_size;
        internal int scope;
        internal int kind;
        internal int keys;
        internal ulong vocabulary_size;
        internal NativeText name;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeAttributeInfo
    {
        internal uint struct_size;
        internal int kind;
        internal ulong value_count;
        internal NativeText name;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeFilter
    {
        internal uint struct_size;
        internal int mode;
        internal IntPtr input;
        internal IntPtr strings;
        internal IntPtr integers;
        internal UIntPtr value_count;
        internal double minimum;
        internal double maximum;
        internal uint flags;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeContextOptions
    {
        internal uint struct_size;
        internal int unknown_ids;
        internal uint threads;
        internal uint reserved;
        internal IntPtr parallel_for;
        internal IntPtr parallel_data;
        internal IntPtr allocator;
        internal IntPtr cancelled;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeLimit
    {
        internal uint struct_size;
        internal uint at_most;
        internal IntPtr input;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeTopKRequest
    {
        internal uint struct_size;
        internal uint flags;
        internal UIntPtr count;
        internal IntPtr ids;
        internal IntPtr vectors;
        internal IntPtr features;
        internal IntPtr history_offsets;
        internal IntPtr history_ids;
        internal UIntPtr k;
        internal IntPtr exclude_offsets;
        internal IntPtr exclude_ids;
        internal IntPtr allow_ids;
        internal UIntPtr allow_count;
        internal IntPtr filters;
        internal UIntPtr filter_count;
        internal float minimum_score;
        internal uint reserved;
        internal UIntPtr probes;
        internal IntPtr keys;
        internal IntPtr history_keys;
        internal IntPtr exclude_keys;
        internal IntPtr allow_keys;
        internal IntPtr history_weights;
        internal IntPtr shared_exclude_ids;
        internal IntPtr shared_exclude_keys;
        internal UIntPtr shared_exclude_count;
        internal IntPtr k_each;
        internal IntPtr allow_set;
        internal IntPtr allow_sets;
        internal IntPtr limits;
        internal UIntPtr limit_count;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeTopKResult
    {
        internal uint struct_size;
        internal uint reserved;
        internal IntPtr ids;
        internal IntPtr scores;
        internal IntPtr counts;
        internal IntPtr keys;
        internal IntPtr titles;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeRankRequest
    {
        internal uint struct_size;
        internal uint flags;
        internal long user_id;
        internal IntPtr user_features;
        internal IntPtr item_ids;
        internal IntPtr item_features;
        internal IntPtr pair_features;
        internal IntPtr history_ids;
        internal UIntPtr history_count;
        internal UIntPtr n;
        internal IntPtr user_key;
        internal IntPtr item_keys;
        internal IntPtr history_keys;
    }
}
