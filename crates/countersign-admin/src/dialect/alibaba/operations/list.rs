//! What lists have in common.

use super::super::render::Fields;
use crate::ops::{Page, Paged};

/// The paging fields of a list's answer, then the list.
pub(super) fn page_fields<T>(
    page: Page,
    paged: Paged<T>,
    wrapper: &'static str,
    item: &'static str,
    fields: impl FnMut(&T) -> Fields,
) -> Fields {
    let items = paged.items.iter().map(fields).collect();
    let total = paged.total;
    made_page(page, Paged { total, items }, wrapper, item)
}

/// The same, of entries that are fields already.
pub(super) fn made_page(
    page: Page,
    paged: Paged<Fields>,
    wrapper: &'static str,
    item: &'static str,
) -> Fields {
    Fields::new()
        .with("TotalCount", paged.total)
        .with("PageNumber", page.number)
        .with("PageSize", page.size)
        .with_list(wrapper, item, paged.items)
}

/// The vendor's fuzzy filter: the name contains the text. Case matters, as
/// nothing says otherwise.
pub(super) fn fuzzy(filter: Option<&str>, name: &str) -> bool {
    filter.is_none_or(|part| name.contains(part))
}

/// A filter that only the very same text passes.
pub(super) fn exact(filter: Option<&str>, text: &str) -> bool {
    filter.is_none_or(|wanted| wanted == text)
}
