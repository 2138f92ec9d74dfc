//! The indexes of a catalog's tables, those of keys included, in a form in which they can be compared.

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::{Index, IndexDirection, IndexKey, IndexedValue};
use limosa_catalog::{Identifier, Object, ObjectId, ObjectKind, QualifiedName};

use crate::step::CatalogView;

/// An index, or the one that a key has.
#[derive(Debug, Clone)]
pub(crate) struct IndexFacts<'a> {
    pub(crate) id: &'a ObjectId,
    /// Whether a constraint owns it.
    pub(crate) constraint: bool,
    pub(crate) unique: bool,
    pub(crate) is_partition: bool,
    pub(crate) method: &'a str,
    /// The keys with all that makes their order.
    pub(crate) keys: Vec<IndexKey>,
    /// The columns among the keys.
    pub(crate) names: Vec<Identifier>,
    /// The columns that it carries besides.
    pub(crate) include: Vec<Identifier>,
    predicate: Option<&'a str>,
    nulls_not_distinct: bool,
}

impl IndexFacts<'_> {
    /// Its name for messages.
    pub(crate) fn shown(&self) -> String {
        match self.id {
            ObjectId::Index(name) => name.name.for_people().to_string(),
            ObjectId::Constraint(name) => name.name.for_people().to_string(),
            other => other.to_string(),
        }
    }

    /// Whether another holds the same rows in the same order.
    pub(crate) fn orders_like(&self, other: &Self) -> bool {
        self.keys.len() == other.keys.len() && other.begins_with(self)
    }

    /// Whether it holds the same rows as another, in an order that begins with that one's.
    pub(crate) fn begins_with(&self, other: &Self) -> bool {
        self.method == other.method
            && self.predicate == other.predicate
            && (self.nulls_not_distinct == other.nulls_not_distinct || !other.unique)
            && self.keys.get(..other.keys.len()) == Some(other.keys.as_slice())
    }
}

/// The valid indexes by table. Those of the same keys are next to each other in no particular order.
pub(crate) fn indexes_of<'a>(view: &CatalogView<'a>) -> Vec<(QualifiedName, Vec<IndexFacts<'a>>)> {
    let mut tables = Vec::new();
    for entry in [ObjectKind::Table, ObjectKind::MaterializedView].into_iter().flat_map(|kind| view.of_kind(kind)) {
        let Some(name) = crate::found::table_of(entry.id()) else { continue };
        let indexes: Vec<IndexFacts<'a>> =
            entry.children().filter_map(|part| facts(part.id(), part.object())).collect();
        if indexes.len() > 1 {
            tables.push((name, indexes));
        }
    }
    tables
}

fn facts<'a>(id: &'a ObjectId, object: &'a Object) -> Option<IndexFacts<'a>> {
    match object {
        Object::Index(index) if !index.invalid => Some(of_index(id, index)),
        Object::Constraint(constraint) => {
            let (ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key)) = &constraint.rule else { return None };
            (!key.invalid && !key.without_overlaps).then(|| IndexFacts {
                id,
                constraint: true,
                unique: true,
                is_partition: false,
                method: "btree",
                keys: key.columns.iter().map(usual_key).collect(),
                names: key.columns.clone(),
                include: key.include.clone(),
                predicate: None,
                nulls_not_distinct: key.nulls_not_distinct,
            })
        }
        _ => None,
    }
}

fn of_index<'a>(id: &'a ObjectId, index: &'a Index) -> IndexFacts<'a> {
    let name = |key: &IndexKey| match &key.of {
        IndexedValue::Column(column) => Some(column.clone()),
        IndexedValue::Expression(_) => None,
    };
    IndexFacts {
        id,
        constraint: false,
        unique: index.unique,
        is_partition: index.partition_of.is_some(),
        method: index.method.as_str(),
        keys: index.keys.iter().map(|key| IndexKey { statistics_target: None, ..key.clone() }).collect(),
        names: index.keys.iter().filter_map(name).collect(),
        include: index.include.clone(),
        predicate: index.predicate.as_ref().map(|predicate| predicate.as_str()),
        nulls_not_distinct: index.nulls_not_distinct,
    }
}

/// The key of a constraint's index.
fn usual_key(column: &Identifier) -> IndexKey {
    IndexKey {
        of: IndexedValue::Column(column.clone()),
        opclass: None,
        opclass_options: Vec::new(),
        collation: None,
        direction: IndexDirection::Ascending,
        nulls_first: false,
        statistics_target: None,
    }
}
