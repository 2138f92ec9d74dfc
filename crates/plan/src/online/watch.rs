//! What a contract takes away and makes again, as it was when the change began. Its statements are printed by then, so
//! what is said otherwise while both versions live would be lost with it, and what is dropped would come back.

use std::collections::{BTreeMap, BTreeSet};

use limosa_catalog::kind::grant::Grantee;
use limosa_catalog::{
    Catalog, ColumnName, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName, QualifiedName, Rename, Renames,
};
use limosa_syntax::{Command, Script, TableAction, Tokens};

use super::dependents::readers;
use super::phases::{OnlineChange, OnlineStep};
use super::reliance::Reliance;
use super::situation::difference;
use super::touch::{Touch, touches};
use crate::diff::{DiffOptions, Style};

/// So many objects are compared, all in all, to tell the statements that make what a contract needs; where it would be
/// more, only its names are kept.
const AFFORDABLE: usize = 500_000;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Columns that go with the contract.
    goes: Vec<ColumnName>,
    /// Those of them whose place another column takes.
    replaced: Vec<ColumnName>,
    /// Columns that get another type in their place.
    reshaped: Vec<ColumnName>,
    /// What the change itself says something else of at once.
    said: BTreeSet<Identifier>,
    /// Columns whose defaults it gives by a trigger meanwhile.
    given: Vec<ColumnName>,
    /// Renames for which there is a copy meanwhile, by the new name, that goes with all that is said of it.
    copies: Vec<Rename>,
}

/// What is found, and how much of it counts.
struct Found<'a> {
    entry: Entry<'a>,
    /// Whether its comment, its owner and its privileges go with it.
    is_whole: bool,
}

impl Found<'_> {
    fn told(&self) -> (String, String) {
        let hash = if self.is_whole { self.entry.tree_hash() } else { self.entry.content_hash() };
        (self.entry.id().to_string(), hash.to_string())
    }
}

impl Watch {
    /// What is looked at for these columns, by the scripts of their change, which makes those that pass itself, and has
    /// said something of what these names have.
    #[must_use]
    pub fn new(
        goes: Vec<ColumnName>,
        passing: &[ColumnName],
        reshaped: Vec<ColumnName>,
        said: BTreeSet<Identifier>,
        (expand, contract): (&str, &str),
    ) -> Self {
        let all = |script: &str| -> Vec<Touch> {
            let statements = Script::parse(script).statements;
            statements.iter().flat_map(|statement| touches(statement.span.of(script))).collect()
        };
        let is_it = |touched: &QualifiedName, name: &Identifier, column: &ColumnName| {
            touched.name == column.relation.name
                && touched.schema.as_ref().is_none_or(|schema| *schema == column.relation.schema)
                && *name == column.name
        };
        let of = |touches: &[Touch], is_wanted: &dyn Fn(&Touch, &ColumnName) -> bool| {
            let is_one = |column: &&ColumnName| touches.iter().any(|touch| is_wanted(touch, column));
            goes.iter().filter(is_one).cloned().collect::<Vec<_>>()
        };
        let replaced = of(&all(contract), &|touch, column| match touch {
            Touch::Renames(table, name) => is_it(table, name, column) && !passing.contains(column),
            _ => false,
        });
        Self { replaced, given: given(expand), said, goes, reshaped, copies: Vec::new() }
    }

    /// With these of the renames for which there is a copy among the columns that pass.
    #[must_use]
    pub fn with_copies(self, renames: Vec<Rename>, passing: &[ColumnName]) -> Self {
        let is_copied = |rename: &Rename| copy_of(rename).is_some_and(|copy| passing.contains(&copy));
        Self { copies: renames.into_iter().filter(is_copied).collect(), ..self }
    }

    /// What is there before the change begins, each with the hash of what it says. What begins with `own` is the
    /// change's.
    #[must_use]
    pub fn before(&self, catalog: &Catalog, own: &str) -> Reliance {
        let all = self.all(catalog, own).into_iter();
        let mut told: Reliance =
            all.filter(|found| !self.is_given(found.entry.id())).map(|found| found.told()).collect();
        if !self.copies.is_empty() {
            // A copy begins with what is said of the column.
            let renamed = catalog.renamed(&Renames::of(catalog, self.copies.clone()), catalog);
            told.extend(self.said_of_copies(&renamed));
        }
        told
    }

    /// What is said of copies.
    fn said_of_copies(&self, catalog: &Catalog) -> Reliance {
        let mut told = Reliance::new();
        for copy in self.copies.iter().filter_map(copy_of).filter(|copy| !self.said.contains(&copy.name)) {
            let entry = catalog.entry(&ObjectId::Column(copy));
            let parts = entry.into_iter().flat_map(|entry| entry.children());
            let said = parts.filter(|part| matches!(part.id(), ObjectId::Comment(_) | ObjectId::Grant(_)));
            told.extend(said.map(|entry| Found { entry, is_whole: false }.told()));
        }
        told
    }

    /// The same while it is open: a default that the change gives is somebody's who has set it since.
    #[must_use]
    pub fn found(&self, catalog: &Catalog, own: &str) -> Reliance {
        let default = |column: &ColumnName| catalog.entry(&ObjectId::ColumnDefault(column.clone()));
        let set = self.given.iter().filter_map(default).map(|entry| Found { entry, is_whole: false });
        let mut told: Reliance = self.all(catalog, own).into_iter().chain(set).map(|found| found.told()).collect();
        told.extend(self.said_of_copies(catalog));
        told
    }

    /// What a contract needs of that, or would bring back, each with the statements that make it again.
    #[must_use]
    pub fn needed(&self, catalog: &Catalog, own: &str, contract: &str) -> BTreeMap<String, String> {
        let words = needed_words(contract);
        let is_needed = |id: &ObjectId| match id {
            ObjectId::Column(_) | ObjectId::Comment(_) | ObjectId::Grant(_) => true,
            id => id.own_name().is_some_and(|name| words.contains(name)) && !self.is_given(id),
        };
        let needed: BTreeSet<&ObjectId> =
            self.all(catalog, own).into_iter().map(|found| found.entry.id()).filter(|id| is_needed(id)).collect();
        let is_affordable = needed.len() * catalog.len() <= AFFORDABLE;
        let options = DiffOptions { style: Style::Offline, ..DiffOptions::default() };
        let again = |id: &ObjectId| {
            let without = catalog.without(|entry| entry.id() == id);
            difference(&without, catalog, &options).unwrap_or_default().join("; ")
        };
        let told = |id: &ObjectId| (id.to_string(), if is_affordable { again(id) } else { String::new() });
        needed.into_iter().map(told).collect()
    }

    fn is_given(&self, id: &ObjectId) -> bool {
        matches!(id, ObjectId::ColumnDefault(column) if self.given.contains(column))
    }

    fn all<'a>(&self, catalog: &'a Catalog, own: &str) -> Vec<Found<'a>> {
        let is_own = |entry: &Entry<'_>| {
            let name = entry.id().own_name().map_or("", |name| name.as_str());
            name.trim_start_matches('~').starts_with(own)
        };
        let is_said = |entry: &Entry<'_>| entry.id().own_name().is_some_and(|name| self.said.contains(name));
        let column = |name: &ColumnName| catalog.entry(&ObjectId::Column(name.clone()));
        let mut found = Vec::new();
        for (name, entry) in self.goes.iter().filter_map(|name| Some((name, column(name)?))) {
            let is_replaced = self.replaced.contains(name);
            let is_others = |other: &Entry<'_>| !is_own(other) && !is_empty_default(other);
            let others = entry.dependents().map(|(other, _)| other).filter(is_others);
            found.extend(others.map(|entry| Found { entry, is_whole: is_replaced && !is_said(&entry) }));
            if is_replaced {
                found.push(Found { entry, is_whole: false });
                let parts = entry
                    .children()
                    .filter(|part| matches!(part.id(), ObjectId::Comment(_) | ObjectId::Grant(_)) && !is_said(&entry));
                found.extend(parts.map(|entry| Found { entry, is_whole: false }));
            }
        }
        let read = self.replaced.iter().chain(&self.reshaped).filter_map(column).collect();
        let read = readers(read, |other| !is_own(other));
        let read = read.into_iter().filter_map(|id| catalog.entry(id));
        found.extend(read.map(|entry| Found { entry, is_whole: !is_said(&entry) }));
        found
    }
}

/// What was made on or said of the views that are the new names of tables, and goes with them. What the change itself
/// says of them, its contract says again.
#[must_use]
pub fn lost_with_names(catalog: &Catalog, renames: &[Rename], contract: &str) -> Vec<String> {
    let says = |word: &str| {
        let statements = Script::parse(contract).statements;
        statements.iter().any(|statement| Tokens::of(statement.span.of(contract)).words().at(&[word]))
    };
    let (grants, comments) = (says("GRANT") || says("REVOKE"), says("COMMENT"));
    let mut lost = Vec::new();
    for rename in renames {
        let Rename::Object { from: ObjectId::Table(table), to } = rename else { continue };
        let view = ObjectName { schema: table.schema.clone(), name: to.clone() };
        let Some(view) = catalog.entry(&ObjectId::View(view)) else { continue };
        let Some(table) = catalog.entry(&ObjectId::Table(table.clone())) else { continue };
        lost.extend(view.dependents().map(|(other, _)| other.id().to_string()));
        let is_lost = |part: &Entry<'_>| match part.id() {
            ObjectId::Owner(_) => false,
            ObjectId::Comment(_) => !comments,
            ObjectId::Grant(name) => !grants && !is_on_table(table, *part) && !is_usual(catalog, &name.grantee),
            _ => true,
        };
        lost.extend(view.children().filter(is_lost).map(|part| part.id().to_string()));
    }
    lost
}

/// The copy that has the new name of a column.
fn copy_of(rename: &Rename) -> Option<ColumnName> {
    match rename {
        Rename::Column { of: ObjectId::Table(relation), to, .. } => {
            Some(ColumnName { relation: relation.clone(), name: to.clone() })
        }
        _ => None,
    }
}

/// Whether a table has the same privileges for the same role.
fn is_on_table(table: Entry<'_>, given: Entry<'_>) -> bool {
    let ObjectId::Grant(name) = given.id() else { return false };
    table.children().any(|part| match part.id() {
        ObjectId::Grant(own) => {
            (&own.grantee, &own.grantor) == (&name.grantee, &name.grantor)
                && part.content_hash() == given.content_hash()
        }
        _ => false,
    })
}

/// Whether a role has privileges on what is made, without a word being said.
fn is_usual(catalog: &Catalog, grantee: &Grantee) -> bool {
    catalog.of_kind(ObjectKind::DefaultPrivilege).any(|entry| match entry.id() {
        ObjectId::DefaultPrivilege(name) => name.grantee == *grantee,
        _ => false,
    })
}

/// The columns from which a script takes their defaults, to give those by a trigger.
fn given(expand: &str) -> Vec<ColumnName> {
    let mut given = Vec::new();
    for statement in Script::parse(expand).statements {
        let Command::AlterTable { table, view: false, actions, .. } = Command::of(statement.span.of(expand)) else {
            continue;
        };
        let Some(schema) = table.schema else { continue };
        let relation = ObjectName { schema, name: table.name };
        for action in actions {
            let column = |name: &Identifier| ColumnName { relation: relation.clone(), name: name.clone() };
            match action {
                TableAction::DropDefault(name) => given.push(column(&name)),
                TableAction::SetDefault(name) => given.retain(|it| *it != column(&name)),
                _ => {}
            }
        }
    }
    given
}

/// The names in what the statements of a change grant, revoke and comment before its end.
#[must_use]
pub fn said_at_once(change: &OnlineChange) -> BTreeSet<Identifier> {
    let steps = change.operations.iter().flat_map(|phases| &phases.expand);
    let text = |step: &'_ OnlineStep| match step {
        OnlineStep::Alone(text) if Tokens::of(text).words().at_any(&["COMMENT", "GRANT", "REVOKE"]) => {
            Some(words(text))
        }
        _ => None,
    };
    steps.filter_map(text).flatten().collect()
}

/// The names in a contract, but for those of what it drops where that is there.
fn needed_words(contract: &str) -> BTreeSet<Identifier> {
    let statements = Script::parse(contract).statements;
    let goes = |text: &&str| Tokens::of(text).words().outermost().any(|(_, here)| here.at(&["IF", "EXISTS"]));
    let (goes, others): (Vec<&str>, Vec<&str>) =
        statements.iter().map(|statement| statement.span.of(contract)).partition(goes);
    let goes: BTreeSet<Identifier> = goes.into_iter().flat_map(words).collect();
    others.into_iter().flat_map(words).filter(|name| !goes.contains(name)).collect()
}

fn words(text: &str) -> BTreeSet<Identifier> {
    let tokens = Tokens::of(text);
    tokens.words().each().filter_map(|(_, mut here)| here.identifier()).collect()
}

/// Whether it is a default of null, which a copy has while it is filled, where its type brings another one.
fn is_empty_default(entry: &Entry<'_>) -> bool {
    matches!(entry.object(), Object::ColumnDefault(default) if default.expression.as_str().starts_with("NULL"))
}
