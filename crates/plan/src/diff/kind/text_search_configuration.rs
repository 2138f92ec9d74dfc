//! Text search configurations.

use limosa_catalog::kind::TextSearchConfiguration;
use limosa_catalog::{Definition, Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for TextSearchConfiguration {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let create = format!("CREATE TEXT SEARCH CONFIGURATION {name} (PARSER = {})", self.parser);
        let mut statements = vec![Statement::text(create)];
        statements.extend(self.mappings.iter().map(|mapping| alter(name, "ADD MAPPING FOR", mapping.as_str())));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TEXT SEARCH CONFIGURATION {name}"))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.parser != new.parser {
            return None;
        }
        let mut statements = Vec::new();
        let has = |mappings: &[Definition], wanted: &Definition| {
            mappings.iter().any(|mapping| token(mapping) == token(wanted))
        };
        for mapping in self.mappings.iter().filter(|mapping| !has(&new.mappings, mapping)) {
            statements.push(alter(name, "DROP MAPPING FOR", token(mapping)));
        }
        for mapping in new.mappings.iter().filter(|mapping| !self.mappings.contains(mapping)) {
            let verb = if has(&self.mappings, mapping) { "ALTER MAPPING FOR" } else { "ADD MAPPING FOR" };
            statements.push(alter(name, verb, mapping.as_str()));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn alter(name: &ObjectName, verb: &str, rest: &str) -> Statement {
    Statement::text(format!("ALTER TEXT SEARCH CONFIGURATION {name} {verb} {rest}"))
}

/// The kind of token that a mapping is for.
fn token(mapping: &Definition) -> &str {
    mapping.as_str().split(" WITH ").next().unwrap_or_default()
}
