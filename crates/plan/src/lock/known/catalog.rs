//! What a catalog says of relations.

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::function::Volatility;
use limosa_catalog::kind::index::IndexedValue;
use limosa_catalog::{Catalog, Identifier, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::CheckExpression;

use super::{Column, Constraint, Index, Kind, Known, Relation, Rule};

impl Known {
    /// All that a catalog says.
    #[must_use]
    pub fn of_catalog(catalog: &Catalog, search_path: Vec<Identifier>) -> Self {
        let mut known = Self { complete: true, search_path, ..Self::default() };
        // Relations come before what belongs to them.
        for entry in catalog.iter() {
            known.add_relation(entry.id(), entry.object());
        }
        for entry in catalog.iter() {
            known.add_part(entry.id(), entry.object());
        }
        for entry in catalog.iter() {
            if let ObjectId::View(name) | ObjectId::MaterializedView(name) = entry.id()
                && let Some(view) = known.relations.get_mut(&qualified(name))
            {
                let reads = entry.depends_on().filter_map(|(on, _)| match on.id() {
                    ObjectId::Column(column) => Some(qualified(&column.relation)),
                    ObjectId::Table(name) | ObjectId::View(name) | ObjectId::MaterializedView(name) => {
                        Some(qualified(name))
                    }
                    _ => None,
                });
                view.reads = reads.collect();
                view.reads.dedup();
            }
        }
        for (name, relation) in &known.relations {
            known.links.add(name, relation);
        }
        known
    }

    fn add_relation(&mut self, id: &ObjectId, object: &Object) {
        let (name, relation) = match (id, object) {
            (ObjectId::Table(name), Object::Table(table)) => {
                let partition = table.partition_of.as_deref();
                let parents = partition.map(|it| &it.parent).into_iter().chain(&table.inherits);
                let relation = Relation {
                    parents: parents.map(qualified).collect(),
                    partitioned: table.partition_by.is_some(),
                    default_partition: partition.is_some_and(|it| it.bound.as_str() == "DEFAULT"),
                    ..Relation::default()
                };
                (name, relation)
            }
            (ObjectId::ForeignTable(name), _) => (name, Relation::default()),
            (ObjectId::View(name) | ObjectId::MaterializedView(name), _) => {
                (name, Relation { kind: Kind::View, ..Relation::default() })
            }
            (ObjectId::Sequence(name), _) => (name, Relation { kind: Kind::Sequence, ..Relation::default() }),
            _ => return,
        };
        self.relations.insert(qualified(name), relation);
    }

    fn add_part(&mut self, id: &ObjectId, object: &Object) {
        match (id, object) {
            (ObjectId::Column(name), Object::Column(column)) => {
                let Some(relation) = self.relations.get_mut(&qualified(&name.relation)) else { return };
                let not_null = column.not_null.as_ref();
                if let Some(constraint) = not_null.and_then(|it| it.name.clone()) {
                    let valid = not_null.is_none_or(|it| !it.not_valid);
                    let rule = Rule::NotNull(name.name.clone());
                    relation.constraints.insert(constraint, Constraint { rule, valid });
                }
                let column = Column {
                    data_type: column.data_type.to_string(),
                    not_null: not_null.is_some_and(|it| !it.not_valid),
                };
                relation.columns.insert(name.name.clone(), column);
            }
            (ObjectId::Constraint(name), Object::Constraint(constraint)) => {
                let rule = match &constraint.rule {
                    ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => Rule::Key(key.columns.clone()),
                    ConstraintRule::Check(check) => Rule::Check(CheckExpression::of(check.expression.as_str())),
                    ConstraintRule::ForeignKey(key) => {
                        Rule::ForeignKey { columns: key.columns.clone(), references: qualified(&key.references) }
                    }
                    ConstraintRule::Exclusion(_) => Rule::Exclusion,
                };
                let table = qualified(&name.relation);
                if let Rule::Key(columns) = &rule {
                    let index = QualifiedName { schema: table.schema.clone(), name: name.name.clone() };
                    self.put_index(index, Index { table: table.clone(), columns: columns.clone(), full: true });
                }
                let valid = !constraint.not_valid && !constraint.not_enforced;
                if let Some(relation) = self.relations.get_mut(&table) {
                    relation.constraints.insert(name.name.clone(), Constraint { rule, valid });
                }
            }
            (ObjectId::Index(name), Object::Index(index)) => {
                let columns = index.keys.iter().filter_map(|key| match &key.of {
                    IndexedValue::Column(column) => Some(column.clone()),
                    IndexedValue::Expression(_) => None,
                });
                let columns: Vec<Identifier> = columns.collect();
                let full = index.predicate.is_none() && !index.invalid && columns.len() == index.keys.len();
                let index = Index { table: qualified(&index.table), columns, full };
                self.put_index(qualified(name), index);
            }
            (ObjectId::Statistics(name), Object::Statistics(statistics)) => {
                self.statistics.insert(qualified(name), qualified(&statistics.table));
            }
            (ObjectId::Domain(name), Object::Domain(domain)) => {
                *self.domains.entry(qualified(name)).or_default() |= domain.not_null.is_some();
            }
            (ObjectId::DomainConstraint(name), _) => drop(self.domains.insert(qualified(&name.relation), true)),
            (ObjectId::Function(name), Object::Function(function)) => {
                let routine = QualifiedName { schema: Some(name.schema.clone()), name: name.name.clone() };
                self.define_function(&routine, function.volatility == Volatility::Volatile);
            }
            _ => {}
        }
    }
}

fn qualified(name: &ObjectName) -> QualifiedName {
    QualifiedName { schema: Some(name.schema.clone()), name: name.name.clone() }
}
