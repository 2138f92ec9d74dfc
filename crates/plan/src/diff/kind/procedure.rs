//! Procedures.

use limosa_catalog::kind::Procedure;
use limosa_catalog::{Entry, RoutineName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::routine::{self, can_replace};

impl Rules for Procedure {
    type Name = RoutineName;

    fn create(&self, _: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: routine::create(&self.body, &self.definition), ..Part::default() }
    }

    fn remove(&self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP PROCEDURE {name}"))]
    }

    /// `CREATE OR REPLACE`, where the arguments allow it.
    fn alter(&self, new: &Self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        can_replace(&self.arguments, &new.arguments, name)
            .then(|| Alteration { statements: routine::replace(&new.body, &new.definition), ..Alteration::default() })
    }
}
