//! Check constraints of domains.

use limosa_catalog::kind::DomainConstraint;
use limosa_catalog::{Entry, Identifier, MemberName, ObjectId};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::{Style, aside};

impl Rules for DomainConstraint {
    type Name = MemberName;

    /// Adding it without a look at the columns of the domain takes a moment; validating reads them while they are in
    /// use.
    fn create(&self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let add = format!("ALTER DOMAIN {} ADD {}", name.relation, clause(&name.name, self));
        let statements = match context.options.style {
            _ if self.not_valid => vec![Statement::text(format!("{add} NOT VALID"))],
            Style::Online => vec![Statement::text(format!("{add} NOT VALID")), validate(name).alone()],
            Style::Offline => vec![Statement::text(add).risking(Hazard::MayNotFit(entry.id().clone()))],
        };
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &MemberName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("ALTER DOMAIN {} DROP CONSTRAINT {}", name.relation, name.name))]
    }

    fn alter(&self, new: &Self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let disturbs = new.disturbs(name, entry, context);
        if self.expression != new.expression || new.not_valid {
            return (!disturbs.is_empty()).then(|| Alteration { disturbs, ..Alteration::default() });
        }
        let statement = match context.options.style {
            Style::Online => validate(name).alone(),
            Style::Offline => validate(name),
        };
        Some(Alteration { statements: vec![statement], disturbs, ..Alteration::default() })
    }

    /// PostgreSQL does not look for values inside arrays and rows, and refuses to try.
    fn disturbs(&self, name: &MemberName, _: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
        let domain = ObjectId::Domain(name.relation.clone());
        let is_hidden = context.from.entry(&domain).is_some_and(aside::is_held_inside);
        if is_hidden && !self.not_valid { vec![domain] } else { Vec::new() }
    }

    fn is_made_with_whole(&self, _: Entry<'_>) -> bool {
        !self.not_valid
    }
}

/// The constraint as `CREATE DOMAIN` and `ADD` have it.
pub(super) fn clause(name: &Identifier, constraint: &DomainConstraint) -> String {
    format!("CONSTRAINT {name} CHECK ({})", constraint.expression)
}

fn validate(name: &MemberName) -> Statement {
    Statement::text(format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {}", name.relation, name.name))
}
