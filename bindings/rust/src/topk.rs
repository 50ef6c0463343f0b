//! What to recommend to whom.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::features::Features;
use crate::filter::{CFilters, Filter};
use crate::ids::{CIds, IdLists, Ids};
use crate::info::Scope;
use crate::result::{Search, TopKResult};
use crate::set::ItemSet;
use crate::strings::terminated;
use duomo_sys as sys;
use std::ffi::CString;
use std::ptr::null;

#[derive(Debug, Clone)]
enum Queries<'a> {
    Known(Ids<'a>),
    Vectors(&'a [f32]),
    Features(&'a Features),
    Histories,
}

#[derive(Debug, Clone)]
enum Histories<'a> {
    None,
    One(Ids<'a>),
    Each(IdLists<'a>),
}

/// What to recommend, and to whom. For [`Context::top_k`] and [`Context::similar_users`] the queries
/// are users, for [`Context::similar`] and [`Context::users_for`] items. What to leave out or allow is
/// of what is searched.
#[derive(Debug, Clone)]
pub struct TopKRequest<'a> {
    queries: Queries<'a>,
    histories: Histories<'a>,
    history_weights: Option<&'a [f32]>,
    exclude: Option<Ids<'a>>,
    exclude_each: Option<IdLists<'a>>,
    allow: Option<Ids<'a>>,
    allow_set: Option<&'a ItemSet>,
    allow_sets: Option<&'a [Option<&'a ItemSet>]>,
    filters: Vec<Filter>,
    limits: Vec<(Result<CString>, u32)>,
    k: usize,
    k_each: Option<&'a [usize]>,
    exclude_seen: bool,
    minimum_score: Option<f32>,
    probes: Option<usize>,
    keys: bool,
    titles: bool,
}

impl<'a> TopKRequest<'a> {
    fn new(queries: Queries<'a>, histories: Histories<'a>) -> Self {
        Self {
            queries,
            histories,
            history_weights: None,
            exclude: None,
            exclude_each: None,
            allow: None,
            allow_set: None,
            allow_sets: None,
            filters: Vec::new(),
            limits: Vec::new(),
            k: 10,
            k_each: None,
            exclude_seen: false,
            minimum_score: None,
            probes: None,
            keys: false,
            titles: false,
        }
    }

    /// For a known user, by id or key.
    pub fn user(user: impl Into<Ids<'a>>) -> Self {
        Self::new(Queries::Known(user.into()), Histories::None)
    }

    /// For known users.
    pub fn users(users: impl Into<Ids<'a>>) -> Self {
        Self::user(users)
    }

    /// For a known item, by id or key.
    pub fn item(item: impl Into<Ids<'a>>) -> Self {
        Self::user(item)
    }

    /// For known items.
    pub fn items(items: impl Into<Ids<'a>>) -> Self {
        Self::user(items)
    }

    /// For vectors, row after row, used as given.
    pub fn vectors(vectors: &'a [f32]) -> Self {
        Self::new(Queries::Vectors(vectors), Histories::None)
    }

    /// For every row of features.
    pub fn features(features: &'a Features) -> Self {
        Self::new(Queries::Features(features), Histories::None)
    }

    /// For a user of whom nothing is known but a history: items, oldest first. Models that read no
    /// histories fold it in.
    pub fn history(items: impl Into<Ids<'a>>) -> Self {
        Self::new(Queries::Histories, Histories::One(items.into()))
    }

    /// For users of whom nothing is known but their histories.
    pub fn histories(lists: impl Into<IdLists<'a>>) -> Self {
        Self::new(Queries::Histories, Histories::Each(lists.into()))
    }

    /// Results for each query, at least 1, at first 10; more than there are items is fine.
    #[must_use]
    pub fn k(mut self, k: usize) -> Self {
        (self.k, self.k_each) = (k, None);
        self
    }

    /// Results for each query, a number each, which may be 0.
    #[must_use]
    pub fn k_each(mut self, k: &'a [usize]) -> Self {
        self.k_each = Some(k);
        self
    }

    /// Histories in place of what the file remembers of each known user. Unknown items are left out.
    #[must_use]
    pub fn with_histories(mut self, lists: impl Into<IdLists<'a>>) -> Self {
        self.histories = Histories::Each(lists.into());
        self
    }

    /// How much each item of the histories says, above 0, where they are folded in.
    #[must_use]
    pub fn history_weights(mut self, weights: &'a [f32]) -> Self {
        self.history_weights = Some(weights);
        self
    }

    /// Leaves out what users have seen: the histories given, else what the file remembers.
    #[must_use]
    pub fn exclude_seen(mut self) -> Self {
        self.exclude_seen = true;
        self
    }

    /// What is never returned to any query. Unknown ones do no harm.
    #[must_use]
    pub fn exclude(mut self, ids: impl Into<Ids<'a>>) -> Self {
        self.exclude = Some(ids.into());
        self
    }

    /// What is never returned, a list for each query, besides that of [`exclude`](Self::exclude).
    #[must_use]
    pub fn exclude_each(mut self, lists: impl Into<IdLists<'a>>) -> Self {
        self.exclude_each = Some(lists.into());
        self
    }

    /// Returns only these; of an empty list, nothing. For long lists that are used again see
    /// [`allow_set`](Self::allow_set).
    #[must_use]
    pub fn allow(mut self, ids: impl Into<Ids<'a>>) -> Self {
        self.allow = Some(ids.into());
        self
    }

    /// Returns only items of the set.
    #[must_use]
    pub fn allow_set(mut self, set: &'a ItemSet) -> Self {
        self.allow_set = Some(set);
        self
    }

    /// Returns only items of the query's own set; `None` allows all.
    #[must_use]
    pub fn allow_sets(mut self, sets: &'a [Option<&'a ItemSet>]) -> Self {
        self.allow_sets = Some(sets);
        self
    }

    /// Adds a filter: all must hold.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// At most so many results of a query share a value of an attribute, category or set: two of an
    /// artist, three of a genre. Several limits all hold.
    #[must_use]
    pub fn limit(mut self, attribute: &str, at_most: u32) -> Self {
        self.limits.push((terminated(attribute), at_most));
        self
    }

    /// Leaves out lower scores; in the unit of the results.
    #[must_use]
    pub fn minimum_score(mut self, score: f32) -> Self {
        self.minimum_score = Some(score);
        self
    }

    /// Looks into the `probes` likeliest lists only, where the file has lists: faster, and an item may
    /// be missed; the scores are exact. 0: as many as the file says, and on until about 19 of 20 results
    /// or more are those of an exact search.
    #[must_use]
    pub fn approximate(mut self, probes: usize) -> Self {
        self.probes = Some(probes);
        self
    }

    /// With the string keys of the results: [`TopKResult::keys`].
    #[must_use]
    pub fn with_keys(mut self) -> Self {
        self.keys = true;
        self
    }

    /// With the titles of the results: [`TopKResult::titles`].
    #[must_use]
    pub fn with_titles(mut self) -> Self {
        self.titles = true;
        self
    }

    /// Searches items or users, as the scope says.
    pub(crate) fn run(
        &self,
        context: &mut Context,
        result: &mut TopKResult,
        search: Search,
        scope: Scope,
    ) -> Result<()> {
        result.counts.clear();
        // No query has more results than there are, so they need no more memory than that.
        let most = match scope {
            Scope::User => context.model().user_count,
            _ => context.model().item_count,
        }
        .max(1);
        let mut c = sys::DUOMO_TOPK_REQUEST_INIT;
        let queries;
        match &self.queries {
            Queries::Known(ids) => {
                queries = ids.c()?;
                (c.count, c.ids, c.keys) = (queries.len, queries.ids, queries.keys);
            }
            Queries::Vectors(vectors) => {
                let width = context.model().vector_width.max(1);
                (c.count, c.vectors) = (vectors.len() / width, vectors.as_ptr());
                context.check_vectors("vectors", vectors, c.count)?;
            }
            Queries::Features(features) => (c.count, c.features) = (features.len(), features.c()),
            Queries::Histories => {
                c.count = match &self.histories {
                    Histories::Each(lists) => lists.offsets.len() - 1,
                    _ => 1,
                }
            }
        }

        let (history, single);
        match &self.histories {
            Histories::None => {}
            Histories::One(ids) => {
                history = ids.c()?;
                single = [0, history.len];
                c.history_offsets = single.as_ptr();
                (c.history_ids, c.history_keys) = (history.ids, history.keys);
                self.check_weights(&history)?;
            }
            Histories::Each(lists) => {
                history = lists.c("histories", c.count)?;
                c.history_offsets = lists.offsets.as_ptr();
                (c.history_ids, c.history_keys) = (history.ids, history.keys);
                self.check_weights(&history)?;
            }
        }
        c.history_weights = self.history_weights.map_or(null(), <[f32]>::as_ptr);

        let exclude = self.exclude.as_ref().map(Ids::c).transpose()?;
        if let Some(ids) = &exclude {
            c.shared_exclude_count = ids.len;
            (c.shared_exclude_ids, c.shared_exclude_keys) = (ids.ids, ids.keys);
        }
        let exclude_each;
        if let Some(lists) = &self.exclude_each {
            exclude_each = lists.c("exclude_each", c.count)?;
            c.exclude_offsets = lists.offsets.as_ptr();
            (c.exclude_ids, c.exclude_keys) = (exclude_each.ids, exclude_each.keys);
        }
        let allow = self.allow.as_ref().map(Ids::c).transpose()?;
        if let Some(ids) = &allow {
            c.flags |= sys::DUOMO_ALLOW_LISTED;
            (c.allow_ids, c.allow_keys, c.allow_count) = (ids.ids, ids.keys, ids.len);
        }
        c.allow_set = self.allow_set.map_or(null(), ItemSet::c);
        let sets: Vec<_>;
        if let Some(given) = self.allow_sets {
            check_length("allow_sets", given.len(), c.count)?;
            sets = given
                .iter()
                .map(|set| set.map_or(null(), ItemSet::c))
                .collect();
            c.allow_sets = sets.as_ptr();
        }

        let filters = CFilters::new(&self.filters)?;
        if !filters.filters.is_empty() {
            (c.filters, c.filter_count) = (filters.filters.as_ptr(), filters.filters.len());
        }
        let limits: Vec<_> = self.limits.iter().map(c_limit).collect::<Result<_>>()?;
        if !limits.is_empty() {
            (c.limits, c.limit_count) = (limits.as_ptr(), limits.len());
        }

        c.k = self.k.min(most);
        let each: Vec<_>;
        if let Some(given) = self.k_each {
            check_length("k_each", given.len(), c.count)?;
            each = given.iter().map(|k| *k.min(&most)).collect();
            c.k = each.iter().copied().max().unwrap_or(1).max(1);
            c.k_each = each.as_ptr();
        }
        if self.exclude_seen {
            c.flags |= sys::DUOMO_EXCLUDE_SEEN;
        }
        if let Some(score) = self.minimum_score {
            c.flags |= sys::DUOMO_MINIMUM_SCORE;
            c.minimum_score = score;
        }
        if let Some(probes) = self.probes {
            c.flags |= sys::DUOMO_APPROXIMATE;
            c.probes = probes;
        }
        result.search(context, &c, search, self.keys, self.titles)
    }

    fn check_weights(&self, history: &CIds) -> Result<()> {
        match self.history_weights {
            Some(weights) => check_length("history_weights", weights.len(), history.len),
            None => Ok(()),
        }
    }
}

fn check_length(what: &str, length: usize, wanted: usize) -> Result<()> {
    if length != wanted {
        return Err(Error::invalid(format!(
            "{what}: {length} given where {wanted} are needed"
        )));
    }
    Ok(())
}

fn c_limit((input, at_most): &(Result<CString>, u32)) -> Result<sys::duomo_limit> {
    Ok(sys::duomo_limit {
        input: input.as_ref().map_err(Error::clone)?.as_ptr(),
        at_most: *at_most,
        ..sys::DUOMO_LIMIT_INIT
    })
}
