//! What is known before a statement.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::{Catalog, Identifier, QualifiedName};
use limosa_plan::lock::Known;
use limosa_syntax::{Command, Embedded, TokenKind, Tokens};

/// The relations, and what else the statements before have left.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The relations.
    pub(crate) known: Known,
    /// Tables that this rollout has made and filled from a query or a file.
    filled: BTreeSet<QualifiedName>,
    /// What functions of these migrations do.
    functions: BTreeMap<Identifier, Vec<Embedded>>,
}

impl State {
    pub(crate) fn new(known: Known) -> Self {
        Self { known, filled: BTreeSet::new(), functions: BTreeMap::new() }
    }

    /// The same, when everything so far is in use.
    pub(crate) fn deployed(self) -> Self {
        Self { known: self.known.deployed(), filled: BTreeSet::new(), functions: self.functions }
    }

    /// The same, with the relations as a catalog has them.
    pub(crate) fn seen(self, catalog: &Catalog, search_path: Vec<Identifier>) -> Self {
        let mut known = Known::of_catalog(catalog, search_path);
        known.mark_new(self.known.new_relations());
        Self { known, ..self }
    }

    /// Whether a table of this rollout holds more rows than somebody has typed.
    pub(crate) fn is_filled(&self, table: &QualifiedName) -> bool {
        self.filled.contains(table)
    }

    /// The statements in the functions that a statement calls.
    pub(crate) fn called_by(&self, statement: &str) -> Vec<&Embedded> {
        if self.functions.is_empty() {
            return Vec::new();
        }
        let tokens = Tokens::of(statement);
        let mut found = Vec::new();
        for (_, mut here) in tokens.words().each() {
            if let Some(name) = here.identifier()
                && here.at_kind(TokenKind::LeftParen)
                && let Some(body) = self.functions.get(&name)
            {
                found.extend(body);
            }
        }
        found
    }

    /// Takes a function as made.
    pub(crate) fn define(&mut self, name: &QualifiedName, body: Vec<Embedded>) {
        self.functions.insert(name.name.clone(), body);
    }

    /// Takes a statement as done.
    pub(crate) fn apply(&mut self, command: &Command, text: &str) {
        self.known.apply(command);
        match command {
            Command::CreateTableAs { name, reads } if !reads.is_empty() => self.fill(name),
            Command::Insert { table, reads } if !reads.is_empty() || is_copy(text) => self.fill(table),
            _ => {}
        }
    }

    fn fill(&mut self, table: &QualifiedName) {
        let table = self.known.resolve(table);
        if self.known.is_new(&table) {
            self.filled.insert(table);
        }
    }
}

fn is_copy(text: &str) -> bool {
    text.trim_start().get(..4).is_some_and(|first| first.eq_ignore_ascii_case("copy"))
}
