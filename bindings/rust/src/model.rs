//! Models: opened files.

use crate::error::{call, Result};
use crate::info::{Info, Input};
use crate::strings::text;
use duomo_sys as sys;
use std::ptr::NonNull;

/// An opened `.duomo` file: immutable, shared by any number of threads. A clone is another
/// reference to the same, and equal to it; the last of a model's clones, contexts, features and sets
/// closes the file. To swap models under running threads, use a [`ModelSlot`](crate::ModelSlot).
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// let model = duomo::Model::open("shop.duomo")?;
/// let workers: Vec<_> = (1..=4)
///     .map(|user| {
///         let model = model.clone();
///         std::thread::spawn(move || model.context()?.predict(user, 1006))
///     })
///     .collect();
/// for worker in workers {
///     assert!((0.0..=5.0).contains(&worker.join().unwrap()?));
/// }
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug)]
pub struct Model {
    object: NonNull<sys::duomo_model>,
    pub(crate) vector_width: usize,
    pub(crate) item_count: usize,
    pub(crate) user_count: usize,
}

// SAFETY: models are immutable and counted atomically; duomo.h allows every call from any thread.
unsafe impl Send for Model {}
unsafe impl Sync for Model {}

impl Clone for Model {
    fn clone(&self) -> Self {
        // SAFETY: the object lives, as this reference to it does.
        unsafe { sys::duomo_model_retain(self.c()) };
        Self { ..*self }
    }
}

/// Whether both are references to the same opened file.
impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object
    }
}

impl Eq for Model {}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the one reference of this value's, and its last use.
        unsafe { sys::duomo_model_release(self.c()) }
    }
}

impl Model {
    /// Takes over a reference.
    pub(crate) fn from_reference(object: NonNull<sys::duomo_model>) -> Result<Self> {
        let mut model = Self {
            object,
            vector_width: 0,
            item_count: 0,
            user_count: 0,
        };
        let info = model.c_info()?;
        model.vector_width = info.vector_width as usize;
        model.item_count = info.item_count as usize;
        model.user_count = info.user_count as usize;
        Ok(model)
    }

    pub(crate) fn c(&self) -> *mut sys::duomo_model {
        self.object.as_ptr()
    }

    pub(crate) fn c_info(&self) -> Result<sys::duomo_model_info> {
        let mut info = sys::DUOMO_MODEL_INFO_INIT;
        // SAFETY: both live.
        call(|error| unsafe { sys::duomo_model_get_info(&mut info, self.c(), error) })?;
        Ok(info)
    }

    /// What the model is.
    pub fn info(&self) -> Result<Info> {
        // SAFETY: the model lives.
        unsafe { Info::from_c(&self.c_info()?) }
    }

    /// What the model reads.
    pub fn inputs(&self) -> Result<Vec<Input>> {
        (0..self.c_info()?.input_count)
            .map(|index| {
                let mut c = sys::DUOMO_INPUT_INFO_INIT;
                // SAFETY: both live.
                call(|error| unsafe {
                    sys::duomo_model_get_input(&mut c, self.c(), index, error)
                })?;
                Ok(Input {
                    // SAFETY: the model lives.
                    name: unsafe { text(c.name) }?.to_string(),
                    scope: c.scope.into(),
                    kind: c.kind.into(),
                    keys: c.keys.into(),
                    vocabulary_size: c.vocabulary_size,
                })
            })
            .collect()
    }
}
