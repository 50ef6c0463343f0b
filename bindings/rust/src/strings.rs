//! Text for C and from it.

use crate::error::{Error, Result, Status};
use duomo_sys as sys;
use std::ffi::{c_char, CString};
use std::ptr::null;

/// Text for C, which ends at a NUL.
pub(crate) fn terminated(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::invalid(format!("{text:?} has a NUL byte")))
}

pub(crate) const NO_TEXT: sys::duomo_text = sys::duomo_text {
    data: null(),
    size: 0,
};

/// Text of the model's, which lives as long as `'a`.
pub(crate) unsafe fn text<'a>(text: sys::duomo_text) -> Result<&'a str> {
    if text.size == 0 {
        return Ok("");
    }
    // SAFETY: the caller chose 'a no longer than the model lives.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.size) };
    std::str::from_utf8(bytes).map_err(|error| Error::new(Status::Corrupt, error.to_string()))
}

/// The same where C says by NULL that there is none.
pub(crate) unsafe fn optional_text<'a>(given: sys::duomo_text) -> Result<Option<&'a str>> {
    if given.data.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller says.
    unsafe { text(given) }.map(Some)
}

/// Strings as C has them, in one piece of memory.
#[derive(Debug, Clone)]
pub(crate) struct CStrings {
    bytes: Vec<u8>,
    begins: Vec<Option<usize>>,
}

impl CStrings {
    pub(crate) fn new<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Result<Self> {
        let mut out = Self {
            bytes: Vec::new(),
            begins: Vec::with_capacity(values.size_hint().0),
        };
        for (i, value) in values.enumerate() {
            out.begins.push(value.map(|_| out.bytes.len()));
            if let Some(value) = value {
                if value.as_bytes().contains(&0) {
                    return Err(Error::invalid(format!(
                        "values[{i}], {value:?}, has a NUL byte"
                    )));
                }
                out.bytes.extend_from_slice(value.as_bytes());
                out.bytes.push(0);
            }
        }
        Ok(out)
    }

    /// NULL for what is unset. They live as long as the strings, which must not move inside.
    pub(crate) fn pointers(&self) -> Vec<*const c_char> {
        let pointer =
            |begin: &Option<usize>| begin.map_or(null(), |at| self.bytes[at..].as_ptr().cast());
        self.begins.iter().map(pointer).collect()
    }
}
