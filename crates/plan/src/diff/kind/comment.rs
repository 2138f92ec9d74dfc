//! Comments.

use std::sync::Arc;

use limosa_catalog::kind::Comment;
use limosa_catalog::{Entry, Literal, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for Comment {
    type Name = Arc<ObjectId>;

    fn create(&self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![set(self, of)], ..Part::default() }
    }

    fn remove(&self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("COMMENT ON {} IS NULL", spoken(of)))]
    }

    fn alter(&self, new: &Self, of: &Arc<ObjectId>, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration { statements: vec![set(new, of)], ..Alteration::default() })
    }
}

fn set(comment: &Comment, of: &ObjectId) -> Statement {
    Statement::text(format!("COMMENT ON {} IS {}", spoken(of), Literal(&comment.text)))
}
