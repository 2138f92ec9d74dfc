//! Casts.

use limosa_catalog::kind::Cast;
use limosa_catalog::kind::cast::CastContext;
use limosa_catalog::{CastName, Entry};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Cast {
    type Name = CastName;

    fn create(&self, name: &CastName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let function = self.function.as_ref().map_or_else(String::new, |function| format!(" {function}"));
        let context = match self.context {
            CastContext::Explicit => String::new(),
            other => format!(" {other}"),
        };
        let method = self.method;
        let text = format!("CREATE CAST ({} AS {}) {method}{function}{context}", name.source, name.target);
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &CastName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP CAST ({} AS {})", name.source, name.target))]
    }

    /// There is no `ALTER CAST`.
    fn alter(&self, _: &Self, _: &CastName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
