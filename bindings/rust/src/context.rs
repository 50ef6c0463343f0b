//! Contexts: where calls are made.

use crate::error::{call, made, Error, Result};
use crate::features::Features;
use crate::model::Model;
use duomo_sys as sys;
use std::ptr::{null, NonNull};
use std::sync::atomic::AtomicI32;
use std::sync::Arc;

/// What an id that the model does not know does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UnknownIds {
    /// Fails it; the message names the position.
    #[default]
    Error,
    /// Its prediction or vector is NaN, its results are none; the rest is done.
    Marked,
}

/// What a context does, for [`Model::context_with`].
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{ContextOptions, Model, UnknownIds};
/// let model = Model::open("shop.duomo")?;
/// let mut context = model.context_with(ContextOptions::new().unknown_ids(UnknownIds::Marked))?;
/// assert!(context.predict(99, 1000)?.is_nan());
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ContextOptions {
    unknown_ids: UnknownIds,
    threads: u32,
    cancelled: Option<Arc<AtomicI32>>,
}

impl ContextOptions {
    /// An unknown id fails a call, and calls run in the caller's thread alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// What unknown ids do.
    pub fn unknown_ids(&mut self, unknown_ids: UnknownIds) -> &mut Self {
        self.unknown_ids = unknown_ids;
        self
    }

    /// How many threads searches may use, the caller's among them, at most 256; 0 is 1. Results are
    /// the same with any number.
    pub fn threads(&mut self, threads: u32) -> &mut Self {
        self.threads = threads;
        self
    }

    /// While this is not 0, calls with the context end with [`Cancelled`](crate::Status::Cancelled);
    /// those under way within some milliseconds. Any thread may change it.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// use std::sync::{atomic::{AtomicI32, Ordering}, Arc};
    /// let stop = Arc::new(AtomicI32::new(0));
    /// let mut options = duomo::ContextOptions::new();
    /// options.cancelled(stop.clone());
    /// let mut context = duomo::Model::open("shop.duomo")?.context_with(&options)?;
    /// assert!(context.top_k(&duomo::TopKRequest::user(3)).is_ok());
    /// stop.store(1, Ordering::Relaxed);
    /// let error = context.top_k(&duomo::TopKRequest::user(3)).unwrap_err();
    /// assert_eq!(error.status(), duomo::Status::Cancelled);
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn cancelled(&mut self, flag: Arc<AtomicI32>) -> &mut Self {
        self.cancelled = Some(flag);
        self
    }

    fn c(&self) -> sys::duomo_context_options {
        sys::duomo_context_options {
            unknown_ids: match self.unknown_ids {
                UnknownIds::Error => sys::DUOMO_UNKNOWN_IS_ERROR,
                UnknownIds::Marked => sys::DUOMO_UNKNOWN_IS_MARKED,
            },
            threads: self.threads,
            cancelled: self.cancelled.as_ref().map_or(null(), |flag| flag.as_ptr()),
            ..sys::DUOMO_CONTEXT_OPTIONS_INIT
        }
    }
}

/// Scratch memory for one call at a time: make one a thread. It may move between threads, and keeps
/// its model open.
///
/// Methods that take a slice for their results want it to have the right length.
///
/// It may go to another thread:
///
/// ```
/// fn moved(context: duomo::Context) {
///     std::thread::scope(|scope| {
///         scope.spawn(move || context);
///     });
/// }
/// ```
///
/// but two threads cannot share it:
///
/// ```compile_fail,E0277
/// fn shared(context: &duomo::Context) {
///     std::thread::scope(|scope| {
///         scope.spawn(|| context);
///     });
/// }
/// ```
///
/// nor can two calls run on it at once, as each takes it for itself:
///
/// ```compile_fail,E0499
/// fn twice(context: &mut duomo::Context) {
///     std::thread::scope(|scope| {
///         scope.spawn(|| context.predict(1, 1000));
///         scope.spawn(|| context.predict(2, 1000));
///     });
/// }
/// ```
#[derive(Debug)]
pub struct Context {
    object: NonNull<sys::duomo_context>,
    model: Model,
    _cancelled: Option<Arc<AtomicI32>>, // which the library reads
}

// SAFETY: duomo.h: one call at a time; which thread makes it is all the same.
unsafe impl Send for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the last use.
        unsafe { sys::duomo_context_release(self.c()) }
    }
}

impl Model {
    /// Scratch memory for calls, of one thread at a time; an unknown id fails a call.
    pub fn context(&self) -> Result<Context> {
        self.context_with(&ContextOptions::new())
    }

    /// The same, with options.
    pub fn context_with(&self, options: &ContextOptions) -> Result<Context> {
        let c = options.c();
        // SAFETY: all arguments live.
        made(|out, error| unsafe { sys::duomo_context_create(out, self.c(), &c, error) }).map(
            |object| Context {
                object,
                model: self.clone(),
                _cancelled: options.cancelled.clone(),
            },
        )
    }
}

impl Context {
    pub(crate) fn c(&self) -> *mut sys::duomo_context {
        self.object.as_ptr()
    }

    /// The model that the calls are about.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Gives back the memory that calls have left, for instance after an unusually large batch; the
    /// next call takes what it needs anew.
    pub fn trim(&mut self) {
        // SAFETY: the object lives.
        unsafe { sys::duomo_context_trim(self.c()) }
    }

    /// The forecast for a known user and a known item, in the model's unit.
    #[inline]
    pub fn predict(&mut self, user: i64, item: i64) -> Result<f32> {
        let mut prediction = 0.0;
        // SAFETY: one pair, one place.
        call(|error| unsafe {
            sys::duomo_predict(&mut prediction, self.c(), &user, &item, 1, error)
        })?;
        Ok(prediction)
    }

    /// The same for pairs: `predictions[i]` for `users[i]` and `items[i]`.
    #[inline]
    pub fn predict_pairs(
        &mut self,
        predictions: &mut [f32],
        users: &[i64],
        items: &[i64],
    ) -> Result<()> {
        let n = predictions.len();
        if users.len() != n || items.len() != n {
            return Err(Error::invalid(format!(
                "{n} predictions of {} users and {} items: the lengths must be the same",
                users.len(),
                items.len()
            )));
        }
        // SAFETY: n of each.
        call(|error| unsafe {
            sys::duomo_predict(
                predictions.as_mut_ptr(),
                self.c(),
                users.as_ptr(),
                items.as_ptr(),
                n,
                error,
            )
        })
    }

    /// The same for vectors, row after row, used as given: for a cosine model hand in unit vectors,
    /// such as the encode methods make.
    pub fn predict_vectors(
        &mut self,
        predictions: &mut [f32],
        users: &[f32],
        items: &[f32],
    ) -> Result<()> {
        let n = predictions.len();
        self.check_vectors("users", users, n)?;
        self.check_vectors("items", items, n)?;
        // SAFETY: n of each.
        call(|error| unsafe {
            sys::duomo_predict_vectors(
                predictions.as_mut_ptr(),
                self.c(),
                users.as_ptr(),
                items.as_ptr(),
                n,
                error,
            )
        })
    }

    /// Writes the vectors of known users, row after row.
    pub fn encode_users(&mut self, vectors: &mut [f32], ids: &[i64]) -> Result<()> {
        self.check_vectors("vectors", vectors, ids.len())?;
        let (out, n) = (vectors.as_mut_ptr(), ids.len());
        // SAFETY: room for n vectors.
        call(|error| unsafe { sys::duomo_encode_users(out, self.c(), ids.as_ptr(), n, error) })
    }

    /// Writes the vectors of known items, row after row.
    pub fn encode_items(&mut self, vectors: &mut [f32], ids: &[i64]) -> Result<()> {
        self.check_vectors("vectors", vectors, ids.len())?;
        let (out, n) = (vectors.as_mut_ptr(), ids.len());
        // SAFETY: room for n vectors.
        call(|error| unsafe { sys::duomo_encode_items(out, self.c(), ids.as_ptr(), n, error) })
    }

    /// Runs the tower on every row of features of users or items.
    pub fn encode_features(&mut self, vectors: &mut [f32], features: &Features) -> Result<()> {
        self.check_vectors("vectors", vectors, features.len())?;
        let out = vectors.as_mut_ptr();
        // SAFETY: room for as many vectors as rows.
        call(|error| unsafe { sys::duomo_encode_features(out, self.c(), features.c(), error) })
    }

    /// That there are n vectors. (Of logistic models, which have none, the library speaks.)
    pub(crate) fn check_vectors(&self, what: &str, vectors: &[f32], n: usize) -> Result<()> {
        let width = self.model.vector_width;
        if width > 0 && (vectors.len() % width != 0 || vectors.len() / width != n) {
            return Err(Error::invalid(format!(
                "{what}: {} floats; {n} vectors of {width} are needed",
                vectors.len()
            )));
        }
        Ok(())
    }
}
