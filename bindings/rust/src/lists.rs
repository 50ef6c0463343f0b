//! Lists of values laid end to end, as the library takes them.

use crate::error::{Error, Result};

/// Lists laid end to end, borrowed: list `i` is `values[offsets[i]..offsets[i + 1]]`.
#[derive(Debug)]
pub struct Lists<'a, T> {
    pub(crate) offsets: &'a [usize],
    pub(crate) values: &'a [T],
}

impl<T> Clone for Lists<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lists<'_, T> {}

impl<'a, T> Lists<'a, T> {
    /// From offsets that ascend from 0 to the number of values, one more than there are lists.
    pub fn new(offsets: &'a [usize], values: &'a [T]) -> Result<Self> {
        let ascend = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        if offsets.first() != Some(&0) || offsets.last() != Some(&values.len()) || !ascend {
            return Err(Error::invalid(format!(
                "offsets must ascend from 0 to the {} values, one more than there are lists",
                values.len()
            )));
        }
        Ok(Self { offsets, values })
    }

    /// The number of lists.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no lists.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Lists laid end to end, owned: made from lists, lent as [`Lists`].
///
/// ```
/// let lists = duomo::ListsBuf::new([vec![3, 4], vec![], vec![5]]);
/// assert_eq!(lists.as_lists().len(), 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListsBuf<T> {
    offsets: Vec<usize>,
    values: Vec<T>,
}

impl<T> ListsBuf<T> {
    /// Lays lists end to end.
    pub fn new<L: IntoIterator<Item = T>>(lists: impl IntoIterator<Item = L>) -> Self {
        let mut out = Self {
            offsets: vec![0],
            values: Vec::new(),
        };
        for list in lists {
            out.values.extend(list);
            out.offsets.push(out.values.len());
        }
        out
    }

    /// Lends them.
    pub fn as_lists(&self) -> Lists<'_, T> {
        Lists {
            offsets: &self.offsets,
            values: &self.values,
        }
    }
}
