//! What a model knows of its users and items: ids, keys, titles, attributes; and of itself.

use crate::error::{call, Error, Result, Status};
use crate::info::{Attribute, InputValues, Keys, Scope};
use crate::model::Model;
use crate::strings::{optional_text, terminated, text, CStrings, NO_TEXT};
use duomo_sys as sys;
use std::collections::BTreeMap;
use std::ffi::CString;

/// The id of a string key, 0 or above: the same for every model, machine and release.
pub fn id_of_key(key: &str) -> Result<i64> {
    let key = terminated(key)?;
    // SAFETY: NUL-terminated.
    Ok(unsafe { sys::duomo_id_of_string(key.as_ptr()) })
}

impl Model {
    /// The id of the item at a row, in the order of the file.
    pub fn item_id_at(&self, row: u64) -> Result<i64> {
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_item_id_at(id, self.c(), row, error) })
    }

    /// The id of the user at a row, in the order of the file.
    pub fn user_id_at(&self, row: u64) -> Result<i64> {
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_user_id_at(id, self.c(), row, error) })
    }

    /// The id of an item's string key. [`Unsupported`](Status::Unsupported) where items have integer
    /// ids.
    pub fn item_id_of_key(&self, key: &str) -> Result<i64> {
        let key = terminated(key)?;
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_item_id_of_key(id, self.c(), key.as_ptr(), error) })
    }

    /// The id of a user's string key. [`Unsupported`](Status::Unsupported) where users have integer
    /// ids.
    pub fn user_id_of_key(&self, key: &str) -> Result<i64> {
        let key = terminated(key)?;
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_user_id_of_key(id, self.c(), key.as_ptr(), error) })
    }

    /// The ids of many items' keys; `None` for those that the model does not know.
    pub fn item_ids_of_keys(&self, keys: &[impl AsRef<str>]) -> Result<Vec<Option<i64>>> {
        self.ids_of_keys(Scope::Item, keys)
    }

    /// The ids of many users' keys; `None` for those that the model does not know.
    pub fn user_ids_of_keys(&self, keys: &[impl AsRef<str>]) -> Result<Vec<Option<i64>>> {
        self.ids_of_keys(Scope::User, keys)
    }

    fn ids_of_keys(&self, scope: Scope, keys: &[impl AsRef<str>]) -> Result<Vec<Option<i64>>> {
        let keys = CStrings::new(keys.iter().map(|key| Some(key.as_ref())))?;
        let pointers = keys.pointers();
        let mut ids = vec![-1; pointers.len()];
        let (out, keys, n) = (ids.as_mut_ptr(), pointers.as_ptr(), pointers.len());
        // SAFETY: n of each.
        call(|error| unsafe {
            sys::duomo_ids_of_keys(out, self.c(), scope.into(), keys, n, error)
        })?;
        Ok(ids.into_iter().map(|id| (id >= 0).then_some(id)).collect())
    }

    /// An item's string key, borrowed from the file.
    pub fn item_key(&self, id: i64) -> Result<&str> {
        // SAFETY: all live.
        self.text(|text, error| unsafe { sys::duomo_item_key(text, self.c(), id, error) })
    }

    /// A user's string key, borrowed from the file.
    pub fn user_key(&self, id: i64) -> Result<&str> {
        // SAFETY: all live.
        self.text(|text, error| unsafe { sys::duomo_user_key(text, self.c(), id, error) })
    }

    /// The string keys of many items; `None` for those that the model does not know.
    pub fn item_keys(&self, ids: &[i64]) -> Result<Vec<Option<&str>>> {
        let (scope, n) = (sys::DUOMO_ITEM, ids.len());
        self.texts(n, |out, error| {
            // SAFETY: n of each.
            unsafe { sys::duomo_keys_of_ids(out, self.c(), scope, ids.as_ptr(), n, error) }
        })
    }

    /// The string keys of many users; `None` for those that the model does not know.
    pub fn user_keys(&self, ids: &[i64]) -> Result<Vec<Option<&str>>> {
        let (scope, n) = (sys::DUOMO_USER, ids.len());
        self.texts(n, |out, error| {
            // SAFETY: n of each.
            unsafe { sys::duomo_keys_of_ids(out, self.c(), scope, ids.as_ptr(), n, error) }
        })
    }

    /// An item's title for people, possibly empty, borrowed from the file:
    /// [`Unsupported`](Status::Unsupported) where that has none.
    ///
    /// ```compile_fail,E0505
    /// let model = duomo::Model::open("shop.duomo").unwrap();
    /// let title = model.item_title(1006).unwrap();
    /// drop(model);
    /// println!("{title}");
    /// ```
    pub fn item_title(&self, id: i64) -> Result<&str> {
        // SAFETY: all live.
        self.text(|text, error| unsafe { sys::duomo_item_title(text, self.c(), id, error) })
    }

    /// The titles of many items; `None` for those that the model does not know.
    pub fn item_titles(&self, ids: &[i64]) -> Result<Vec<Option<&str>>> {
        let n = ids.len();
        self.texts(n, |out, error| {
            // SAFETY: n of each.
            unsafe { sys::duomo_item_titles(out, self.c(), ids.as_ptr(), n, error) }
        })
    }

    /// The values that an input knows, for forms and checks.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let model = duomo::Model::open("shop.duomo")?;
    /// let ages = model.input_values("age")?;
    /// assert_eq!(ages, duomo::InputValues::Integers(vec![10, 20, 30]));
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn input_values(&self, name: &str) -> Result<InputValues<'_>> {
        let inputs = self.inputs()?;
        let Some(at) = inputs.iter().position(|input| input.name == name) else {
            let names: Vec<_> = inputs.iter().map(|input| input.name.as_str()).collect();
            return Err(Error::new(
                Status::NotFound,
                format!("no input {name:?}; there are {}", names.join(", ")),
            ));
        };
        let value = |index, text: &mut sys::duomo_text, integer: &mut i64| {
            // SAFETY: all live.
            call(|error| unsafe {
                sys::duomo_model_get_input_value(text, integer, self.c(), at as u64, index, error)
            })
        };
        let (mut found, mut number) = (NO_TEXT, 0);
        // Numbers have no values, which the library says at the first.
        let all = 0..inputs[at].vocabulary_size.max(1);
        if inputs[at].keys == Keys::String {
            let strings = all.map(|index| {
                value(index, &mut found, &mut number)?;
                // SAFETY: text lives as long as the model, so as long as &self.
                unsafe { text(found) }
            });
            return Ok(InputValues::Strings(strings.collect::<Result<_>>()?));
        }
        let integers = all.map(|index| {
            value(index, &mut found, &mut number)?;
            Ok(number)
        });
        Ok(InputValues::Integers(integers.collect::<Result<_>>()?))
    }

    /// What people wrote into the file: name, version, licence and so on.
    pub fn metadata(&self) -> Result<BTreeMap<&str, &str>> {
        (0..self.c_info()?.metadata_count)
            .map(|index| {
                let (mut key, mut value) = (NO_TEXT, NO_TEXT);
                // SAFETY: all live.
                call(|error| unsafe {
                    sys::duomo_model_metadata_at(&mut key, &mut value, self.c(), index, error)
                })?;
                // SAFETY: text lives as long as the model, so as long as &self.
                Ok(unsafe { (text(key)?, text(value)?) })
            })
            .collect()
    }

    /// The attributes of items.
    pub fn attributes(&self) -> Result<Vec<Attribute>> {
        (0..self.c_info()?.attribute_count)
            .map(|index| {
                let mut c = sys::DUOMO_ATTRIBUTE_INFO_INIT;
                // SAFETY: both live.
                call(|error| unsafe {
                    sys::duomo_model_get_attribute(&mut c, self.c(), index, error)
                })?;
                Ok(Attribute {
                    // SAFETY: the model lives.
                    name: unsafe { text(c.name) }?.to_string(),
                    kind: c.kind.into(),
                    value_count: c.value_count,
                })
            })
            .collect()
    }

    /// The values of items of an attribute of numbers, integers or times; NaN where there is none.
    pub fn attribute_numbers(&self, attribute: &str, items: &[i64]) -> Result<Vec<f64>> {
        let name = terminated(attribute)?;
        let mut values = vec![f64::NAN; items.len()];
        let (out, ids, n) = (values.as_mut_ptr(), items.as_ptr(), items.len());
        // SAFETY: n of each.
        call(|error| unsafe {
            sys::duomo_attribute_numbers(out, self.c(), name.as_ptr(), ids, n, error)
        })?;
        Ok(values)
    }

    /// The values of items of an attribute of integers or times.
    pub fn attribute_integers(&self, attribute: &str, items: &[i64]) -> Result<Vec<Option<i64>>> {
        let name = terminated(attribute)?;
        let mut values = vec![i64::MIN; items.len()];
        let (out, ids, n) = (values.as_mut_ptr(), items.as_ptr(), items.len());
        // SAFETY: n of each.
        call(|error| unsafe {
            sys::duomo_attribute_integers(out, self.c(), name.as_ptr(), ids, n, error)
        })?;
        let known = |value| (value != i64::MIN).then_some(value);
        Ok(values.into_iter().map(known).collect())
    }

    /// The values of items of a category.
    pub fn attribute_texts(&self, attribute: &str, items: &[i64]) -> Result<Vec<Option<&str>>> {
        let name = terminated(attribute)?;
        self.texts(items.len(), |out, error| {
            let (ids, n) = (items.as_ptr(), items.len());
            // SAFETY: n of each.
            unsafe { sys::duomo_attribute_texts(out, self.c(), name.as_ptr(), ids, n, error) }
        })
    }

    /// The values of one item of a set or category.
    pub fn attribute_set(&self, attribute: &str, item: i64) -> Result<Vec<&str>> {
        let name: CString = terminated(attribute)?;
        let mut count = 0;
        let mut fill = |texts: &mut [sys::duomo_text]| {
            let (out, room) = (texts.as_mut_ptr(), texts.len());
            // SAFETY: as much room as is said.
            call(|error| unsafe {
                sys::duomo_attribute_set(
                    &mut count,
                    out,
                    room,
                    self.c(),
                    name.as_ptr(),
                    item,
                    error,
                )
            })?;
            Ok::<usize, Error>(count)
        };
        let mut texts = vec![NO_TEXT; 16];
        let count = fill(&mut texts)?;
        if count > texts.len() {
            texts.resize(count, NO_TEXT);
            fill(&mut texts)?;
        }
        texts.truncate(count);
        // SAFETY: text lives as long as the model, so as long as &self.
        texts.into_iter().map(|one| unsafe { text(one) }).collect()
    }

    fn text(
        &self,
        find: impl FnOnce(*mut sys::duomo_text, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<&str> {
        let mut found = NO_TEXT;
        call(|error| find(&mut found, error))?;
        // SAFETY: text lives as long as the model, so as long as &self.
        unsafe { text(found) }
    }

    fn texts(
        &self,
        n: usize,
        find: impl FnOnce(*mut sys::duomo_text, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<Vec<Option<&str>>> {
        let mut found = vec![NO_TEXT; n];
        call(|error| find(found.as_mut_ptr(), error))?;
        // SAFETY: text lives as long as the model, so as long as &self.
        let texts = found.into_iter().map(|one| unsafe { optional_text(one) });
        texts.collect()
    }
}

fn id(find: impl FnOnce(*mut i64, *mut sys::duomo_error) -> sys::duomo_status) -> Result<i64> {
    let mut id = 0;
    call(|error| find(&mut id, error))?;
    Ok(id)
}
