//! Foreign-data wrappers.

use limosa_catalog::kind::ForeignDataWrapper;
use limosa_catalog::{Entry, Expression, Identifier};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::settings;

impl Rules for ForeignDataWrapper {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("CREATE FOREIGN DATA WRAPPER {name}");
        text.extend(self.handler.iter().map(|handler| format!(" HANDLER {handler}")));
        text.extend(self.validator.iter().map(|validator| format!(" VALIDATOR {validator}")));
        text.push_str(&settings::options(&self.options));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP FOREIGN DATA WRAPPER {name}"))]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut text = format!("ALTER FOREIGN DATA WRAPPER {name}");
        let function = |word: &str, function: &Option<Expression>| match function {
            Some(function) => format!(" {word} {function}"),
            None => format!(" NO {word}"),
        };
        if self.handler != new.handler {
            text.push_str(&function("HANDLER", &new.handler));
        }
        if self.validator != new.validator {
            text.push_str(&function("VALIDATOR", &new.validator));
        }
        text.push_str(&settings::options_changed(&self.options, &new.options));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}
