//! The statements of the way back, in their order.
//!
//! They are those of the way there from the end. A table gets its old name back behind the changes of its columns:
//! while it is run online, all statements call it as it was called when that began. Until then they say its new name.

use limosa_catalog::{ColumnName, Identifier, ObjectId, ObjectName, Rename};
use limosa_syntax::Tokens;

use super::full_names::with_other_names;
use super::phases::Phases;

/// The statements of all operations.
pub(super) fn statements(operations: &[Phases]) -> Vec<String> {
    let mut back: Vec<Part<'_>> = operations.iter().rev().map(Part::of).collect();
    types_before_readers(&mut back);
    for at in (0..back.len()).rev() {
        let Some((table, new)) = back.get(at).and_then(|part| renamed(part.phases)) else { continue };
        let behind = back.iter().enumerate().skip(at + 1);
        // What the migration says in its own words stays where it is.
        let changes: Vec<usize> = behind
            .take_while(|(_, part)| !(part.phases.verbatim && part.says(table, new)))
            .filter(|(_, part)| part.names(table))
            .map(|(place, _)| place)
            .collect();
        let Some(last) = changes.last().copied() else { continue };
        for place in changes {
            if let Some(part) = back.get_mut(place) {
                for sql in &mut part.statements {
                    *sql = called(sql, table, new).unwrap_or_else(|| sql.clone());
                }
            }
        }
        if let Some(moved) = back.get_mut(at..=last) {
            moved.rotate_left(1);
        }
    }
    back.into_iter().flat_map(|part| part.statements).collect()
}

/// Lets a column get its old type before what reads it is made again: the server changes no type under that.
fn types_before_readers(back: &mut [Part<'_>]) {
    for at in 0..back.len() {
        let Some((type_change, before)) = back.get(..=at).and_then(|parts| parts.split_last()) else { continue };
        let makes_reader =
            |part: &Part<'_>| part.phases.read_again.iter().any(|column| type_change.phases.retyped.contains(column));
        let Some(first) = before.iter().position(makes_reader) else { continue };
        let passed = before.get(first..).unwrap_or_default();
        // It says the names that are there in its place, and may rest on what comes again before it.
        let is_needed = |part: &Part<'_>| {
            let says = |column: &ColumnName| type_change.statements.iter().any(|sql| mentions(sql, &column.name));
            !part.phases.renames.is_empty() || part.phases.watched.iter().any(says)
        };
        if !passed.iter().any(is_needed)
            && let Some(moved) = back.get_mut(first..=at)
        {
            moved.rotate_right(1);
        }
    }
}

/// Whether a name is among a statement's words, or in what its directives say.
fn mentions(sql: &str, name: &Identifier) -> bool {
    let bare = sql.replace("-- limosa:", "");
    Tokens::of(&bare).words().each().any(|(_, mut here)| here.identifier().as_ref() == Some(name))
}

/// What takes one operation back.
struct Part<'p> {
    phases: &'p Phases,
    statements: Vec<String>,
}

impl<'p> Part<'p> {
    fn of(phases: &'p Phases) -> Self {
        Self { phases, statements: phases.reverse.clone() }
    }

    /// Whether it names a table in full.
    fn names(&self, table: &ObjectName) -> bool {
        self.statements.iter().any(|sql| called(sql, table, &table.name).is_some())
    }

    /// Whether a table's name is among its words where it is not said in full, so that another one could not take its
    /// place.
    fn says(&self, table: &ObjectName, new: &Identifier) -> bool {
        let says = |sql: &String| {
            let rest = called(sql, table, new);
            let tokens = Tokens::of(rest.as_ref().unwrap_or(sql));
            tokens.words().each().any(|(_, mut here)| here.identifier().as_ref() == Some(&table.name))
        };
        self.statements.iter().any(says)
    }
}

/// The table that an operation gives another name, and the name.
fn renamed(phases: &Phases) -> Option<(&ObjectName, &Identifier)> {
    phases.renames.iter().find_map(|rename| match rename {
        Rename::Object { from: ObjectId::Table(table), to } => Some((table, to)),
        _ => None,
    })
}

/// A statement with another name in the place of a table's; `None` where that is not named in full.
fn called(sql: &str, table: &ObjectName, new: &Identifier) -> Option<String> {
    with_other_names(sql, |name| {
        (name == table).then(|| ObjectName { schema: table.schema.clone(), name: new.clone() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ObjectName {
        let name = |name: &str| Identifier::new(name).unwrap();
        ObjectName { schema: name("public"), name: name("patient") }
    }

    fn operation(reverse: &str, verbatim: bool) -> Phases {
        Phases { reverse: vec![reverse.to_owned()], verbatim, ..Phases::default() }
    }

    #[test]
    fn a_column_gets_its_old_type_before_what_reads_it_is_made_again() {
        let column = |name: &str| ColumnName { relation: table(), name: Identifier::new(name).unwrap() };
        let retyped = |sql: &str| Phases { retyped: vec![column("n")], ..operation(sql, false) };
        let dropped = || Phases {
            read_again: vec![column("n")],
            watched: vec![column("f")],
            ..operation("CREATE VIEW v AS SELECT n, f FROM public.patient;", false)
        };
        let there = [retyped("ALTER TABLE public.patient ALTER n TYPE int;"), dropped()];
        let back = statements(&there);
        assert!(back[0].starts_with("ALTER TABLE"), "{back:?}");
        // What rests on the column that comes again comes behind it.
        let there = [retyped("-- limosa: back f\nALTER TABLE public.patient ALTER n TYPE int;"), dropped()];
        assert!(statements(&there)[0].starts_with("CREATE VIEW"));
    }

    fn rename() -> Phases {
        let to = Identifier::new("person").unwrap();
        let renames = vec![Rename::Object { from: ObjectId::Table(table()), to }];
        Phases { renames, ..operation("ALTER TABLE public.person RENAME TO patient;", false) }
    }

    #[test]
    fn a_table_gets_its_name_back_behind_the_changes_of_its_columns() {
        let there = [
            operation("ALTER TABLE \"public\".\"patient\" DROP COLUMN \"a\";", false),
            operation("ALTER TABLE public.visit DROP COLUMN b;", false),
            rename(),
        ];
        assert_eq!(
            statements(&there),
            [
                "ALTER TABLE public.visit DROP COLUMN b;",
                "ALTER TABLE \"public\".\"person\" DROP COLUMN \"a\";",
                "ALTER TABLE public.person RENAME TO patient;",
            ]
        );
    }

    #[test]
    fn what_is_printed_names_tables_in_full_and_says_the_new_name() {
        let there = [operation("CREATE INDEX i ON \"public\".\"patient\" (\"a\");", true), rename()];
        assert_eq!(
            statements(&there),
            ["CREATE INDEX i ON \"public\".\"person\" (\"a\");", "ALTER TABLE public.person RENAME TO patient;",]
        );
    }

    #[test]
    fn what_the_migration_says_itself_stays_where_it_is() {
        let there = [
            operation("ALTER TABLE public.patient DROP COLUMN a;", false),
            operation("CREATE VIEW v AS SELECT patient.b FROM public.patient;", true),
            rename(),
        ];
        let back: Vec<String> = there.iter().rev().flat_map(|phases| phases.reverse.clone()).collect();
        assert_eq!(statements(&there), back);
    }
}
