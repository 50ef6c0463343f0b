//! How models are opened.

use crate::error::{made, Error, Result};
use crate::model::Model;
use crate::numbers::numbers;
use duomo_sys as sys;
use std::path::Path;

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

impl Model {
    /// Opens a file. It is mapped and used in place: time does not grow with the catalogue.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().open(path)
    }

    /// Opens a copy of a file that is in memory. See also [`OpenOptions::open_static`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        OpenOptions::new().open_bytes(bytes)
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

    /// Opens a file. Where the system refuses it, [`Error::io_kind`] says why.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Model> {
        let text = path_text(path.as_ref())?;
        let options = self.c(0);
        opened(|out, error| {
            // SAFETY: all arguments live through the call.
            unsafe { sys::duomo_model_open(out, text.as_ptr(), &options, error) }
        })
        .map_err(|error| error.about(path.as_ref()))
    }

    /// Opens a model inside of an open file: `length` bytes from `offset` on, 0 meaning up to its end.
    /// The file may be closed afterwards. Where the offset is no multiple of 64 the bytes are copied.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let file = std::fs::File::open("shop.duomo")?;
    /// let model = duomo::OpenOptions::new().open_file(&file, 0, 0)?;
    /// assert_eq!(model.info()?.name, "shop");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(unix)]
    pub fn open_file(
        &self,
        file: impl std::os::fd::AsFd,
        offset: u64,
        length: u64,
    ) -> Result<Model> {
        use std::os::fd::AsRawFd;
        let descriptor = file.as_fd().as_raw_fd();
        let options = self.c(0);
        opened(|out, error| {
            // SAFETY: all arguments live through the call, and the file is open.
            unsafe {
                sys::duomo_model_open_descriptor(out, descriptor, offset, length, &options, error)
            }
        })
    }

    /// Opens a file that is in memory, and copies it.
    pub fn open_bytes(&self, bytes: &[u8]) -> Result<Model> {
        // SAFETY: copied by the library.
        unsafe { self.open_buffer(bytes, sys::DUOMO_OPEN_COPY) }
    }

    /// Opens a file that is in memory for good, such as one of `include_bytes!`, and uses it in
    /// place where it is aligned to 64 bytes; else it is copied, which [`crate::Info::copied`] tells.
    pub fn open_static(&self, bytes: &'static [u8]) -> Result<Model> {
        // SAFETY: 'static outlives every reference to the model.
        unsafe { self.open_buffer(bytes, 0) }
    }

    unsafe fn open_buffer(&self, bytes: &[u8], flags: u32) -> Result<Model> {
        let options = self.c(flags);
        opened(|out, error| {
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

fn opened(
    open: impl FnOnce(*mut *mut sys::duomo_model, *mut sys::duomo_error) -> sys::duomo_status,
) -> Result<Model> {
    Model::from_reference(made(open)?)
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
        let no_text = || Error::invalid(format!("{path:?} is not UTF-8"));
        crate::strings::terminated(text.ok_or_else(no_text)?)
    }
}
