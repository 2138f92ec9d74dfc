//! Whether what `up` builds on columns as they will be can be built: indexes, constraints and defaults. It is tried
//! before anything changes, over empty tables that have the columns of both versions, in a transaction that is taken
//! back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limosa_catalog::{Identifier, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{
    ColumnDefinition, Command, Diagnostic, ObjectAction, ObjectChange, Script, SourceFile, Span, TableAction, TableRule,
};

use super::ahead::not_concurrently;
use super::full_names::with_other_names;
use super::phases::{OnlineStep, Phases};
use super::routines::names;
use super::situation::Situation;
use super::trial::{NUMBERS, Trial, TrialStep, speaks_of_whole_rows};

/// What the server says of a default that names a sequence or a table which is not there, or is no value of the type.
const NO_DEFAULT: &[&str] = &["42P01", "22003", "22007", "22008", "22012", "22023", "23514"];

/// What is to be tried of the operations of a migration; nothing where it is not known what its statements make.
pub(super) fn trial(
    situation: &Situation<'_>,
    source: &Arc<SourceFile>,
    script: &Script,
    (operations, spans): (&[Phases], &[Span]),
) -> Trial {
    let said = script.statements.iter().map(|statement| statement.span.of(&source.text));
    let steps = operations.iter().flat_map(statements);
    let Some(new) = New::of(said.chain(steps), situation.settings.history_schema) else { return Trial::default() };
    let mut bench = Bench { situation, new, tables: BTreeMap::new(), schemas: BTreeMap::new(), steps: Vec::new() };
    for (at, (phases, span)) in operations.iter().zip(spans).enumerate() {
        for sql in statements(phases) {
            bench.statement(sql, |own| problem(situation, own, (source, *span), (at, phases)));
        }
    }
    if bench.steps.iter().all(|step| step.problem.is_none()) {
        return Trial::default();
    }
    Trial { steps: bench.begin().into_iter().map(plain).chain(bench.steps).collect() }
}

/// What `up` runs.
fn statements(phases: &Phases) -> Vec<&str> {
    let mut all = Vec::new();
    for step in phases.expand.iter().chain(&phases.complete) {
        match step {
            OnlineStep::Together(statements) => all.extend(statements.iter().map(String::as_str)),
            OnlineStep::Alone(sql) => all.push(sql.as_str()),
            OnlineStep::Batches { .. } => {}
        }
    }
    all
}

/// What it means that a statement fails.
fn problem(
    situation: &Situation<'_>,
    sql: &str,
    (source, span): (&Arc<SourceFile>, Span),
    (at, phases): (usize, &Phases),
) -> Diagnostic {
    let copied = phases.passing.iter().find_map(|column| {
        let table = situation.catalog.entry(&ObjectId::Table(column.relation.clone()))?;
        let is_it = |id: &ObjectId| {
            id.own_name().is_some_and(|name| names(sql, &situation.interim(name, at + 1)))
                && !matches!(id, ObjectId::Column(_))
        };
        table.children().chain(table.dependents().map(|(other, _)| other)).find(|entry| is_it(entry.id()))
    });
    let problem = Diagnostic::error("not-online", "this cannot be done online").at(source, span);
    match copied {
        Some(entry) => problem
            .with_label(format!("{} cannot be built over the column as it will be", entry.id()))
            .with_note(format!("tried was: {sql}"))
            .with_help("drop it in the migration, before this, and make it again behind as it is to be"),
        None => problem
            .with_label("the server does not take this as it stands")
            .with_help("write it for the columns as the statements before leave them"),
    }
}

fn plain(sql: String) -> TrialStep {
    TrialStep { sql, problem: None, besides: &[] }
}

struct Bench<'b, 'a> {
    situation: &'b Situation<'a>,
    new: New,
    /// Tables that stand beside the real ones, or cannot.
    tables: BTreeMap<ObjectName, bool>,
    /// The schemas in which they do, by those of the real ones.
    schemas: BTreeMap<Identifier, Identifier>,
    steps: Vec<TrialStep>,
}

impl Bench<'_, '_> {
    fn begin(&self) -> Vec<String> {
        let path = self.situation.settings.search_path;
        let beside = path.iter().filter_map(|base| self.schemas.get(base));
        let path: Vec<String> = beside.chain(path).map(Identifier::to_string).collect();
        let create = self.schemas.values().map(|schema| format!("CREATE SCHEMA {schema}"));
        create.chain([format!("SET LOCAL search_path = {}", path.join(", "))]).collect()
    }

    fn statement(&mut self, sql: &str, problem: impl Fn(&str) -> Diagnostic) {
        match Command::of(sql) {
            Command::CreateIndex { table, .. } if !self.new.is_named_in(sql) && self.finds(&table).is_some() => {
                self.tries(&not_concurrently(sql), problem(sql), &[]);
            }
            Command::AlterTable { table, view: false, actions, .. } => {
                let Some(table) = self.finds(&table) else { return };
                let [action] = actions.as_slice() else {
                    return actions.iter().for_each(|action| {
                        if let TableAction::AddColumn(column) = action {
                            self.adds(&table, column, sql);
                        }
                    });
                };
                match action {
                    TableAction::AddColumn(column) => self.column(&table, column, sql, problem),
                    _ if self.new.is_named_in(sql) => {}
                    TableAction::SetDefault(_) => self.tries(sql, problem(sql), NO_DEFAULT),
                    TableAction::AddConstraint(constraint) => match &constraint.rule {
                        TableRule::Check(_) => self.tries(sql, problem(sql), &[]),
                        TableRule::ForeignKey { references, terms, .. }
                            if self.refers(references, &terms.columns).is_some() =>
                        {
                            self.tries(sql, problem(sql), &[]);
                        }
                        _ => {}
                    },
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn column(
        &mut self,
        table: &ObjectName,
        column: &ColumnDefinition,
        sql: &str,
        problem: impl Fn(&str) -> Diagnostic,
    ) {
        match column.default.is_some() && self.can_be_added(column, sql) {
            true => self.tries(sql, problem(sql), NO_DEFAULT),
            false => self.adds(table, column, sql),
        }
    }

    /// Adds a column by its type alone. One that cannot be added here is new to what names it, too.
    fn adds(&mut self, table: &ObjectName, column: &ColumnDefinition, sql: &str) {
        match self.beside(table).filter(|_| self.can_be_added(column, sql)) {
            Some(beside) => {
                let (name, data_type) = (&column.name, &column.data_type);
                self.steps.push(plain(format!("ALTER TABLE {beside} ADD COLUMN IF NOT EXISTS {name} {data_type}")));
            }
            None => drop(self.new.names.insert(column.name.clone())),
        }
    }

    fn can_be_added(&self, column: &ColumnDefinition, sql: &str) -> bool {
        let is_plain = column.references.is_none() && column.generation.is_none() && column.check.is_none();
        is_plain && !self.new.is_named_in(sql)
    }

    fn tries(&mut self, sql: &str, problem: Diagnostic, besides: &'static [&'static str]) {
        let beside = |real: &ObjectName| self.beside(real).filter(|_| self.tables.get(real) == Some(&true));
        let sql = with_other_names(sql, beside).unwrap_or_else(|| sql.to_owned());
        self.steps.push(TrialStep { sql, problem: Some(problem), besides });
    }

    /// The table that a foreign key refers to, with a key that it may refer to.
    fn refers(&mut self, references: &QualifiedName, columns: &[Identifier]) -> Option<()> {
        let table = self.finds(references)?;
        let own = self.situation.table(references).ok()?;
        let (kind, columns) = match columns {
            [] => ("PRIMARY KEY", own.key()),
            columns => ("UNIQUE", columns.to_vec()),
        };
        let list: Vec<String> = columns.iter().map(Identifier::to_string).collect();
        let beside = self.beside(&table).filter(|_| !list.is_empty())?;
        let add = format!("ALTER TABLE {beside} ADD {kind} ({})", list.join(", "));
        if self.steps.iter().all(|step| step.sql != add) {
            self.steps.push(plain(add));
        }
        Some(())
    }

    /// A table that is there, with an empty one beside it. Who speaks of its whole rows would not find those there.
    fn finds(&mut self, name: &QualifiedName) -> Option<ObjectName> {
        let name = self.situation.resolve(name)?;
        if !self.tables.contains_key(&name) {
            let entry = self.situation.catalog.entry(&ObjectId::Table(name.clone()))?;
            // What is added to the whole is not added to a partition by itself here.
            let is_part =
                matches!(entry.object(), Object::Table(it) if it.partition_of.is_some() || !it.inherits.is_empty());
            let can = !is_part && !speaks_of_whole_rows(entry, &name.name);
            self.tables.insert(name.clone(), can);
            if can {
                let number = NUMBERS + self.schemas.len();
                let schema = || self.situation.interim(&name.schema, number);
                let schema = self.schemas.entry(name.schema.clone()).or_insert_with(schema);
                let beside = ObjectName { schema: schema.clone(), name: name.name.clone() };
                self.steps.push(plain(format!("CREATE TABLE {beside} (LIKE {name})")));
            }
        }
        self.tables.get(&name).copied().unwrap_or_default().then_some(name)
    }

    fn beside(&self, name: &ObjectName) -> Option<ObjectName> {
        Some(ObjectName { schema: self.schemas.get(&name.schema)?.clone(), name: name.name.clone() })
    }
}

/// What the statements make besides, which is not there while it is tried.
struct New {
    names: BTreeSet<Identifier>,
    /// Values of types.
    values: Vec<String>,
}

impl New {
    /// `None` where a statement may make anything. What stands in the history's schema is no one's to name.
    fn of<'t>(statements: impl Iterator<Item = &'t str>, history: &Identifier) -> Option<Self> {
        let mut new = Self { names: BTreeSet::new(), values: Vec::new() };
        for text in statements {
            match Command::of(text) {
                Command::Block(_) if !text.contains("$limosa$") => return None,
                Command::CreateSequence { name, .. } => drop(new.names.insert(name.name)),
                Command::CreateDomain { domain, .. } => drop(new.names.insert(domain.name)),
                _ => new.object(text, history)?,
            }
        }
        Some(new)
    }

    fn object(&mut self, text: &str, history: &Identifier) -> Option<()> {
        let Some(ObjectChange { kind, action, names }) = ObjectChange::of(text) else { return Some(()) };
        match action {
            ObjectAction::AddValue(value) => self.values.push(value),
            ObjectAction::Create | ObjectAction::Replace | ObjectAction::CreateEnum(_) => match kind {
                "EXTENSION" | "CAST" => return None,
                kind if kind.starts_with("OPERATOR") => return None,
                "VIEW" | "MATERIALIZED VIEW" | "TABLE" | "INDEX" | "TRIGGER" | "POLICY" | "RULE" | "STATISTICS"
                | "PUBLICATION" => {}
                _ => {
                    let own = names.into_iter().filter(|name| name.schema.as_ref() != Some(history));
                    self.names.extend(own.map(|name| name.name));
                }
            },
            _ => {}
        }
        Some(())
    }

    fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| names(text, name)) || self.values.iter().any(|value| text.contains(value.as_str()))
    }
}
