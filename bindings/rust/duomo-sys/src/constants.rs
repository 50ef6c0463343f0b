//! Numbers with names.

pub type duomo_status = i32;

pub const DUOMO_OK: duomo_status = 0;
pub const DUOMO_INVALID_ARGUMENT: duomo_status = 1;
pub const DUOMO_NOT_FOUND: duomo_status = 2;
pub const DUOMO_OUT_OF_MEMORY: duomo_status = 3;
pub const DUOMO_IO_ERROR: duomo_status = 4;
pub const DUOMO_CORRUPT: duomo_status = 5;
pub const DUOMO_UNSUPPORTED_VERSION: duomo_status = 6;
pub const DUOMO_UNSUPPORTED: duomo_status = 7;
pub const DUOMO_INTERNAL: duomo_status = 8;
pub const DUOMO_CANCELLED: duomo_status = 9;

pub const DUOMO_KIND_NULL: i32 = 1;
pub const DUOMO_KIND_STRUCT_SIZE: i32 = 2;
pub const DUOMO_KIND_VALUE: i32 = 3;
pub const DUOMO_KIND_CONFLICT: i32 = 4;
pub const DUOMO_KIND_OFFSETS: i32 = 5;
pub const DUOMO_KIND_NOT_UTF8: i32 = 6;
pub const DUOMO_KIND_NOT_FINITE: i32 = 7;
pub const DUOMO_KIND_UNKNOWN_ID: i32 = 8;
pub const DUOMO_KIND_UNKNOWN_NAME: i32 = 9;
pub const DUOMO_KIND_UNKNOWN_VALUE: i32 = 10;
pub const DUOMO_KIND_LACKING: i32 = 11;

pub const DUOMO_ARGUMENT_OUT: i32 = 1;
pub const DUOMO_ARGUMENT_MODEL: i32 = 2;
pub const DUOMO_ARGUMENT_CONTEXT: i32 = 3;
pub const DUOMO_ARGUMENT_OPTIONS: i32 = 4;
pub const DUOMO_ARGUMENT_FILE: i32 = 5;
pub const DUOMO_ARGUMENT_REQUEST: i32 = 6;
pub const DUOMO_ARGUMENT_USERS: i32 = 7;
pub const DUOMO_ARGUMENT_ITEMS: i32 = 8;
pub const DUOMO_ARGUMENT_QUERIES: i32 = 9;
pub const DUOMO_ARGUMENT_FEATURES: i32 = 10;
pub const DUOMO_ARGUMENT_HISTORY: i32 = 11;
pub const DUOMO_ARGUMENT_EXCLUDE: i32 = 12;
pub const DUOMO_ARGUMENT_ALLOW: i32 = 13;
pub const DUOMO_ARGUMENT_FILTERS: i32 = 14;
pub const DUOMO_ARGUMENT_LIMITS: i32 = 15;
pub const DUOMO_ARGUMENT_NAME: i32 = 16;
pub const DUOMO_ARGUMENT_VALUES: i32 = 17;

pub const DUOMO_NO_POSITION: u64 = u64::MAX;

pub const DUOMO_OPEN_COPY: u32 = 1;
pub const DUOMO_OPEN_VERIFY: u32 = 2;
pub const DUOMO_OPEN_PREPARE: u32 = 4;

pub const DUOMO_BACKEND_DEFAULT: i32 = 0;
pub const DUOMO_BACKEND_ONEDNN: i32 = 1;
pub const DUOMO_BACKEND_PORTABLE: i32 = 2;

pub const DUOMO_HEAD_COSINE: i32 = 0;
pub const DUOMO_HEAD_DOT: i32 = 1;
pub const DUOMO_HEAD_LOGISTIC: i32 = 2;

pub const DUOMO_USER: i32 = 0;
pub const DUOMO_ITEM: i32 = 1;
pub const DUOMO_PAIR: i32 = 2;

pub const DUOMO_INPUT_CATEGORY: i32 = 0;
pub const DUOMO_INPUT_CATEGORY_SET: i32 = 1;
pub const DUOMO_INPUT_TEXT: i32 = 2;
pub const DUOMO_INPUT_HISTORY: i32 = 3;
pub const DUOMO_INPUT_NUMBER: i32 = 4;

pub const DUOMO_KEYS_RANGE: i32 = 0;
pub const DUOMO_KEYS_INTEGER: i32 = 1;
pub const DUOMO_KEYS_STRING: i32 = 2;

pub const DUOMO_ATTRIBUTE_CATEGORY: i32 = 0;
pub const DUOMO_ATTRIBUTE_SET: i32 = 1;
pub const DUOMO_ATTRIBUTE_INTEGER: i32 = 2;
pub const DUOMO_ATTRIBUTE_NUMBER: i32 = 3;
pub const DUOMO_ATTRIBUTE_TIME: i32 = 4;

pub const DUOMO_UNKNOWN_IS_ERROR: i32 = 0;
pub const DUOMO_UNKNOWN_IS_MARKED: i32 = 1;

pub const DUOMO_ANY: i32 = 0;
pub const DUOMO_ALL: i32 = 1;
pub const DUOMO_NONE: i32 = 2;
pub const DUOMO_RANGE: i32 = 3;

pub const DUOMO_ABOVE_MINIMUM: u32 = 1;
pub const DUOMO_BELOW_MAXIMUM: u32 = 2;
pub const DUOMO_STRICT_VALUES: u32 = 4;

pub const DUOMO_EXCLUDE_SEEN: u32 = 1;
pub const DUOMO_MINIMUM_SCORE: u32 = 2;
pub const DUOMO_APPROXIMATE: u32 = 4;
pub const DUOMO_ALLOW_LISTED: u32 = 8;

pub const DUOMO_RANK_USER_ID: u32 = 1;
