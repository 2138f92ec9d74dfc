//! The tables of a catalog.

use limosa_catalog::kind::column::GeneratedKind;
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::IndexedValue;
use limosa_catalog::{Catalog, Entry, Object, ObjectId, ObjectKind, ObjectName, QualifiedName};
use limosa_syntax::Generation;

use super::{Column, Constraint, DataType, ForeignKey, Index, Key, Rule, Site, Table};

/// Every table and foreign table, by name.
pub(crate) fn tables_of_catalog(catalog: &Catalog) -> Vec<Table<'_>> {
    let kinds = [ObjectKind::Table, ObjectKind::ForeignTable].into_iter();
    kinds.flat_map(|kind| catalog.of_kind(kind)).filter_map(table).collect()
}

fn table(entry: Entry<'_>) -> Option<Table<'_>> {
    let (ObjectId::Table(name) | ObjectId::ForeignTable(name)) = entry.id() else { return None };
    let mut table = Table {
        site: Site::Catalog(entry.id()),
        name: qualified(name),
        is_named_here: true,
        whole: true,
        is_partition: false,
        foreign: entry.id().kind() == ObjectKind::ForeignTable,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        row_security: false,
        force_row_security: false,
        policies: 0,
    };
    match entry.object() {
        Object::Table(of) => {
            table.is_partition = of.partition_of.is_some() || !of.inherits.is_empty();
            (table.row_security, table.force_row_security) = (of.row_security, of.force_row_security);
        }
        Object::ForeignTable(of) => table.is_partition = of.partition_of.is_some() || !of.inherits.is_empty(),
        _ => {}
    }
    let mut positions = Vec::new();
    for part in entry.children() {
        match (part.id(), part.object()) {
            (ObjectId::Column(_), Object::Column(of)) => {
                positions.push(of.position);
                table.columns.extend(column(part));
            }
            (ObjectId::Constraint(name), Object::Constraint(of)) => {
                let name = Some(name.name.clone());
                let site = Site::Catalog(part.id());
                table.constraints.push(Constraint { site, name, rule: rule(&of.rule) });
            }
            (ObjectId::Index(name), Object::Index(of)) => table.indexes.push(Index {
                site: Site::Catalog(part.id()),
                name: Some(name.name.clone()),
                unique: of.unique,
                nulls_not_distinct: of.nulls_not_distinct,
                method: of.method.as_str().to_owned(),
                keys: of.keys.iter().map(|key| indexed(&key.of)).collect(),
                predicate: of.predicate.as_ref().map(ToString::to_string),
                invalid: of.invalid,
                is_partition: of.partition_of.is_some(),
            }),
            (ObjectId::Policy(_), _) => table.policies += 1,
            _ => {}
        }
    }
    let mut columns: Vec<_> = positions.into_iter().zip(std::mem::take(&mut table.columns)).collect();
    columns.sort_by_key(|(position, _)| *position);
    table.columns = columns.into_iter().map(|(_, column)| column).collect();
    Some(table)
}

fn column(entry: Entry<'_>) -> Option<Column<'_>> {
    let (ObjectId::Column(name), Object::Column(column)) = (entry.id(), entry.object()) else { return None };
    let default = entry.children().find_map(|part| match part.object() {
        Object::ColumnDefault(default) => Some(default.expression.to_string()),
        _ => None,
    });
    let generated = column.generated.as_ref().map(|generated| match generated.kind {
        GeneratedKind::Stored => Generation::Stored,
        GeneratedKind::Virtual => Generation::Virtual,
    });
    let counts = column.identity.is_some() || default.as_deref().is_some_and(|it| it.starts_with("nextval("));
    Some(Column {
        site: Site::Catalog(entry.id()),
        name: name.name.clone(),
        is_named_here: true,
        data_type: Some(DataType::of(column.data_type.as_str())),
        not_null: Some(column.not_null.is_some()),
        default,
        generation: generated.or(counts.then_some(Generation::Sequence)),
    })
}

fn rule(rule: &ConstraintRule) -> Rule {
    match rule {
        ConstraintRule::PrimaryKey(key) => Rule::PrimaryKey(key.columns.clone()),
        ConstraintRule::Unique(key) => {
            Rule::Unique { columns: key.columns.clone(), nulls_not_distinct: key.nulls_not_distinct }
        }
        ConstraintRule::Check(check) => Rule::Check(check.expression.to_string()),
        ConstraintRule::ForeignKey(key) => Rule::ForeignKey(ForeignKey {
            columns: key.columns.clone(),
            references: qualified(&key.references),
            referenced_columns: key.referenced_columns.clone(),
            on_delete: Some(key.on_delete),
            on_delete_columns: key.on_delete_columns.clone(),
            on_update: Some(key.on_update),
        }),
        ConstraintRule::Exclusion(_) => Rule::Exclusion,
    }
}

fn indexed(value: &IndexedValue) -> Key {
    match value {
        IndexedValue::Column(column) => Key::Column(column.clone()),
        IndexedValue::Expression(expression) => Key::Expression(expression.to_string()),
    }
}

/// The name of an object in the form that scripts have it in.
pub(crate) fn qualified(name: &ObjectName) -> QualifiedName {
    QualifiedName { schema: Some(name.schema.clone()), name: name.name.clone() }
}
