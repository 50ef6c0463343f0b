// What calls throw.
using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Duomo
{
    /// <summary>The kind of a failure.</summary>
    public enum Status
    {
        /// <summary>The call is wrong, whatever the model.</summary>
        InvalidArgument = 1,
        /// <summary>An id, key, name or value that the model does not have.</summary>
        NotFound = 2,
        /// <summary>The message says for what.</summary>
        OutOfMemory = 3,
        /// <summary>The file cannot be read; the message says why.</summary>
        IoError = 4,
        /// <summary>The bytes are not a valid .duomo file.</summary>
        Corrupt = 5,
        /// <summary>The file is newer than the library.</summary>
        UnsupportedVersion = 6,
        /// <summary>This model or library cannot do that; the message says what it lacks.</summary>
        Unsupported = 7,
        /// <summary>A defect in Duomo; please report the message.</summary>
        Internal = 8,
        /// <summary>The program cancelled the call. Calls throw OperationCanceledException for it.</summary>
        Cancelled = 9,
    }

    /// <summary>What was wrong, finer than <see cref="Status"/>.</summary>
    public enum ErrorKind
    {
        /// <summary>None of these.</summary>
        Other = 0,
        /// <summary>Something that is needed was null.</summary>
        Null = 1,
        /// <summary>A struct of a newer library.</summary>
        StructSize = 2,
        /// <summary>A count or number that is not allowed.</summary>
        Value = 3,
        /// <summary>Arguments that exclude each other.</summary>
        Conflict = 4,
        /// <summary>Wrong offsets of lists.</summary>
        Offsets = 5,
        /// <summary>A text that is not UTF-8.</summary>
        NotUtf8 = 6,
        /// <summary>NaN or infinity.</summary>
        NotFinite = 7,
        /// <summary>An unknown id or key of a user or item.</summary>
        UnknownId = 8,
        /// <summary>An unknown name of an input, attribute or metadata entry.</summary>
        UnknownName = 9,
        /// <summary>A value that the input or attribute does not have.</summary>
        UnknownValue = 10,
        /// <summary>The file or the library lacks something that the call needs.</summary>
        Lacking = 11,
    }

    /// <summary>The argument, or the part of a request, that was wrong.</summary>
    public enum Argument
    {
        /// <summary>None of these.</summary>
        Other = 0,
        /// <summary>Where results go.</summary>
        Out = 1,
        /// <summary>The model.</summary>
        Model = 2,
        /// <summary>The context.</summary>
        Context = 3,
        /// <summary>Options.</summary>
        Options = 4,
        /// <summary>A path or bytes.</summary>
        File = 5,
        /// <summary>The request.</summary>
        Request = 6,
        /// <summary>Ids, keys and vectors of users.</summary>
        Users = 7,
        /// <summary>Ids, keys and vectors of items.</summary>
        Items = 8,
        /// <summary>Whom or what a search is for.</summary>
        Queries = 9,
        /// <summary>Raw features.</summary>
        Features = 10,
        /// <summary>A history.</summary>
        History = 11,
        /// <summary>What is not to be returned.</summary>
        Exclude = 12,
        /// <summary>What alone may be returned.</summary>
        Allow = 13,
        /// <summary>Filters.</summary>
        Filters = 14,
        /// <summary>Limits.</summary>
        Limits = 15,
        /// <summary>The name of an input, attribute or metadata entry.</summary>
        Name = 16,
        /// <summary>Values of features.</summary>
        Values = 17,
    }

    /// <summary>A call failed: <see cref="Status"/>, and which element of which argument was wrong.</summary>
    public class DuomoException : Exception
    {
        internal DuomoException(Status status, ErrorKind kind, Argument argument, long? position, string message)
            : base(message)
        {
            Status = status;
            Kind = kind;
            Argument = argument;
            Position = position;
        }

        /// <summary>What programs decide by.</summary>
        public Status Status { get; }
        /// <summary>What was wrong, finer.</summary>
        public ErrorKind Kind { get; }
        /// <summary>Where it was wrong.</summary>
        public Argument Argument { get; }
        /// <summary>The index of the wrong element in that argument; null where it is not a list.</summary>
        public long? Position { get; }
    }

    internal static unsafe class Error
    {
        private static readonly Regex Function = new Regex(@"\bduomo_([a-z_]+)");

        private static string NameOf(Match function)
        {
            string name = function.Groups[1].Value;
            if (name == "topk") return nameof(Recommender.TopK);
            return string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        }

        /// <summary>Before a call that may fill it.</summary>
        internal static void Prepare(NativeError* error)
        {
            error->struct_size = (uint)sizeof(NativeError);
        }

        /// <summary>Throws where the status is not that of success.</summary>
        internal static void Check(int status, NativeError* error)
        {
            if (status != 0) throw Of(status, error);
        }

        internal static Exception Of(int status, NativeError* error)
        {
            // Messages speak of C's functions; here they have .NET's names.
            string message = Function.Replace(Utf8.Of((IntPtr)error->message), NameOf);
            if (status == (int)Status.Cancelled) return new OperationCanceledException(message);
            long? position = error->position == ulong.MaxValue ? (long?)null : (long)error->position;
            return new DuomoException(
                (Status)status, (ErrorKind)error->kind, (Argument)error->argument, position, message);
        }

        /// <summary>The same for a file: one that is not there is .NET's own exception.</summary>
        internal static Exception OfFile(int status, NativeError* error, string path)
        {
            Exception e = Of(status, error);
            if (status != (int)Status.IoError || File.Exists(path) || Directory.Exists(path)) return e;
            return new FileNotFoundException(e.Message, path, e);
        }
    }
}
