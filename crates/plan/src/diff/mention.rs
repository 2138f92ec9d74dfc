//! Names in the bodies of routines.
//!
//! The server does not know what a body that is only text speaks of. Where the plan runs such a routine — to fill a
//! materialized view, to check a constraint — what it speaks of should be there; and a reader expects it so. Names are
//! all there is to go by, so these edges are given up wherever they do not fit.

use std::collections::{BTreeSet, HashMap};

use limosa_catalog::kind::function::RoutineBody;
use limosa_catalog::{Identifier, Object, ObjectId};

use super::Context;

/// Edges `(before, after)`: what a body speaks of is made before the routine, and dropped after it.
pub(super) fn order(
    context: &Context<'_>,
    creates: &HashMap<ObjectId, usize>,
    alters: &HashMap<ObjectId, usize>,
    removes: &HashMap<ObjectId, usize>,
) -> BTreeSet<(usize, usize)> {
    let mut edges = BTreeSet::new();
    let made = by_name(creates.iter().chain(alters));
    for (id, at) in creates.iter().chain(alters) {
        if let Some(body) = context.to.get(id).and_then(body) {
            edges.extend(mentioned(body, &made).filter(|other| other != at).map(|other| (other, *at)));
        }
    }
    let gone = by_name(removes.iter());
    for (id, at) in removes.iter().chain(alters) {
        if let Some(body) = context.from.get(id).and_then(body) {
            edges.extend(mentioned(body, &gone).filter(|other| other != at).map(|other| (*at, other)));
        }
    }
    edges
}

fn body(object: &Object) -> Option<&RoutineBody> {
    match object {
        Object::Function(function) => Some(&function.body),
        Object::Procedure(procedure) => Some(&procedure.body),
        _ => None,
    }
    .filter(|body| body.sql.is_none() && body.library.is_none())
}

/// The actions about objects of each name, whatever their schema.
fn by_name<'a>(actions: impl Iterator<Item = (&'a ObjectId, &'a usize)>) -> HashMap<&'a str, Vec<usize>> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (id, at) in actions {
        if let Some(name) = own_name(id) {
            by_name.entry(name.as_str()).or_default().push(*at);
        }
    }
    by_name
}

fn own_name(id: &ObjectId) -> Option<&Identifier> {
    match id {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::Sequence(name)
        | ObjectId::Enum(name)
        | ObjectId::CompositeType(name)
        | ObjectId::Domain(name)
        | ObjectId::Range(name) => Some(&name.name),
        ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => Some(&name.name),
        ObjectId::Column(name) => Some(&name.name),
        _ => None,
    }
}

fn mentioned<'a>(body: &'a RoutineBody, named: &'a HashMap<&str, Vec<usize>>) -> impl Iterator<Item = usize> + 'a {
    let words = body.source.split(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '_' | '$'));
    words.flat_map(|word| {
        let folded = word.to_lowercase();
        let exact = named.get(word);
        let folded = if folded == word { None } else { named.get(folded.as_str()) };
        exact.into_iter().chain(folded).flatten().copied()
    })
}
