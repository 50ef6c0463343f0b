//! The model in use.

use crate::error::{call, made, Result};
use crate::model::Model;
use duomo_sys as sys;
use std::ptr::NonNull;

/// Holds the model that a host answers with now, so that one thread can put a new one in its place
/// while others ask. Shared by all of them; [`get`](Self::get) never waits.
///
/// ```
/// # fn main() -> Result<(), duomo::Error> {
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{Model, ModelSlot};
/// let slot = ModelSlot::new(Model::open("shop.duomo")?)?;
/// std::thread::scope(|scope| {
///     let client = scope.spawn(|| -> duomo::Result<()> {
///         let mut context = slot.get().context()?;
///         for user in 1..=12 {
///             let model = slot.get();
///             if context.model() != &model {
///                 context = model.context()?; // there is a new one
///             }
///             context.predict(user, 1006)?;
///         }
///         Ok(())
///     });
///     slot.set(Model::open("shop.duomo")?); // the old one closes after its last call
///     client.join().unwrap()
/// })
/// # }
/// ```
#[derive(Debug)]
pub struct ModelSlot {
    object: NonNull<sys::duomo_model_slot>,
}

// SAFETY: duomo.h: any thread, all functions at once; drop has the slot for itself.
unsafe impl Send for ModelSlot {}
unsafe impl Sync for ModelSlot {}

impl Drop for ModelSlot {
    fn drop(&mut self) {
        // SAFETY: the last use.
        unsafe { sys::duomo_model_slot_release(self.object.as_ptr()) }
    }
}

impl ModelSlot {
    /// With this model in it.
    pub fn new(model: Model) -> Result<Self> {
        // SAFETY: both live; the slot takes a reference of its own.
        made(|out, error| unsafe { sys::duomo_model_slot_create(out, model.c(), error) })
            .map(|object| Self { object })
    }

    /// Puts another model in. The one before closes with the last call, context and clone of it.
    pub fn set(&self, model: Model) {
        // SAFETY: both live; the slot takes a reference of its own. It fails for no slot alone.
        let done = call(|error| unsafe {
            sys::duomo_model_slot_set(self.object.as_ptr(), model.c(), error)
        });
        debug_assert!(done.is_ok(), "{done:?}");
    }

    /// The model that is in now.
    pub fn get(&self) -> Model {
        // SAFETY: the slot lives; what it gives is a reference of ours.
        let object = unsafe { sys::duomo_model_slot_get(self.object.as_ptr()) };
        let object = NonNull::new(object).expect("a slot is never without a model");
        Model::from_reference(object).expect("an opened model says what it is")
    }
}
