using System;

namespace Duomo
{
    /// <summary>How two vectors make a score.</summary>
    public enum Head
    {
        /// <summary>Their cosine.</summary>
        Cosine = 0,
        /// <summary>Their dot product.</summary>
        Dot = 1,
        /// <summary>A joint network: no vectors, <see cref="Recommender.Rank(RankRequest)"/> alone.</summary>
        Logistic = 2,
    }

    /// <summary>Whose features an input reads.</summary>
    public enum Scope
    {
        /// <summary>Users'.</summary>
        User = 0,
        /// <summary>Items'.</summary>
        Item = 1,
        /// <summary>Those of a user and an item together.</summary>
        Pair = 2,
    }

    /// <summary>What an input reads.</summary>
    public enum InputKind
    {
        /// <summary>One value of a vocabulary.</summary>
        Category = 0,
        /// <summary>Any number of values.</summary>
        CategorySet = 1,
        /// <summary>A text, which the library cuts into words.</summary>
        Text = 2,
        /// <summary>Items, oldest first.</summary>
        History = 3,
        /// <summary>A number.</summary>
        Number = 4,
    }

    /// <summary>What an attribute holds.</summary>
    public enum AttributeKind
    {
        /// <summary>One text an item.</summary>
        Category = 0,
        /// <summary>Any number of texts an item.</summary>
        Set = 1,
        /// <summary>An integer.</summary>
        Integer = 2,
        /// <summary>A number.</summary>
        Number = 3,
        /// <summary>Seconds since 1970, UTC.</summary>
        Time = 4,
    }

    /// <summary>What a model is.</summary>
    public sealed class ModelInfo
    {
        internal ModelInfo(NativeModelInfo info)
        {
            Head = (Head)info.head;
            UserCount = (long)info.user_count;
            ItemCount = (long)info.item_count;
            VectorWidth = (int)info.vector_width;
            InputCount = (int)info.input_count;
            AttributeCount = (int)info.attribute_count;
            MetadataCount = (int)info.metadata_count;
            FileSize = (long)info.file_size;
            HasUserVectors = info.has_user_vectors != 0;
            HasHistory = info.has_history != 0;
            HasTitles = info.has_titles != 0;
            Copied = info.copied != 0;
            Name = Utf8.Of(info.name);
            Unit = Utf8.Of(info.unit);
            MinimumOutput = info.minimum_output;
            MaximumOutput = info.maximum_output;
            Fingerprint = info.fingerprint;
        }

        internal int InputCount { get; }
        internal int AttributeCount { get; }
        internal int MetadataCount { get; }

        /// <summary>How two vectors make a score.</summary>
        public Head Head { get; }
        /// <summary>Users in the file.</summary>
        public long UserCount { get; }
        /// <summary>Items in the file.</summary>
        public long ItemCount { get; }
        /// <summary>Numbers of a vector; 0 for logistic models.</summary>
        public int VectorWidth { get; }
        /// <summary>Bytes.</summary>
        public long FileSize { get; }
        /// <summary>The file holds the users' vectors; else the network computes them in every call.</summary>
        public bool HasUserVectors { get; }
        /// <summary>The file holds the items that its users have seen.</summary>
        public bool HasHistory { get; }
        /// <summary>Items have titles.</summary>
        public bool HasTitles { get; }
        /// <summary>The bytes were copied; else mapped.</summary>
        public bool Copied { get; }
        /// <summary>Of the network.</summary>
        public string Name { get; }
        /// <summary>Of predictions, such as "stars".</summary>
        public string Unit { get; }
        /// <summary>The least prediction that there can be; -infinity where nothing bounds it.</summary>
        public float MinimumOutput { get; }
        /// <summary>The greatest.</summary>
        public float MaximumOutput { get; }
        /// <summary>A hash of the file's content.</summary>
        public ulong Fingerprint { get; }
    }

    /// <summary>An input of the network.</summary>
    public sealed class InputInfo
    {
        internal InputInfo(int index, NativeInputInfo info)
        {
            Index = index;
            Name = Utf8.Of(info.name);
            Scope = (Scope)info.scope;
            Kind = (InputKind)info.kind;
            HasStrings = Kind != InputKind.Number && Kind != InputKind.History && info.keys == 2;
            ValueCount = (long)info.vocabulary_size;
        }

        internal int Index { get; }
        /// <summary>Its name.</summary>
        public string Name { get; }
        /// <summary>Whose features it reads.</summary>
        public Scope Scope { get; }
        /// <summary>What it reads.</summary>
        public InputKind Kind { get; }
        /// <summary>Its values are texts; else integers or numbers.</summary>
        public bool HasStrings { get; }
        /// <summary>How many values it knows; 0 for numbers.</summary>
        public long ValueCount { get; }
    }

    /// <summary>A column of items that the network does not read.</summary>
    public sealed class AttributeInfo
    {
        internal AttributeInfo(NativeAttributeInfo info)
        {
            Name = Utf8.Of(info.name);
            Kind = (AttributeKind)info.kind;
            ValueCount = (long)info.value_count;
        }

        /// <summary>Its name.</summary>
        public string Name { get; }
        /// <summary>What it holds.</summary>
        public AttributeKind Kind { get; }
        /// <summary>How many different texts; 0 for numbers.</summary>
        public long ValueCount { get; }
    }
}
