//! The forms that the actions of `ALTER TABLE` are.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{ColumnDefinition, DetachMode, Generation, TableAction, TableConstraint, TableRule};

use super::data_type::is_coercible;
use super::form::StatementForm as Form;
use super::known::{Kind, Known, Relation, Rule};
use super::recognise::{Subjects, Use};

/// The forms that one action is, with the relations that it names besides the table.
pub(super) fn forms(known: &Known, table: &QualifiedName, action: &TableAction) -> Option<Vec<Use>> {
    let relation = known.relation(table);
    let plain = |form: Form| Some(vec![Use::of(form)]);
    match relation.map(|relation| relation.kind) {
        Some(Kind::View) => return plain(Form::AlterView),
        Some(Kind::Sequence) => return plain(Form::AlterSequence),
        Some(Kind::Table) | None => {}
    }
    match action {
        TableAction::AddColumn(column) => Some(add_column(known, column)),
        TableAction::DropColumn(column) => Some(vec![drop_column(relation, column)]),
        TableAction::SetDefault(_) | TableAction::DropDefault(_) => plain(Form::SetDefault),
        TableAction::SetNotNull(column) => plain(set_not_null(relation, column)),
        TableAction::DropNotNull(_) => plain(Form::DropNotNull),
        TableAction::SetType { column, data_type, using, collated } => {
            Some(set_type(known, table, column, (!using && !collated).then_some(data_type)))
        }
        TableAction::SetStatistics => plain(Form::SetStatistics),
        TableAction::SetStorage => plain(Form::SetStorage),
        TableAction::SetCompression => plain(Form::SetCompression),
        TableAction::SetColumnOptions => plain(Form::SetColumnOptions),
        TableAction::SetExpression(_) => plain(Form::SetExpression),
        TableAction::DropExpression(_) => plain(Form::DropExpression),
        TableAction::Identity(_) => plain(Form::AlterIdentity),
        TableAction::AddConstraint(constraint) => Some(vec![add_constraint(known, table, constraint)]),
        TableAction::ValidateConstraint(name) => Some(vec![match rule(relation, name) {
            Some(Rule::ForeignKey { references, .. }) => {
                Use::of(Form::ValidateForeignKey).referencing(vec![references.clone()])
            }
            Some(Rule::NotNull(_)) => Use::of(Form::ValidateNotNull),
            Some(_) => Use::of(Form::ValidateCheck),
            // Of the three it is the one that locks most.
            None => Use::of(Form::ValidateForeignKey),
        }]),
        TableAction::AlterConstraint(_) => plain(Form::AlterConstraint),
        TableAction::RenameConstraint { .. } => plain(Form::RenameConstraint),
        TableAction::DropConstraint(name) => Some(vec![match rule(relation, name) {
            Some(Rule::ForeignKey { references, .. }) => {
                Use::of(Form::DropForeignKey).referencing(vec![references.clone()])
            }
            Some(Rule::Key(_) | Rule::Exclusion) => Use::of(Form::DropKey),
            Some(_) => Use::of(Form::DropConstraint),
            None if relation.is_some() && known.is_complete() => Use::of(Form::DropConstraint),
            None => Use::of(Form::DropForeignKey),
        }]),
        TableAction::Rename(_) => plain(Form::RenameTable),
        TableAction::RenameColumn { .. } => plain(Form::RenameColumn),
        TableAction::SetSchema(_) => plain(Form::SetSchema),
        TableAction::SetOwner => plain(Form::SetOwner),
        TableAction::EnableTrigger => plain(Form::EnableTrigger),
        TableAction::EnableRule => plain(Form::EnableRule),
        TableAction::RowSecurity => plain(Form::RowSecurity),
        TableAction::ClusterOn => plain(Form::ClusterOn),
        TableAction::SetLogged => plain(Form::SetLogged),
        TableAction::SetTablespace => plain(Form::SetTablespace),
        TableAction::SetAccessMethod => plain(Form::SetAccessMethod),
        TableAction::SetParameters => plain(Form::SetParameters),
        TableAction::Inherit(parent) => {
            Some(vec![Use::of(Form::Inherit).with(|it| it.parent.push(known.resolve(parent)))])
        }
        TableAction::NoInherit(parent) => {
            Some(vec![Use::of(Form::NoInherit).with(|it| it.parent.push(known.resolve(parent)))])
        }
        TableAction::ReplicaIdentity => plain(Form::ReplicaIdentity),
        TableAction::AttachPartition { partition, .. } => {
            Some(vec![with_partition(known, Form::AttachPartition, partition)])
        }
        TableAction::DetachPartition { partition, mode } => {
            let form = match mode {
                DetachMode::AtOnce => Form::DetachPartition,
                DetachMode::Concurrently | DetachMode::Finalize => Form::DetachPartitionConcurrently,
            };
            Some(vec![with_partition(known, form, partition)])
        }
        TableAction::Unknown => None,
    }
}

fn with_partition(known: &Known, form: Form, partition: &QualifiedName) -> Use {
    Use::of(form).with(|it: &mut Subjects| it.partition.push(known.resolve(partition)))
}

fn rule<'k>(relation: Option<&'k Relation>, constraint: &Identifier) -> Option<&'k Rule> {
    relation?.constraints.get(constraint).map(|constraint| &constraint.rule)
}

fn add_column(known: &Known, column: &ColumnDefinition) -> Vec<Use> {
    let default = column.default.as_ref().filter(|default| !default.null);
    let mut uses = vec![match column.generation {
        Some(Generation::Sequence | Generation::Stored) => Use::of(Form::AddColumnComputed),
        Some(Generation::Virtual) => Use::of(Form::AddColumnVirtual),
        None if default.is_some_and(|default| known.is_volatile(default)) => Use::of(Form::AddColumnComputed),
        None if known.is_checked_domain(&column.data_type) => Use::of(Form::AddColumnOfCheckedDomain),
        None => Use::of(Form::AddColumn),
    }];
    if column.check.is_some() {
        uses.push(Use::of(Form::AddColumnCheck));
    }
    if let Some(references) = &column.references {
        let form = if default.is_some() { Form::AddColumnReferencesDefault } else { Form::AddColumnReferences };
        uses.push(Use::of(form).referencing(vec![known.resolve(references)]));
    }
    if column.unique {
        uses.push(Use::of(Form::AddColumnUnique));
    }
    uses
}

fn drop_column(relation: Option<&Relation>, column: &Identifier) -> Use {
    let constraints = relation.into_iter().flat_map(|relation| relation.constraints.values());
    let references: Vec<_> = constraints
        .filter_map(|constraint| match &constraint.rule {
            Rule::ForeignKey { columns, references } if columns.contains(column) => Some(references.clone()),
            _ => None,
        })
        .collect();
    if references.is_empty() {
        Use::of(Form::DropColumn)
    } else {
        Use::of(Form::DropColumnForeignKey).referencing(references)
    }
}

fn set_not_null(relation: Option<&Relation>, column: &Identifier) -> Form {
    let Some(relation) = relation else { return Form::SetNotNull };
    let proves = |rule: &Rule| matches!(rule, Rule::Check(check) if check.not_null.contains(column));
    if relation.columns.get(column).is_some_and(|column| column.not_null) {
        Form::SetNotNullAgain
    } else if relation.constraints.values().any(|constraint| constraint.valid && proves(&constraint.rule)) {
        Form::SetNotNullProven
    } else {
        Form::SetNotNull
    }
}

/// `to` is the new type, where the server converts the values by itself and by nothing else.
fn set_type(known: &Known, table: &QualifiedName, column: &Identifier, to: Option<&String>) -> Vec<Use> {
    let relation = known.relation(table);
    let from = relation.and_then(|relation| relation.columns.get(column)).map(|column| column.data_type.as_str());
    let rules = || relation.into_iter().flat_map(|relation| relation.constraints.values()).map(|it| &it.rule);
    let is_checked = rules().any(|rule| matches!(rule, Rule::Check(check) if check.names.contains(column)));
    if from.zip(to).is_some_and(|(from, to)| is_coercible(from, to)) {
        let mut uses = vec![Use::of(match known.is_indexed(table, column) {
            true => Form::SetTypeCoercibleIndexed,
            false => Form::SetTypeCoercible,
        })];
        uses.extend(is_checked.then(|| Use::of(Form::SetTypeChecked)));
        return uses;
    }
    let mut uses = vec![Use::of(Form::SetType)];
    let own = rules().filter_map(|rule| match rule {
        Rule::ForeignKey { columns, references } if columns.contains(column) => Some(references.clone()),
        _ => None,
    });
    let references: Vec<_> = own.collect();
    if !references.is_empty() {
        uses.push(Use::of(Form::SetTypeForeignKey).referencing(references));
    }
    let is_key = rules().any(|rule| matches!(rule, Rule::Key(columns) if columns.contains(column)));
    if is_key && !known.referencing(table).is_empty() {
        uses.push(Use::of(Form::SetTypeReferenced));
    }
    uses
}

fn add_constraint(known: &Known, table: &QualifiedName, constraint: &TableConstraint) -> Use {
    let nullable = |columns: &[Identifier]| {
        let relation = known.relation(table);
        let is_filled = |column| relation.and_then(|it| it.columns.get(column)).is_some_and(|it| it.not_null);
        columns.is_empty() || !columns.iter().all(is_filled)
    };
    match (&constraint.rule, constraint.unchecked) {
        (TableRule::Key { primary: true, columns }, _) if nullable(columns) => Use::of(Form::AddKeyNullable),
        (TableRule::Key { .. }, _) => Use::of(Form::AddKey),
        (TableRule::KeyUsingIndex { primary, index }, _) => {
            let name = QualifiedName { schema: table.schema.clone(), name: index.clone() };
            let columns = known.index(&name).map(|index| index.columns.clone()).unwrap_or_default();
            let form =
                if *primary && nullable(&columns) { Form::AddKeyUsingIndexNullable } else { Form::AddKeyUsingIndex };
            Use::of(form).with(|it| it.index.push(name))
        }
        (TableRule::Check(_), false) => Use::of(Form::AddCheck),
        (TableRule::Check(_), true) => Use::of(Form::AddCheckNotValid),
        (TableRule::ForeignKey { references, .. }, unchecked) => {
            let form = if unchecked { Form::AddForeignKeyNotValid } else { Form::AddForeignKey };
            let references = known.resolve(references);
            Use::of(form).referencing(if references == *table { Vec::new() } else { vec![references] })
        }
        (TableRule::Exclusion, _) => Use::of(Form::AddExclusion),
        (TableRule::NotNull(_), false) => Use::of(Form::AddNotNull),
        (TableRule::NotNull(_), true) => Use::of(Form::AddNotNullNotValid),
    }
}
