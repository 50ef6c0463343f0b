//! Contexts that threads and tasks share.

use crate::context::{Context, ContextOptions};
use crate::error::Result;
use crate::model::Model;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Idle contexts of a model, for hosts whose calls come from any thread or task: `Send + Sync`, a clone
/// is the same pool. Each call borrows a context, and makes one where all are out; so there come to be
/// as many as calls have run at once.
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// let pool = duomo::ContextPool::new(duomo::Model::open("shop.duomo")?);
/// std::thread::scope(|scope| {
///     for user in 1..=4 {
///         let pool = &pool;
///         scope.spawn(move || pool.get()?.predict(user, 1006));
///     }
/// });
/// let best = pool.get()?.top_k(&duomo::TopKRequest::user(3).k(2))?;
/// assert_eq!(best.ids(0).len(), 2);
/// # Ok::<(), duomo::Error>(())
/// ```
///
/// In async code (tokio and others) a call for one user takes microseconds and may run where it stands,
/// as long as the guard is not kept over an `.await`; a long one belongs on a thread:
///
/// ```ignore
/// let pool = pool.clone();
/// let best = tokio::task::spawn_blocking(move || pool.get()?.top_k(&everybody)).await??;
/// ```
#[derive(Debug, Clone)]
pub struct ContextPool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    model: Model,
    options: ContextOptions,
    idle: Mutex<Vec<Context>>,
}

impl ContextPool {
    /// A pool of contexts without options; none is made yet.
    pub fn new(model: Model) -> Self {
        Self::with_options(model, &ContextOptions::new())
    }

    /// The same with options for every context.
    pub fn with_options(model: Model, options: &ContextOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                model,
                options: options.clone(),
                idle: Mutex::default(),
            }),
        }
    }

    /// The model that the calls are about.
    pub fn model(&self) -> &Model {
        &self.shared.model
    }

    /// Borrows a context until the guard is dropped. Fails only where one must be made and cannot.
    pub fn get(&self) -> Result<PooledContext<'_>> {
        let idle = self.shared.take();
        let context = match idle {
            Some(context) => context,
            None => self.shared.model.context_with(&self.shared.options)?,
        };
        Ok(PooledContext {
            pool: &self.shared,
            context: Some(context),
        })
    }

    /// Gives back the memory of the contexts that are idle.
    pub fn trim(&self) {
        let idle = std::mem::take(&mut *self.shared.lock());
        drop(idle); // without the lock
    }
}

impl Shared {
    // A panic elsewhere leaves the list as it is: whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Context>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Context> {
        self.lock().pop()
    }
}

/// A borrowed [`Context`]; dropping it gives it back.
#[derive(Debug)]
pub struct PooledContext<'pool> {
    pool: &'pool Shared,
    context: Option<Context>, // until it is dropped
}

impl Deref for PooledContext<'_> {
    type Target = Context;
    fn deref(&self) -> &Context {
        self.context.as_ref().expect("there until it is dropped")
    }
}

impl DerefMut for PooledContext<'_> {
    fn deref_mut(&mut self) -> &mut Context {
        self.context.as_mut().expect("there until it is dropped")
    }
}

impl Drop for PooledContext<'_> {
    fn drop(&mut self) {
        self.pool.lock().extend(self.context.take());
    }
}
