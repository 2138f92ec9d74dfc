//! Conversions between encodings.

use limosa_catalog::kind::Conversion;
use limosa_catalog::{Entry, Literal, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Conversion {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let default = if self.is_default { "DEFAULT " } else { "" };
        let (source, target, function) = (Literal(&self.source), Literal(&self.target), &self.function);
        let text = format!("CREATE {default}CONVERSION {name} FOR {source} TO {target} FROM {function}");
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP CONVERSION {name}"))]
    }

    /// Only its name, owner and schema can be altered.
    fn alter(&self, _: &Self, _: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
