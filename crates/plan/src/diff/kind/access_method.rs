//! Access methods.

use limosa_catalog::kind::AccessMethod;
use limosa_catalog::{Entry, Identifier};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for AccessMethod {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let text = format!("CREATE ACCESS METHOD {name} TYPE {} HANDLER {}", self.kind, self.handler);
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP ACCESS METHOD {name}"))]
    }

    /// There is no `ALTER ACCESS METHOD`.
    fn alter(&self, _: &Self, _: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
