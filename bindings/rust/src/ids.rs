//! Users and items, said by id or by string key.

use crate::error::{Error, Result};
use crate::lists::Lists;
use crate::strings::CStrings;
use std::ffi::c_char;
use std::ptr::null;

/// Users or items: ids, or the string keys of a catalogue that has them. Made from slices, arrays
/// and vectors of `i64`, `&str` or `String`; ids are borrowed, keys copied. (A NUL in a key fails
/// the call that they are used in.)
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::TopKRequest;
/// let model = duomo::Model::open("player.duomo")?;
/// let mut context = model.context()?;
/// let by_key = context.top_k(&TopKRequest::user("u8").exclude(&["i7", "i9"]))?;
/// let ids = [model.item_id_of_key("i7")?, model.item_id_of_key("i9")?];
/// let by_id = context.top_k(&TopKRequest::user(model.user_id_of_key("u8")?).exclude(&ids))?;
/// assert_eq!(by_key.ids(0), by_id.ids(0));
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ids<'a>(Given<'a>);

#[derive(Debug, Clone)]
enum Given<'a> {
    One(i64),
    Ids(&'a [i64]),
    Keys(Result<CStrings>),
}

impl Ids<'_> {
    fn keys<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        Self(Given::Keys(CStrings::new(keys.map(Some))))
    }

    /// As C has them.
    pub(crate) fn c(&self) -> Result<CIds> {
        let mut out = CIds {
            ids: null(),
            keys: null(),
            len: 1,
            _pointers: Vec::new(),
        };
        match &self.0 {
            Given::One(id) => out.ids = id,
            Given::Ids(ids) => (out.ids, out.len) = (ids.as_ptr(), ids.len()),
            Given::Keys(keys) => {
                out._pointers = keys.as_ref().map_err(Clone::clone)?.pointers();
                (out.keys, out.len) = (out._pointers.as_ptr(), out._pointers.len());
            }
        }
        Ok(out)
    }
}

/// Pointers to what some [`Ids`] have; one of the two is NULL. They must live as long.
pub(crate) struct CIds {
    pub(crate) ids: *const i64,
    pub(crate) keys: *const *const c_char,
    pub(crate) len: usize,
    _pointers: Vec<*const c_char>,
}

impl From<i64> for Ids<'_> {
    fn from(id: i64) -> Self {
        Self(Given::One(id))
    }
}

impl From<&str> for Ids<'_> {
    fn from(key: &str) -> Self {
        Self::keys(std::iter::once(key))
    }
}

impl From<&String> for Ids<'_> {
    fn from(key: &String) -> Self {
        key.as_str().into()
    }
}

impl<'a> From<&'a [i64]> for Ids<'a> {
    fn from(ids: &'a [i64]) -> Self {
        Self(Given::Ids(ids))
    }
}

impl<'a, const N: usize> From<&'a [i64; N]> for Ids<'a> {
    fn from(ids: &'a [i64; N]) -> Self {
        ids.as_slice().into()
    }
}

impl<'a> From<&'a Vec<i64>> for Ids<'a> {
    fn from(ids: &'a Vec<i64>) -> Self {
        ids.as_slice().into()
    }
}

impl<'a> From<Lists<'a, i64>> for IdLists<'a> {
    fn from(lists: Lists<'a, i64>) -> Self {
        Self {
            offsets: lists.offsets,
            ids: lists.values.into(),
        }
    }
}

/// Keys are copied, so that nothing is borrowed.
macro_rules! from_keys {
    ($($key:ty)*) => {$(
        impl From<&[$key]> for Ids<'_> {
            fn from(keys: &[$key]) -> Self {
                Self::keys(keys.iter().map(AsRef::as_ref))
            }
        }

        impl<const N: usize> From<&[$key; N]> for Ids<'_> {
            fn from(keys: &[$key; N]) -> Self {
                keys.as_slice().into()
            }
        }

        impl From<&Vec<$key>> for Ids<'_> {
            fn from(keys: &Vec<$key>) -> Self {
                keys.as_slice().into()
            }
        }

        impl<'a> From<Lists<'a, $key>> for IdLists<'a> {
            fn from(lists: Lists<'a, $key>) -> Self {
                Self {
                    offsets: lists.offsets,
                    ids: lists.values.into(),
                }
            }
        }
    )*};
}

from_keys! { &str String }

/// Lists of users or items laid end to end, made from [`Lists`] of `i64`, `&str` or `String`.
#[derive(Debug, Clone)]
pub struct IdLists<'a> {
    pub(crate) offsets: &'a [usize],
    pub(crate) ids: Ids<'a>,
}

impl IdLists<'_> {
    /// As C has them, for so many rows.
    pub(crate) fn c(&self, what: &str, lists: usize) -> Result<CIds> {
        if self.offsets.len() - 1 != lists {
            return Err(Error::invalid(format!(
                "{what}: {} lists for {lists} rows",
                self.offsets.len() - 1
            )));
        }
        self.ids.c()
    }
}
