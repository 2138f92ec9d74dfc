//! Loss that somebody has accepted.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_plan::HazardKind;
use limosa_project::{Migration, Script};
use limosa_syntax::{Directive, Loss as Taken, Script as Parsed};

use super::proof::{Loss, Lost};

/// What `-- limosa: allow deletes-data` accepts: at the head of a file all that the migration loses, at a statement
/// what that statement takes away.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// Said of a file, or of a statement whose text does not tell what it takes away.
    all: bool,
    tables: Vec<QualifiedName>,
    /// Of whatever table: those that inherit a column lose it as well.
    columns: Vec<Identifier>,
}

impl Allowed {
    /// What a migration's scripts accept.
    pub(super) fn by(migration: &Migration) -> Self {
        let mut allowed = Self::default();
        std::iter::once(&migration.up).chain(&migration.down).for_each(|script| allowed.read(script));
        allowed
    }

    fn read(&mut self, script: &Script) {
        let text = &script.source.text;
        let parsed = Parsed::parse_section(text, script.section);
        let accepts = |it: &Directive| matches!(it, Directive::Allow(name) if name == HazardKind::DeletesData.name());
        self.all |= parsed.file_directives().any(accepts);
        for (index, statement) in parsed.statements.iter().enumerate() {
            if !parsed.statement_directives(index).any(accepts) {
                continue;
            }
            let taken = Taken::of(statement.span.of(text));
            match taken.or_else(|| Taken::of_update(text, statement.span).ok().flatten()) {
                Some(Taken::Columns { columns, .. } | Taken::Values { columns, .. }) => self.columns.extend(columns),
                Some(Taken::Tables(tables) | Taken::Rows(tables)) => self.tables.extend(tables),
                Some(Taken::Schemas(_)) | None => self.all = true,
            }
        }
    }

    /// Whether a loss is among it.
    pub(super) fn covers(&self, loss: &Loss) -> bool {
        let is_called = |name: &QualifiedName| {
            name.name == loss.table.name && name.schema.as_ref().is_none_or(|schema| *schema == loss.table.schema)
        };
        let column = match &loss.what {
            Lost::Values { column } => self.columns.contains(column),
            Lost::Rows => false,
        };
        self.all || column || self.tables.iter().any(is_called)
    }
}
