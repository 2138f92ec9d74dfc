//! Whose history a table is, by its columns and by what stands beside it.

use limosa_catalog::Identifier;
use limosa_syntax::{Diagnostic, Severity};

use super::tool::{GuardKind, Reading};
use super::{OldHistory, OldRow, SeenTable, ToolFiles, ToolName};
use crate::is_history_table;
use crate::suggest::listed;

/// A table that is some tool's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHistory {
    /// Whose.
    pub tool: ToolName,
    /// The table.
    pub table: SeenTable,
    /// Columns that no version of the tool has that Limosa knows.
    pub unknown_columns: Vec<String>,
    /// Tables beside it that have to be read, too.
    pub beside: Vec<SeenTable>,
}

/// What was made out among the tables of a database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recognised {
    /// The histories, in the order of the tables.
    pub histories: Vec<FoundHistory>,
    /// Tables that are called like a history, and are none that is known; tables that were named and are not there.
    pub problems: Vec<Diagnostic>,
}

/// With so many columns a table can be told from any other, whatever it is called.
const TELLING: usize = 4;

/// Finds the histories among the tables of a database.
///
/// A table counts if it has the columns of a tool's history and either is called as that tool calls it, or has so many
/// of them that no other table is likely to, or was `named`. Where `named` is not empty, nothing else counts; where
/// `only` is given, no other tool's.
#[must_use]
pub fn recognise_histories(tables: &[SeenTable], named: &[String], only: Option<ToolName>) -> Recognised {
    let mut found = Recognised::default();
    for table in tables {
        let is_named = named.iter().any(|name| is_called(table, name));
        if !named.is_empty() && !is_named {
            continue;
        }
        match whose(table, tables, is_named, only) {
            Some(history) => found.histories.push(history),
            None if is_named => found.problems.push(of_nobody(table)),
            None if is_history_table(table.plain()) && !belongs_to_one(table, tables) && only.is_none() => {
                let mut warning = of_nobody(table);
                warning.severity = Severity::Warning;
                found.problems.push(warning);
            }
            None => {}
        }
    }
    for name in named.iter().filter(|name| !tables.iter().any(|table| is_called(table, name))) {
        found.problems.push(
            Diagnostic::error("no-such-table", format!("there is no table `{name}` that this role can see"))
                .with_help("write it as SCHEMA.NAME, in the case that it has in the database"),
        );
    }
    found
}

/// Whether people mean this table; without a schema any will do.
fn is_called(table: &SeenTable, name: &str) -> bool {
    let name = name.replace('"', "");
    name == table.shown() || name == table.plain()
}

/// Whether a table is read together with another tool's.
fn belongs_to_one(table: &SeenTable, tables: &[SeenTable]) -> bool {
    let owns = |other: &SeenTable| {
        whose(other, tables, false, None).is_some_and(|history| history.tool.rules().belongs(other, table))
    };
    tables.iter().filter(|other| other.name != table.name).any(owns)
}

fn whose(table: &SeenTable, tables: &[SeenTable], is_named: bool, only: Option<ToolName>) -> Option<FoundHistory> {
    let name = table.plain().to_lowercase();
    let fits = |tool: &ToolName| {
        let rules = tool.rules();
        let usual = rules.usual_names().contains(&name.as_str());
        let shape = rules.shape();
        let telling = shape.required.len() >= TELLING;
        let fit = shape.fit(table)?;
        // A column that is not known can be of a newer version, or of another kind of table.
        let may_have_more = usual || telling;
        let counts =
            (usual || telling || is_named || is_history_table(&name)) && (fit.unknown.is_empty() || may_have_more);
        let asked_for = only.is_none_or(|only| only == *tool);
        (counts && asked_for && rules.fits_among(table, tables)).then_some((*tool, usual, fit.unknown))
    };
    // The tool that calls its table so, and of which no column is strange, comes first.
    let best = ToolName::ALL.iter().filter_map(fits).min_by_key(|(_, usual, unknown)| (unknown.len(), !usual))?;
    let (tool, _, unknown_columns) = best;
    let beside = tables.iter().filter(|other| tool.rules().belongs(table, other)).cloned().collect();
    Some(FoundHistory { tool, table: table.clone(), unknown_columns, beside })
}

fn of_nobody(table: &SeenTable) -> Diagnostic {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("{} {}", column.name, column.data_type)).collect();
    let message = format!("the columns of `{}` are those of no tool that Limosa knows", table.shown());
    Diagnostic::error("unknown-history", message)
        .with_note(format!("it has {}", listed(columns.iter().map(String::as_str))))
        .with_help("if it is the history of a tool, name its migrations with `--from scripts`")
}

impl FoundHistory {
    /// What has to be refused so that its tool changes nothing.
    #[must_use]
    pub fn guard(&self) -> GuardKind {
        self.tool.rules().guard()
    }

    /// The columns by which its rows are to be ordered.
    #[must_use]
    pub fn order(&self) -> &'static [&'static str] {
        self.tool.rules().order()
    }

    /// The schema that its tool has made for itself, with all that is in it.
    #[must_use]
    pub fn own_schema(&self) -> Option<&Identifier> {
        let schema = self.table.name.schema.as_ref()?;
        self.tool.rules().own_schemas().contains(&schema.as_str()).then_some(schema)
    }

    /// What the rows mean. `beside` holds the rows of [`FoundHistory::beside`], table by table.
    #[must_use]
    pub fn read(&self, rows: &[OldRow], beside: &[Vec<OldRow>], files: &ToolFiles) -> OldHistory {
        let beside: Vec<(SeenTable, Vec<OldRow>)> = self.beside.iter().cloned().zip(beside.iter().cloned()).collect();
        let mut reading = Reading { table: &self.table, rows, beside: &beside, files, problems: Vec::new() };
        if !self.unknown_columns.is_empty() {
            let columns = listed(self.unknown_columns.iter().map(String::as_str));
            let message = format!("`{}` has columns that Limosa does not know: {columns}", self.table.shown());
            reading.warn(
                "unknown-columns",
                message,
                "a newer version of the tool may mean something by them; compare with what the tool itself says",
            );
        }
        let entries = self.tool.rules().read(&mut reading);
        OldHistory::of(self.tool, &self.table.shown(), entries, reading.problems)
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::QualifiedName;

    use super::super::SeenColumn;
    use super::*;

    /// `public.name: column type, column type`.
    fn table(text: &str) -> SeenTable {
        let (name, columns) = text.split_once(": ").unwrap();
        let (schema, name) = name.split_once('.').unwrap();
        let column = |text: &str| {
            let (name, data_type) = text.split_once(' ').unwrap();
            SeenColumn { name: name.to_owned(), data_type: data_type.to_owned() }
        };
        SeenTable {
            name: QualifiedName {
                schema: Some(Identifier::new(schema).unwrap()),
                name: Identifier::new(name).unwrap(),
            },
            columns: columns.split(", ").map(column).collect(),
            readable: true,
            behind: None,
        }
    }

    fn found(tables: &[&str], named: &[&str]) -> Vec<String> {
        let tables: Vec<SeenTable> = tables.iter().map(|text| table(text)).collect();
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let recognised = recognise_histories(&tables, &named, None);
        let histories = recognised.histories.iter().map(|it| format!("{} {}", it.tool, it.table.shown()));
        histories.chain(recognised.problems.iter().map(|it| format!("{} {}", it.code, it.message))).collect()
    }

    const RAILS: &str = "public.ar_internal_metadata: key character varying, value character varying, \
        created_at timestamp(6) without time zone, updated_at timestamp(6) without time zone";

    #[test]
    fn tables_of_one_name_are_told_apart_by_their_columns() {
        let one = "public.schema_migrations: version character varying";
        assert_eq!(found(&[one], &[]), ["dbmate public.schema_migrations"]);
        assert_eq!(found(&[RAILS, one], &[]), ["rails public.schema_migrations"]);
        let golang = "public.schema_migrations: version bigint, dirty boolean";
        assert_eq!(found(&[golang], &[]), ["golang-migrate public.schema_migrations"]);
        let supabase = "s.schema_migrations: version text, statements text[], name text";
        assert_eq!(found(&[supabase], &[]), ["supabase s.schema_migrations"]);
        let ecto = "public.schema_migrations: version bigint, inserted_at timestamp(0) without time zone";
        let none = found(&[ecto], &[]);
        assert!(none[0].starts_with("unknown-history the columns of `public.schema_migrations`"), "{none:?}");
        assert_eq!(
            found(&["public.migrations: id integer, timestamp bigint, name character varying"], &[]),
            ["typeorm public.migrations"]
        );
    }

    #[test]
    fn another_name_is_taken_when_it_is_given_or_when_the_columns_tell() {
        let knex = "app.steps: id integer, name character varying(255), batch integer, \
            migration_time timestamp with time zone";
        assert_eq!(found(&[knex], &[]), ["knex app.steps"]);
        let meta = "app.done: name character varying(255)";
        assert_eq!(found(&[meta], &[]), Vec::<String>::new(), "one column of texts may be anything");
        assert_eq!(found(&[meta], &["app.done"]), ["sequelize app.done"]);
        assert_eq!(found(&[knex, meta], &["app.\"done\""]), ["sequelize app.done"], "nothing else counts");
        assert!(found(&[meta], &["app.gone"])[0].starts_with("no-such-table there is no table `app.gone`"));
    }

    #[test]
    fn columns_of_a_newer_version_are_taken_along_and_a_changed_type_is_not() {
        let newer = "public.alembic_version: version_num character varying(32), branch text";
        let recognised = recognise_histories(&[table(newer)], &[], None);
        assert_eq!(recognised.histories[0].unknown_columns, ["branch"]);
        let other = "public.alembic_version: version_num integer";
        assert!(found(&[other], &[])[0].starts_with("unknown-history"));
    }
}
