//! Raw features of users, items or pairs that the file does not know.

use crate::error::{call, made, Error, Result};
use crate::info::Scope;
use crate::lists::Lists;
use crate::model::Model;
use crate::strings::{terminated, CStrings};
use duomo_sys as sys;
use std::ffi::c_char;
use std::ptr::NonNull;

/// What is known of users, items or pairs, a row each; at first nothing: an unset category counts
/// as unknown, an unset set, text or history as empty, an unset number as the input's fallback.
/// Keeps its model open. It may move to another thread, but is not shared between two.
///
/// The setters set an input by its name for all rows and copy the values. Values that the
/// vocabulary does not have count as unknown, and unknown items in histories are left out: neither
/// is an error, unless [`strict`](Self::strict) asks for it. [`Model::input_values`] lists the
/// values that there are. A failed call leaves the earlier value.
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{Model, Scope, TopKRequest};
/// let model = Model::open("shop.duomo")?;
/// let mut newcomer = model.features(Scope::User, 1)?;
/// newcomer.set_strings("plan", &["paid"])?.set_integers("age", &[20])?;
/// let best = model.context()?.top_k(&TopKRequest::features(&newcomer).k(3))?;
/// assert_eq!(best.ids(0), [1024, 1015, 1060]);
/// # Ok::<(), duomo::Error>(())
/// ```
///
/// ```compile_fail,E0277
/// fn shared(features: &duomo::Features) {
///     std::thread::scope(|scope| {
///         scope.spawn(|| features);
///     });
/// }
/// ```
#[derive(Debug)]
pub struct Features {
    object: NonNull<sys::duomo_features>,
    scope: Scope,
    count: usize,
}

// SAFETY: duomo.h: one call at a time; which thread makes it is all the same.
unsafe impl Send for Features {}

impl Drop for Features {
    fn drop(&mut self) {
        // SAFETY: the last use.
        unsafe { sys::duomo_features_release(self.object.as_ptr()) }
    }
}

impl Model {
    /// Raw features of `count` users, items or pairs, all unset.
    pub fn features(&self, scope: Scope, count: usize) -> Result<Features> {
        // SAFETY: the model lives.
        made(|out, error| unsafe {
            sys::duomo_features_create(out, self.c(), scope.into(), count, error)
        })
        .map(|object| Features {
            object,
            scope,
            count,
        })
    }
}

impl Features {
    pub(crate) fn c(&self) -> *const sys::duomo_features {
        self.object.as_ptr()
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whom they are about.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether the setters fail, from now on, with [`NotFound`](crate::Status::NotFound) for values
    /// of categories and sets, and items of histories, that the model does not know.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let model = duomo::Model::open("shop.duomo")?;
    /// let mut user = model.features(duomo::Scope::User, 1)?;
    /// let error = user.strict(true)?.set_strings("plan", &["payed"]).unwrap_err();
    /// assert_eq!(error.kind(), Some(duomo::ErrorKind::UnknownValue));
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn strict(&mut self, strict: bool) -> Result<&mut Self> {
        // SAFETY: the object lives.
        call(|error| unsafe {
            sys::duomo_features_set_strict(self.object.as_ptr(), strict.into(), error)
        })?;
        Ok(self)
    }

    /// Sets a category with range or integer keys.
    pub fn set_integers(&mut self, input: &str, values: &[i64]) -> Result<&mut Self> {
        self.set(input, values.len(), |features, name, error| {
            // SAFETY: a value for each row.
            unsafe { sys::duomo_features_set_integers(features, name, values.as_ptr(), error) }
        })
    }

    /// Sets a category with string keys, or a text.
    pub fn set_strings(&mut self, input: &str, values: &[impl AsRef<str>]) -> Result<&mut Self> {
        let values = CStrings::new(values.iter().map(|value| Some(value.as_ref())))?;
        self.set_c_strings(input, &values)
    }

    /// The same, with rows left unset.
    pub fn set_optional_strings(
        &mut self,
        input: &str,
        values: &[Option<impl AsRef<str>>],
    ) -> Result<&mut Self> {
        let values = CStrings::new(values.iter().map(|v| v.as_ref().map(AsRef::as_ref)))?;
        self.set_c_strings(input, &values)
    }

    fn set_c_strings(&mut self, input: &str, values: &CStrings) -> Result<&mut Self> {
        let pointers = values.pointers();
        self.set(input, pointers.len(), |features, name, error| {
            // SAFETY: a value for each row.
            unsafe { sys::duomo_features_set_strings(features, name, pointers.as_ptr(), error) }
        })
    }

    /// Sets a number; NaN is the input's fallback.
    pub fn set_numbers(&mut self, input: &str, values: &[f32]) -> Result<&mut Self> {
        self.set(input, values.len(), |features, name, error| {
            // SAFETY: a value for each row.
            unsafe { sys::duomo_features_set_numbers(features, name, values.as_ptr(), error) }
        })
    }

    /// Sets a set with range or integer keys, or a history of item ids, oldest first.
    pub fn set_integer_lists(&mut self, input: &str, lists: Lists<'_, i64>) -> Result<&mut Self> {
        self.set(input, lists.len(), |features, name, error| {
            let (offsets, values) = (lists.offsets.as_ptr(), lists.values.as_ptr());
            // SAFETY: a list for each row, all within the values.
            unsafe { sys::duomo_features_set_integer_lists(features, name, offsets, values, error) }
        })
    }

    /// Sets a set with string keys.
    pub fn set_string_lists<T: AsRef<str>>(
        &mut self,
        input: &str,
        lists: Lists<'_, T>,
    ) -> Result<&mut Self> {
        let values = CStrings::new(lists.values.iter().map(|value| Some(value.as_ref())))?;
        let pointers = values.pointers();
        self.set(input, lists.len(), |features, name, error| {
            let (offsets, values) = (lists.offsets.as_ptr(), pointers.as_ptr());
            // SAFETY: a list for each row, all within the values.
            unsafe { sys::duomo_features_set_string_lists(features, name, offsets, values, error) }
        })
    }

    fn set(
        &mut self,
        input: &str,
        values: usize,
        set: impl FnOnce(
            *mut sys::duomo_features,
            *const c_char,
            *mut sys::duomo_error,
        ) -> sys::duomo_status,
    ) -> Result<&mut Self> {
        if values != self.count {
            return Err(Error::invalid(format!(
                "{input}: {values} values for {} rows",
                self.count
            )));
        }
        let name = terminated(input)?;
        call(|error| set(self.object.as_ptr(), name.as_ptr(), error))?;
        Ok(self)
    }
}
