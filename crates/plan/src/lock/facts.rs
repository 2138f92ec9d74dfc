//! What each form of statement was seen to do, on each major version.
//!
//! The table is `locks.txt` beside this file. It is written by a test that runs every form on real servers, and which
//! fails where the table and a server disagree.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use limosa_catalog::ServerMajor;

use super::form::StatementForm;
use super::mode::LockMode;

const TABLE: &str = include_str!("locks.txt");

/// The majors that the table has columns for.
pub const MEASURED: [u16; 4] = [15, 16, 17, 18];

/// Declares the parts that relations play.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $name:literal,)*) => {
        /// The part that a relation plays in a statement.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part {
            $($(#[$doc])* $part,)*
        }

        impl Part {
            /// Every part.
            pub const ALL: &'static [Self] = &[$(Self::$part,)*];

            /// Its name in the table.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$part => $name,)*
                }
            }
        }
    };
}

parts! {
    /// The table that the statement is about.
    Subject = "subject",
    /// Its partitions, or the tables that inherit from it.
    Partitions = "partitions",
    /// The partition that the statement names.
    Partition = "partition",
    /// The default partition.
    DefaultPartition = "default-partition",
    /// A table that it inherits from.
    Parent = "parent",
    /// The table that a foreign key refers to.
    Referenced = "referenced",
    /// The tables whose foreign keys refer to it.
    Referencing = "referencing",
    /// The view that the statement is about, or that is dropped with its table.
    View = "view",
    /// The sequence that the statement is about.
    Sequence = "sequence",
    /// The index that the statement names.
    Index = "index",
    /// The other indexes of the table. Weak locks on them are left out.
    Indexes = "indexes",
}

/// What is done with the rows of a relation while its lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Work {
    /// Nothing: the lock is needed for a moment.
    #[default]
    None,
    /// Every row is read.
    Reads,
    /// Every row is written anew, or every entry of an index.
    Writes,
}

/// One lock that a form of statement takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockFact {
    /// On what.
    pub part: Part,
    /// How.
    pub mode: LockMode,
    /// What is done meanwhile.
    pub work: Work,
}

impl LockFact {
    /// As a cell of the table has it: `AE+w`.
    #[must_use]
    pub fn cell(self) -> String {
        let work = match self.work {
            Work::None => "",
            Work::Reads => "+r",
            Work::Writes => "+w",
        };
        format!("{}{work}", self.mode.initials())
    }

    fn of_cell(part: Part, cell: &str) -> Option<Self> {
        let (mode, work) = match cell.split_once('+') {
            None => (cell, Work::None),
            Some((mode, "r")) => (mode, Work::Reads),
            Some((mode, "w")) => (mode, Work::Writes),
            Some(_) => return None,
        };
        let mode = LockMode::ALL.into_iter().find(|known| known.initials() == mode)?;
        Some(Self { part, mode, work })
    }
}

/// The locks that a form takes on a server, empty where it takes none; `None` where that server does not know the form.
/// A server newer than those that were measured is taken to do what the newest of them does.
#[must_use]
pub fn lock_facts(form: StatementForm, major: ServerMajor) -> Option<&'static [LockFact]> {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    let newest = MEASURED.last().copied().unwrap_or_default();
    FACTS.get_or_init(|| read(TABLE)).get(&(form, major.number().min(newest))).map(Vec::as_slice)
}

type Facts = BTreeMap<(StatementForm, u16), Vec<LockFact>>;

/// Reads the table. Lines that are none of its rows say nothing.
fn read(table: &str) -> Facts {
    let mut facts = Facts::new();
    for (form, part, cells) in table.lines().filter_map(row) {
        for (major, cell) in MEASURED.into_iter().zip(cells).filter(|(_, cell)| *cell != UNKNOWN) {
            let of_form = facts.entry((form, major)).or_default();
            of_form.extend(part.and_then(|part| LockFact::of_cell(part, cell)));
        }
    }
    facts
}

/// In a cell: the server does not know the form.
const UNKNOWN: &str = "x";

fn row(line: &str) -> Option<(StatementForm, Option<Part>, Vec<&str>)> {
    let mut words = line.split_whitespace();
    let form = StatementForm::of_name(words.next()?)?;
    let name = words.next()?;
    let part = Part::ALL.iter().copied().find(|part| part.name() == name);
    Some((form, part, words.collect()))
}

/// The table as text, from facts by form and major.
#[must_use]
pub fn lock_table(facts: &BTreeMap<(StatementForm, u16), Vec<LockFact>>) -> String {
    let mut table = TABLE.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n");
    table.push('\n');
    for form in StatementForm::ALL {
        let of = |major: u16| facts.get(&(*form, major));
        let mut parts: Vec<Part> =
            MEASURED.iter().filter_map(|major| of(*major)).flatten().map(|fact| fact.part).collect();
        parts.sort_unstable();
        parts.dedup();
        let mut push = |name: &str, cell: &dyn Fn(u16) -> String| {
            let cells: Vec<String> = MEASURED.iter().map(|major| format!("{:<6}", cell(*major))).collect();
            table.push_str(format!("{:<32}{name:<20}{}", form.name(), cells.concat()).trim_end());
            table.push('\n');
        };
        let known = |major: u16, cell: Option<String>| match of(major) {
            Some(_) => cell.unwrap_or_else(|| "-".to_owned()),
            None => UNKNOWN.to_owned(),
        };
        if parts.is_empty() {
            push("-", &|major| known(major, None));
        }
        for part in parts {
            let fact = |major| of(major)?.iter().find(|fact| fact.part == part).map(|fact| fact.cell());
            push(part.name(), &|major| known(major, fact(major)));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_every_form_has_one() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        for line in &rows {
            let (_, part, cells) = row(line).unwrap_or_else(|| panic!("{line} is no row"));
            assert_eq!(cells.len(), MEASURED.len(), "{line}");
            for cell in cells {
                let says_nothing = matches!(cell, UNKNOWN | "-");
                assert!(says_nothing || part.is_some_and(|part| LockFact::of_cell(part, cell).is_some()), "{line}");
            }
        }
        for form in StatementForm::ALL {
            assert!(lock_facts(*form, ServerMajor::NEWEST).is_some(), "{} has no row", form.name());
        }
        assert_eq!(lock_table(&read(TABLE)), TABLE);
    }
}
