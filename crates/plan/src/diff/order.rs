//! Putting actions in order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use limosa_catalog::ObjectId;

use super::DiffError;
use super::graph::{Action, Graph, Verb};

/// Actions that each have to come before the next, around to the first.
#[derive(Debug)]
pub(super) struct Circle(Vec<(Verb, ObjectId)>);

/// The actions in an order that keeps every firm edge, and of the soft ones all that do not make a circle.
pub(super) fn sorted(graph: Graph) -> Result<Vec<Action>, Circle> {
    let Graph { actions, firm, soft, .. } = graph;
    let mut edges: BTreeSet<_> = firm.union(&soft).copied().collect();
    let order = loop {
        let stuck = match topological(&actions, &edges) {
            Ok(order) => break order,
            Err(stuck) => stuck,
        };
        // Of each circle that is found, the edges that can be given up are.
        let circle = circle(&edges, &stuck);
        let before = edges.len();
        for edge in circle.iter().copied().zip(circle.iter().copied().cycle().skip(1)) {
            if !firm.contains(&edge) {
                edges.remove(&edge);
            }
        }
        if edges.len() == before {
            return Err(Circle(circle.into_iter().map(|at| (actions[at].verb, actions[at].id.clone())).collect()));
        }
    };
    let mut actions: Vec<Option<Action>> = actions.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|at| actions[at].take()).collect())
}

/// Kahn's algorithm; of the actions that are free to go, the one of the lowest rank goes first. Gives those that are
/// never free where there is a circle.
fn topological(actions: &[Action], edges: &BTreeSet<(usize, usize)>) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits_for = vec![0_usize; actions.len()];
    edges.iter().for_each(|(_, after)| waits_for[*after] += 1);
    let free = |at: usize| Reverse((actions[at].rank(), at));
    let mut ready: BinaryHeap<_> = (0..actions.len()).filter(|at| waits_for[*at] == 0).map(free).collect();
    let mut order = Vec::with_capacity(actions.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        for (_, after) in edges.range((at, 0)..=(at, usize::MAX)) {
            waits_for[*after] -= 1;
            if waits_for[*after] == 0 {
                ready.push(free(*after));
            }
        }
    }
    if order.len() == actions.len() {
        return Ok(order);
    }
    Err((0..actions.len()).filter(|at| waits_for[*at] > 0).collect())
}

/// One circle among the actions that are never free: each of them waits for another of them.
fn circle(edges: &BTreeSet<(usize, usize)>, stuck: &[usize]) -> Vec<usize> {
    let stuck: BTreeSet<usize> = stuck.iter().copied().collect();
    let waits: BTreeMap<usize, usize> = edges
        .iter()
        .filter(|(before, after)| stuck.contains(before) && stuck.contains(after))
        .map(|(before, after)| (*after, *before))
        .collect();
    let mut seen = Vec::new();
    let mut at = stuck.first().copied();
    while let Some(current) = at {
        if let Some(begin) = seen.iter().position(|earlier| *earlier == current) {
            seen.drain(..begin);
            break;
        }
        seen.push(current);
        at = waits.get(&current).copied();
    }
    seen.reverse();
    seen
}

impl Circle {
    /// The objects that it would take away.
    pub(super) fn removed(&self) -> impl Iterator<Item = &ObjectId> {
        self.0.iter().filter(|(verb, _)| matches!(verb, Verb::Remove | Verb::Drop)).map(|(_, id)| id)
    }
}

impl From<Circle> for DiffError {
    fn from(circle: Circle) -> Self {
        let describe = |(verb, id): (Verb, ObjectId)| match verb {
            Verb::Remove | Verb::Drop => format!("drop {id}"),
            Verb::Create => format!("create {id}"),
            Verb::Alter | Verb::Finish => format!("alter {id}"),
        };
        Self::Cycle(circle.0.into_iter().map(describe).collect())
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::{Identifier, ObjectId, ObjectName};

    use super::*;

    fn view(name: &str) -> Action {
        let own = |name: &str| Identifier::new(name).unwrap();
        let name = ObjectName { schema: own("app"), name: own(name) };
        Action { id: ObjectId::View(name), verb: Verb::Create, statements: Vec::new() }
    }

    fn graph(firm: &[(usize, usize)], soft: &[(usize, usize)]) -> Graph {
        let actions = ["adult", "minor", "Per son", "visit"].map(view).into();
        let (firm, soft) = (firm.iter().copied().collect(), soft.iter().copied().collect());
        let mut graph = Graph::default();
        (graph.actions, graph.firm, graph.soft) = (actions, firm, soft);
        graph
    }

    fn names(actions: &[Action]) -> Vec<String> {
        actions.iter().map(|action| action.id.to_string()).collect()
    }

    #[test]
    fn firm_edges_hold_and_names_decide_the_rest() {
        let sorted = sorted(graph(&[(1, 0), (3, 1)], &[])).unwrap();
        assert_eq!(names(&sorted), [r#"view app."Per son""#, "view app.visit", "view app.minor", "view app.adult"]);
    }

    #[test]
    fn of_a_circle_the_soft_edges_are_given_up() {
        let sorted = sorted(graph(&[(0, 1), (1, 2)], &[(2, 0), (3, 0)])).unwrap();
        assert_eq!(names(&sorted), ["view app.visit", "view app.adult", "view app.minor", r#"view app."Per son""#]);
    }

    #[test]
    fn a_circle_of_firm_edges_is_shown_with_its_names() {
        let error = DiffError::from(sorted(graph(&[(0, 1), (1, 2), (2, 0), (2, 3)], &[])).unwrap_err());
        assert_eq!(
            error.to_string(),
            "these changes cannot be put in order, since each has to come before the next: \
             create view app.minor → create view app.\"Per son\" → create view app.adult"
        );
    }
}
