//! Options in the form `name=value`.

use crate::fact::fact;

fact! {
    /// One option: a storage parameter, an option of a view, a setting of a function, an option for a foreign server.
    pub struct Setting {
        /// Its name, such as `fillfactor`.
        name: Box<str>,
        /// Its value, unquoted.
        value: Box<str>,
    }
}

impl Setting {
    /// Reads options as the catalogs have them, sorted by name, as their order means nothing. An option without a value
    /// has an empty one.
    pub(crate) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut settings = Self::in_order(texts);
        settings.sort_by(|a, b| a.name.cmp(&b.name));
        settings
    }

    /// Reads options of relations, whose order is seen: the server keeps it, and `pg_dump` prints it.
    pub(crate) fn in_order<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let read = |text: &str| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            Self { name: name.into(), value: value.into() }
        };
        texts.into_iter().map(read).collect()
    }
}
