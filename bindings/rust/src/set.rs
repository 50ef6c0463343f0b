//! Sets of items, made once and used by many calls.

use crate::error::{made, Result};
use crate::filter::{CFilters, Filter};
use crate::ids::Ids;
use crate::model::Model;
use duomo_sys as sys;
use std::ptr::NonNull;

/// A set of a model's items, such as those in stock: made once, by [`Model::item_set`] or
/// [`Model::item_set_where`], and used by any number of calls and threads. Restricting a search to
/// it costs the same whatever is in it. A clone is another reference. Keeps its model open.
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{Filter, Mode, Model, TopKRequest};
/// let model = Model::open("shop.duomo")?;
/// let stock = model.item_set(&[1000, 1003, 1006, 1009])?;
/// let red = model.item_set_where(&[Filter::strings("tags", Mode::Any, ["red"])])?;
/// let wanted = stock.and(&red.not()?)?;
/// assert!(wanted.len() <= 4 && wanted.len() == stock.len() - stock.and(&red)?.len());
/// let best = model.context()?.top_k(&TopKRequest::user(3).allow_set(&wanted))?;
/// assert!(best.ids(0).iter().all(|id| wanted.contains(*id)));
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug)]
pub struct ItemSet {
    object: NonNull<sys::duomo_item_set>,
}

// SAFETY: sets are immutable and counted atomically; duomo.h allows every call from any thread.
unsafe impl Send for ItemSet {}
unsafe impl Sync for ItemSet {}

impl Clone for ItemSet {
    fn clone(&self) -> Self {
        // SAFETY: the object lives, as this reference to it does.
        unsafe { sys::duomo_item_set_retain(self.object.as_ptr()) };
        Self { ..*self }
    }
}

impl Drop for ItemSet {
    fn drop(&mut self) {
        // SAFETY: the one reference of this value's, and its last use.
        unsafe { sys::duomo_item_set_release(self.object.as_ptr()) }
    }
}

impl Model {
    /// The set of these items; unknown ones are left out.
    pub fn item_set<'a>(&self, items: impl Into<Ids<'a>>) -> Result<ItemSet> {
        let items = items.into();
        let c = items.c()?;
        ItemSet::from_call(|out, error| {
            // SAFETY: all arguments live through the call.
            unsafe { sys::duomo_item_set_from_ids(out, self.c(), c.ids, c.keys, c.len, error) }
        })
    }

    /// The set of the items for which all filters hold; without filters, of all items.
    pub fn item_set_where(&self, filters: &[Filter]) -> Result<ItemSet> {
        let c = CFilters::new(filters)?;
        ItemSet::from_call(|out, error| {
            let (filters, n) = (c.filters.as_ptr(), c.filters.len());
            // SAFETY: all arguments live through the call.
            unsafe { sys::duomo_item_set_from_filters(out, self.c(), filters, n, error) }
        })
    }
}

impl ItemSet {
    fn from_call(
        make: impl FnOnce(*mut *mut sys::duomo_item_set, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<Self> {
        made(make).map(|object| Self { object })
    }

    fn combine(mode: i32, sets: &[*const sys::duomo_item_set]) -> Result<Self> {
        Self::from_call(|out, error| {
            // SAFETY: the sets live.
            unsafe { sys::duomo_item_set_combine(out, mode, sets.as_ptr(), sets.len(), error) }
        })
    }

    pub(crate) fn c(&self) -> *const sys::duomo_item_set {
        self.object.as_ptr()
    }

    /// What is in both.
    pub fn and(&self, other: &ItemSet) -> Result<ItemSet> {
        Self::combine(sys::DUOMO_ALL, &[self.c(), other.c()])
    }

    /// What is in either.
    pub fn or(&self, other: &ItemSet) -> Result<ItemSet> {
        Self::combine(sys::DUOMO_ANY, &[self.c(), other.c()])
    }

    /// All items of the model that are not in this one.
    pub fn not(&self) -> Result<ItemSet> {
        Self::combine(sys::DUOMO_NONE, &[self.c()])
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        // SAFETY: the object lives.
        unsafe { sys::duomo_item_set_count(self.c()) as usize }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has the item.
    pub fn contains(&self, item: i64) -> bool {
        // SAFETY: the object lives.
        unsafe { sys::duomo_item_set_contains(self.c(), item) != 0 }
    }
}
