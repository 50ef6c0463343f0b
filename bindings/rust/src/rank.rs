//! One user and many items, with what is known only of the pairs.

use crate::context::Context;
use crate::error::{call, Error, Result};
use crate::features::Features;
use crate::ids::Ids;
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
#[derive(Debug, Clone)]
pub struct RankRequest<'a> {
    user: User<'a>,
    items: Items<'a>,
    pair_features: Option<&'a Features>,
    history: Option<Ids<'a>>,
}

#[derive(Debug, Clone)]
enum User<'a> {
    Known(Ids<'a>),
    Features(&'a Features),
}

#[derive(Debug, Clone)]
enum Items<'a> {
    Known(Ids<'a>),
    Features(&'a Features),
}

impl<'a> RankRequest<'a> {
    fn new(user: User<'a>) -> Self {
        Self {
            user,
            items: Items::Known((&[0i64; 0]).into()),
            pair_features: None,
            history: None,
        }
    }

    /// For a known user: one id or key.
    pub fn user(user: impl Into<Ids<'a>>) -> Self {
        Self::new(User::Known(user.into()))
    }

    /// For a user of one row of features.
    pub fn user_features(features: &'a Features) -> Self {
        Self::new(User::Features(features))
    }

    /// Known items, by id or key.
    #[must_use]
    pub fn items(mut self, items: impl Into<Ids<'a>>) -> Self {
        self.items = Items::Known(items.into());
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

    /// What is used in place of the file's history of the user, or of that in the user's features:
    /// items, oldest first.
    #[must_use]
    pub fn history(mut self, items: impl Into<Ids<'a>>) -> Self {
        self.history = Some(items.into());
        self
    }

    fn run(&self, context: &mut Context, predictions: &mut [f32]) -> Result<()> {
        let mut c = sys::DUOMO_RANK_REQUEST_INIT;
        let (user, items);
        match &self.user {
            User::Known(one) => {
                user = one.c()?;
                if user.len != 1 {
                    return Err(Error::invalid(format!("{} users, must be one", user.len)));
                }
                if user.keys.is_null() {
                    // SAFETY: there is one.
                    (c.flags, c.user_id) = (sys::DUOMO_RANK_USER_ID, unsafe { *user.ids });
                } else {
                    // SAFETY: there is one.
                    c.user_key = unsafe { *user.keys };
                }
            }
            User::Features(features) => c.user_features = features.c(),
        }
        match &self.items {
            Items::Known(known) => {
                items = known.c()?;
                (c.n, c.item_ids, c.item_keys) = (items.len, items.ids, items.keys);
            }
            Items::Features(features) => (c.n, c.item_features) = (features.len(), features.c()),
        }
        if let Some(features) = self.pair_features {
            c.pair_features = features.c();
        }
        let history = self.history.as_ref().map(Ids::c).transpose()?;
        if let Some(history) = &history {
            c.history_count = history.len;
            (c.history_ids, c.history_keys) = (history.ids, history.keys);
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

impl Context {
    /// Writes the prediction of every item of the request, in the order given. For logistic models
    /// the joint tower runs; for two towers it equals [`predict`](Self::predict).
    pub fn rank(&mut self, predictions: &mut [f32], request: &RankRequest<'_>) -> Result<()> {
        request.run(self, predictions)
    }
}
