//! Lists a page at a time.

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1; a window has none, and says 1.
    pub(crate) number: usize,
    /// Most items on it.
    pub(crate) size: usize,
    first: usize,
}

/// One page, and how many items the whole list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paged<T> {
    pub(crate) total: usize,
    pub(crate) items: Vec<T>,
}

impl<T> Paged<T> {
    /// The same page of what `map` makes of each item.
    pub(crate) fn try_map<U, E>(self, map: impl FnMut(T) -> Result<U, E>) -> Result<Paged<U>, E> {
        let items = self.items.into_iter().map(map).collect::<Result<_, _>>()?;
        let total = self.total;
        Ok(Paged { total, items })
    }
}

impl Page {
    /// All that there is, as one page.
    pub(crate) const ALL: Self = Self::window(0, usize::MAX);

    /// The page of this number, from 1.
    pub(crate) fn numbered(number: usize, size: usize) -> Self {
        let first = number.saturating_sub(1).saturating_mul(size);
        Self {
            number,
            size,
            first,
        }
    }

    /// What comes after `first` items.
    pub(crate) const fn window(first: usize, size: usize) -> Self {
        Self {
            number: 1,
            size,
            first,
        }
    }

    /// This page of `all`.
    pub(crate) fn of<'a, T: Clone + 'a>(self, all: impl Iterator<Item = &'a T>) -> Paged<T> {
        let mut paged = Paged {
            total: 0,
            items: Vec::new(),
        };
        for item in all {
            if paged.total >= self.first && paged.items.len() < self.size {
                paged.items.push(item.clone());
            }
            paged.total += 1;
        }
        paged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let all = [1, 2, 3, 4, 5];
        for (number, size, items) in [
            (1, 2, vec![1, 2]),
            (3, 2, vec![5]),
            (4, 2, vec![]),
            (1, 10, vec![1, 2, 3, 4, 5]),
            (usize::MAX, 100, vec![]),
        ] {
            assert_eq!(
                Page::numbered(number, size).of(all.iter()),
                Paged { total: 5, items },
                "{number}/{size}"
            );
        }
    }
}
