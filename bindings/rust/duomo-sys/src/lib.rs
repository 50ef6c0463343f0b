//! Declarations of `duomo.h`, word for word. See the header for what they mean; see the crate
//! `duomo` for a safe interface. `tests/layout.rs` compares sizes, offsets and constants with those
//! that the C compiler makes of the installed header.
#![no_std]
#![allow(non_camel_case_types)]

#[cfg(feature = "bundled")]
extern crate libz_sys as _; // which links zlib

mod constants;
mod functions;
mod structs;

pub use constants::*;
pub use functions::*;
pub use structs::*;
