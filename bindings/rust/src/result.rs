//! What top-k calls find.

use crate::context::Context;
use crate::error::{call, Error, Result, Status};
use crate::model::Model;
use crate::strings::{text, NO_TEXT};
use duomo_sys as sys;
use std::fmt;

/// What the searches of a [`Context`](crate::Context) find. It can be used again for another request.
#[derive(Debug, Clone, Default)]
pub struct TopKResult {
    pub(crate) k: usize,
    pub(crate) ids: Vec<i64>,
    pub(crate) scores: Vec<f32>,
    pub(crate) counts: Vec<usize>,
    pub(crate) keys: Option<Vec<Text>>,
    pub(crate) titles: Option<Vec<Text>>,
    /// Whose texts these are: it must live as long.
    pub(crate) model: Option<Model>,
}

/// Text of a model's.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Text(pub(crate) sys::duomo_text);

// SAFETY: immutable memory of a model's, which may go to any thread.
unsafe impl Send for Text {}
unsafe impl Sync for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text of {} bytes", self.0.size)
    }
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
    pub fn query(&self, query: usize) -> Hits<'_> {
        Hits(self.ids(query).iter().zip(self.scores(query)))
    }

    /// Walks the queries, each of which walks its items with their scores; so does `&result`.
    ///
    /// ```
    /// # std::env::set_current_dir(std::env::var("DUOMO_TEST_MODELS").unwrap()).unwrap();
    /// let mut context = duomo::Model::open("shop.duomo")?.context()?;
    /// let users = [1, 2, 3];
    /// let best = context.top_k(&duomo::TopKRequest::users(&users).k(2))?;
    /// for (user, hits) in users.iter().zip(&best) {
    ///     for (item, score) in hits {
    ///         println!("{user} would give {item} {score:.1} stars");
    ///     }
    /// }
    /// # Ok::<(), duomo::Error>(())
    /// ```
    pub fn iter(&self) -> HitsOfAll<'_> {
        HitsOfAll {
            result: self,
            queries: 0..self.len(),
        }
    }

    /// The string keys of [`ids`](Self::ids). Panics where the request did not ask
    /// [`with_keys`](crate::TopKRequest::with_keys).
    pub fn keys(&self, query: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.texts(query, &self.keys, "with_keys")
    }

    /// The titles of [`ids`](Self::ids). Panics where the request did not ask
    /// [`with_titles`](crate::TopKRequest::with_titles).
    pub fn titles(&self, query: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.texts(query, &self.titles, "with_titles")
    }

    fn texts<'a>(
        &'a self,
        query: usize,
        texts: &'a Option<Vec<Text>>,
        asked: &str,
    ) -> impl ExactSizeIterator<Item = &'a str> + 'a {
        let Some(texts) = texts else {
            panic!("the request did not ask {asked}()")
        };
        let found = &texts[query * self.k..][..self.counts[query]];
        // SAFETY: text lives as long as the model, which lives as long as self. The library has
        // found it to be UTF-8.
        found.iter().map(|one| unsafe { text(one.0) }.unwrap_or(""))
    }

    /// Searches, and fills the result.
    pub(crate) fn search(
        &mut self,
        context: &mut Context,
        c: &sys::duomo_topk_request,
        search: Search,
        keys: bool,
        titles: bool,
    ) -> Result<()> {
        self.make_room(c.count, c.k, keys, titles)?;
        let mut out = sys::duomo_topk_result {
            ids: self.ids.as_mut_ptr(),
            scores: self.scores.as_mut_ptr(),
            counts: self.counts.as_mut_ptr(),
            ..sys::DUOMO_TOPK_RESULT_INIT
        };
        // Text has the layout of duomo_text.
        if let Some(texts) = &mut self.keys {
            out.keys = texts.as_mut_ptr().cast();
        }
        if let Some(texts) = &mut self.titles {
            out.titles = texts.as_mut_ptr().cast();
        }
        self.model = (keys || titles).then(|| context.model().clone());
        // SAFETY: every array has the length that goes with it, and all live.
        let done = call(|error| unsafe { search(&mut out, context.c(), c, error) });
        if done.is_err() {
            self.counts.clear();
        }
        done
    }

    fn make_room(&mut self, count: usize, k: usize, keys: bool, titles: bool) -> Result<()> {
        let too_much = || Error::new(Status::OutOfMemory, "more results than there is memory");
        let places = count.checked_mul(k).ok_or_else(too_much)?;
        fn resize<T: Clone>(vector: &mut Vec<T>, n: usize, zero: T) -> Option<()> {
            vector.try_reserve(n.saturating_sub(vector.len())).ok()?;
            vector.resize(n, zero);
            Some(())
        }
        let texts = |texts: &mut Option<Vec<Text>>, wanted: bool| {
            if !wanted {
                *texts = None;
                return Some(());
            }
            resize(texts.get_or_insert_with(Vec::new), places, Text(NO_TEXT))
        };
        self.k = k;
        texts(&mut self.keys, keys)
            .and_then(|()| texts(&mut self.titles, titles))
            .ok_or_else(too_much)?;
        resize(&mut self.ids, places, 0)
            .and_then(|()| resize(&mut self.scores, places, 0.0))
            .and_then(|()| resize(&mut self.counts, count, 0))
            .ok_or_else(too_much)
    }
}

pub(crate) type Search = unsafe extern "C" fn(
    *mut sys::duomo_topk_result,
    *mut sys::duomo_context,
    *const sys::duomo_topk_request,
    *mut sys::duomo_error,
) -> sys::duomo_status;

/// What one query of a [`TopKResult`] has found: items with their scores, best first.
#[derive(Debug, Clone)]
pub struct Hits<'a>(std::iter::Zip<std::slice::Iter<'a, i64>, std::slice::Iter<'a, f32>>);

impl Iterator for Hits<'_> {
    type Item = (i64, f32);
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(&id, &score)| (id, score))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Hits<'_> {}
impl std::iter::FusedIterator for Hits<'_> {}

/// What all queries of a [`TopKResult`] have found, in their order.
#[derive(Debug, Clone)]
pub struct HitsOfAll<'a> {
    result: &'a TopKResult,
    queries: std::ops::Range<usize>,
}

impl<'a> Iterator for HitsOfAll<'a> {
    type Item = Hits<'a>;
    fn next(&mut self) -> Option<Self::Item> {
        self.queries.next().map(|query| self.result.query(query))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.queries.size_hint()
    }
}

impl ExactSizeIterator for HitsOfAll<'_> {}
impl std::iter::FusedIterator for HitsOfAll<'_> {}

impl<'a> IntoIterator for &'a TopKResult {
    type Item = Hits<'a>;
    type IntoIter = HitsOfAll<'a>;
    fn into_iter(self) -> HitsOfAll<'a> {
        self.iter()
    }
}

/// What is written of a result, as by the packages for Go and JavaScript.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
struct Hit<'a> {
    id: Id,
    score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
}

#[cfg(feature = "serde")]
struct Id(i64);

#[cfg(feature = "serde")]
impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const MOST_EXACT: u64 = 1 << 53; // of a double, which readers of JSON may make of it
        if serializer.is_human_readable() && self.0.unsigned_abs() > MOST_EXACT {
            return serializer.collect_str(&self.0);
        }
        serializer.serialize_i64(self.0)
    }
}

/// Written as a list for each query, best first, of objects with `id`, `score` and, where the request
/// asked for them, `key` and `title`. Ids beyond 2^53 are texts in JSON and the like.
#[cfg(feature = "serde")]
impl serde::Serialize for TopKResult {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn of<'a>(texts: &mut Option<impl Iterator<Item = &'a str>>) -> Option<&'a str> {
            texts.as_mut().and_then(Iterator::next)
        }
        serializer.collect_seq((0..self.len()).map(|query| {
            let mut keys = self.keys.is_some().then(|| self.keys(query));
            let mut titles = self.titles.is_some().then(|| self.titles(query));
            self.query(query)
                .map(|(id, score)| Hit {
                    id: Id(id),
                    score,
                    key: of(&mut keys),
                    title: of(&mut titles),
                })
                .collect::<Vec<_>>()
        }))
    }
}
