//! Owners.

use std::sync::Arc;

use limosa_catalog::kind::Owner;
use limosa_catalog::{Entry, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for Owner {
    type Name = Arc<ObjectId>;

    fn create(&self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![set(self, of)], ..Part::default() }
    }

    /// Every object has an owner; this one goes with the object.
    fn remove(&self, _: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        Vec::new()
    }

    fn alter(&self, new: &Self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration { statements: vec![set(new, of)], ..Alteration::default() })
    }
}

fn set(owner: &Owner, of: &ObjectId) -> Statement {
    Statement::text(format!("ALTER {} OWNER TO {}", spoken(of), owner.role))
}
