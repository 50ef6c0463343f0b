//! What a model is, and what it reads.

use crate::error::Result;
use crate::numbers::numbers;
use crate::strings::text;
use duomo_sys as sys;

numbers! {
    /// How a model makes a score of a user and an item.
    Head {
        /// The cosine of their vectors.
        Cosine = sys::DUOMO_HEAD_COSINE,
        /// The dot product, perhaps with biases.
        Dot = sys::DUOMO_HEAD_DOT,
        /// One tower of both; answers [`Context::rank`](crate::Context::rank) only.
        Logistic = sys::DUOMO_HEAD_LOGISTIC,
    }
}

numbers! {
    /// Whom an input is about.
    Scope {
        /// Users.
        User = sys::DUOMO_USER,
        /// Items.
        Item = sys::DUOMO_ITEM,
        /// A user and an item together.
        Pair = sys::DUOMO_PAIR,
    }
}

numbers! {
    /// What values an input has.
    InputKind {
        /// One of a vocabulary.
        Category = sys::DUOMO_INPUT_CATEGORY,
        /// Any number of a vocabulary.
        CategorySet = sys::DUOMO_INPUT_CATEGORY_SET,
        /// Words.
        Text = sys::DUOMO_INPUT_TEXT,
        /// Item ids, oldest first.
        History = sys::DUOMO_INPUT_HISTORY,
        /// A number.
        Number = sys::DUOMO_INPUT_NUMBER,
    }
}

numbers! {
    /// How the values of a vocabulary are given.
    Keys {
        /// Integers from 0.
        Range = sys::DUOMO_KEYS_RANGE,
        /// Integers.
        Integer = sys::DUOMO_KEYS_INTEGER,
        /// Strings.
        String = sys::DUOMO_KEYS_STRING,
    }
}

/// What a model is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Info {
    /// Of the description: "hybrid".
    pub name: String,
    /// Of predictions: "stars".
    pub unit: String,
    /// How scores are made.
    pub head: Head,
    /// Known users.
    pub user_count: u64,
    /// Known items.
    pub item_count: u64,
    /// Floats in a vector of a user or item; 0 for logistic models.
    pub vector_width: usize,
    /// Inputs that the model reads.
    pub input_count: u64,
    /// Of the file, in bytes.
    pub file_size: u64,
    /// Whether the file has them; else the user tower runs when asked.
    pub has_user_vectors: bool,
    /// Whether the file knows what its users have seen.
    pub has_history: bool,
    /// Whether items have titles.
    pub has_titles: bool,
    /// Whether the bytes were copied: neither mapped nor borrowed.
    pub copied: bool,
    /// The least prediction, −∞ where there is no bound.
    pub minimum_output: f32,
    /// The greatest prediction, ∞ where there is no bound.
    pub maximum_output: f32,
    /// Of the file's content: another content has another one.
    pub fingerprint: u64,
}

impl Info {
    /// SAFETY: the texts of `c` live.
    pub(crate) unsafe fn from_c(c: &sys::duomo_model_info) -> Result<Self> {
        Ok(Self {
            // SAFETY: as the caller says.
            name: unsafe { text(c.name) }?.to_string(),
            unit: unsafe { text(c.unit) }?.to_string(),
            head: c.head.into(),
            user_count: c.user_count,
            item_count: c.item_count,
            vector_width: c.vector_width as usize,
            input_count: c.input_count,
            file_size: c.file_size,
            has_user_vectors: c.has_user_vectors != 0,
            has_history: c.has_history != 0,
            has_titles: c.has_titles != 0,
            copied: c.copied != 0,
            minimum_output: c.minimum_output,
            maximum_output: c.maximum_output,
            fingerprint: c.fingerprint,
        })
    }
}

/// Something that a model reads about users, items or pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Input {
    /// By which features and filters call it.
    pub name: String,
    /// Whom it is about.
    pub scope: Scope,
    /// What values it has.
    pub kind: InputKind,
    /// How they are given. Of numbers this says nothing; histories are always item ids.
    pub keys: Keys,
    /// Known values; of numbers 0.
    pub vocabulary_size: u64,
}

/// The values that an input knows, in the order of its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputValues<'a> {
    /// Of range or integer keys; of histories the items, as the model counts them.
    Integers(Vec<i64>),
    /// Of string keys, and the words of texts.
    Strings(Vec<&'a str>),
}

numbers! {
    /// What values an attribute has.
    AttributeKind {
        /// A text an item.
        Category = sys::DUOMO_ATTRIBUTE_CATEGORY,
        /// Any number of texts an item.
        Set = sys::DUOMO_ATTRIBUTE_SET,
        /// An integer.
        Integer = sys::DUOMO_ATTRIBUTE_INTEGER,
        /// A number.
        Number = sys::DUOMO_ATTRIBUTE_NUMBER,
        /// Seconds since 1970, UTC.
        Time = sys::DUOMO_ATTRIBUTE_TIME,
    }
}

/// A column of items that no network reads: to filter by and to show.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Attribute {
    /// By which filters and limits call it.
    pub name: String,
    /// What values it has.
    pub kind: AttributeKind,
    /// Different texts of categories and sets; of others 0.
    pub value_count: u64,
}
