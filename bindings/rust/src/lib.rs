#![doc = include_str!("../README.md")]

mod catalogue;
mod context;
mod error;
mod features;
mod filter;
mod ids;
mod info;
mod lists;
mod model;
mod numbers;
mod open;
mod pool;
mod rank;
mod result;
mod searches;
mod set;
mod slot;
mod strings;
mod topk;

pub use catalogue::id_of_key;
pub use context::{Context, ContextOptions, UnknownIds};
pub use error::{Argument, Error, ErrorKind, Result, Status};
pub use features::Features;
pub use filter::{Filter, Mode};
pub use ids::{IdLists, Ids};
pub use info::{Attribute, AttributeKind, Head, Info, Input, InputKind, InputValues, Keys, Scope};
pub use lists::{Lists, ListsBuf};
pub use model::Model;
pub use open::{Backend, OpenOptions};
pub use pool::{ContextPool, PooledContext};
pub use rank::RankRequest;
pub use result::{Hits, HitsOfAll, TopKResult};
pub use set::ItemSet;
pub use slot::ModelSlot;
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
