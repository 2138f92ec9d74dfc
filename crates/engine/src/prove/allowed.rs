//! Loss that somebody has accepted.

use limosa_plan::HazardKind;
use limosa_project::{Migration, Script};
use limosa_syntax::Directive;

/// Whether one of a migration's scripts says `-- limosa: allow deletes-data`, of the file or at a statement.
pub(super) fn allows_loss(migration: &Migration) -> bool {
    std::iter::once(&migration.up).chain(&migration.down).any(says)
}

fn says(script: &Script) -> bool {
    let parsed = limosa_syntax::Script::parse_section(&script.source.text, script.section);
    let loses =
        |directive: &Directive| matches!(directive, Directive::Allow(name) if name == HazardKind::DeletesData.name());
    parsed.directives.iter().any(|placed| loses(&placed.directive))
}
