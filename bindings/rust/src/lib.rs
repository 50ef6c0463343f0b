#![doc = include_str!("../README.md")]

mod context;
mod error;
mod features;
mod filter;
mod info;
mod lists;
mod model;
mod rank;
mod result;
mod topk;

pub use context::{Context, ContextOptions, UnknownIds};
pub use error::{Error, Result, Status};
pub use features::Features;
pub use filter::{Filter, Mode};
pub use info::{Head, Info, Input, InputKind, Keys, Scope};
pub use lists::{Lists, ListsBuf};
pub use model::{Backend, Model, OpenOptions};
pub use rank::RankRequest;
pub use result::TopKResult;
pub use topk::TopKRequest;

use duomo_sys as sys;
use std::ffi::CStr;

/// The version of the library that runs, "0.1.0".
pub fn version() -> &'static str {
    // SAFETY: static text, NUL-terminated.
    unsafe { CStr::from_ptr(sys::duomo_version()) }
        .to_str()
        .unwrap_or("")
}

/// One line for bug reports: how the library was built and which kernels run.
pub fn build_info() -> &'static str {
    // SAFETY: static text, NUL-terminated.
    unsafe { CStr::from_ptr(sys::duomo_build_info()) }
        .to_str()
        .unwrap_or("")
}
