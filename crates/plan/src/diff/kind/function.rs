//! Functions.

use limosa_catalog::kind::Function;
use limosa_catalog::{Entry, ObjectId, ObjectKind, RoutineName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::routine::{self, can_replace};

impl Rules for Function {
    type Name = RoutineName;

    fn create(&self, _: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: routine::create(&self.body, &self.definition), ..Part::default() }
    }

    fn remove(&self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP FUNCTION {name}"))]
    }

    /// `CREATE OR REPLACE` keeps owner, privileges and whatever rests on the function. It cannot change what the
    /// function returns, nor the names of its arguments, nor take away a default.
    fn alter(&self, new: &Self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.result != new.result || self.window != new.window {
            return None;
        }
        can_replace(&self.arguments, &new.arguments, name)
            .then(|| Alteration { statements: routine::replace(&new.body, &new.definition), ..Alteration::default() })
    }

    /// The functions that a base type is made of need it as it needs them, and are dropped along with it.
    fn goes_with(&self, entry: Entry<'_>, _: &Context<'_>) -> Option<ObjectId> {
        let is_made_of_it = |base_type: &Entry<'_>| {
            base_type.id().kind() == ObjectKind::BaseType
                && base_type.depends_on().any(|(needed, _)| needed.id() == entry.id())
        };
        entry.depends_on().map(|(needed, _)| needed).find(is_made_of_it).map(|base_type| base_type.id().clone())
    }
}
