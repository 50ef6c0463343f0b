//! One user and many items, with what is known only of the pairs.

use crate::context::Context;
use crate::error::{call, Error, Result};
use crate::features::Features;
use duomo_sys as sys;

/// One user and many items, for [`Context::rank`].
///
/// ```
/// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
/// use duomo::{Model, RankRequest, Scope};
/// let model = Model::open("joint.duomo")?;
/// let mut pairs = model.features(Scope::Pair, 3)?;
/// pairs.set_numbers("delay", &[1.0, 20.0, f32::NAN])?;
/// let mut seconds = [0.0; 3];
/// let request = RankRequest::user(5).items(&[7, 0, 39]).pair_features(&pairs);
/// model.context()?.rank(&mut seconds, &request)?;
/// assert!(seconds.iter().all(|s| *s > 0.0));
/// # Ok::<(), duomo::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RankRequest<'a> {
    user: User<'a>,
    items: Items<'a>,
    pair_features: Option<&'a Features>,
    history: Option<&'a [i64]>,
}

#[derive(Debug, Clone, Copy)]
enum User<'a> {
    Id(i64),
    Features(&'a Features),
}

#[derive(Debug, Clone, Copy)]
enum Items<'a> {
    Ids(&'a [i64]),
    Features(&'a Features),
}

impl<'a> RankRequest<'a> {
    fn new(user: User<'a>) -> Self {
        Self {
            user,
            items: Items::Ids(&[]),
            pair_features: None,
            history: None,
        }
    }

    /// For a known user.
    pub fn user(id: i64) -> Self {
        Self::new(User::Id(id))
    }

    /// For a user of one row of features.
    pub fn user_features(features: &'a Features) -> Self {
        Self::new(User::Features(features))
    }

    /// Known items.
    #[must_use]
    pub fn items(mut self, ids: &'a [i64]) -> Self {
        self.items = Items::Ids(ids);
        self
    }

    /// Items from features, a row each.
    #[must_use]
    pub fn item_features(mut self, features: &'a Features) -> Self {
        self.items = Items::Features(features);
        self
    }

    /// What is known of the user and each item together, a row each.
    #[must_use]
    pub fn pair_features(mut self, features: &'a Features) -> Self {
        self.pair_features = Some(features);
        self
    }

    /// What stands for the file's history of the user, or for that in the user's features: item
    /// ids, oldest first.
    #[must_use]
    pub fn history(mut self, ids: &'a [i64]) -> Self {
        self.history = Some(ids);
        self
    }

    pub(crate) fn run(&self, context: &mut Context, predictions: &mut [f32]) -> Result<()> {
        let mut c = sys::DUOMO_RANK_REQUEST_INIT;
        match self.user {
            User::Id(id) => (c.flags, c.user_id) = (sys::DUOMO_RANK_USER_ID, id),
            User::Features(features) => c.user_features = features.c(),
        }
        match self.items {
            Items::Ids(ids) => (c.n, c.item_ids) = (ids.len(), ids.as_ptr()),
            Items::Features(features) => (c.n, c.item_features) = (features.len(), features.c()),
        }
        if let Some(features) = self.pair_features {
            c.pair_features = features.c();
        }
        if let Some(ids) = self.history {
            (c.history_ids, c.history_count) = (ids.as_ptr(), ids.len());
        }
        if predictions.len() != c.n {
            return Err(Error::invalid(format!(
                "{} predictions of {} items: the lengths must be the same",
                predictions.len(),
                c.n
            )));
        }
        let out = predictions.as_mut_ptr();
        // SAFETY: every array has the length that goes with it; the library checks the features'.
        call(|error| unsafe { sys::duomo_rank(out, context.c(), &c, error) })
    }
}
