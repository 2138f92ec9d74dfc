//! Subscriptions.

use limosa_catalog::kind::Subscription;
use limosa_catalog::{Entry, Identifier, Literal, Setting};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Subscription {
    type Name = Identifier;

    /// Nothing is asked of the publisher: what is wanted here may not be there yet.
    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec!["connect = false".to_owned(), slot(self)];
        options.extend(self.options.iter().map(option));
        let text = format!(
            "CREATE SUBSCRIPTION {name} CONNECTION {} PUBLICATION {} WITH ({})",
            Literal(self.connection.as_deref().unwrap_or_default()),
            publications(self),
            options.join(", ")
        );
        let mut statements = vec![Statement::text(text)];
        if self.enabled {
            statements.push(Statement::text(format!("ALTER SUBSCRIPTION {name} ENABLE")));
        }
        Part { statements, ..Part::default() }
    }

    /// It drops its slot at the publisher, which no transaction can take back.
    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let drop = Statement::text(format!("DROP SUBSCRIPTION {name}"));
        vec![if self.slot.is_some() { drop.alone() } else { drop }]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut actions = Vec::new();
        if self.enabled && (!new.enabled || self.slot != new.slot) {
            actions.push("DISABLE".to_owned());
        }
        if let Some(connection) = new.connection.as_ref().filter(|_| self.connection != new.connection) {
            actions.push(format!("CONNECTION {}", Literal(connection)));
        }
        if self.publications != new.publications {
            actions.push(format!("SET PUBLICATION {} WITH (refresh = false)", publications(new)));
        }
        let changed = new.options.iter().filter(|option| !self.options.contains(option));
        let mut options: Vec<String> = changed.map(option).collect();
        if self.slot != new.slot {
            options.push(slot(new));
        }
        if !options.is_empty() {
            actions.push(format!("SET ({})", options.join(", ")));
        }
        if new.enabled && (!self.enabled || self.slot != new.slot) {
            actions.push("ENABLE".to_owned());
        }
        let statement = |action| Statement::text(format!("ALTER SUBSCRIPTION {name} {action}"));
        Some(Alteration { statements: actions.into_iter().map(statement).collect(), ..Alteration::default() })
    }
}

fn publications(subscription: &Subscription) -> String {
    let name = |name: &str| Identifier::new(name).map_or_else(|_| Literal(name).to_string(), |name| name.to_string());
    subscription.publications.iter().map(|publication| name(publication)).collect::<Vec<_>>().join(", ")
}

fn slot(subscription: &Subscription) -> String {
    let name = subscription.slot.as_ref();
    format!("slot_name = {}", name.map_or_else(|| "NONE".to_owned(), |slot| Literal(slot.as_str()).to_string()))
}

/// How it streams is kept as a letter from PostgreSQL 16 on.
fn option(option: &Setting) -> String {
    let value = match (&*option.name, &*option.value) {
        ("streaming", "f") => "off",
        ("streaming", "t") => "on",
        ("streaming", "p") => "parallel",
        (_, value) => value,
    };
    format!("{} = {}", option.name, Literal(value))
}
