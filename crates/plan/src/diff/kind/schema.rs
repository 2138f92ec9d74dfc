//! Schemas.

use limosa_catalog::kind::Schema;
use limosa_catalog::{Entry, Identifier};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Schema {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![Statement::text(format!("CREATE SCHEMA {name}"))], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP SCHEMA {name}"))]
    }

    fn alter(&self, _: &Self, _: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration::default())
    }
}
