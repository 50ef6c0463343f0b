//! Filters: which items may be results.

use crate::error::{Error, Result};
use crate::numbers::numbers;
use crate::strings::{terminated, CStrings};
use duomo_sys as sys;
use std::ffi::{c_char, CString};
use std::ops::{Bound, RangeBounds};

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

/// Items (or users, where those are searched) by the values of an attribute or input: those that have
/// any, all or none of some texts or integers, or a number in a range. Of no values, none has any,
/// and every item has all and none. Where an attribute and an input have the same name, the attribute
/// is meant.
///
/// ```
/// use duomo::{Filter, Mode};
/// let drama = Filter::strings("genres", Mode::Any, ["Drama", "Romance"]);
/// let nineties = Filter::range("year", 1990.0..2000.0);
/// let cheap = Filter::range("price", ..=20.0);
/// ```
#[derive(Debug, Clone)]
pub struct Filter(Result<FilterParts>);

#[derive(Debug, Clone)]
struct FilterParts {
    input: CString,
    mode: i32,
    flags: u32,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Strings(CStrings),
    Integers(Vec<i64>),
    Range(f64, f64),
}

impl Filter {
    /// For attributes of texts, and inputs with string keys. (A NUL in a string fails the call that
    /// the filter is used in.)
    pub fn strings<T: AsRef<str>>(
        input: &str,
        mode: Mode,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values: Vec<T> = values.into_iter().collect();
        let strings = CStrings::new(values.iter().map(|value| Some(value.as_ref())));
        Self::new(input, mode.into(), 0, strings.map(Values::Strings))
    }

    /// For inputs with range or integer keys.
    pub fn integers(input: &str, mode: Mode, values: impl IntoIterator<Item = i64>) -> Self {
        let values = values.into_iter().collect();
        Self::new(input, mode.into(), 0, Ok(Values::Integers(values)))
    }

    /// For attributes of numbers, integers and times. A missing number is in no range.
    pub fn range(attribute: &str, range: impl RangeBounds<f64>) -> Self {
        let mut flags = 0;
        let minimum = match range.start_bound() {
            Bound::Included(bound) => *bound,
            Bound::Excluded(bound) => {
                flags |= sys::DUOMO_ABOVE_MINIMUM;
                *bound
            }
            Bound::Unbounded => f64::NEG_INFINITY,
        };
        let maximum = match range.end_bound() {
            Bound::Included(bound) => *bound,
            Bound::Excluded(bound) => {
                flags |= sys::DUOMO_BELOW_MAXIMUM;
                *bound
            }
            Bound::Unbounded => f64::INFINITY,
        };
        let values = Ok(Values::Range(minimum, maximum));
        Self::new(attribute, sys::DUOMO_RANGE, flags, values)
    }

    /// Makes a value that the attribute or input does not have fail the call that the filter is used
    /// in, with [`NotFound`](crate::Status::NotFound). Otherwise no item has it.
    #[must_use]
    pub fn strict(mut self) -> Self {
        if let Ok(parts) = &mut self.0 {
            parts.flags |= sys::DUOMO_STRICT_VALUES;
        }
        self
    }

    fn new(input: &str, mode: i32, flags: u32, values: Result<Values>) -> Self {
        Self(terminated(input).and_then(|input| {
            Ok(FilterParts {
                input,
                mode,
                flags,
                values: values?,
            })
        }))
    }
}

/// C's filters, and what they point to beside the filters' own.
pub(crate) struct CFilters {
    pub(crate) filters: Vec<sys::duomo_filter>,
    _strings: Vec<Vec<*const c_char>>,
}

impl CFilters {
    pub(crate) fn new(filters: &[Filter]) -> Result<Self> {
        let (mut out, mut strings) = (Vec::with_capacity(filters.len()), Vec::new());
        for Filter(parts) in filters {
            let parts = parts.as_ref().map_err(Error::clone)?;
            let mut c = sys::duomo_filter {
                mode: parts.mode,
                input: parts.input.as_ptr(),
                flags: parts.flags,
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
                Values::Range(minimum, maximum) => (c.minimum, c.maximum) = (*minimum, *maximum),
            }
            out.push(c);
        }
        Ok(Self {
            filters: out,
            _strings: strings,
        })
    }
}
