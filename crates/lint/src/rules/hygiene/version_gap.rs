//! A number is left out between the versions of two migrations.
//!
//! For projects that number their migrations one by one: a number that is left out is a file that was forgotten, or
//! that still comes from another branch, and will then run out of sequence.
//!
//! Silent where versions are dates, or numbers with distances between them.
//!
//! ```sql,bad
//! -- version: 1
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! -- next migration
//! -- version: 3
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! -- next migration
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! ```

use crate::file::{File, Role};
use crate::found::Findings;
use crate::rule::{Declaration, Level, On};
use crate::step::Set;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Set(check)]);

/// Versions that are further apart are no counters.
const WIDEST: u32 = 5;

fn check(set: &Set<'_>, found: &mut Findings<'_>) {
    let number = |file: &File| file.version.as_ref().and_then(|version| version.parse::<u32>().ok());
    let migrations: Vec<&File> =
        set.files.iter().map(|read| &read.file).filter(|file| file.role == Role::Migration).collect();
    for pair in migrations.windows(2) {
        let [before, file] = pair else { continue };
        let (Some(from), Some(to)) = (number(before), number(file)) else { continue };
        let between = to.saturating_sub(from);
        if between <= 1 || between > WIDEST {
            continue;
        }
        let missing = (from + 1..to).map(|number| format!("`{number}`")).collect::<Vec<_>>().join(", ");
        found
            .whole(format!("there is no migration {missing} before this one"))
            .in_file(file)
            .help("give this one the next number with `limosa rebase`, or bring the file that is missing");
    }
}
