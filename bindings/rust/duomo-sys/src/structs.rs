//! Structs, and what each begins with: the macros ..._INIT of the header.

use crate::constants::*;
use core::ffi::{c_char, c_void};
use core::mem::size_of;
use core::ptr::{null, null_mut};

/// Declares opaque types: neither Send, Sync nor Unpin, and never made in Rust.
macro_rules! opaque {
    ($($name:ident)*) => {$(
        #[repr(C)]
        pub struct $name {
            data: (),
            marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
        }
    )*};
}

opaque!(duomo_model duomo_model_slot duomo_context duomo_features duomo_item_set);

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_error {
    pub struct_size: u32,
    pub status: duomo_status,
    pub message: [c_char; 504],
    pub kind: i32,
    pub argument: i32,
    pub position: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_allocator {
    pub allocate: Option<
        unsafe extern "C" fn(data: *mut c_void, size: usize, alignment: usize) -> *mut c_void,
    >,
    pub release: Option<
        unsafe extern "C" fn(data: *mut c_void, memory: *mut c_void, size: usize, alignment: usize),
    >,
    pub data: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_open_options {
    pub struct_size: u32,
    pub flags: u32,
    pub backend: i32,
    pub reserved: u32,
    pub allocator: *const duomo_allocator,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_text {
    pub data: *const c_char,
    pub size: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_model_info {
    pub struct_size: u32,
    pub head: i32,
    pub user_count: u64,
    pub item_count: u64,
    pub vector_width: u64,
    pub input_count: u64,
    pub file_size: u64,
    pub has_user_vectors: i32,
    pub has_history: i32,
    pub has_titles: i32,
    pub copied: i32,
    pub name: duomo_text,
    pub unit: duomo_text,
    pub minimum_output: f32,
    pub maximum_output: f32,
    pub fingerprint: u64,
    pub attribute_count: u64,
    pub metadata_count: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_input_info {
    pub struct_size: u32,
    pub scope: i32,
    pub kind: i32,
    pub keys: i32,
    pub vocabulary_size: u64,
    pub name: duomo_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_attribute_info {
    pub struct_size: u32,
    pub kind: i32,
    pub value_count: u64,
    pub name: duomo_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_context_options {
    pub struct_size: u32,
    pub unknown_ids: i32,
    pub threads: u32,
    pub reserved: u32,
    pub parallel_for: duomo_parallel_for,
    pub parallel_data: *mut c_void,
    pub allocator: *const duomo_allocator,
    pub cancelled: *const i32,
}

pub type duomo_work = Option<unsafe extern "C" fn(work_data: *mut c_void, index: usize)>;
pub type duomo_parallel_for = Option<
    unsafe extern "C" fn(data: *mut c_void, count: usize, work: duomo_work, work_data: *mut c_void),
>;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_filter {
    pub struct_size: u32,
    pub mode: i32,
    pub input: *const c_char,
    pub strings: *const *const c_char,
    pub integers: *const i64,
    pub value_count: usize,
    pub minimum: f64,
    pub maximum: f64,
    pub flags: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_limit {
    pub struct_size: u32,
    pub at_most: u32,
    pub input: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_topk_request {
    pub struct_size: u32,
    pub flags: u32,
    pub count: usize,
    pub ids: *const i64,
    pub vectors: *const f32,
    pub features: *const duomo_features,
    pub history_offsets: *const usize,
    pub history_ids: *const i64,
    pub k: usize,
    pub exclude_offsets: *const usize,
    pub exclude_ids: *const i64,
    pub allow_ids: *const i64,
    pub allow_count: usize,
    pub filters: *const duomo_filter,
    pub filter_count: usize,
    pub minimum_score: f32,
    pub reserved: u32,
    pub probes: usize,
    pub keys: *const *const c_char,
    pub history_keys: *const *const c_char,
    pub exclude_keys: *const *const c_char,
    pub allow_keys: *const *const c_char,
    pub history_weights: *const f32,
    pub shared_exclude_ids: *const i64,
    pub shared_exclude_keys: *const *const c_char,
    pub shared_exclude_count: usize,
    pub k_each: *const usize,
    pub allow_set: *const duomo_item_set,
    pub allow_sets: *const *const duomo_item_set,
    pub limits: *const duomo_limit,
    pub limit_count: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_topk_result {
    pub struct_size: u32,
    pub reserved: u32,
    pub ids: *mut i64,
    pub scores: *mut f32,
    pub counts: *mut usize,
    pub keys: *mut duomo_text,
    pub titles: *mut duomo_text,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct duomo_rank_request {
    pub struct_size: u32,
    pub flags: u32,
    pub user_id: i64,
    pub user_features: *const duomo_features,
    pub item_ids: *const i64,
    pub item_features: *const duomo_features,
    pub pair_features: *const duomo_features,
    pub history_ids: *const i64,
    pub history_count: usize,
    pub n: usize,
    pub user_key: *const c_char,
    pub item_keys: *const *const c_char,
    pub history_keys: *const *const c_char,
}

const NO_TEXT: duomo_text = duomo_text {
    data: null(),
    size: 0,
};

pub const DUOMO_ERROR_INIT: duomo_error = duomo_error {
    struct_size: size_of::<duomo_error>() as u32,
    status: DUOMO_OK,
    message: [0; 504],
    kind: 0,
    argument: 0,
    position: DUOMO_NO_POSITION,
};

pub const DUOMO_OPEN_OPTIONS_INIT: duomo_open_options = duomo_open_options {
    struct_size: size_of::<duomo_open_options>() as u32,
    flags: 0,
    backend: DUOMO_BACKEND_DEFAULT,
    reserved: 0,
    allocator: null(),
};

pub const DUOMO_MODEL_INFO_INIT: duomo_model_info = duomo_model_info {
    struct_size: size_of::<duomo_model_info>() as u32,
    head: 0,
    user_count: 0,
    item_count: 0,
    vector_width: 0,
    input_count: 0,
    file_size: 0,
    has_user_vectors: 0,
    has_history: 0,
    has_titles: 0,
    copied: 0,
    name: NO_TEXT,
    unit: NO_TEXT,
    minimum_output: 0.0,
    maximum_output: 0.0,
    fingerprint: 0,
    attribute_count: 0,
    metadata_count: 0,
};

pub const DUOMO_INPUT_INFO_INIT: duomo_input_info = duomo_input_info {
    struct_size: size_of::<duomo_input_info>() as u32,
    scope: 0,
    kind: 0,
    keys: 0,
    vocabulary_size: 0,
    name: NO_TEXT,
};

pub const DUOMO_ATTRIBUTE_INFO_INIT: duomo_attribute_info = duomo_attribute_info {
    struct_size: size_of::<duomo_attribute_info>() as u32,
    kind: 0,
    value_count: 0,
    name: NO_TEXT,
};

pub const DUOMO_CONTEXT_OPTIONS_INIT: duomo_context_options = duomo_context_options {
    struct_size: size_of::<duomo_context_options>() as u32,
    unknown_ids: DUOMO_UNKNOWN_IS_ERROR,
    threads: 0,
    reserved: 0,
    parallel_for: None,
    parallel_data: null_mut(),
    allocator: null(),
    cancelled: null(),
};

pub const DUOMO_FILTER_INIT: duomo_filter = duomo_filter {
    struct_size: size_of::<duomo_filter>() as u32,
    mode: DUOMO_ANY,
    input: null(),
    strings: null(),
    integers: null(),
    value_count: 0,
    minimum: 0.0,
    maximum: 0.0,
    flags: 0,
    reserved: 0,
};

pub const DUOMO_LIMIT_INIT: duomo_limit = duomo_limit {
    struct_size: size_of::<duomo_limit>() as u32,
    at_most: 1,
    input: null(),
};

pub const DUOMO_TOPK_REQUEST_INIT: duomo_topk_request = duomo_topk_request {
    struct_size: size_of::<duomo_topk_request>() as u32,
    flags: 0,
    count: 0,
    ids: null(),
    vectors: null(),
    features: null(),
    history_offsets: null(),
    history_ids: null(),
    k: 10,
    exclude_offsets: null(),
    exclude_ids: null(),
    allow_ids: null(),
    allow_count: 0,
    filters: null(),
    filter_count: 0,
    minimum_score: 0.0,
    reserved: 0,
    probes: 0,
    keys: null(),
    history_keys: null(),
    exclude_keys: null(),
    allow_keys: null(),
    history_weights: null(),
    shared_exclude_ids: null(),
    shared_exclude_keys: null(),
    shared_exclude_count: 0,
    k_each: null(),
    allow_set: null(),
    allow_sets: null(),
    limits: null(),
    limit_count: 0,
};

pub const DUOMO_TOPK_RESULT_INIT: duomo_topk_result = duomo_topk_result {
    struct_size: size_of::<duomo_topk_result>() as u32,
    reserved: 0,
    ids: null_mut(),
    scores: null_mut(),
    counts: null_mut(),
    keys: null_mut(),
    titles: null_mut(),
};

pub const DUOMO_RANK_REQUEST_INIT: duomo_rank_request = duomo_rank_request {
    struct_size: size_of::<duomo_rank_request>() as u32,
    flags: 0,
    user_id: 0,
    user_features: null(),
    item_ids: null(),
    item_features: null(),
    pair_features: null(),
    history_ids: null(),
    history_count: 0,
    n: 0,
    user_key: null(),
    item_keys: null(),
    history_keys: null(),
};
