//! Whether views and routines can be made over the columns as they will be: tried before anything changes, in a
//! transaction that is taken back, over empty tables beside the real ones, in schemas that are searched first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{
    Command, Diagnostic, NewTable, ObjectAction, ObjectChange, Script, SourceFile, Span, TableAction, TableRule,
    part_spans,
};

use super::ahead::without_rows;
use super::full_names::with_other_names;
use super::phases::Phases;
use super::routines::names;
use super::situation::Situation;

/// Numbers in the names of the schemas.
pub(super) const NUMBERS: usize = 9_000;

/// Statements on the way; all of them are taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// In their order.
    pub steps: Vec<TrialStep>,
}

/// A statement that is tried, or that makes ready for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialStep {
    /// The statement.
    pub sql: String,
    /// What it means that it fails; `None` where that says nothing of the migration.
    pub problem: Option<Diagnostic>,
    /// Codes with which it fails for its own sake, besides those that say so of any statement.
    pub besides: &'static [&'static str],
}

/// What is to be tried of a migration; nothing where it changes no column, makes nothing that reads one, or where empty
/// tables would not do: what else it makes might be needed for them.
pub(super) fn trial(
    situation: &Situation<'_>,
    source: &Arc<SourceFile>,
    script: &Script,
    operations: &[Phases],
) -> Trial {
    let mut bench = Bench {
        situation,
        source,
        tables: BTreeMap::new(),
        made: BTreeSet::new(),
        schemas: BTreeMap::new(),
        steps: Vec::new(),
    };
    match bench.whole(script, operations) {
        Some(()) if bench.steps.iter().any(|step| step.problem.is_some()) => Trial { steps: bench.steps },
        _ => Trial::default(),
    }
}

/// Whether something speaks of whole rows of a table, for which those of another one would not do.
pub(super) fn speaks_of_whole_rows(table: Entry<'_>, name: &Identifier) -> bool {
    let takes_rows = |(other, _): (Entry<'_>, _)| match other.object() {
        Object::Function(function) => names(&function.arguments, name) || names(&function.result, name),
        Object::Procedure(procedure) => names(&procedure.arguments, name),
        Object::Column(_) | Object::Aggregate(_) | Object::Operator(_) | Object::Cast(_) => true,
        _ => false,
    };
    table.dependents().any(takes_rows)
}

struct Bench<'b, 'a> {
    situation: &'b Situation<'a>,
    source: &'b Arc<SourceFile>,
    /// Tables that change.
    tables: BTreeMap<ObjectName, Entry<'a>>,
    /// What stands beside the real ones.
    made: BTreeSet<ObjectName>,
    /// The schemas in which, by those that they stand beside.
    schemas: BTreeMap<Identifier, Identifier>,
    steps: Vec<TrialStep>,
}

impl Bench<'_, '_> {
    fn whole(&mut self, script: &Script, operations: &[Phases]) -> Option<()> {
        // What other changes call otherwise is not known by its new name yet.
        if self.situation.has_earlier() {
            return None;
        }
        self.find_tables(script)?;
        if self.tables.is_empty() {
            return None;
        }
        self.begin()?;
        let tables: Vec<(ObjectName, Entry<'_>)> =
            self.tables.iter().map(|(name, entry)| (name.clone(), *entry)).collect();
        for (name, _) in &tables {
            let beside = self.beside(name)?;
            self.step(format!("CREATE TABLE {beside} (LIKE {name})"));
        }
        for action in self.actions(script) {
            if let (table, TableAction::SetType { column, data_type, .. }) = action {
                let beside = self.beside(&table)?;
                self.step(format!(
                    "ALTER TABLE {beside} ALTER COLUMN {column} TYPE {data_type} USING NULL::{data_type}"
                ));
            }
        }
        for (name, entry) in tables {
            let key = super::table::Table { name: name.clone(), entry, earlier: &[] }.key();
            let key: Vec<String> = key.iter().map(Identifier::to_string).collect();
            if !key.is_empty() {
                let beside = self.beside(&name)?;
                self.step(format!("ALTER TABLE {beside} ADD PRIMARY KEY ({})", key.join(", ")));
            }
        }
        for sql in operations.iter().flat_map(|phases| &phases.made_again) {
            if let Some((name, sql)) = self.made_by(sql)? {
                let problem = Diagnostic::error(
                    "not-online",
                    format!("{} cannot be made again over the new types", name.for_people()),
                );
                let help = "drop it in the migration, before the type changes, and make it again behind as it is to be";
                let problem = problem.in_file(self.source).with_help(help);
                self.steps.push(TrialStep { sql, problem: Some(problem), besides: &[] });
            }
        }
        for statement in &script.statements {
            self.statement(statement.span)?;
        }
        Some(())
    }

    /// Finds the tables that change; `None` where something speaks of their whole rows.
    fn find_tables(&mut self, script: &Script) -> Option<()> {
        for (name, action) in self.actions(script) {
            let changes = matches!(
                action,
                TableAction::SetType { .. }
                    | TableAction::RenameColumn { .. }
                    | TableAction::DropColumn(_)
                    | TableAction::AddColumn(_)
                    | TableAction::Rename(_)
            );
            let entry = self.situation.catalog.entry(&ObjectId::Table(name.clone()));
            if let Some(entry) = entry.filter(|_| changes) {
                if speaks_of_whole_rows(entry, &name.name) {
                    return None;
                }
                self.tables.insert(name, entry);
            }
        }
        Some(())
    }

    /// The actions of all `ALTER TABLE`, with the tables as they are called now.
    fn actions(&self, script: &Script) -> Vec<(ObjectName, TableAction)> {
        let of = |span: Span| match Command::of(span.of(&self.source.text)) {
            Command::AlterTable { table, view: false, actions, .. } => {
                let table = self.situation.resolve(&table);
                table
                    .map(|table| actions.into_iter().map(|action| (table.clone(), action)).collect())
                    .unwrap_or_default()
            }
            _ => Vec::new(),
        };
        script.statements.iter().flat_map(|statement| of(statement.span)).collect()
    }

    fn begin(&mut self) -> Option<()> {
        let path = self.situation.settings.search_path;
        path.first()?;
        let bases: BTreeSet<Identifier> =
            path.iter().chain(self.tables.keys().map(|name| &name.schema)).cloned().collect();
        for (at, base) in bases.into_iter().enumerate() {
            let schema = self.situation.interim(&base, NUMBERS + at);
            self.step(format!("CREATE SCHEMA {schema}"));
            self.schemas.insert(base, schema);
        }
        self.made.extend(self.tables.keys().cloned());
        let beside = path.iter().filter_map(|base| self.schemas.get(base));
        let path: Vec<String> = beside.chain(path).map(Identifier::to_string).collect();
        self.step(format!("SET LOCAL search_path = {}", path.join(", ")));
        // What a body says that is only text is not read here.
        self.step("SET LOCAL check_function_bodies = off".to_owned());
        Some(())
    }

    fn step(&mut self, sql: String) {
        self.steps.push(TrialStep { sql, problem: None, besides: &[] });
    }

    fn beside(&self, name: &ObjectName) -> Option<ObjectName> {
        Some(ObjectName { schema: self.schemas.get(&name.schema)?.clone(), name: name.name.clone() })
    }

    /// One statement of the migration; `None` where it is not known what would be without it.
    fn statement(&mut self, span: Span) -> Option<()> {
        let text = span.of(&self.source.text);
        match Command::of(text) {
            Command::AlterTable { table, view: false, actions, .. } => {
                let table = self.situation.resolve(&table)?;
                self.defaults(&table, &actions, span)?;
                actions.iter().try_for_each(|action| self.action(&table, action))
            }
            Command::CreateTable(new) => self.new_table(&new),
            Command::CreateTableAs { materialized_view: false, .. }
            | Command::CreateDomain { .. }
            | Command::Block(_)
            | Command::Unknown => None,
            _ => {
                if let Some((name, sql)) = self.made_by(text)? {
                    let label = format!("{} cannot be made over the columns as they will be", name.for_people());
                    let problem = Diagnostic::error("not-online", "contract would not be done")
                        .at(self.source, span)
                        .with_label(label)
                        .with_help("write it for the columns as the statements before leave them");
                    self.steps.push(TrialStep { sql, problem: Some(problem), besides: &[] });
                }
                Some(())
            }
        }
    }

    /// Defaults of columns that have another type by then.
    fn defaults(&mut self, table: &ObjectName, actions: &[TableAction], span: Span) -> Option<()> {
        let text = span.of(&self.source.text);
        let parts = part_spans(text);
        if !self.made.contains(table) || parts.len() != actions.len() {
            return Some(());
        }
        let beside = self.beside(table)?;
        for (_, part) in actions.iter().zip(parts).filter(|(action, _)| matches!(action, TableAction::SetDefault(_))) {
            let own = Span::new(span.start + part.start, span.start + part.end);
            let problem = Diagnostic::error("not-online", "contract would not be done")
                .at(self.source, own)
                .with_label("this is no default of the column as it will be")
                .with_help("write it for the type that the statements before leave the column");
            let sql = format!("ALTER TABLE {beside} {}", part.of(text));
            self.steps.push(TrialStep { sql, problem: Some(problem), besides: &[] });
        }
        Some(())
    }

    fn action(&mut self, table: &ObjectName, action: &TableAction) -> Option<()> {
        if !self.made.contains(table) {
            return Some(());
        }
        let beside = self.beside(table)?;
        match action {
            TableAction::AddColumn(column) => {
                let (name, data_type) = (&column.name, &column.data_type);
                self.step(format!("ALTER TABLE {beside} ADD COLUMN IF NOT EXISTS {name} {data_type}"));
            }
            TableAction::DropColumn(column) => {
                self.step(format!("ALTER TABLE {beside} DROP COLUMN IF EXISTS {column} CASCADE"));
            }
            TableAction::RenameColumn { from, to } => {
                self.step(format!("ALTER TABLE {beside} RENAME COLUMN {from} TO {to}"));
            }
            TableAction::Rename(to) => {
                self.step(format!("ALTER TABLE {beside} RENAME TO {to}"));
                self.made.insert(ObjectName { schema: table.schema.clone(), name: to.clone() });
            }
            _ => {}
        }
        Some(())
    }

    fn new_table(&mut self, new: &NewTable) -> Option<()> {
        let is_plain = new.like.is_empty() && new.inherits.is_empty() && new.partition_of.is_none() && !new.temporary;
        let name = self.situation.resolve(&new.name).filter(|_| is_plain)?;
        let beside = self.beside(&name)?;
        let columns = new.columns.iter().map(|column| format!("{} {}", column.name, column.data_type));
        let primary = new.columns.iter().filter(|column| column.primary).map(|column| vec![column.name.clone()]);
        let keys = new.constraints.iter().filter_map(|constraint| match &constraint.rule {
            TableRule::Key { primary: true, columns } => Some(columns.clone()),
            _ => None,
        });
        let keys = primary.chain(keys).map(|columns| {
            let columns: Vec<String> = columns.iter().map(Identifier::to_string).collect();
            format!("PRIMARY KEY ({})", columns.join(", "))
        });
        let parts: Vec<String> = columns.chain(keys).collect();
        self.step(format!("CREATE TABLE {beside} ({})", parts.join(", ")));
        self.made.insert(name);
        Some(())
    }

    /// What a statement makes that can be tried, and how; `None` where it makes something else that may be needed.
    fn made_by(&mut self, text: &str) -> Option<Option<(Identifier, String)>> {
        let made = match Command::of(text) {
            Command::CreateView { name, .. } => Some((name, text.to_owned())),
            Command::CreateTableAs { name, materialized_view: true, .. } => Some((name, without_rows(text).0)),
            _ => match ObjectChange::of(text) {
                Some(ObjectChange { kind: "FUNCTION" | "PROCEDURE", names, action }) => match action {
                    ObjectAction::Create | ObjectAction::Replace if self.is_only_one(names.first()?) => {
                        Some((names.first()?.clone(), text.to_owned()))
                    }
                    ObjectAction::Drop { .. } => None,
                    _ => return None,
                },
                Some(ObjectChange { kind, action, .. }) => {
                    let is_beside = matches!(
                        kind,
                        "VIEW"
                            | "MATERIALIZED VIEW"
                            | "TABLE"
                            | "INDEX"
                            | "TRIGGER"
                            | "POLICY"
                            | "RULE"
                            | "STATISTICS"
                            | "SEQUENCE"
                            | "PUBLICATION"
                    );
                    if !is_beside && !matches!(action, ObjectAction::Drop { .. }) {
                        return None;
                    }
                    None
                }
                None => None,
            },
        };
        let Some((name, sql)) = made else { return Some(None) };
        let full = self.situation.resolve(&name)?;
        if !self.schemas.contains_key(&full.schema) {
            return None;
        }
        self.made.insert(full);
        Some(Some((name.name, self.written_beside(&sql))))
    }

    /// Whether no more than one routine is called so.
    fn is_only_one(&self, name: &QualifiedName) -> bool {
        let is_it = |id: &ObjectId| {
            matches!(id, ObjectId::Function(_) | ObjectId::Procedure(_)) && id.own_name() == Some(&name.name)
        };
        self.situation.catalog.iter().filter(|entry| is_it(entry.id())).count() < 2
    }

    /// The text with the names of what stands beside in the place of the real ones.
    fn written_beside(&self, text: &str) -> String {
        let beside = |real: &ObjectName| {
            let schema = self.schemas.get(&real.schema).filter(|_| self.made.contains(real))?;
            Some(ObjectName { schema: schema.clone(), name: real.name.clone() })
        };
        with_other_names(text, beside).unwrap_or_else(|| text.to_owned())
    }
}
