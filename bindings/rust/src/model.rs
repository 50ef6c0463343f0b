//! Models: opened files.

use crate::context::{Context, ContextOptions};
use crate::error::{call, terminated, text, Error, Result};
use crate::features::Features;
use crate::info::{numbers, Info, Input, Scope};
use duomo_sys as sys;
use std::path::Path;
use std::ptr::{null_mut, NonNull};

/// An opened `.duomo` file: immutable, shared by any number of threads. A clone is another
/// reference to the same; the last of a model's clones, contexts and features closes the file.
/// To swap models, open the new one and drop the old.
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

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the one reference of this value's, and its last use.
        unsafe { sys::duomo_model_release(self.c()) }
    }
}

numbers! {
    /// What runs the towers.
    Backend {
        /// oneDNN where the library was built with it.
        Default = sys::DUOMO_BACKEND_DEFAULT,
        /// oneDNN.
        OneDnn = sys::DUOMO_BACKEND_ONEDNN,
        /// Duomo's own kernels.
        Portable = sys::DUOMO_BACKEND_PORTABLE,
    }
}

/// How to open a model, as [`std::fs::OpenOptions`] for files.
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// let model = duomo::OpenOptions::new().copy(true).verify(true).open("shop.duomo")?;
/// assert!(model.info()?.copied);
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    flags: u32,
    backend: Backend,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl OpenOptions {
    /// Maps the file, trusts its large parts, takes the default backend.
    pub fn new() -> Self {
        Self {
            flags: 0,
            backend: Backend::Default,
        }
    }

    /// Reads the file into memory instead of mapping it: for files that may be changed in place.
    /// (Truncating a mapped file kills the process. Replace files by rename.)
    pub fn copy(&mut self, copy: bool) -> &mut Self {
        self.flag(sys::DUOMO_OPEN_COPY, copy)
    }

    /// Checks the checksum of every byte; opening then takes time that grows with the file.
    pub fn verify(&mut self, verify: bool) -> &mut Self {
        self.flag(sys::DUOMO_OPEN_VERIFY, verify)
    }

    /// Makes the codes for fast searches where the file has none; opening then takes some
    /// microseconds an item.
    pub fn prepare(&mut self, prepare: bool) -> &mut Self {
        self.flag(sys::DUOMO_OPEN_PREPARE, prepare)
    }

    /// What runs the towers.
    pub fn backend(&mut self, backend: Backend) -> &mut Self {
        self.backend = backend;
        self
    }

    /// Opens a file.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Model> {
        let path = path_text(path.as_ref())?;
        let options = self.c(0);
        Model::from_call(|out, error| {
            // SAFETY: all arguments live through the call.
            unsafe { sys::duomo_model_open(out, path.as_ptr(), &options, error) }
        })
    }

    /// Opens a file that is in memory, and copies it.
    pub fn open_bytes(&self, bytes: &[u8]) -> Result<Model> {
        // SAFETY: copied by the library.
        unsafe { self.open_buffer(bytes, sys::DUOMO_OPEN_COPY) }
    }

    /// Opens a file that is in memory for good, such as one of `include_bytes!`, and uses it in
    /// place where it is aligned to 64 bytes; else it is copied, which [`Info::copied`] tells.
    pub fn open_static(&self, bytes: &'static [u8]) -> Result<Model> {
        // SAFETY: 'static outlives every reference to the model.
        unsafe { self.open_buffer(bytes, 0) }
    }

    unsafe fn open_buffer(&self, bytes: &[u8], flags: u32) -> Result<Model> {
        let options = self.c(flags);
        Model::from_call(|out, error| {
            // SAFETY: the bytes are copied, or the caller sees to their life.
            unsafe {
                sys::duomo_model_open_buffer(
                    out,
                    bytes.as_ptr().cast(),
                    bytes.len(),
                    &options,
                    error,
                )
            }
        })
    }

    fn flag(&mut self, flag: u32, on: bool) -> &mut Self {
        self.flags = if on {
            self.flags | flag
        } else {
            self.flags & !flag
        };
        self
    }

    fn c(&self, flags: u32) -> sys::duomo_open_options {
        sys::duomo_open_options {
            flags: self.flags | flags,
            backend: self.backend.into(),
            ..sys::DUOMO_OPEN_OPTIONS_INIT
        }
    }
}

fn path_text(path: &Path) -> Result<std::ffi::CString> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        std::ffi::CString::new(path.as_os_str().as_bytes())
            .map_err(|_| Error::invalid(format!("{path:?} has a NUL byte")))
    }
    #[cfg(not(unix))]
    {
        let text = path.to_str();
        terminated(text.ok_or_else(|| Error::invalid(format!("{path:?} is not UTF-8")))?)
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

    fn from_call(
        open: impl FnOnce(*mut *mut sys::duomo_model, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<Self> {
        let mut object = null_mut();
        call(|error| open(&mut object, error))?;
        let mut model = Self {
            object: NonNull::new(object).ok_or_else(no_object)?,
            vector_width: 0,
            item_count: 0,
        };
        let info = model.c_info()?;
        model.vector_width = info.vector_width as usize;
        model.item_count = info.item_count as usize;
        Ok(model)
    }

    pub(crate) fn c(&self) -> *mut sys::duomo_model {
        self.object.as_ptr()
    }

    fn c_info(&self) -> Result<sys::duomo_model_info> {
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

    /// The id of a string key. [`Unsupported`](crate::Status::Unsupported) where items have
    /// integer ids.
    pub fn item_id_of_key(&self, key: &str) -> Result<i64> {
        let key = terminated(key)?;
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_item_id_of_key(id, self.c(), key.as_ptr(), error) })
    }

    /// The id of a string key. [`Unsupported`](crate::Status::Unsupported) where users have
    /// integer ids.
    pub fn user_id_of_key(&self, key: &str) -> Result<i64> {
        let key = terminated(key)?;
        // SAFETY: all live.
        id(|id, error| unsafe { sys::duomo_user_id_of_key(id, self.c(), key.as_ptr(), error) })
    }

    /// The string key of an id, borrowed from the file.
    pub fn item_key(&self, id: i64) -> Result<&str> {
        // SAFETY: all live.
        self.text(|text, error| unsafe { sys::duomo_item_key(text, self.c(), id, error) })
    }

    /// The string key of an id, borrowed from the file.
    pub fn user_key(&self, id: i64) -> Result<&str> {
        // SAFETY: all live.
        self.text(|text, error| unsafe { sys::duomo_user_key(text, self.c(), id, error) })
    }

    /// The title for people, possibly empty, borrowed from the file:
    /// [`Unsupported`](crate::Status::Unsupported) where that has none.
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

    fn text(
        &self,
        find: impl FnOnce(*mut sys::duomo_text, *mut sys::duomo_error) -> sys::duomo_status,
    ) -> Result<&str> {
        let mut found = sys::duomo_text {
            data: std::ptr::null(),
            size: 0,
        };
        call(|error| find(&mut found, error))?;
        // SAFETY: text lives as long as the model, so as long as &self.
        unsafe { text(found) }
    }
}

fn id(find: impl FnOnce(*mut i64, *mut sys::duomo_error) -> sys::duomo_status) -> Result<i64> {
    let mut id = 0;
    call(|error| find(&mut id, error))?;
    Ok(id)
}

pub(crate) fn no_object() -> Error {
    Error::new(crate::Status::Internal, "the library gave no object")
}
