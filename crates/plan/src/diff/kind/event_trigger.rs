//! Event triggers.

use limosa_catalog::kind::EventTrigger;
use limosa_catalog::kind::trigger::Enabled;
use limosa_catalog::{Entry, Identifier, Literal};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for EventTrigger {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("CREATE EVENT TRIGGER {name} ON {}", self.event);
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|tag| Literal(tag).to_string()).collect();
            text.push_str(&format!(" WHEN TAG IN ({})", tags.join(", ")));
        }
        text.push_str(&format!(" EXECUTE FUNCTION {}()", self.function));
        let mut statements = vec![Statement::text(text)];
        if self.enabled != Enabled::Origin {
            statements.push(enable(name, self.enabled));
        }
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP EVENT TRIGGER {name}"))]
    }

    /// Only whether it fires can be altered.
    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let is_same = Self { enabled: new.enabled, ..self.clone() } == *new;
        is_same.then(|| Alteration { statements: vec![enable(name, new.enabled)], ..Alteration::default() })
    }
}

fn enable(name: &Identifier, enabled: Enabled) -> Statement {
    Statement::text(format!("ALTER EVENT TRIGGER {name} {enabled}"))
}
