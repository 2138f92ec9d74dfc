//! Operators.

use limosa_catalog::kind::Operator;
use limosa_catalog::{Entry, Expression, ObjectId, OperatorName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for Operator {
    type Name = OperatorName;

    fn create(&self, name: &OperatorName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec![format!("FUNCTION = {}", self.function)];
        options.extend(name.left.iter().map(|left| format!("LEFTARG = {left}")));
        options.extend(name.right.iter().map(|right| format!("RIGHTARG = {right}")));
        options.extend(self.commutator.iter().map(|other| format!("COMMUTATOR = {}", signs(other))));
        options.extend(self.negator.iter().map(|other| format!("NEGATOR = {}", signs(other))));
        options.extend(self.restrict.iter().map(|function| format!("RESTRICT = {function}")));
        options.extend(self.join.iter().map(|function| format!("JOIN = {function}")));
        options.extend(self.hashes.then(|| "HASHES".to_owned()));
        options.extend(self.merges.then(|| "MERGES".to_owned()));
        let text = format!("CREATE OPERATOR {}.{} (\n    {}\n)", name.schema, name.signs, options.join(",\n    "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &OperatorName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP {}", spoken(&ObjectId::Operator(name.clone()))))]
    }

    /// Only the estimators can be altered in every version.
    fn alter(&self, new: &Self, name: &OperatorName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if (Self { restrict: new.restrict.clone(), join: new.join.clone(), ..self.clone() }) != *new {
            return None;
        }
        let function =
            |function: &Option<Expression>| function.as_ref().map_or_else(|| "NONE".to_owned(), ToString::to_string);
        let mut options = Vec::new();
        if self.restrict != new.restrict {
            options.push(format!("RESTRICT = {}", function(&new.restrict)));
        }
        if self.join != new.join {
            options.push(format!("JOIN = {}", function(&new.join)));
        }
        let text = format!("ALTER {} SET ({})", spoken(&ObjectId::Operator(name.clone())), options.join(", "));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}

/// The other operator without the types on its sides, which follow from this one's.
fn signs(other: &Expression) -> String {
    let signs = other.as_str().rsplit_once('(').map_or(other.as_str(), |(signs, _)| signs);
    format!("OPERATOR({signs})")
}
