//! Contexts: where calls are made.

use crate::error::{call, Error, Result};
use crate::features::Features;
use crate::model::{no_object, Model};
use crate::rank::RankRequest;
use crate::result::TopKResult;
use crate::topk::TopKRequest;
use duomo_sys as sys;
use std::ptr::{null, null_mut, NonNull};
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

impl Context {
    pub(crate) fn new(model: &Model, options: &ContextOptions) -> Result<Self> {
        let c = options.c();
        let mut object = null_mut();
        // SAFETY: all arguments live.
        call(|error| unsafe { sys::duomo_context_create(&mut object, model.c(), &c, error) })?;
        Ok(Self {
            object: NonNull::new(object).ok_or_else(no_object)?,
            model: model.clone(),
            _cancelled: options.cancelled.clone(),
        })
    }

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

    /// The k best items of each user, best first, ties in the order of the file: exactly what
    /// predicting every allowed item and sorting by score gives. (Where scores are rounded to the same
    /// float, the better item is still first.)
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// use duomo::{Filter, Mode, TopKRequest};
    /// let mut context = duomo::Model::open("shop.duomo")?.context()?;
    /// let best = context.top_k(
    ///     &TopKRequest::user(3)
    ///         .k(5)
    ///         .exclude_seen()
    ///         .filter(Filter::strings("tags", Mode::Any, ["red", "blue"])),
    /// )?;
    /// for (id, score) in best.query(0) {
    ///     println!("{score:.2}  {}", context.model().item_title(id)?);
    /// }
    /// assert_eq!(best.ids(0).len(), 5);
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn top_k(&mut self, request: &TopKRequest<'_>) -> Result<TopKResult> {
        let mut result = TopKResult::default();
        self.top_k_into(&mut result, request)?;
        Ok(result)
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn top_k_into(&mut self, result: &mut TopKResult, request: &TopKRequest<'_>) -> Result<()> {
        request.run(self, result, sys::duomo_topk)
    }

    /// The items most like each item, by the cosine of their vectors, −1 to 1, without the item
    /// itself where queries are ids or keys.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let mut context = duomo::Model::open("shop.duomo")?.context()?;
    /// let like = context.similar(&duomo::TopKRequest::item(1006).k(3))?;
    /// assert_eq!(like.ids(0).len(), 3);
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn similar(&mut self, request: &TopKRequest<'_>) -> Result<TopKResult> {
        let mut result = TopKResult::default();
        self.similar_into(&mut result, request)?;
        Ok(result)
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn similar_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run(self, result, sys::duomo_similar)
    }

    /// The other way round: who would want each item, in the order of what is predicted for each user
    /// and the item. Results are users, and so is what is excluded or allowed.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let mut context = duomo::Model::open("shop.duomo")?.context()?;
    /// let fans = context.users_for(&duomo::TopKRequest::item(1006).k(3).exclude_seen())?;
    /// for (user, score) in fans.query(0) {
    ///     assert_eq!(context.predict(user, 1006)?, score);
    /// }
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn users_for(&mut self, request: &TopKRequest<'_>) -> Result<TopKResult> {
        let mut result = TopKResult::default();
        self.users_for_into(&mut result, request)?;
        Ok(result)
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn users_for_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run_for_users(self, result, sys::duomo_users_for)
    }

    /// The users most like each user, by the cosine of their vectors; otherwise as
    /// [`similar`](Self::similar).
    pub fn similar_users(&mut self, request: &TopKRequest<'_>) -> Result<TopKResult> {
        let mut result = TopKResult::default();
        self.similar_users_into(&mut result, request)?;
        Ok(result)
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn similar_users_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run_for_users(self, result, sys::duomo_similar_users)
    }

    /// Writes the prediction of every item of the request, in the order given. For logistic models
    /// the joint tower runs; for two towers it equals [`predict`](Self::predict).
    pub fn rank(&mut self, predictions: &mut [f32], request: &RankRequest<'_>) -> Result<()> {
        request.run(self, predictions)
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
