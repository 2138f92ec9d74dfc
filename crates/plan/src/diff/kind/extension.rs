//! Extensions.

use limosa_catalog::kind::Extension;
use limosa_catalog::{Entry, Identifier, Literal, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;

impl Rules for Extension {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let (schema, version) = (&self.schema, Literal(&self.version));
        let text = format!("CREATE EXTENSION {name} WITH SCHEMA {schema} VERSION {version}");
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, entry: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let hazard = Hazard::DeletesData(entry.id().clone());
        vec![Statement::text(format!("DROP EXTENSION {name}")).risking(hazard)]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut statements = Vec::new();
        if self.schema != new.schema {
            statements.push(Statement::text(format!("ALTER EXTENSION {name} SET SCHEMA {}", new.schema)));
        }
        if self.version != new.version {
            let version = Literal(&new.version);
            statements.push(Statement::text(format!("ALTER EXTENSION {name} UPDATE TO {version}")));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }

    /// An extension is in no schema, but its members are.
    fn also_needs(&self, _: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<ObjectId> {
        vec![ObjectId::Schema(self.schema.clone())]
    }
}
