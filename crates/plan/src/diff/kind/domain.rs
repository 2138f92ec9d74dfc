//! Domains.

use limosa_catalog::kind::Domain;
use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::kind::domain::DomainNotNull;
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectName};

use super::domain_constraint::clause;
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::aside;
use crate::diff::hazard::Hazard;

impl Rules for Domain {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("CREATE DOMAIN {name} AS {}", self.base_type);
        if let Some(collation) = &self.collation {
            text.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" DEFAULT {default}"));
        }
        if let Some(not_null) = &self.not_null {
            text.push_str(&format!(" {}", not_null_clause(not_null)));
        }
        for part in entry.children() {
            if let (ObjectId::DomainConstraint(name), Object::DomainConstraint(constraint)) = (part.id(), part.object())
                && !constraint.not_valid
            {
                text.push_str(&format!("\n    {}", clause(&name.name, constraint)));
            }
        }
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP DOMAIN {name}"))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let refuses_more = self.not_null.is_none() && new.not_null.is_some();
        let is_other = self.base_type != new.base_type || self.collation != new.collation;
        if is_other || (refuses_more && aside::is_held_inside(entry)) {
            return None;
        }
        let mut statements = Vec::new();
        if self.default != new.default {
            let action = match &new.default {
                Some(default) => format!("SET DEFAULT {default}"),
                None => "DROP DEFAULT".to_owned(),
            };
            statements.push(Statement::text(format!("ALTER DOMAIN {name} {action}")));
        }
        if let (Some(old), Some(new)) = (&self.not_null, &new.not_null)
            && old.name != new.name
        {
            let made_up = || Identifier::new(made_up_name(name.name.as_str(), None, "not_null")).ok();
            let of = |it: &DomainNotNull| it.name.clone().or_else(made_up);
            // Before PostgreSQL 17 it has no name.
            if let (Some(old), Some(new), 17..) = (of(old), of(new), context.to.major().number()) {
                statements.push(Statement::text(format!("ALTER DOMAIN {name} RENAME CONSTRAINT {old} TO {new}")));
            }
        } else if self.not_null != new.not_null {
            if self.not_null.is_some() {
                statements.push(Statement::text(format!("ALTER DOMAIN {name} DROP NOT NULL")));
            }
            if let Some(not_null) = &new.not_null {
                // Every column of the domain is read, and nulls are refused.
                let action = match &not_null.name {
                    Some(_) => format!("ADD {}", not_null_clause(not_null)),
                    None => "SET NOT NULL".to_owned(),
                };
                let statement = Statement::text(format!("ALTER DOMAIN {name} {action}"));
                statements.push(statement.risking(Hazard::MayNotFit(entry.id().clone())));
            }
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn not_null_clause(not_null: &DomainNotNull) -> String {
    let name = not_null.name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {name} "));
    format!("{name}NOT NULL")
}
