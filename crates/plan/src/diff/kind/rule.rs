//! Rewrite rules.

use limosa_catalog::kind::Rule;
use limosa_catalog::kind::trigger::Enabled;
use limosa_catalog::{Entry, MemberName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Rule {
    type Name = MemberName;

    fn create(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut statements = vec![Statement::text(self.definition.as_str())];
        if self.enabled != Enabled::Origin {
            statements.push(enable(name, self.enabled));
        }
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP RULE {} ON {}", name.name, name.relation))]
    }

    /// A rule that is replaced stays in its state.
    fn alter(&self, new: &Self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut statements = Vec::new();
        if self.definition != new.definition {
            let rest = new.definition.as_str().strip_prefix("CREATE RULE ")?;
            statements.push(Statement::text(format!("CREATE OR REPLACE RULE {rest}")));
        }
        if self.enabled != new.enabled {
            statements.push(enable(name, new.enabled));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn enable(name: &MemberName, enabled: Enabled) -> Statement {
    Statement::alter_table(&name.relation, format!("{} RULE {}", enabled.as_sql(), name.name))
}
