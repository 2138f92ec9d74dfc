//! The functions and procedures that the migrations have made.

use std::collections::BTreeMap;

use limosa_catalog::Identifier;
use limosa_syntax::{TokenKind, Tokens};

/// What is known of a function or procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Routine {
    /// How many arguments it takes.
    pub(crate) arguments: usize,
    /// Whether its result depends on its arguments alone, as it says of itself.
    pub(crate) immutable: bool,
    /// Whether triggers call it, and nobody else can.
    pub(crate) trigger: bool,
}

impl Routine {
    /// Reads a `CREATE FUNCTION`.
    pub(crate) fn of(statement: &str) -> Self {
        let tokens = Tokens::of(statement);
        let words = tokens.words();
        let list = words.each().find(|(token, _)| token.kind == TokenKind::LeftParen);
        let arguments = list.and_then(|(_, mut here)| here.parenthesised());
        let says = |keywords: &[&str]| words.outermost().any(|(_, here)| here.at(keywords));
        Self {
            arguments: arguments.map_or(0, |list| list.split(TokenKind::Comma).count()),
            immutable: says(&["IMMUTABLE"]),
            trigger: says(&["RETURNS", "TRIGGER"]),
        }
    }
}

/// Functions and procedures by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Routines(BTreeMap<Identifier, Vec<Routine>>);

impl Routines {
    /// Takes one as made, in the place of one with as many arguments.
    pub(super) fn define(&mut self, name: &Identifier, routine: Routine) {
        let versions = self.0.entry(name.clone()).or_default();
        versions.retain(|known| known.arguments != routine.arguments);
        versions.push(routine);
    }

    /// Takes all of a name as gone.
    pub(super) fn forget(&mut self, name: &Identifier) {
        self.0.remove(name);
    }

    /// Those of a name.
    pub(super) fn versions(&self, name: &Identifier) -> &[Routine] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}
