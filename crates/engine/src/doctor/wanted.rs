//! What the migrations that are not applied yet will ask of the server.

use std::collections::HashSet;

use limosa_project::{MigrationSet, Version};
use limosa_syntax::{Script, TransactionRule};

use crate::history::{History, RowState};

/// Something that a file asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Want {
    /// An extension's or schema's name; for a statement, what people call it.
    pub(super) name: String,
    /// The file as people know it.
    pub(super) file: String,
}

/// All that is asked for, each thing once, with the first file that does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `CREATE EXTENSION`.
    pub(super) extensions: Vec<Want>,
    /// `CREATE SCHEMA`.
    pub(super) schemas: Vec<Want>,
    /// Statements that PostgreSQL refuses inside a transaction, by what they are called.
    pub(super) outside_transactions: Vec<Want>,
}

impl Wanted {
    /// What the files of `set` ask for that are not applied according to `history`, as far as the text of their
    /// statements says; of a history that cannot be read, all files. What `DO` blocks build is not seen.
    pub(super) fn of(set: &MigrationSet, history: Option<&History>) -> Self {
        let applied: HashSet<Version> = history
            .iter()
            .flat_map(|history| &history.rows)
            .filter(|row| !row.repeatable && row.state == RowState::Applied)
            .filter_map(|row| row.version.parse().ok())
            .collect();
        let mut wanted = Self::default();
        for migration in set.migrations.iter().filter(|migration| !applied.contains(&migration.version)) {
            let up = &migration.up;
            wanted.add(&Script::parse_section(&up.source.text, up.section), &up.source.path);
        }
        wanted
    }

    fn add(&mut self, script: &Script, file: &str) {
        for class in script.statements.iter().map(|statement| &statement.class) {
            let object = class.object.as_ref().map(|object| object.name.as_str());
            match (class.tag.as_ref(), object) {
                ("CREATE EXTENSION", Some(name)) => push(&mut self.extensions, name, file),
                ("CREATE SCHEMA", Some(name)) => push(&mut self.schemas, name, file),
                _ => {}
            }
            if matches!(class.transaction, TransactionRule::Forbidden(_)) {
                push(&mut self.outside_transactions, &class.tag, file);
            }
        }
    }
}

fn push(wants: &mut Vec<Want>, name: &str, file: &str) {
    if !wants.iter().any(|want| want.name == name) {
        wants.push(Want { name: name.to_owned(), file: file.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_off_the_statements() {
        let mut wanted = Wanted::default();
        let text = "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public; CREATE EXTENSION citext;\n\
                    CREATE SCHEMA IF NOT EXISTS App; -- CREATE EXTENSION hstore\n\
                    CREATE INDEX CONCURRENTLY i ON t (a); SELECT 'CREATE EXTENSION x'";
        wanted.add(&Script::parse(text), "1.sql");
        wanted.add(&Script::parse("CREATE EXTENSION citext; VACUUM t"), "2.sql");
        let shown = |wants: &[Want]| {
            wants.iter().map(|want| format!("{}@{}", want.name, want.file)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(&wanted.extensions), "uuid-ossp@1.sql citext@1.sql");
        assert_eq!(shown(&wanted.schemas), "app@1.sql");
        assert_eq!(shown(&wanted.outside_transactions), "CREATE INDEX CONCURRENTLY@1.sql VACUUM@2.sql");
    }
}
