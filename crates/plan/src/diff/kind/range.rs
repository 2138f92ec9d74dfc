//! Range types.

use limosa_catalog::kind::Range;
use limosa_catalog::{Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Range {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec![format!("SUBTYPE = {}", self.subtype)];
        options.extend(self.opclass.as_ref().map(|opclass| format!("SUBTYPE_OPCLASS = {opclass}")));
        options.extend(self.collation.as_ref().map(|collation| format!("COLLATION = {collation}")));
        options.extend(self.canonical.as_ref().map(|function| format!("CANONICAL = {function}")));
        options.extend(self.subtype_diff.as_ref().map(|function| format!("SUBTYPE_DIFF = {function}")));
        let multirange = ObjectName { schema: name.schema.clone(), name: self.multirange.clone() };
        options.push(format!("MULTIRANGE_TYPE_NAME = {multirange}"));
        let text = format!("CREATE TYPE {name} AS RANGE (\n    {}\n)", options.join(",\n    "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TYPE {name}"))]
    }

    /// Only the name of the multirange type can be changed.
    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let _ = (new, name);
        None
    }
}
