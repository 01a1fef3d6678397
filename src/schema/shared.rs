//! Rows of a tick that may be the very rows of the tick before: most of what a host has did not change
//! in a second, and need not be copied or compared to know that.

use std::ops::Index;
use std::sync::Arc;

/// The rows of one table. One that is shared is not changed in place: whoever changes it has its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<R>(Vec<Arc<R>>);

impl<R> Rows<R> {
    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Adds a row.
    pub fn push(&mut self, row: R) {
        self.0.push(Arc::new(row));
    }

    /// Adds a row that others have too.
    pub fn share(&mut self, row: Arc<R>) {
        self.0.push(row);
    }

    /// Adds rows, of which none is left in `rows`.
    pub fn append(&mut self, rows: &mut Vec<R>) {
        self.0.extend(rows.drain(..).map(Arc::new));
    }

    /// The rows as they are shared.
    pub fn shared(&self) -> &[Arc<R>] {
        &self.0
    }

    /// The same, to put others in their places.
    pub fn shared_mut(&mut self) -> &mut [Arc<R>] {
        &mut self.0
    }

    /// Gives up all behind the first so many.
    pub fn shorten(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first.
    pub fn first(&self) -> Option<&R> {
        self.0.first().map(|row| &**row)
    }

    /// Puts them in order.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&R) -> K) {
        self.0.sort_by_key(|row| key(row));
    }

    /// Each in turn.
    pub fn iter(&self) -> impl Iterator<Item = &R> + Clone {
        self.0.iter().map(|row| &**row)
    }
}

impl<R: Clone> Rows<R> {
    /// Each in turn, to change it.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut R> {
        self.0.iter_mut().map(Arc::make_mut)
    }

    /// Takes out the last.
    pub fn pop(&mut self) -> Option<R> {
        self.0.pop().map(Arc::unwrap_or_clone)
    }

    /// Takes out the one at a place, which is there.
    pub fn remove(&mut self, at: usize) -> R {
        Arc::unwrap_or_clone(self.0.remove(at))
    }
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Rows(Vec::new())
    }
}

impl<R> From<Vec<R>> for Rows<R> {
    fn from(rows: Vec<R>) -> Self {
        rows.into_iter().collect()
    }
}

impl<R> FromIterator<R> for Rows<R> {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        Rows(rows.into_iter().map(Arc::new).collect())
    }
}

impl<R> Extend<R> for Rows<R> {
    fn extend<I: IntoIterator<Item = R>>(&mut self, rows: I) {
        self.0.extend(rows.into_iter().map(Arc::new));
    }
}

impl<R: Clone + 'static> IntoIterator for Rows<R> {
    type Item = R;
    type IntoIter = Box<dyn Iterator<Item = R>>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.0.into_iter().map(Arc::unwrap_or_clone))
    }
}

impl<R> Index<usize> for Rows<R> {
    type Output = R;

    fn index(&self, at: usize) -> &R {
        &self.0[at]
    }
}
