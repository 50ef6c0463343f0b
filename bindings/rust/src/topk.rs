//! What to recommend to whom.

use crate::context::Context;
use crate::error::{call, Result};
use crate::features::Features;
use crate::filter::{filters_of, Filter};
use crate::lists::Lists;
use crate::result::TopKResult;
use duomo_sys as sys;
use std::ptr::null;

#[derive(Debug, Clone, Copy)]
enum Queries<'a> {
    One(i64),
    Ids(&'a [i64]),
    Vectors(&'a [f32]),
    Features(&'a Features),
    Histories,
}

#[derive(Debug, Clone, Copy)]
enum PerQuery<'a> {
    Absent,
    /// The same list for every query; of histories, for the only one.
    Same(&'a [i64]),
    Each(Lists<'a, i64>),
}

/// What to recommend, and to whom. For [`Context::top_k`] the queries are users, for
/// [`Context::similar`] items. Ids are borrowed, not copied.
#[derive(Debug, Clone)]
pub struct TopKRequest<'a> {
    queries: Queries<'a>,
    histories: PerQuery<'a>,
    exclude: PerQuery<'a>,
    allow: Option<&'a [i64]>,
    filters: Vec<Filter>,
    k: usize,
    exclude_seen: bool,
    minimum_score: Option<f32>,
    probes: Option<usize>,
}

impl<'a> TopKRequest<'a> {
    fn new(queries: Queries<'a>, histories: PerQuery<'a>) -> Self {
        Self {
            queries,
            histories,
            exclude: PerQuery::Absent,
            allow: None,
            filters: Vec::new(),
            k: 10,
            exclude_seen: false,
            minimum_score: None,
            probes: None,
        }
    }

    /// For a known user.
    pub fn user(id: i64) -> Self {
        Self::new(Queries::One(id), PerQuery::Absent)
    }

    /// For known users.
    pub fn users(ids: &'a [i64]) -> Self {
        Self::new(Queries::Ids(ids), PerQuery::Absent)
    }

    /// For a known item, with [`Context::similar`].
    pub fn item(id: i64) -> Self {
        Self::user(id)
    }

    /// For known items, with [`Context::similar`].
    pub fn items(ids: &'a [i64]) -> Self {
        Self::users(ids)
    }

    /// For vectors, row after row, used as given.
    pub fn vectors(vectors: &'a [f32]) -> Self {
        Self::new(Queries::Vectors(vectors), PerQuery::Absent)
    }

    /// For every row of features.
    pub fn features(features: &'a Features) -> Self {
        Self::new(Queries::Features(features), PerQuery::Absent)
    }

    /// For a user of whom nothing is known but a history: item ids, oldest first.
    pub fn history(ids: &'a [i64]) -> Self {
        Self::new(Queries::Histories, PerQuery::Same(ids))
    }

    /// For users of whom nothing is known but their histories.
    pub fn histories(lists: Lists<'a, i64>) -> Self {
        Self::new(Queries::Histories, PerQuery::Each(lists))
    }

    /// Results for each query, at least 1, at first 10; more than there are items is fine.
    #[must_use]
    pub fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    /// What stands for the file's history of each known user. Unknown items are left out.
    #[must_use]
    pub fn with_histories(mut self, lists: Lists<'a, i64>) -> Self {
        self.histories = PerQuery::Each(lists);
        self
    }

    /// Leaves out what users have seen: the histories given, else what the file remembers.
    #[must_use]
    pub fn exclude_seen(mut self) -> Self {
        self.exclude_seen = true;
        self
    }

    /// Items never to return to any query. Unknown ones do no harm.
    #[must_use]
    pub fn exclude(mut self, ids: &'a [i64]) -> Self {
        self.exclude = PerQuery::Same(ids);
        self
    }

    /// The same, a list for each query.
    #[must_use]
    pub fn exclude_each(mut self, lists: Lists<'a, i64>) -> Self {
        self.exclude = PerQuery::Each(lists);
        self
    }

    /// Returns only these; of an empty list, nothing.
    #[must_use]
    pub fn allow(mut self, ids: &'a [i64]) -> Self {
        self.allow = Some(ids);
        self
    }

    /// Adds a filter: all must hold.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Leaves out lower scores; in the unit of the results.
    #[must_use]
    pub fn minimum_score(mut self, score: f32) -> Self {
        self.minimum_score = Some(score);
        self
    }

    /// Looks into the `probes` likeliest lists only, where the file has lists: faster, and an item may
    /// be missed; the scores are exact. 0: as many as the file says.
    #[must_use]
    pub fn approximate(mut self, probes: usize) -> Self {
        self.probes = Some(probes);
        self
    }

    pub(crate) fn run(
        &self,
        context: &mut Context,
        result: &mut TopKResult,
        function: Search,
    ) -> Result<()> {
        result.counts.clear();
        let model = context.model();
        let width = model.vector_width;
        let mut c = sys::duomo_topk_request {
            k: self.k.min(model.item_count.max(1)),
            ..sys::DUOMO_TOPK_REQUEST_INIT
        };
        match &self.queries {
            Queries::One(id) => (c.count, c.ids) = (1, id),
            Queries::Ids(ids) => (c.count, c.ids) = (ids.len(), ids.as_ptr()),
            Queries::Vectors(vectors) => {
                (c.count, c.vectors) = (vectors.len() / width.max(1), vectors.as_ptr());
                context.check_vectors("vectors", vectors, c.count)?;
            }
            Queries::Features(features) => (c.count, c.features) = (features.len(), features.c()),
            Queries::Histories => {
                c.count = match self.histories {
                    PerQuery::Each(lists) => lists.len(),
                    _ => 1,
                }
            }
        }
        let histories = self.histories.laid_out("histories", c.count)?;
        (c.history_offsets, c.history_ids) = histories.pointers();
        let exclude = self.exclude.laid_out("exclude", c.count)?;
        (c.exclude_offsets, c.exclude_ids) = exclude.pointers();
        if let Some(ids) = self.allow {
            (c.allow_ids, c.allow_count) = (ids.as_ptr(), ids.len());
            c.flags |= sys::DUOMO_ALLOW_LISTED;
        }
        let (filters, _strings) = filters_of(&self.filters)?;
        if !filters.is_empty() {
            (c.filters, c.filter_count) = (filters.as_ptr(), filters.len());
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
        result.make_room(c.count, c.k)?;
        let mut out = sys::duomo_topk_result {
            ids: result.ids.as_mut_ptr(),
            scores: result.scores.as_mut_ptr(),
            counts: result.counts.as_mut_ptr(),
            ..sys::DUOMO_TOPK_RESULT_INIT
        };
        // SAFETY: every array has the length that goes with it.
        let done = call(|error| unsafe { function(&mut out, context.c(), &c, error) });
        if done.is_err() {
            result.counts.clear();
        }
        done
    }
}

type Search = unsafe extern "C" fn(
    *mut sys::duomo_topk_result,
    *mut sys::duomo_context,
    *const sys::duomo_topk_request,
    *mut sys::duomo_error,
) -> sys::duomo_status;

/// Lists of ids as the call wants them; a single list needs no memory.
enum LaidOut<'a> {
    Absent,
    One([usize; 2], &'a [i64]),
    Lent(Lists<'a, i64>),
    Repeated(Vec<usize>, Vec<i64>),
}

impl<'a> PerQuery<'a> {
    fn laid_out(&self, what: &str, count: usize) -> Result<LaidOut<'a>> {
        match *self {
            PerQuery::Absent => Ok(LaidOut::Absent),
            PerQuery::Same(ids) if count == 1 => Ok(LaidOut::One([0, ids.len()], ids)),
            PerQuery::Same(ids) => Ok(LaidOut::Repeated(
                (0..=count).map(|i| i * ids.len()).collect(),
                ids.repeat(count),
            )),
            PerQuery::Each(lists) => lists.check(what, count).map(|()| LaidOut::Lent(lists)),
        }
    }
}

impl LaidOut<'_> {
    fn pointers(&self) -> (*const usize, *const i64) {
        match self {
            LaidOut::Absent => (null(), null()),
            LaidOut::One(offsets, ids) => (offsets.as_ptr(), ids.as_ptr()),
            LaidOut::Lent(lists) => (lists.offsets.as_ptr(), lists.values.as_ptr()),
            LaidOut::Repeated(offsets, ids) => (offsets.as_ptr(), ids.as_ptr()),
        }
    }
}
