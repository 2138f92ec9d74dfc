//! Composite types.

use limosa_catalog::kind::CompositeType;
use limosa_catalog::kind::composite_type::Attribute;
use limosa_catalog::{Entry, Object, ObjectKind, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;

impl Rules for CompositeType {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let attributes: Vec<String> = self.attributes.iter().map(clause).collect();
        let mut list = attributes.join(",\n    ");
        if !list.is_empty() {
            list = format!("\n    {list}\n");
        }
        Part { statements: vec![Statement::text(format!("CREATE TYPE {name} AS ({list})"))], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TYPE {name}"))]
    }

    /// Attributes are added at the end and dropped wherever they are; one gets another type only while no column holds
    /// the composite type.
    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let find = |attributes: &[Attribute], wanted: &Attribute| {
            attributes.iter().position(|attribute| attribute.name == wanted.name)
        };
        let dropped: Vec<_> = self.attributes.iter().filter(|old| find(&new.attributes, old).is_none()).collect();
        let kept: Vec<_> = self.attributes.iter().filter(|old| find(&new.attributes, old).is_some()).collect();
        let in_order = kept.iter().zip(&new.attributes).all(|(old, new)| old.name == new.name);
        if !in_order {
            return None;
        }
        let is_typing_a_table = entry.dependents().any(|(other, _)| other.id().kind() == ObjectKind::Table);
        let cascade = if is_typing_a_table { " CASCADE" } else { "" };
        let mut actions: Vec<String> = Vec::new();
        actions.extend(dropped.iter().map(|old| format!("DROP ATTRIBUTE {}{cascade}", old.name)));
        let mut retyped = false;
        for (old, new) in kept.iter().zip(&new.attributes).filter(|(old, new)| *old != new) {
            retyped = true;
            actions.push(format!("ALTER ATTRIBUTE {} TYPE {}{}{cascade}", old.name, new.data_type, collation(new)));
        }
        if retyped && crate::diff::aside::is_held(entry) {
            return None;
        }
        let added = new.attributes.iter().skip(kept.len());
        actions.extend(added.map(|attribute| format!("ADD ATTRIBUTE {}{cascade}", clause(attribute))));
        let mut statement = Statement::text(format!("ALTER TYPE {name}\n    {}", actions.join(",\n    ")));
        if let [action] = actions.as_slice() {
            statement = Statement::text(format!("ALTER TYPE {name} {action}"));
        }
        if !dropped.is_empty() {
            statement = statement.risking(Hazard::DeletesData(entry.id().clone()));
        }
        // What reads an attribute forbids that it goes or changes.
        let disturbs = if retyped || !dropped.is_empty() { readers(entry) } else { Vec::new() };
        Some(Alteration { statements: vec![statement], disturbs, ..Alteration::default() })
    }
}

fn readers(entry: Entry<'_>) -> Vec<limosa_catalog::ObjectId> {
    let reads = |other: &Entry<'_>| match other.object() {
        Object::Function(function) => function.body.sql.is_some(),
        Object::Procedure(procedure) => procedure.body.sql.is_some(),
        Object::Column(column) => column.generated.is_some(),
        Object::View(_)
        | Object::MaterializedView(_)
        | Object::Rule(_)
        | Object::Policy(_)
        | Object::Trigger(_)
        | Object::Index(_)
        | Object::Constraint(_)
        | Object::ColumnDefault(_) => true,
        _ => false,
    };
    entry.dependents().map(|(other, _)| other).filter(reads).map(|other| other.id().clone()).collect()
}

fn clause(attribute: &Attribute) -> String {
    format!("{} {}{}", attribute.name, attribute.data_type, collation(attribute))
}

fn collation(attribute: &Attribute) -> String {
    attribute.collation.as_ref().map_or_else(String::new, |collation| format!(" COLLATE {collation}"))
}
