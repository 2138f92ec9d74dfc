//! What `[seed.NAME]` says of one seed.

use std::fmt;
use std::str::FromStr;

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::Span;

use crate::{ColumnName, EnvironmentName, ServiceName};

/// What becomes of the table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedMode {
    /// Rows that are not there are added; others are left as they are.
    Insert,
    /// And rows that differ are changed.
    #[default]
    Upsert,
    /// And rows that the file does not hold are deleted.
    Sync,
}

impl SeedMode {
    /// The word in limosa.toml.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Upsert => "upsert",
            Self::Sync => "sync",
        }
    }
}

/// How many rows a seed may delete in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxDelete {
    /// So many.
    Rows(u64),
    /// This part of the rows that the seed owns, in percent from 0 to 100, rounded up.
    Percent(u8),
}

impl MaxDelete {
    /// The most rows, of so many that the seed owns.
    #[must_use]
    pub fn of(self, owned: u64) -> u64 {
        match self {
            Self::Rows(rows) => rows,
            Self::Percent(percent) => (u128::from(owned) * u128::from(percent)).div_ceil(100) as u64,
        }
    }
}

impl Default for MaxDelete {
    fn default() -> Self {
        Self::Percent(10)
    }
}

impl fmt::Display for MaxDelete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// Why a text is no limit for deletes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no number of rows; expected one such as `10`, or a share such as `10%`")]
pub struct InvalidMaxDelete(String);

impl FromStr for MaxDelete {
    type Err = InvalidMaxDelete;

    fn from_str(text: &str) -> Result<Self, InvalidMaxDelete> {
        let invalid = || InvalidMaxDelete(text.to_owned());
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim().parse().map_err(|_| invalid())?;
                if percent > 100 { Err(invalid()) } else { Ok(Self::Percent(percent)) }
            }
            None => text.parse().map(Self::Rows).map_err(|_| invalid()),
        }
    }
}

/// What decides which rows come of a file, and what is done with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSettings {
    /// The table.
    pub table: QualifiedName,
    /// The columns by which rows are found again; empty means the primary key.
    pub key: Vec<Identifier>,
    /// What becomes of the table's rows.
    pub mode: SeedMode,
    /// A condition in SQL over the table's columns: the rows that the seed owns, and so may delete.
    pub owner: Option<String>,
    /// How many rows it may delete in one run.
    pub max_delete: MaxDelete,
    /// Columns whose values are looked up: the column, and the one in which the values of the file stand.
    pub references: Vec<(Identifier, ColumnName)>,
    /// What stands for NULL where it is not quoted; CSV alone.
    pub null: String,
    /// What separates values; CSV alone.
    pub delimiter: char,
}

impl TableSettings {
    /// Those of a table of which nothing is said.
    pub(crate) fn usual(table: QualifiedName) -> Self {
        Self {
            table,
            key: Vec::new(),
            mode: SeedMode::default(),
            owner: None,
            max_delete: MaxDelete::default(),
            references: Vec::new(),
            null: String::new(),
            delimiter: ',',
        }
    }

    /// A text that differs where another set of rows, or another treatment of them, is meant.
    pub(crate) fn identity(&self) -> String {
        let key: Vec<String> = self.key.iter().map(ToString::to_string).collect();
        let references: Vec<String> = self.references.iter().map(|(column, to)| format!("{column}->{to}")).collect();
        format!(
            "1\0{}\0{}\0{}\0{}\0{}\0{}\0{}",
            self.table,
            key.join(","),
            self.mode.word(),
            self.owner.as_deref().unwrap_or_default(),
            references.join(","),
            self.null,
            self.delimiter
        )
    }
}

/// `[seed.NAME]` as it stands in limosa.toml, each key `None` or empty where it is not said.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeedSettings {
    pub(crate) table: Option<QualifiedName>,
    pub(crate) key: Vec<Identifier>,
    pub(crate) mode: Option<SeedMode>,
    pub(crate) owner: Option<String>,
    pub(crate) max_delete: Option<MaxDelete>,
    pub(crate) references: Vec<(Identifier, ColumnName)>,
    pub(crate) null: Option<String>,
    pub(crate) delimiter: Option<char>,
    pub(crate) environments: Vec<EnvironmentName>,
    pub(crate) variables: Vec<String>,
}

/// The settings of one name, and where they stand.
#[derive(Debug, Clone)]
pub(crate) struct SeedEntry {
    /// The service before the colon, where there is one.
    pub(crate) service: Option<ServiceName>,
    /// The seed's name.
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) settings: SeedSettings,
}

impl SeedSettings {
    /// The keys that say something, of those that mean nothing for a script.
    pub(crate) fn for_tables_only(&self) -> Vec<&'static str> {
        [
            ("table", self.table.is_some()),
            ("key", !self.key.is_empty()),
            ("mode", self.mode.is_some()),
            ("owner", self.owner.is_some()),
            ("max_delete", self.max_delete.is_some()),
            ("references", !self.references.is_empty()),
            ("null", self.null.is_some()),
            ("delimiter", self.delimiter.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, said)| said.then_some(key))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_up_so_that_a_small_table_can_lose_a_row() {
        for (limit, owned, most) in [("10%", 3, 1), ("10%", 100, 10), ("10%", 0, 0), ("0%", 50, 0), ("7", 3, 7)] {
            assert_eq!(limit.parse::<MaxDelete>().map(|limit| limit.of(owned)), Ok(most), "{limit} of {owned}");
        }
        for wrong in ["", "101%", "-1", "ten", "%"] {
            assert!(wrong.parse::<MaxDelete>().is_err(), "`{wrong}` must be refused");
        }
    }
}
