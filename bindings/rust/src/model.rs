//! Models: opened files.

use crate::context::{Context, ContextOptions};
use crate::error::{call, Error, Result};
use crate::features::Features;
use crate::info::{Info, Input, Scope};
use crate::open::OpenOptions;
use crate::strings::text;
use duomo_sys as sys;
use std::path::Path;
use std::ptr::{null_mut, NonNull};

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
    /// Opens a file. It is mapped and used in place: time does not grow with the catalogue.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().open(path)
    }

    /// Opens a copy of a file that is in memory. See also [`OpenOptions::open_static`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        OpenOptions::new().open_bytes(bytes)
    }

    pub(crate) fn from_call(
        open: impl FnOnce(*mut *mut sys::duomo_model, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<Self> {
        let mut object = null_mut();
        call(|error| open(&mut object, error))?;
        Self::from_reference(NonNull::new(object).ok_or_else(no_object)?)
    }

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

    /// Scratch memory for calls, of one thread at a time; an unknown id fails a call.
    pub fn context(&self) -> Result<Context> {
        self.context_with(&ContextOptions::new())
    }

    /// The same, with options.
    pub fn context_with(&self, options: &ContextOptions) -> Result<Context> {
        Context::new(self, options)
    }

    /// Raw features of `count` users, items or pairs, all unset.
    pub fn features(&self, scope: Scope, count: usize) -> Result<Features> {
        Features::new(self, scope, count)
    }
}

pub(crate) fn no_object() -> Error {
    Error::new(crate::Status::Internal, "the library gave no object")
}
