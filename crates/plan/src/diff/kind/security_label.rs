//! Labels of security providers.

use limosa_catalog::kind::SecurityLabel;
use limosa_catalog::kind::security_label::SecurityLabelName;
use limosa_catalog::{Entry, Literal};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for SecurityLabel {
    type Name = SecurityLabelName;

    fn create(&self, name: &SecurityLabelName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![set(name, &Literal(&self.label).to_string())], ..Part::default() }
    }

    fn remove(&self, name: &SecurityLabelName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![set(name, "NULL")]
    }

    fn alter(&self, new: &Self, name: &SecurityLabelName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        Some(Alteration { statements: vec![set(name, &Literal(&new.label).to_string())], ..Alteration::default() })
    }
}

fn set(name: &SecurityLabelName, label: &str) -> Statement {
    Statement::text(format!("SECURITY LABEL FOR {} ON {} IS {label}", name.provider, spoken(&name.on)))
}
