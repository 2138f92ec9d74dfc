//! Operator families.

use limosa_catalog::kind::OperatorFamily;
use limosa_catalog::{Definition, Entry, MethodMemberName, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for OperatorFamily {
    type Name = MethodMemberName;

    fn create(&self, name: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut statements = vec![Statement::text(format!("CREATE {}", named(name)))];
        statements.extend(add(name, self.members.iter()));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP {}", named(name)))]
    }

    fn alter(&self, new: &Self, name: &MethodMemberName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let gone = self.members.iter().filter(|member| !new.members.contains(member));
        let gone: Vec<String> = gone.map(place).collect();
        let mut statements = Vec::new();
        if !gone.is_empty() {
            statements.push(Statement::text(format!("ALTER {} DROP {}", named(name), gone.join(", "))));
        }
        statements.extend(add(name, new.members.iter().filter(|member| !self.members.contains(member))));
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn named(name: &MethodMemberName) -> String {
    spoken(&ObjectId::OperatorFamily(name.clone()))
}

fn add<'a>(name: &MethodMemberName, members: impl Iterator<Item = &'a Definition>) -> Option<Statement> {
    let members: Vec<&str> = members.map(Definition::as_str).collect();
    let add = || Statement::text(format!("ALTER {} ADD\n    {}", named(name), members.join(",\n    ")));
    (!members.is_empty()).then(add)
}

/// The number and types by which a member is dropped: of `OPERATOR 1 s.<(a,b)` and `FUNCTION 1 (a, b) f(a,b)`.
fn place(member: &Definition) -> String {
    let text = member.as_str();
    let head: Vec<&str> = text.splitn(3, ' ').collect();
    let types = text.find('(').and_then(|open| {
        let close = text[open..].find(')')? + open;
        text.get(open..=close)
    });
    match head.as_slice() {
        [word, number, _] => format!("{word} {number} {}", types.unwrap_or_default()),
        _ => text.to_owned(),
    }
}
