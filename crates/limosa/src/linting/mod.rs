//! What the rules are asked about, and with what settings.

mod catalogs;
mod facts;
mod files;
mod live;
mod replayed;
mod settings;

pub(crate) use self::catalogs::{From, catalogs, without_histories};
pub(crate) use self::facts::Facts;
pub(crate) use self::files::{Choice, files_of, loose_files};
pub(crate) use self::live::{Live, live};
pub(crate) use self::replayed::{led_to, replayed};
pub(crate) use self::settings::LintSettings;
