//! A script that can be run twice.
//!
//! The same actions in the same order as a difference, each with a guard: it looks whether it has been done, or whether
//! what it needs is there. What would lose data is held back, with all that can only come after it, and stands in the
//! script as a comment with the reason.

mod exists;
mod guard;

pub(super) use guard::where_there;

use std::collections::{BTreeSet, HashSet};

use limosa_catalog::{Catalog, ObjectId};

use super::graph::{Action, Graph, Verb};
use super::hazard::Hazard;
use super::rename::{self, RenameCandidate};
use super::slot::{Slot, slots};
use super::statement::Statement;
use super::{Context, DiffError, DiffOptions, in_order};

/// A script that can be run twice.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Its steps, in order.
    pub steps: Vec<FixStep>,
    /// What is dropped and made, and may be one thing under another name.
    pub candidates: Vec<RenameCandidate>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixStep {
    /// What it is about, such as `drop column public.patient.note`.
    pub about: String,
    /// The statements with their guards, each with its semicolon.
    pub sql: Vec<String>,
    /// Why it is a comment and not a statement.
    pub held_back: Option<String>,
    /// What it risks.
    pub hazards: Vec<Hazard>,
}

/// The way from one catalog to another, as a script that can be run twice and loses nothing.
///
/// # Errors
/// Changes that cannot be put in order.
pub fn fix(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Fix, DiffError> {
    let mut steps = Vec::new();
    let renamed;
    let from = if options.renames.is_empty() {
        from
    } else {
        let rename::Renamed { steps: renames, catalog, .. } = rename::rename(from, to, &options.renames);
        if let Some(exchange) = renames.iter().find(|step| step.swaps) {
            return Err(DiffError::Exchange(exchange.now.as_option()));
        }
        steps.extend(renames.iter().map(guard::rename));
        renamed = catalog;
        &renamed
    };
    let context = Context::new(from, to, options);
    let (actions, held) = in_order(&context, held_back)?;
    let candidates = rename::candidates(&context);
    let news = to.iter().filter(|entry| !from.contains(entry.id()));
    let taken: HashSet<Slot> = news.flat_map(|entry| slots(&entry)).collect();
    let is_done = |action: &Action| !action.statements.is_empty();
    steps.extend(actions.into_iter().filter(is_done).map(|mut action| {
        action.statements = action.statements.into_iter().map(Statement::faithful).collect();
        let reason = held.iter().find(|held| held.is(&action)).map(|held| held.reason.clone());
        let held = from.entry(&action.id).map(|old| slots(&old)).unwrap_or_default();
        let name_is_taken = held.iter().any(|slot| taken.contains(slot));
        step(action, reason, &candidates, name_is_taken)
    }));
    Ok(Fix { steps, candidates })
}

/// An action that is held back.
struct Held {
    id: ObjectId,
    verb: Verb,
    reason: String,
}

impl Held {
    fn is(&self, action: &Action) -> bool {
        self.id == action.id && self.verb == action.verb
    }
}

/// The actions that lose data, those that can only come after them, and for what of these is dropped or made again the
/// other half of that.
fn held_back(graph: &Graph) -> Vec<Held> {
    let loses = |action: &Action| {
        let loss = |statement: &Statement| {
            statement.hazards.iter().find_map(|hazard| match hazard {
                Hazard::DeletesData(id) => Some(id.clone()),
                _ => None,
            })
        };
        action.statements.iter().find_map(loss)
    };
    let mut held: BTreeSet<usize> = BTreeSet::new();
    let mut found = Vec::new();
    let mut waiting: Vec<(usize, String)> = Vec::new();
    for (at, action) in graph.actions.iter().enumerate() {
        waiting.extend(loses(action).map(|id| (at, format!("it would lose what is in {id}"))));
    }
    while let Some((at, reason)) = waiting.pop() {
        if !held.insert(at) {
            continue;
        }
        let Some(action) = graph.actions.get(at) else { continue };
        let because = format!("it has to wait for {}", action.id);
        let after = graph.firm.range((at, 0)..=(at, usize::MAX)).map(|(_, after)| *after);
        waiting.extend(after.map(|after| (after, because.clone())));
        let halves = graph.actions.iter().enumerate().filter(|(_, other)| other.id == action.id);
        waiting.extend(halves.map(|(other, _)| (other, because.clone())));
        found.push(Held { id: action.id.clone(), verb: action.verb, reason });
    }
    found
}

fn step(action: Action, held_back: Option<String>, candidates: &[RenameCandidate], name_is_taken: bool) -> FixStep {
    let verb = match action.verb {
        Verb::Remove => "drop for a moment",
        Verb::Drop => "drop",
        Verb::Create => "make",
        Verb::Alter | Verb::Finish => "alter",
    };
    let hazards = action.statements.iter().flat_map(|statement| statement.hazards.iter().cloned()).collect();
    let offered = candidates.iter().find(|candidate| candidate.is_about(&action.id) && action.verb == Verb::Drop);
    let held_back = held_back.map(|reason| match offered {
        Some(candidate) => {
            format!("{reason}; is it `{}` now ({})? then: {}", candidate.rename.to(), candidate.why, candidate.option())
        }
        None => reason,
    });
    let sql = match held_back {
        Some(_) => action.statements.iter().map(|statement| format!("{statement};")).collect(),
        None => guard::guarded(&action, name_is_taken),
    };
    FixStep { about: format!("{verb} {}", action.id), sql, held_back, hazards }
}

impl Fix {
    /// How many steps are held back.
    #[must_use]
    pub fn held_back(&self) -> usize {
        self.steps.iter().filter(|step| step.held_back.is_some()).count()
    }

    /// The script that `psql` and `limosa up` run alike.
    #[must_use]
    pub fn to_sql(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            for hazard in step.hazards.iter().filter(|hazard| !matches!(hazard, Hazard::DeletesData(_))) {
                text.push_str(&format!("-- {hazard}\n"));
            }
            match &step.held_back {
                Some(reason) => {
                    text.push_str(&format!("-- held back: {}, since {reason}\n", step.about));
                    let lines = step.sql.iter().flat_map(|sql| sql.lines());
                    text.extend(lines.map(|line| format!("--   {line}\n")));
                    text.push('\n');
                }
                None => text.extend(step.sql.iter().map(|sql| format!("{sql}\n\n"))),
            }
        }
        text
    }
}
