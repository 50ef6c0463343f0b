using System.Threading;

namespace Duomo
{
    /// <summary>What becomes of users and items that the model does not know, and of vectors with NaN.</summary>
    public enum Unknown
    {
        /// <summary>The call fails.</summary>
        Error = 0,
        /// <summary>Their prediction or vector is NaN, their list is empty.</summary>
        Mark = 1,
    }

    /// <summary>What computes the networks.</summary>
    public enum Backend
    {
        /// <summary>oneDNN where the library was built with it.</summary>
        Default = 0,
        /// <summary>oneDNN.</summary>
        OneDnn = 1,
        /// <summary>Duomo's own kernels.</summary>
        Portable = 2,
    }

    /// <summary>How a file is opened.</summary>
    public sealed class OpenOptions
    {
        /// <summary>Read the file into memory in place of mapping it: for files that may be changed in place.</summary>
        public bool Copy { get; set; }
        /// <summary>Verify the checksums of the whole file; otherwise only those of what is small.</summary>
        public bool Verify { get; set; }
        /// <summary>Build the search index of a file that has none, at up to 10 microseconds an item.</summary>
        public bool Prepare { get; set; }
        /// <summary>What computes the networks.</summary>
        public Backend Backend { get; set; }
    }

    /// <summary>How a context works.</summary>
    public sealed class ContextOptions
    {
        /// <summary>What becomes of unknown users and items.</summary>
        public Unknown Unknown { get; set; }
        /// <summary>Threads that a search uses, at most 256; 0 and 1: the calling thread alone.</summary>
        public int Threads { get; set; }
        /// <summary>Ends calls, also those that run, within milliseconds: they throw OperationCanceledException.</summary>
        public CancellationToken CancellationToken { get; set; }
    }
}
