//! Sequences.

use limosa_catalog::kind::sequence::{Sequence, SequenceOptions};
use limosa_catalog::kind::table::Persistence;
use limosa_catalog::{ColumnName, DependencyKind, Entry, ObjectId, ObjectKind, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::fate::Fates;
use crate::diff::hazard::Hazard;

impl Rules for Sequence {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let unlogged = if self.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
        let options = format!("AS {} {}", self.options.data_type, counting(&self.options));
        let statement = Statement::text(format!("CREATE {unlogged}SEQUENCE {name} {options}"));
        let finish = self.owned_by.iter().map(|column| owned_by(name, Some(column))).collect();
        Part { statements: vec![statement], finish }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP SEQUENCE {name}")).risking(Hazard::DeletesData(entry.id().clone()))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut statements = Vec::new();
        if self.persistence != new.persistence {
            let word = new.persistence.as_sql();
            statements.push(Statement::text(format!("ALTER SEQUENCE {name} SET {word}")));
        }
        if self.options != new.options {
            let data_type = if self.options.data_type == new.options.data_type {
                String::new()
            } else {
                format!("AS {} ", new.options.data_type)
            };
            statements.push(Statement::text(format!("ALTER SEQUENCE {name} {data_type}{}", counting(&new.options))));
        }
        if self.owned_by != new.owned_by {
            statements.push(owned_by(name, new.owned_by.as_deref()));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }

    fn goes_with_owner(&self, _: Entry<'_>, context: &Context<'_>, fates: &Fates) -> bool {
        let Some(column) = &self.owned_by else { return false };
        let id = ObjectId::Column((**column).clone());
        let table = context.from.entry(&id).and_then(|entry| entry.parent());
        fates.goes(&id) || table.is_some_and(|table| fates.goes(table.id()))
    }

    fn is_needed_late(&self, needed: &Entry<'_>, _: DependencyKind) -> bool {
        needed.id().kind() == ObjectKind::Column || needed.id().kind() == ObjectKind::Table
    }
}

fn owned_by(name: &ObjectName, column: Option<&ColumnName>) -> Statement {
    let column = column.map_or_else(|| "NONE".to_owned(), ToString::to_string);
    Statement::text(format!("ALTER SEQUENCE {name} OWNED BY {column}"))
}

/// How it counts, in full.
pub(super) fn counting(options: &SequenceOptions) -> String {
    format!(
        "START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {} {}CYCLE",
        options.start,
        options.increment,
        options.minimum,
        options.maximum,
        options.cache,
        if options.cycle { "" } else { "NO " }
    )
}
