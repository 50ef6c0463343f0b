//! Searches for the best items and users.

use crate::context::Context;
use crate::error::Result;
use crate::info::Scope;
use crate::result::TopKResult;
use crate::topk::TopKRequest;
use duomo_sys as sys;

impl Context {
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
        new(|result| self.top_k_into(result, request))
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn top_k_into(&mut self, result: &mut TopKResult, request: &TopKRequest<'_>) -> Result<()> {
        request.run(self, result, sys::duomo_topk, Scope::Item)
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
        new(|result| self.similar_into(result, request))
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn similar_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run(self, result, sys::duomo_similar, Scope::Item)
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
        new(|result| self.users_for_into(result, request))
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn users_for_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run(self, result, sys::duomo_users_for, Scope::User)
    }

    /// The users most like each user, by the cosine of their vectors; otherwise as
    /// [`similar`](Self::similar).
    pub fn similar_users(&mut self, request: &TopKRequest<'_>) -> Result<TopKResult> {
        new(|result| self.similar_users_into(result, request))
    }

    /// The same into a result that is used again. On failure it has no queries.
    pub fn similar_users_into(
        &mut self,
        result: &mut TopKResult,
        request: &TopKRequest<'_>,
    ) -> Result<()> {
        request.run(self, result, sys::duomo_similar_users, Scope::User)
    }
}

fn new(search: impl FnOnce(&mut TopKResult) -> Result<()>) -> Result<TopKResult> {
    let mut result = TopKResult::default();
    search(&mut result)?;
    Ok(result)
}
