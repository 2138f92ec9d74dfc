//! From a statement to its forms, and to the relations that play their parts.

use limosa_catalog::QualifiedName;
use limosa_syntax::{
    Command, Commented, DomainChange, IndexAction, MemberChange, NewTable, RelationKind, TableMember, TableRule,
    Tending,
};

use super::alter_table;
use super::form::StatementForm as Form;
use super::known::Known;
use super::mode::LockMode;

/// A form of statement and the relations that play its parts, as far as they are known.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub(super) form: Form,
    pub(super) subjects: Subjects,
}

/// The relations of a form that the statement names, or that its text and the catalog together tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    pub(super) subject: Vec<Place>,
    pub(super) partition: Vec<QualifiedName>,
    pub(super) parent: Vec<QualifiedName>,
    /// `None` leaves it to the foreign keys that are known of the subject.
    pub(super) referenced: Option<Vec<QualifiedName>>,
    pub(super) view: Vec<QualifiedName>,
    pub(super) sequence: Vec<QualifiedName>,
    pub(super) index: Vec<QualifiedName>,
    /// Partitions and children are left alone.
    pub(super) only: bool,
}

/// A relation, or what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Named(QualifiedName),
    /// The table of an index, or of statistics.
    TableOf(QualifiedName),
}

impl Use {
    pub(super) fn of(form: Form) -> Self {
        Self { form, subjects: Subjects::default() }
    }

    pub(super) fn with(mut self, set: impl FnOnce(&mut Subjects)) -> Self {
        set(&mut self.subjects);
        self
    }

    fn at(self, place: Place) -> Self {
        self.with(|it| it.subject.push(place))
    }

    pub(super) fn on(self, table: QualifiedName) -> Self {
        self.at(Place::Named(table))
    }

    pub(super) fn referencing(self, tables: Vec<QualifiedName>) -> Self {
        self.with(|it| it.referenced = Some(tables))
    }
}

/// What a statement is made of.
#[derive(Debug, Default)]
pub(super) struct Recognised {
    pub(super) uses: Vec<Use>,
    /// Locks that the statement asks for by their mode.
    pub(super) asked: Vec<(QualifiedName, LockMode)>,
    /// Whether there is more to it than was recognised.
    pub(super) more: bool,
}

pub(super) fn recognise(known: &Known, command: &Command) -> Recognised {
    let mut found = Recognised::default();
    add(known, command, &mut found);
    found
}

fn add(known: &Known, command: &Command, found: &mut Recognised) {
    let each = |form: Form, tables: &[QualifiedName]| -> Vec<Use> {
        tables.iter().map(|table| Use::of(form).on(known.resolve(table))).collect()
    };
    let uses = match command {
        Command::AlterTable { table, view, only, actions } => {
            let table = known.resolve(table);
            let mut uses = Vec::new();
            for action in actions {
                let of_action = match view {
                    true => Some(vec![Use::of(Form::AlterView)]),
                    false => alter_table::forms(known, &table, action),
                };
                match of_action {
                    Some(of_action) => uses.extend(of_action),
                    None => found.more = true,
                }
            }
            uses.into_iter().map(|it| about(it, &table, *only)).collect()
        }
        Command::CreateTable(table) => create_table(known, table),
        Command::CreateTableAs { reads, .. } => each(Form::CreateTableAs, reads),
        Command::CreateView { name, or_replace, reads } => {
            let name = known.resolve(name);
            let is_there = known.relation(&name).is_some() || !known.is_complete();
            let mut uses = each(Form::CreateView, reads);
            if *or_replace && is_there {
                uses.push(Use::of(Form::ReplaceView).with(|it| it.view.push(name)));
            }
            uses
        }
        Command::CreateIndex { table, only, concurrently, .. } => {
            let form = match (concurrently, only) {
                (true, _) => Form::CreateIndexConcurrently,
                (false, true) => Form::CreateIndexOnly,
                (false, false) => Form::CreateIndex,
            };
            vec![Use::of(form).on(known.resolve(table))]
        }
        Command::AlterIndex { index, action } => {
            let form = match action {
                IndexAction::Rename(_) => Some(Form::RenameIndex),
                IndexAction::Set => Some(Form::AlterIndex),
                IndexAction::Attach => Some(Form::AttachIndex),
                IndexAction::SetTablespace => Some(Form::SetIndexTablespace),
                IndexAction::Other => None,
            };
            found.more |= form.is_none();
            let of_table = |form| match form {
                Form::AttachIndex => of_index(known, form, index),
                _ => Use::of(form),
            };
            form.into_iter().map(|form| of_table(form).with(|it| it.index.push(known.resolve(index)))).collect()
        }
        Command::Reindex { name, table: true, concurrently } => {
            let form = if *concurrently { Form::ReindexTableConcurrently } else { Form::ReindexTable };
            vec![Use::of(form).on(known.resolve(name))]
        }
        Command::Reindex { name, table: false, concurrently } => {
            let form = if *concurrently { Form::ReindexIndexConcurrently } else { Form::ReindexIndex };
            vec![of_index(known, form, name).with(|it| it.index.push(known.resolve(name)))]
        }
        Command::DropRelations { kind, names, .. } => {
            names.iter().map(|name| drop_relation(*kind, known.resolve(name))).collect()
        }
        Command::DropIndex { names, concurrently } => {
            let form = if *concurrently { Form::DropIndexConcurrently } else { Form::DropIndex };
            names.iter().map(|name| of_index(known, form, name)).collect()
        }
        Command::DropSchema { names, cascade: true } => {
            found.more |= !known.is_complete();
            let tables = names.iter().flat_map(|schema| known.tables_in(schema));
            tables.map(|table| Use::of(Form::DropTable).on(table)).collect()
        }
        Command::DropSchema { cascade: false, .. } | Command::CreateDomain { .. } | Command::NoRelation => {
            vec![Use::of(Form::NoRelation)]
        }
        Command::InTable { member, change, table } => {
            let form = match (member, change) {
                (TableMember::Trigger, MemberChange::Create) => Form::CreateTrigger,
                (TableMember::Trigger, MemberChange::Alter) => Form::RenameTrigger,
                (TableMember::Trigger, MemberChange::Drop) => Form::DropTrigger,
                (TableMember::Policy, _) => Form::Policy,
                (TableMember::Rule, _) => Form::Rule,
            };
            each(form, std::slice::from_ref(table))
        }
        Command::Comment { on, relation } => match on {
            Commented::Relation => each(Form::CommentOnTable, std::slice::from_ref(relation)),
            Commented::Member => each(Form::CommentOnConstraint, std::slice::from_ref(relation)),
            Commented::Index => vec![Use::of(Form::CommentOnIndex).with(|it| it.index.push(known.resolve(relation)))],
        },
        Command::Grant { tables } => each(Form::Grant, tables),
        Command::CreateStatistics { tables, .. } => each(Form::CreateStatistics, tables),
        Command::DropStatistics { names } => {
            let table = |name| match known.table_of_statistics(name) {
                Some(table) => Place::Named(table.clone()),
                None => Place::TableOf(name.clone()),
            };
            names.iter().map(|name| Use::of(Form::DropStatistics).at(table(name))).collect()
        }
        Command::Publish { tables } => each(Form::PublishTable, tables),
        Command::CreateSequence { owned_by, .. } => match owned_by {
            Some(table) => vec![Use::of(Form::CreateSequence).on(known.resolve(table))],
            None => vec![Use::of(Form::NoRelation)],
        },
        Command::AlterSequence { name, owned_by } => {
            let form = if owned_by.is_some() { Form::OwnSequence } else { Form::AlterSequence };
            let alter = Use::of(form).with(|it| {
                it.sequence.push(known.resolve(name));
                it.subject.extend(owned_by.iter().map(|table| Place::Named(known.resolve(table))));
            });
            vec![alter]
        }
        Command::AlterDomain { domain, change } => {
            let form = match change {
                DomainChange::Checked => Form::AlterDomainChecked,
                DomainChange::Validated => Form::ValidateDomain,
                DomainChange::Unchecked => Form::NoRelation,
            };
            found.more |= form != Form::NoRelation && !known.is_complete();
            let tables = known.tables_with(domain);
            if form == Form::NoRelation { vec![Use::of(form)] } else { each(form, &tables) }
        }
        Command::Refresh { view, concurrently } => {
            let form = if *concurrently { Form::RefreshConcurrently } else { Form::Refresh };
            let view = known.resolve(view);
            let reads = known.read_by(&view).into_iter().map(Place::Named);
            vec![Use::of(form).with(|it| {
                it.subject.extend(reads);
                it.view.push(view);
            })]
        }
        Command::Tend { how, tables } => {
            let form = match how {
                Tending::Vacuum => Form::Vacuum,
                Tending::VacuumFull => Form::VacuumFull,
                Tending::Analyze => Form::Analyze,
                Tending::Cluster => Form::Cluster,
            };
            found.more |= tables.is_empty();
            each(form, tables)
        }
        Command::Lock { tables, mode } => {
            match LockMode::ALL.into_iter().find(|known| known.sql() == mode) {
                Some(mode) => found.asked.extend(tables.iter().map(|table| (known.resolve(table), mode))),
                None => found.more = true,
            }
            Vec::new()
        }
        Command::Truncate { tables, cascade } => {
            let form = if *cascade { Form::TruncateCascade } else { Form::Truncate };
            each(form, tables)
        }
        Command::Query { reads, locks_rows } => {
            let form = if *locks_rows { Form::SelectForUpdate } else { Form::Select };
            each(form, reads)
        }
        Command::Insert { table, reads } => {
            let mut uses = each(Form::Select, reads);
            uses.push(Use::of(Form::Write).on(known.resolve(table)));
            uses
        }
        Command::Change { table, every_row, reads, .. } => {
            let mut uses = each(Form::Select, reads);
            let form = if *every_row { Form::UpdateAll } else { Form::Update };
            uses.push(Use::of(form).on(known.resolve(table)));
            uses
        }
        Command::Block(commands) => {
            // Its code can do what stands in none of its statements.
            found.more = true;
            for command in commands {
                add(known, command, found);
            }
            Vec::new()
        }
        Command::Unknown => {
            found.more = true;
            Vec::new()
        }
    };
    found.uses.extend(uses);
}

/// Says what an `ALTER TABLE` is about, by the form that its target has.
fn about(form: Use, table: &QualifiedName, only: bool) -> Use {
    form.with(|it| {
        it.only = only;
        it.subject.push(Place::Named(table.clone()));
        it.view.push(table.clone());
        it.sequence.push(table.clone());
    })
}

fn of_index(known: &Known, form: Form, index: &QualifiedName) -> Use {
    let name = known.resolve(index);
    let table = known.index(&name).map(|index| index.table.clone());
    Use::of(form).at(table.map_or(Place::TableOf(name), Place::Named))
}

fn drop_relation(kind: RelationKind, name: QualifiedName) -> Use {
    match kind {
        RelationKind::Table | RelationKind::ForeignTable => Use::of(Form::DropTable).on(name),
        RelationKind::View | RelationKind::MaterializedView => Use::of(Form::DropView).with(|it| it.view.push(name)),
        RelationKind::Sequence => Use::of(Form::DropSequence).with(|it| it.sequence.push(name)),
    }
}

fn create_table(known: &Known, table: &NewTable) -> Vec<Use> {
    let mut uses = vec![Use::of(Form::CreateTable)];
    if let Some(parent) = &table.partition_of {
        uses.push(Use::of(Form::CreatePartition).on(known.resolve(parent)));
    }
    uses.extend(table.like.iter().map(|like| Use::of(Form::CreateTableLike).on(known.resolve(like))));
    uses.extend(
        table
            .inherits
            .iter()
            .map(|parent| Use::of(Form::CreateChildTable).with(|it| it.parent.push(known.resolve(parent)))),
    );
    let of_columns = table.columns.iter().filter_map(|column| column.references.as_ref());
    let of_table = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        TableRule::ForeignKey { references, .. } => Some(references),
        _ => None,
    });
    let referenced: Vec<QualifiedName> =
        of_columns.chain(of_table).filter(|name| **name != table.name).map(|name| known.resolve(name)).collect();
    if !referenced.is_empty() {
        uses.push(Use::of(Form::CreateTableForeignKey).referencing(referenced));
    }
    uses
}
