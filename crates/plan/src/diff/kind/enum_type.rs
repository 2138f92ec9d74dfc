//! Enumerated types.

use limosa_catalog::kind::Enum;
use limosa_catalog::{Entry, Literal, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Enum {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let labels: Vec<String> = self.labels.iter().map(|label| Literal(label).to_string()).collect();
        let text = format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TYPE {name}"))]
    }

    /// Values can be added in any place; none can be taken away or moved.
    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut kept = new.labels.iter().filter(|label| self.labels.contains(label));
        if !self.labels.iter().all(|label| kept.next() == Some(label)) {
            return None;
        }
        let mut statements = Vec::new();
        for (at, label) in new.labels.iter().enumerate().filter(|(_, label)| !self.labels.contains(label)) {
            let later = new.labels.iter().skip(at + 1).find(|later| self.labels.contains(later));
            let place = later.map_or_else(String::new, |later| format!(" BEFORE {}", Literal(later)));
            // A value that was added cannot be used before it is committed.
            let text = format!("ALTER TYPE {name} ADD VALUE {}{place}", Literal(label));
            statements.push(Statement::text(text).alone());
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}
