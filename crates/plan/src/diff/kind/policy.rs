//! Row security policies.

use limosa_catalog::kind::Policy;
use limosa_catalog::kind::policy::{PolicyCombination, PolicyCommand};
use limosa_catalog::{Entry, Expression, MemberName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::list;

impl Rules for Policy {
    type Name = MemberName;

    fn create(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("CREATE POLICY {} ON {}", name.name, name.relation);
        if self.combination == PolicyCombination::Restrictive {
            text.push_str(" AS RESTRICTIVE");
        }
        if self.command != PolicyCommand::All {
            text.push_str(&format!(" FOR {}", self.command.as_sql()));
        }
        if !self.roles.is_empty() {
            text.push_str(&format!(" TO {}", list(&self.roles)));
        }
        text.extend(self.using.iter().map(|using| format!("\n    USING ({using})")));
        text.extend(self.check.iter().map(|check| format!("\n    WITH CHECK ({check})")));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP POLICY {} ON {}", name.name, name.relation))]
    }

    /// The roles and the expressions can be altered; an expression cannot be taken away.
    fn alter(&self, new: &Self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let is_taken_away = |old: &Option<Expression>, new: &Option<Expression>| old.is_some() && new.is_none();
        let is_other = self.combination != new.combination || self.command != new.command;
        if is_other || is_taken_away(&self.using, &new.using) || is_taken_away(&self.check, &new.check) {
            return None;
        }
        let mut text = format!("ALTER POLICY {} ON {}", name.name, name.relation);
        if self.roles != new.roles {
            let roles = if new.roles.is_empty() { "PUBLIC".to_owned() } else { list(&new.roles) };
            text.push_str(&format!(" TO {roles}"));
        }
        if let Some(using) = new.using.as_ref().filter(|using| self.using.as_ref() != Some(*using)) {
            text.push_str(&format!("\n    USING ({using})"));
        }
        if let Some(check) = new.check.as_ref().filter(|check| self.check.as_ref() != Some(*check)) {
            text.push_str(&format!("\n    WITH CHECK ({check})"));
        }
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}
