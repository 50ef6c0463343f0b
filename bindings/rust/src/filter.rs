//! Filters: which items may be results.

use crate::error::{terminated, Result};
use crate::features::CStrings;
use crate::info::numbers;
use duomo_sys as sys;
use std::ffi::{c_char, CString};

numbers! {
    /// How a filter's values must meet an item's.
    Mode {
        /// At least one.
        Any = sys::DUOMO_ANY,
        /// Every one.
        All = sys::DUOMO_ALL,
        /// Not one.
        None = sys::DUOMO_NONE,
    }
}

/// Items whose category or set input has any, all or none of the values. Of no values, none has
/// any, and every item has all and none.
#[derive(Debug, Clone)]
pub struct Filter(Result<FilterParts>);

#[derive(Debug, Clone)]
struct FilterParts {
    input: CString,
    mode: Mode,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Strings(CStrings),
    Integers(Vec<i64>),
}

impl Filter {
    /// For inputs with string keys. (A NUL in a string fails the call that the filter is used in.)
    pub fn strings<T: AsRef<str>>(
        input: &str,
        mode: Mode,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values: Vec<T> = values.into_iter().collect();
        let strings = CStrings::new(values.iter().map(|value| Some(value.as_ref())));
        Self::new(input, mode, strings.map(Values::Strings))
    }

    /// For inputs with range or integer keys.
    pub fn integers(input: &str, mode: Mode, values: impl IntoIterator<Item = i64>) -> Self {
        let values = values.into_iter().collect();
        Self::new(input, mode, Ok(Values::Integers(values)))
    }

    fn new(input: &str, mode: Mode, values: Result<Values>) -> Self {
        Self(terminated(input).and_then(|input| {
            Ok(FilterParts {
                input,
                mode,
                values: values?,
            })
        }))
    }
}

/// C's filters, and the arrays that they point to beside the filters' own.
pub(crate) type CFilters = (Vec<sys::duomo_filter>, Vec<Vec<*const c_char>>);

pub(crate) fn filters_of(filters: &[Filter]) -> Result<CFilters> {
    let (mut out, mut strings) = (Vec::with_capacity(filters.len()), Vec::new());
    for Filter(parts) in filters {
        let parts = parts.as_ref().map_err(Clone::clone)?;
        let mut c = sys::duomo_filter {
            mode: parts.mode.into(),
            input: parts.input.as_ptr(),
            ..sys::DUOMO_FILTER_INIT
        };
        match &parts.values {
            Values::Strings(values) => {
                let pointers = values.pointers();
                (c.strings, c.value_count) = (pointers.as_ptr(), pointers.len());
                strings.push(pointers); // moves the vector, not what it points to
            }
            Values::Integers(values) => {
                (c.integers, c.value_count) = (values.as_ptr(), values.len());
            }
        }
        out.push(c);
    }
    Ok((out, strings))
}
