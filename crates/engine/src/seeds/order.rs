//! In which order seeds are written: what is referred to comes before what refers.

use std::collections::BTreeSet;

/// A seed, as far as its place depends on others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// As people name it.
    pub(super) name: String,
    /// The table; a script has none.
    pub(super) table: Option<u32>,
    pub(super) ties: Vec<Tie>,
}

/// That a seed's rows refer to rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tie {
    pub(super) to: u32,
    /// The name of the constraint, if it can be checked at the end.
    pub(super) deferrable: Option<String>,
    /// Whether the values are looked up, so that the other rows have to be there.
    pub(super) looked_up: bool,
    /// The columns, as numbers in the file, that may stay NULL for a while; empty where there are none.
    pub(super) nullable: Vec<usize>,
}

/// The order, and how circles are opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Order {
    /// All seeds.
    pub(super) sequence: Vec<usize>,
    /// Columns that are filled when all rows are there: the seed and the column.
    pub(super) late: BTreeSet<(usize, usize)>,
    /// Constraints that are checked at the end: the seed and the name.
    pub(super) deferred: BTreeSet<(usize, String)>,
}

/// Seeds that refer to each other in a circle that nothing opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Circle(pub(super) Vec<String>);

/// Orders seeds; those that do not depend on each other stay as they come.
pub(super) fn order(places: &[Place]) -> Result<Order, Circle> {
    let mut order = Order::default();
    // Who has to wait for whom, and by which tie.
    let mut waits: BTreeSet<(usize, usize, usize)> = BTreeSet::new();
    for (from, place) in places.iter().enumerate() {
        for (number, tie) in place.ties.iter().enumerate() {
            if place.table == Some(tie.to) {
                // Of one statement, keys are checked at its end; values can be looked up only behind it.
                if tie.looked_up {
                    if tie.nullable.is_empty() {
                        return Err(Circle(vec![place.name.clone(), place.name.clone()]));
                    }
                    order.late.extend(tie.nullable.iter().map(|column| (from, *column)));
                }
                continue;
            }
            let others = places.iter().enumerate().filter(|(_, other)| other.table == Some(tie.to));
            waits.extend(others.map(|(to, _)| (from, to, number)));
        }
    }
    let mut left: Vec<usize> = (0..places.len()).collect();
    while !left.is_empty() {
        let free = left.iter().position(|from| waits.range((*from, 0, 0)..(*from + 1, 0, 0)).next().is_none());
        match free {
            Some(at) => {
                let done = left.remove(at);
                order.sequence.push(done);
                waits.retain(|(_, to, _)| *to != done);
            }
            None => open(places, &mut waits, &mut order)?,
        }
    }
    Ok(order)
}

/// Takes one tie out of a circle: one that can be checked at the end, or one whose columns may be NULL until then.
fn open(places: &[Place], waits: &mut BTreeSet<(usize, usize, usize)>, order: &mut Order) -> Result<(), Circle> {
    let in_circle: Vec<(usize, usize, usize)> =
        waits.iter().copied().filter(|(from, to, _)| path(waits, *to, *from).is_some()).collect();
    let tie = |(from, _, number): &(usize, usize, usize)| &places[*from].ties[*number];
    let checked_later = in_circle.iter().find(|it| !tie(it).looked_up && tie(it).deferrable.is_some());
    if let Some(found) = checked_later {
        order.deferred.extend(tie(found).deferrable.clone().map(|name| (found.0, name)));
        waits.remove(found);
        return Ok(());
    }
    match in_circle.iter().find(|it| !tie(it).nullable.is_empty()) {
        Some(found) => {
            order.late.extend(tie(found).nullable.iter().map(|column| (found.0, *column)));
            waits.remove(found);
            Ok(())
        }
        None => {
            let (from, to) = in_circle.first().map_or((0, 0), |(from, to, _)| (*from, *to));
            let mut circle = vec![from];
            circle.extend(path(waits, to, from).unwrap_or_default());
            Err(Circle(circle.into_iter().map(|at| places[at].name.clone()).collect()))
        }
    }
}

/// A way from one seed to another along the ties, both ends included.
fn path(waits: &BTreeSet<(usize, usize, usize)>, from: usize, to: usize) -> Option<Vec<usize>> {
    let mut seen = BTreeSet::from([from]);
    let mut ways = vec![vec![from]];
    while let Some(way) = ways.pop() {
        let end = way.last().copied()?;
        if end == to {
            return Some(way);
        }
        for (_, next, _) in waits.range((end, 0, 0)..(end + 1, 0, 0)) {
            if seen.insert(*next) {
                ways.push(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, table: u32, ties: Vec<Tie>) -> Place {
        Place { name: name.to_owned(), table: Some(table), ties }
    }

    fn tie(to: u32) -> Tie {
        Tie { to, deferrable: None, looked_up: false, nullable: Vec::new() }
    }

    #[test]
    fn what_is_referred_to_comes_first_and_the_rest_stays() {
        let places = [
            place("visit", 3, vec![tie(1), tie(2)]),
            place("patient", 1, vec![tie(2)]),
            Place { name: "script".to_owned(), table: None, ties: Vec::new() },
            place("practice", 2, vec![tie(2)]),
        ];
        assert_eq!(order(&places).unwrap().sequence, [2, 3, 1, 0]);
    }

    #[test]
    fn a_circle_is_opened_where_a_constraint_or_a_column_lets_it() {
        let deferrable = Tie { deferrable: Some("fk".to_owned()), ..tie(2) };
        let found = order(&[place("a", 1, vec![deferrable.clone()]), place("b", 2, vec![tie(1)])]).unwrap();
        assert_eq!((found.sequence, found.deferred), (vec![0, 1], BTreeSet::from([(0, "fk".to_owned())])));
        // What is looked up has to be there, whenever the constraint is checked.
        let looked_up = Tie { looked_up: true, nullable: vec![4], ..deferrable };
        let found = order(&[place("a", 1, vec![looked_up]), place("b", 2, vec![tie(1)])]).unwrap();
        assert_eq!((found.sequence, found.late), (vec![0, 1], BTreeSet::from([(0, 4)])));
    }

    #[test]
    fn a_circle_that_nothing_opens_is_named() {
        let places = [place("c", 3, vec![tie(1)]), place("a", 1, vec![tie(2)]), place("b", 2, vec![tie(1)])];
        let Circle(names) = order(&places).unwrap_err();
        assert!(names == ["a", "b", "a"] || names == ["b", "a", "b"], "{names:?}");
        let own = Tie { looked_up: true, ..tie(1) };
        assert_eq!(order(&[place("a", 1, vec![own])]), Err(Circle(vec!["a".to_owned(), "a".to_owned()])));
    }
}
