//! Operator classes.

use limosa_catalog::kind::OperatorClass;
use limosa_catalog::{Definition, Entry, MethodMemberName, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for OperatorClass {
    type Name = MethodMemberName;

    fn create(&self, name: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut members: Vec<String> = self.members.iter().map(Definition::to_string).collect();
        members.extend(self.storage_type.iter().map(|storage| format!("STORAGE {storage}")));
        // There has to be one; the type itself is what is stored where nothing is said.
        if members.is_empty() {
            members.push(format!("STORAGE {}", self.data_type));
        }
        let text = format!(
            "CREATE OPERATOR CLASS {}.{}{} FOR TYPE {} USING {} FAMILY {} AS\n    {}",
            name.schema,
            name.name,
            if self.is_default { " DEFAULT" } else { "" },
            self.data_type,
            name.method,
            self.family,
            members.join(",\n    ")
        );
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP {}", spoken(&ObjectId::OperatorClass(name.clone()))))]
    }

    /// How an index is built on it is what it is.
    fn alter(&self, _: &Self, _: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
