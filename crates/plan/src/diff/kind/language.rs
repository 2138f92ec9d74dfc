//! Procedural languages.

use limosa_catalog::kind::Language;
use limosa_catalog::{Entry, Identifier};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Language {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![Statement::text(statement("CREATE", self, name))], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP LANGUAGE {name}"))]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let statements = vec![Statement::text(statement("CREATE OR REPLACE", new, name))];
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn statement(verb: &str, language: &Language, name: &Identifier) -> String {
    let trusted = if language.trusted { "TRUSTED " } else { "" };
    let mut text = format!("{verb} {trusted}LANGUAGE {name}");
    let functions = [("HANDLER", &language.handler), ("INLINE", &language.inline), ("VALIDATOR", &language.validator)];
    for (word, function) in functions {
        text.extend(function.iter().map(|function| format!(" {word} {function}")));
    }
    text
}
