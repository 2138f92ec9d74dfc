//! Comments.

use std::sync::Arc;

use limosa_catalog::kind::Comment;
use limosa_catalog::{Entry, Literal, Object, ObjectId, ObjectKind};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for Comment {
    type Name = Arc<ObjectId>;

    fn create(&self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![set(self, of)], ..Part::default() }
    }

    fn remove(&self, of: &Arc<ObjectId>, _: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        if is_on_dropped_attribute(of, context) {
            return Vec::new();
        }
        vec![Statement::text(format!("COMMENT ON {} IS NULL", spoken(of)))]
    }

    fn alter(&self, new: &Self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration { statements: vec![set(new, of)], ..Alteration::default() })
    }

    /// `NOT NULL` constraints are parts of columns; their comments wait for those.
    fn also_needs(&self, of: &Arc<ObjectId>, entry: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        if of.kind() != ObjectKind::Constraint || entry.catalog().contains(of) {
            return Vec::new();
        }
        let parts = entry.parent().into_iter().flat_map(|table| table.children());
        parts.map(|part| part.id().clone()).filter(|id| id.kind() == ObjectKind::Column).collect()
    }
}

/// The attributes of a composite type are no objects of their own, and go when the type is altered.
fn is_on_dropped_attribute(of: &ObjectId, context: &Context<'_>) -> bool {
    let ObjectId::Column(column) = of else { return false };
    match context.to.get(&ObjectId::CompositeType(column.relation.clone())) {
        Some(Object::CompositeType(new)) => new.attributes.iter().all(|attribute| attribute.name != column.name),
        _ => false,
    }
}

/// What was said of an object whose place another one takes, which is said again.
pub(super) fn of_parts(entry: Entry<'_>) -> Vec<Statement> {
    let comments = entry.children().filter_map(|part| match (part.id(), part.object()) {
        (ObjectId::Comment(of), Object::Comment(comment)) => Some(set(comment, of)),
        _ => None,
    });
    comments.collect()
}

fn set(comment: &Comment, of: &ObjectId) -> Statement {
    Statement::text(format!("COMMENT ON {} IS {}", spoken(of), Literal(&comment.text)))
}
