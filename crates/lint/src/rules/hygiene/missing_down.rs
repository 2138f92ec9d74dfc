//! A migration cannot be taken back, though others of the project can.
//!
//! Where a project writes down scripts, somebody relies on them at night. Add one, even if it only says what is lost;
//! the history keeps it, so that the release can be rolled back from a checkout that lacks the file.
//!
//! Silent for projects in which fewer than half of the migrations can be taken back, unless `always` is set.
//!
//! ```sql,bad
//! -- limosa.toml: missing-down = { always = true }
//! -- no down
//! ALTER TABLE visit ADD COLUMN note text;
//! ```
//! ```sql,good
//! -- limosa.toml: missing-down = { always = true }
//! ALTER TABLE visit ADD COLUMN note text;
//! ```

use crate::file::Role;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::Set;

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, &[On::Set(check)]).with(&[Parameter {
    name: "always",
    kind: ParameterKind::Flag,
    default: "false",
    meaning: "also where few migrations of the project can be taken back",
}]);

fn check(set: &Set<'_>, found: &mut Findings<'_>) {
    let migrations = || set.files.iter().map(|read| &read.file).filter(|file| file.role == Role::Migration);
    let with_down = migrations().filter(|file| file.has_down).count();
    let is_usual = with_down > 0 && with_down * 2 >= migrations().count();
    if !is_usual && !found.parameters.flag("always") {
        return;
    }
    // Loose files have no name, and nothing is known of what takes them back.
    for file in migrations().filter(|file| !file.has_down && file.name.is_some()) {
        found
            .whole("nothing takes this migration back")
            .in_file(file)
            .help("write a down script, below a line `-- limosa:down` or in a file of its own");
    }
}
