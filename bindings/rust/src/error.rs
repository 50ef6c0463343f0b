//! Failures: what kind, which argument, where in it, and a message that says so.

use crate::numbers::numbers;
use duomo_sys as sys;
use std::ffi::CStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::mem::{size_of, MaybeUninit};
use std::path::Path;
use std::ptr::{addr_of_mut, null_mut, NonNull};

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
    /// The host asked for an end: [`ContextOptions::cancelled`](crate::ContextOptions::cancelled).
    Cancelled,
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
            sys::DUOMO_CANCELLED => Self::Cancelled,
            other => Self::Other(other),
        }
    }
}

numbers! {
    /// What was wrong, finer than [`Status`].
    ErrorKind {
        /// Something that must be given.
        Missing = sys::DUOMO_KIND_NULL,
        /// What a newer client asks for.
        StructSize = sys::DUOMO_KIND_STRUCT_SIZE,
        /// A number outside what is allowed.
        Value = sys::DUOMO_KIND_VALUE,
        /// Arguments that do not go together.
        Conflict = sys::DUOMO_KIND_CONFLICT,
        /// Offsets that do not ascend from 0.
        Offsets = sys::DUOMO_KIND_OFFSETS,
        /// Text that is not UTF-8.
        NotUtf8 = sys::DUOMO_KIND_NOT_UTF8,
        /// NaN or infinity.
        NotFinite = sys::DUOMO_KIND_NOT_FINITE,
        /// A user or item that the model does not have.
        UnknownId = sys::DUOMO_KIND_UNKNOWN_ID,
        /// An input, attribute or entry of the metadata that the model does not have.
        UnknownName = sys::DUOMO_KIND_UNKNOWN_NAME,
        /// A value that the input or attribute does not have.
        UnknownValue = sys::DUOMO_KIND_UNKNOWN_VALUE,
        /// The file or the build lacks what the call needs.
        Lacking = sys::DUOMO_KIND_LACKING,
    }
}

numbers! {
    /// Which argument, or part of a request, was wrong.
    Argument {
        /// Where results go.
        Out = sys::DUOMO_ARGUMENT_OUT,
        /// The model.
        Model = sys::DUOMO_ARGUMENT_MODEL,
        /// The context.
        Context = sys::DUOMO_ARGUMENT_CONTEXT,
        /// Options.
        Options = sys::DUOMO_ARGUMENT_OPTIONS,
        /// The path, bytes or open file.
        File = sys::DUOMO_ARGUMENT_FILE,
        /// The request as a whole.
        Request = sys::DUOMO_ARGUMENT_REQUEST,
        /// Ids, keys or vectors of users.
        Users = sys::DUOMO_ARGUMENT_USERS,
        /// Ids, keys or vectors of items.
        Items = sys::DUOMO_ARGUMENT_ITEMS,
        /// Whom a search is for.
        Queries = sys::DUOMO_ARGUMENT_QUERIES,
        /// Features.
        Features = sys::DUOMO_ARGUMENT_FEATURES,
        /// Histories, or their weights.
        History = sys::DUOMO_ARGUMENT_HISTORY,
        /// What is never to be returned.
        Exclude = sys::DUOMO_ARGUMENT_EXCLUDE,
        /// What alone is to be returned.
        Allow = sys::DUOMO_ARGUMENT_ALLOW,
        /// Filters.
        Filters = sys::DUOMO_ARGUMENT_FILTERS,
        /// Limits.
        Limits = sys::DUOMO_ARGUMENT_LIMITS,
        /// The name of an input, attribute or entry of the metadata.
        Name = sys::DUOMO_ARGUMENT_NAME,
        /// Values of features.
        Values = sys::DUOMO_ARGUMENT_VALUES,
    }
}

/// A failed call. Nothing was written and nothing needs cleaning up.
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{Argument, ErrorKind, Status};
/// let mut context = duomo::Model::open("shop.duomo")?.context()?;
/// let error = context.predict_pairs(&mut [0.0; 2], &[3, 99], &[1006, 1006]).unwrap_err();
/// assert_eq!(error.status(), Status::NotFound);
/// assert_eq!(error.kind(), Some(ErrorKind::UnknownId));
/// assert_eq!((error.argument(), error.position()), (Some(Argument::Users), Some(1)));
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: Status,
    kind: i32,
    argument: i32,
    position: u64,
    io: Option<io::ErrorKind>,
    message: Box<str>,
}

impl Error {
    /// What kind of failure.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What was wrong, finer than the status, where there is a word for it.
    pub fn kind(&self) -> Option<ErrorKind> {
        (self.kind != 0).then(|| self.kind.into())
    }

    /// Which argument was wrong, where it was one.
    pub fn argument(&self) -> Option<Argument> {
        (self.argument != 0).then(|| self.argument.into())
    }

    /// Which element of that argument.
    pub fn position(&self) -> Option<usize> {
        let position = Some(self.position).filter(|at| *at != sys::DUOMO_NO_POSITION);
        position.and_then(|at| at.try_into().ok())
    }

    /// What the system has against a file that it refused, such as [`io::ErrorKind::NotFound`].
    ///
    /// ```
    /// let error = duomo::Model::open("/nowhere/shop.duomo").unwrap_err();
    /// assert_eq!(error.status(), duomo::Status::Io);
    /// assert_eq!(error.io_kind(), Some(std::io::ErrorKind::NotFound));
    /// ```
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        self.io
    }

    /// What was wrong, where, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn new(status: Status, message: impl Into<Box<str>>) -> Self {
        Self {
            status,
            kind: 0,
            argument: 0,
            position: sys::DUOMO_NO_POSITION,
            io: None,
            message: message.into(),
        }
    }

    /// The same of a file: asks the system once more what it has against it, where it was that.
    pub(crate) fn about(mut self, path: &Path) -> Self {
        if self.status == Status::Io {
            self.io = File::open(path).err().map(|error| error.kind());
        }
        self
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
    // SAFETY: in bounds. What is read later has a value, whatever the callee does.
    unsafe {
        addr_of_mut!((*place).struct_size).write(size_of::<sys::duomo_error>() as u32);
        addr_of_mut!((*place).message).cast::<u8>().write(0);
        addr_of_mut!((*place).kind).write(0);
        addr_of_mut!((*place).argument).write(0);
        addr_of_mut!((*place).position).write(sys::DUOMO_NO_POSITION);
    }
    let status = f(place);
    if status == sys::DUOMO_OK {
        return Ok(());
    }
    // SAFETY: written by us or by the callee.
    Err(unsafe { failure(status, place) })
}

/// Makes a call that gives an object: a reference that is now the caller's.
pub(crate) fn made<T>(
    make: impl FnOnce(*mut *mut T, *mut sys::duomo_error) -> sys::duomo_status,
) -> Result<NonNull<T>> {
    let mut object = null_mut();
    call(|error| make(&mut object, error))?;
    NonNull::new(object).ok_or_else(|| Error::new(Status::Internal, "the library gave no object"))
}

#[cold]
unsafe fn failure(status: sys::duomo_status, error: *const sys::duomo_error) -> Error {
    // SAFETY: as the caller says.
    let message = unsafe { CStr::from_ptr(std::ptr::addr_of!((*error).message).cast()) };
    Error {
        status: status.into(),
        // SAFETY: the same.
        kind: unsafe { (*error).kind },
        argument: unsafe { (*error).argument },
        position: unsafe { (*error).position },
        io: None,
        message: in_rust(&message.to_string_lossy()).into(),
    }
}

/// The message with this crate's names in place of C's: `top_k` for `duomo_topk`.
fn in_rust(message: &str) -> String {
    if !message.contains("duomo_") && !message.contains("DUOMO_") {
        return message.to_string(); // nearly all
    }
    let mut out = String::new();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c: char| is_name(c) != is_name(first))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(&match word {
            "duomo_topk" => "top_k".into(),
            "DUOMO_RANK_USER_ID" => "RankRequest::user".into(),
            "DUOMO_UNKNOWN_IS_MARKED" => "UnknownIds::Marked".into(),
            "DUOMO_ALLOW_LISTED" => "allow".into(),
            "DUOMO_BACKEND_DEFAULT" => "Backend::Default".into(),
            "_PORTABLE" => "Backend::Portable".into(),
            _ => match word.get(..6) {
                Some("duomo_" | "DUOMO_") => {
                    word[6..].to_lowercase().replace("features_set_", "set_")
                }
                _ => word.to_string(),
            },
        });
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_those_of_this_crate() {
        for (c, rust) in [
            ("use duomo_rank", "use rank"),
            ("duomo_features_set_strings, é", "set_strings, é"),
            (
                "DUOMO_EXCLUDE_SEEN is for duomo_topk",
                "exclude_seen is for top_k",
            ),
            ("user_ids[0]: no user 99", "user_ids[0]: no user 99"),
            ("", ""),
        ] {
            assert_eq!(super::in_rust(c), rust);
        }
    }
}
