//! What was set aside instead of dropped: the record of it, and catalogs without it.

mod again;
mod back;
mod catalog;
mod locked;
mod record;
mod whereabouts;
mod wire;

pub(crate) use again::coming_again;
pub(crate) use back::{Instead, Made};
pub use catalog::live_catalog;
pub(crate) use catalog::{read_catalog, read_catalog_in_transaction};
pub use locked::CatalogLocked;
pub use record::AsideRecord;
pub(crate) use record::{Ended, NewRecord, insert, kept, kept_names, mark, taken_back};
pub use whereabouts::{AsideSeen, asides};
pub(crate) use whereabouts::{see, tables_of};
