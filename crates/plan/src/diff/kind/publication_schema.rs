//! Schemas in publications.

use limosa_catalog::kind::PublicationSchema;
use limosa_catalog::{Entry, ObjectId, PublicationSchemaName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for PublicationSchema {
    type Name = PublicationSchemaName;

    fn create(&self, name: &PublicationSchemaName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let text = format!("ALTER PUBLICATION {} ADD TABLES IN SCHEMA {}", name.publication, name.schema);
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &PublicationSchemaName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let text = format!("ALTER PUBLICATION {} DROP TABLES IN SCHEMA {}", name.publication, name.schema);
        vec![Statement::text(text)]
    }

    /// There is nothing in it that could be altered.
    fn alter(&self, _: &Self, _: &PublicationSchemaName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration::default())
    }

    fn also_needs(&self, name: &PublicationSchemaName, _: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        vec![ObjectId::Schema(name.schema.clone())]
    }
}
