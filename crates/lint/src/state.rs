//! What is known before a statement.

mod enums;
mod rollout;
mod routines;

use std::collections::BTreeMap;

use limosa_catalog::{Catalog, Identifier, QualifiedName};
use limosa_plan::lock::Known;
use limosa_syntax::{Embedded, ObjectAction, TokenKind, Tokens};

use crate::step::Looked;
use enums::Enums;
use rollout::Rollout;
pub(crate) use rollout::kind as object_kind;
pub(crate) use routines::Routine;
use routines::Routines;

/// The relations, and what else the statements before have left.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The relations.
    pub(crate) known: Known,
    rollout: Rollout,
    enums: Enums,
    /// What functions of these migrations do.
    functions: BTreeMap<Identifier, Vec<Embedded>>,
    routines: Routines,
}

impl State {
    pub(crate) fn new(known: Known) -> Self {
        Self {
            known,
            rollout: Rollout::default(),
            enums: Enums::default(),
            functions: BTreeMap::new(),
            routines: Routines::default(),
        }
    }

    /// The same, when everything so far is in use.
    pub(crate) fn deployed(self) -> Self {
        Self { known: self.known.deployed(), rollout: Rollout::default(), ..self }
    }

    /// The same, with the relations as a catalog has them.
    pub(crate) fn seen(self, catalog: &Catalog, search_path: Vec<Identifier>) -> Self {
        let mut known = Known::of_catalog(catalog, search_path);
        known.mark_new(self.known.new_relations());
        Self { known, ..self }
    }

    /// Whether a table of this rollout holds more rows than somebody has typed.
    pub(crate) fn is_filled(&self, table: &QualifiedName) -> bool {
        self.rollout.filled.contains(table)
    }

    /// Whether this rollout has removed every row of a table, and none has come since.
    pub(crate) fn is_emptied(&self, table: &QualifiedName) -> bool {
        self.rollout.emptied.contains(table)
    }

    /// Whether this rollout has added a column to a table that was there: nobody writes it yet.
    pub(crate) fn is_added(&self, table: &QualifiedName, column: &Identifier) -> bool {
        self.rollout.added.contains_key(&(table.clone(), column.clone()))
    }

    /// Whether this rollout has added a column that nothing fills in by itself.
    pub(crate) fn is_added_bare(&self, table: &QualifiedName, column: &Identifier) -> bool {
        self.rollout.added.get(&(table.clone(), column.clone())) == Some(&false)
    }

    /// What a relation that this rollout has renamed was called before.
    pub(crate) fn former_name(&self, table: &QualifiedName) -> Option<&QualifiedName> {
        self.rollout.former.get(table)
    }

    /// Whether this rollout has made a schema, type, routine …: nobody uses it yet.
    pub(crate) fn has_made(&self, kind: &'static str, name: &QualifiedName) -> bool {
        self.rollout.has_made(kind, name)
    }

    /// Whether this rollout has given a type, function … the name that it has.
    pub(crate) fn has_renamed(&self, kind: &'static str, name: &QualifiedName) -> bool {
        self.rollout.has_renamed(kind, name)
    }

    /// Whether a function is known as one that triggers call.
    pub(crate) fn is_trigger_function(&self, name: &QualifiedName) -> bool {
        self.routines.versions(&name.name).iter().any(|routine| routine.trigger)
    }

    /// The functions and procedures of a name that the migrations have made.
    pub(crate) fn routines(&self, name: &QualifiedName) -> &[Routine] {
        self.routines.versions(&name.name)
    }

    /// The values of an enum type that the migrations have made.
    pub(crate) fn enum_values(&self, name: &QualifiedName) -> Option<&[String]> {
        self.enums.values(name)
    }

    /// Whether any table of this rollout does.
    pub(crate) fn has_filled(&self) -> bool {
        !self.rollout.filled.is_empty()
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

    /// Takes the function of a statement as made.
    pub(crate) fn define(&mut self, name: &QualifiedName, statement: &str) {
        let tokens = Tokens::of(statement);
        let is_steady = tokens.words().outermost().any(|(_, here)| here.at_any(&["IMMUTABLE", "STABLE"]));
        self.known.define_function(name, !is_steady);
        self.routines.define(&name.name, Routine::of(statement));
        self.functions.insert(name.name.clone(), Embedded::within(statement));
    }

    /// Takes a statement as done.
    pub(crate) fn apply(&mut self, looked: &Looked) {
        self.rollout.apply(&self.known, looked);
        if let Some(change) = &looked.change {
            self.enums.apply(&self.known, change);
            if object_kind(change.kind) == "FUNCTION" && matches!(change.action, ObjectAction::Drop { .. }) {
                change.names.iter().for_each(|name| self.routines.forget(&name.name));
            }
        }
        self.known.apply(&looked.command);
    }
}
