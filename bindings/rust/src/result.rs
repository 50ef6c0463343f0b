//! What top-k calls find.

use crate::error::{Error, Result, Status};

/// What [`Context::top_k`](crate::Context::top_k) and [`Context::similar`](crate::Context::similar) find. It can be used again for another request.
#[derive(Debug, Clone, Default)]
pub struct TopKResult {
    pub(crate) k: usize,
    pub(crate) ids: Vec<i64>,
    pub(crate) scores: Vec<f32>,
    pub(crate) counts: Vec<usize>,
}

impl TopKResult {
    /// The number of queries.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there were no queries.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The items of a query, best first: k, or fewer where there are no more. Panics where there
    /// is no such query.
    pub fn ids(&self, query: usize) -> &[i64] {
        &self.ids[query * self.k..][..self.counts[query]]
    }

    /// The scores of [`ids`](Self::ids).
    pub fn scores(&self, query: usize) -> &[f32] {
        &self.scores[query * self.k..][..self.counts[query]]
    }

    /// The items of a query with their scores, best first. Panics where there is no such query.
    pub fn query(&self, query: usize) -> impl ExactSizeIterator<Item = (i64, f32)> + '_ {
        let scores = self.scores(query).iter().copied();
        self.ids(query).iter().copied().zip(scores)
    }

    pub(crate) fn make_room(&mut self, count: usize, k: usize) -> Result<()> {
        let too_much = || Error::new(Status::OutOfMemory, "more results than there is memory");
        let places = count.checked_mul(k).ok_or_else(too_much)?;
        fn resize<T: Clone>(vector: &mut Vec<T>, n: usize, zero: T) -> Option<()> {
            vector.try_reserve(n.saturating_sub(vector.len())).ok()?;
            vector.resize(n, zero);
            Some(())
        }
        self.k = k;
        resize(&mut self.ids, places, 0)
            .and_then(|()| resize(&mut self.scores, places, 0.0))
            .and_then(|()| resize(&mut self.counts, count, 0))
            .ok_or_else(too_much)
    }
}

/// Written as a list of queries, each a list of pairs of id and score.
#[cfg(feature = "serde")]
impl serde::Serialize for TopKResult {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.len()).map(|query| self.query(query).collect::<Vec<_>>()))
    }
}
