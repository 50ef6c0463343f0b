//! Failures: a kind, and a message that says what was wrong, where, and what to do.

use duomo_sys as sys;
use std::ffi::{CStr, CString};
use std::fmt;
use std::mem::{size_of, MaybeUninit};
use std::ptr::addr_of_mut;

/// What calls of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The call is wrong, whatever the model.
    InvalidArgument,
    /// An id, key or input that the model does not have.
    NotFound,
    /// The message says for what.
    OutOfMemory,
    /// The system refused to read the file; the message says why.
    Io,
    /// The bytes are not a valid `.duomo` file.
    Corrupt,
    /// The file is newer than the library.
    UnsupportedVersion,
    /// This model cannot do that; the message says what it lacks.
    Unsupported,
    /// A defect in Duomo: please report the message.
    Internal,
    /// What a newer library says, as a number.
    Other(i32),
}

impl From<i32> for Status {
    fn from(status: sys::duomo_status) -> Self {
        match status {
            sys::DUOMO_INVALID_ARGUMENT => Self::InvalidArgument,
            sys::DUOMO_NOT_FOUND => Self::NotFound,
            sys::DUOMO_OUT_OF_MEMORY => Self::OutOfMemory,
            sys::DUOMO_IO_ERROR => Self::Io,
            sys::DUOMO_CORRUPT => Self::Corrupt,
            sys::DUOMO_UNSUPPORTED_VERSION => Self::UnsupportedVersion,
            sys::DUOMO_UNSUPPORTED => Self::Unsupported,
            sys::DUOMO_INTERNAL => Self::Internal,
            other => Self::Other(other),
        }
    }
}

/// A failed call. Nothing was written and nothing needs cleaning up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: Box<str>,
}

impl Error {
    /// What kind of failure.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What was wrong, where, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn new(status: Status, message: impl Into<Box<str>>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: impl Into<Box<str>>) -> Self {
        Self::new(Status::InvalidArgument, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Makes a call that fills C's error struct where it fails. (Which is not cleared before, as it is
/// larger than most calls are long.)
#[inline]
pub(crate) fn call(f: impl FnOnce(*mut sys::duomo_error) -> sys::duomo_status) -> Result<()> {
    let mut error = MaybeUninit::<sys::duomo_error>::uninit();
    let place = error.as_mut_ptr();
    // SAFETY: in bounds. The message begins terminated, whatever the callee does.
    unsafe {
        addr_of_mut!((*place).struct_size).write(size_of::<sys::duomo_error>() as u32);
        addr_of_mut!((*place).message).cast::<u8>().write(0);
    }
    let status = f(place);
    if status == sys::DUOMO_OK {
        return Ok(());
    }
    // SAFETY: NUL-terminated, by us or by the callee.
    Err(unsafe { failure(status, place) })
}

#[cold]
unsafe fn failure(status: sys::duomo_status, error: *const sys::duomo_error) -> Error {
    // SAFETY: as the caller says.
    let message = unsafe { CStr::from_ptr(std::ptr::addr_of!((*error).message).cast()) };
    Error::new(status.into(), message.to_string_lossy().into_owned())
}

/// Text for C, which ends at a NUL.
pub(crate) fn terminated(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::invalid(format!("{text:?} has a NUL byte")))
}

/// Text of the model's, which lives as long as `'a`.
pub(crate) unsafe fn text<'a>(text: sys::duomo_text) -> Result<&'a str> {
    if text.size == 0 {
        return Ok("");
    }
    // SAFETY: the caller chose 'a no longer than the model lives.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.size) };
    std::str::from_utf8(bytes).map_err(|error| Error::new(Status::Corrupt, error.to_string()))
}
