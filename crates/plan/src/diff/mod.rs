//! From one catalog to another: what changes, in which order, as SQL.
//!
//! Every object has a fate ([`fate`]): it stays, is altered, dropped, created, or dropped and created again because
//! something that it rests on cannot be changed under it. Fates become actions, each a node of one graph ([`graph`]);
//! its edges come from the dependencies of both catalogs, from parts and wholes, and from names that must be free
//! before they are taken. There are no phases: the order is whatever the graph demands, and a readable one where it
//! demands nothing. How an object of a kind is created, dropped and altered stands in one file for each kind
//! ([`kind`]).

mod aside;
mod cast;
mod compaction;
mod compare;
mod faithful;
mod fate;
mod fix;
mod graph;
mod hazard;
mod ignore;
mod inheritance;
mod kind;
mod mention;
mod naming;
mod order;
mod privileges;
mod rename;
mod routine;
mod settings;
mod slot;
mod statement;
mod volatility;

use std::collections::BTreeSet;

use limosa_catalog::kind::constraint::{Constraint, Key};
use limosa_catalog::kind::grant::{GrantName, GrantedPrivilege};
use limosa_catalog::kind::sequence::SequenceOptions;
use limosa_catalog::{Catalog, Entry, Identifier, MemberName, Object, ObjectId, ObjectKind, Rename, Renames};

pub use compare::{Change, Changed, Ignored, compare, count_ignored, idle_rules};
pub use fix::{Fix, FixStep, fix};
pub use hazard::{Hazard, HazardKind};
pub use ignore::IgnoreRule;
pub use rename::{AcceptError, AcceptedRename, RenameCandidate, accept, accept_annotated};

pub use statement::{AlterTarget, Run, Sql, Statement};
pub(crate) use volatility::{calls_volatile, may_be_volatile};

/// How a difference is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffOptions {
    /// Whether what is there stays usable while it is changed.
    pub style: Style,
    /// What happens to owners.
    pub owners: Owners,
    /// Whether privileges are made the same.
    pub privileges: bool,
    /// What is somebody else's.
    pub ignore: Vec<IgnoreRule>,
    /// What has another name in the catalog that is wanted, and is neither dropped nor made.
    pub renames: Vec<Rename>,
    /// Where the statements are to run.
    pub servers: Servers,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self {
            style: Style::Online,
            owners: Owners::Compare,
            privileges: true,
            ignore: Vec::new(),
            renames: Vec::new(),
            servers: Servers::OfTheseMajors,
        }
    }
}

/// Where the statements are to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    /// On a server whose major version one of the catalogs has.
    OfTheseMajors,
    /// On others, too: a migration is kept, and run wherever the project's databases are. What an older server does not
    /// have is looked for first, as the constraints are that PostgreSQL 18 makes of `NOT NULL`.
    Any,
}

/// What happens to owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owners {
    /// They are made the same.
    Compare,
    /// They are no difference; what has to be made again gets back the owner it had.
    Keep,
    /// They are no difference, and mean nothing on either side.
    Ignore,
}

/// Whether what is there stays usable while it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Locks that hold others up are held for a moment only: indexes are built concurrently, constraints are added
    /// without a look at the rows and validated afterwards.
    Online,
    /// The shortest statements.
    Offline,
}

/// The statements that take one catalog to another, in order.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Empty where the catalogs are the same.
    pub statements: Vec<Statement>,
    /// The renames among them, those that come along with others included.
    pub renames: Renames,
    /// What is dropped and made, and may be one thing under another name.
    pub candidates: Vec<RenameCandidate>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// Actions that each have to come before the next, around to the first.
    #[error("these changes cannot be put in order, since each has to come before the next: {}", .0.join(" → "))]
    Cycle(Vec<String>),
    /// Renames by which names are exchanged; a second run would exchange them back.
    #[error("`{0}` is part of an exchange of names, which no script that can be run twice can make; use `limosa diff`")]
    Exchange(String),
    /// The catalogs hold objects of a kind that cannot be planned yet.
    #[error("a change of {0} cannot be planned")]
    Unsupported(ObjectId),
}

/// Both sides, as the rules of a kind see them.
pub(crate) struct Context<'a> {
    pub(crate) from: &'a Catalog,
    pub(crate) to: &'a Catalog,
    pub(crate) options: &'a DiffOptions,
    /// Names of `NOT NULL` constraints that are there and are not made up from the names of table and column. The
    /// server would not make up one of these, so it has to be said.
    pub(crate) given_names: BTreeSet<String>,
}

impl<'a> Context<'a> {
    fn new(from: &'a Catalog, to: &'a Catalog, options: &'a DiffOptions) -> Self {
        let given = |entry: Entry<'_>| match entry.object() {
            Object::Column(column) => column.not_null.as_ref()?.name.as_ref().map(|name| name.as_str().to_owned()),
            _ => None,
        };
        Self { from, to, options, given_names: from.of_kind(ObjectKind::Column).filter_map(given).collect() }
    }
}

/// Plans the way from one catalog to another.
///
/// # Errors
/// Changes that cannot be put in order.
pub fn diff(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Difference, DiffError> {
    if options.renames.is_empty() {
        let (statements, candidates) = without_renames(from, to, options)?;
        return Ok(Difference { statements, renames: Renames::default(), candidates });
    }
    let rename::Renamed { steps, catalog, renames } = rename::rename(from, to, &options.renames);
    let mut statements: Vec<Statement> = steps.into_iter().map(|step| step.statement).collect();
    let (rest, candidates) = without_renames(&catalog, to, options)?;
    statements.extend(rest);
    Ok(Difference { statements, renames, candidates })
}

/// A constraint as `ADD CONSTRAINT name` goes on.
pub(crate) fn constraint_definition(constraint: &Constraint) -> String {
    kind::constraint_definition(constraint)
}

/// The statement that builds the index of a key under another name, while the table is in use.
pub(crate) fn key_index(name: &MemberName, key: &Key, index: &Identifier) -> String {
    kind::unique_index(name, key, index).to_string()
}

/// The statements that take a role's privileges on an object, or on a column, from the one to the other; the catalog
/// tells who owns it, and what the role has on its columns.
pub(crate) fn privileges_changed(
    name: &GrantName,
    old: &[GrantedPrivilege],
    new: &[GrantedPrivilege],
    catalog: &Catalog,
) -> Vec<String> {
    let options = DiffOptions::default();
    let statements = kind::privileges_changed(name, old, new, &Context::new(catalog, catalog, &options));
    statements.iter().map(ToString::to_string).collect()
}

/// An object as `COMMENT ON` names it.
pub(crate) fn spoken(id: &ObjectId) -> String {
    naming::spoken(id)
}

/// How a sequence counts, as far as that is not usual for its type and direction.
pub(crate) fn unusual_counting(options: &SequenceOptions) -> Option<String> {
    kind::unusual_counting(options)
}

fn without_renames(
    from: &Catalog,
    to: &Catalog,
    options: &DiffOptions,
) -> Result<(Vec<Statement>, Vec<RenameCandidate>), DiffError> {
    let context = Context::new(from, to, options);
    let (actions, ()) = in_order(&context, |_| ())?;
    Ok((compaction::compact(actions), rename::candidates(&context)))
}

/// The actions in their order, and what is seen in the graph that they come from.
fn in_order<T>(context: &Context<'_>, look: impl Fn(&graph::Graph) -> T) -> Result<(Vec<graph::Action>, T), DiffError> {
    let fates = fate::Fates::of(context);
    // Parts that would go with their whole, and have to go before it.
    let mut explicit = slot::foreign_keys_in_circles(context, &fates);
    loop {
        let graph = graph::Graph::of(context, &fates, &explicit)?;
        let seen = look(&graph);
        match order::sorted(graph) {
            Ok(actions) => return Ok((actions, seen)),
            Err(circle) => {
                let before = explicit.len();
                explicit.extend(circle.removed().flat_map(|whole| fates.entangled(whole, context)));
                if explicit.len() == before {
                    return Err(circle.into());
                }
            }
        }
    }
}

impl Difference {
    /// Under which name what a statement would lose may live on.
    #[must_use]
    pub fn candidate(&self, hazard: &Hazard) -> Option<&RenameCandidate> {
        let Hazard::DeletesData(id) = hazard else { return None };
        self.candidates.iter().find(|candidate| candidate.is_about(id))
    }

    /// The statements as a script that `psql` and `limosa up` run alike. Where a statement has to commit by itself, the
    /// others stand in transactions of their own; risks stand above their statements as comments.
    #[must_use]
    pub fn to_sql(&self) -> String {
        let blocks = self.statements.iter().any(|statement| statement.run == Run::Alone);
        let mut text = String::new();
        let mut open = false;
        for statement in &self.statements {
            let together = statement.run == Run::Together;
            if blocks && together != open {
                text.push_str(if together { "BEGIN;\n\n" } else { "COMMIT;\n\n" });
                open = together;
            }
            for hazard in &statement.hazards {
                text.push_str(&format!("-- {hazard}\n"));
                if let Some(candidate) = self.candidate(hazard) {
                    let (new, option) = (candidate.rename.to(), candidate.option());
                    text.push_str(&format!("--   is it `{new}` now? {}; then: {option}\n", candidate.why));
                }
            }
            text.push_str(&format!("{statement};\n\n"));
        }
        if open {
            text.push_str("COMMIT;\n");
        }
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}
