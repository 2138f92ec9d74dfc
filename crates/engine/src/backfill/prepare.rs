//! From a definition to a table, a condition and an order.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::ServerError;

use super::definition::{BackfillDefinition, RowChange};
use super::desk::{Desk, number};
use super::error::BackfillError;
use super::id_source::Numbers;
use super::order::{Order, choose};
use super::placing::Pin;
use super::relation::{Relation, TargetKey};
use super::statement::{NO_IDS, change};
use super::to_do::StillToDo;
use crate::server_words::code;

/// What is known before the first batch.
pub(super) struct Prepared {
    pub(super) relation: Relation,
    /// The table into which rows are copied.
    target: Option<QualifiedName>,
    pub(super) to_do: StillToDo,
    pub(super) order: Order,
    /// What ids are made from that are numbers of a sequence.
    pub(super) numbers: Option<Numbers>,
    /// When a batch's plan finds rows by indexes only.
    pub(super) by_index: ByIndex,
}

/// When the plan of a batch is held to finding rows by indexes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByIndex {
    /// From the first batch on: the planner does not know how few rows a batch has, and would read all of a joined
    /// table for each.
    Always,
    /// From a batch on that takes longer by far than those before it.
    WhereSlow,
    /// What is joined has no index for it: each row would read all of that.
    Never,
}

impl Prepared {
    /// The definition with the full names of its tables: the same for any spelling, and under any search path.
    pub(super) fn fully_named(&self, definition: &BackfillDefinition) -> BackfillDefinition {
        let mut named = BackfillDefinition { table: self.relation.name.to_string(), ..definition.clone() };
        if let (RowChange::Insert { target, .. }, Some(name)) = (&mut named.change, &self.target) {
            *target = name.to_string();
        }
        named
    }
}

/// Looks at the table, and lets the server say whether it takes the change.
///
/// `ids` is the schema of the functions that make ids.
pub(super) async fn prepare(
    desk: &Desk<'_>,
    definition: &BackfillDefinition,
    ids: &Identifier,
) -> Result<Prepared, BackfillError> {
    let refused = |error: ServerError| match error.is_connection_lost() {
        true => BackfillError::from(error),
        false => BackfillError::Refused { error },
    };
    let rows = desk.ask(&Relation::question(&definition.table)).await.map_err(refused)?;
    let relation = Relation::decode(definition, &rows)?;
    let look =
        |to_do: &StillToDo| format!("EXPLAIN (FORMAT JSON) {}", change(definition, &relation, NO_IDS, to_do.batch(1)));
    let mut to_do = StillToDo::new(definition, &relation, true, None);
    match desk.ask(&look(&to_do)).await {
        Ok(_) => {}
        // 42883: a type that cannot be compared, such as json.
        Err(error) if code(&error) == Some("42883") && matches!(definition.change, RowChange::Set { .. }) => {
            to_do = StillToDo::new(definition, &relation, false, None);
            desk.ask(&look(&to_do)).await.map_err(refused)?;
        }
        Err(error) => return Err(refused(error)),
    }
    let mut copied_into = None;
    if let RowChange::Insert { target, .. } = &definition.change {
        let rows = desk.ask(&Relation::question(target)).await.map_err(refused)?;
        // What is no table has no key, and whether it can be inserted into is the server's to say.
        let key = match Relation::named(target, &rows) {
            Ok(target) if target.oid == relation.oid => return Err(BackfillError::IntoItself { table: target.name }),
            Ok(target) => {
                copied_into = Some(target.name.clone());
                TargetKey::of(target)
            }
            Err(_) => None,
        };
        let found_again = StillToDo::new(definition, &relation, true, key.as_ref());
        if desk.ask(&format!("EXPLAIN SELECT FROM {} WHERE {}", relation.table(), found_again.left())).await.is_ok() {
            to_do = found_again;
        }
    }
    let order = order(definition, &relation, to_do.ends)?;
    let numbers = Numbers::find(desk, definition, ids).await?;
    let by_index = match &definition.change {
        RowChange::Set { from: Some(_), .. } => {
            // As of a batch: few rows, to which others are joined.
            let few = format!("{} AND {}.ctid = '(0,1)'::tid", to_do.batch(1), relation.row());
            let change = change(definition, &relation, NO_IDS, &few);
            match desk.finds_by_index(&format!("EXPLAIN (FORMAT JSON) {change}")).await? {
                true => ByIndex::Always,
                false => ByIndex::Never,
            }
        }
        _ => ByIndex::WhereSlow,
    };
    Ok(Prepared { relation, target: copied_into, to_do, order, numbers, by_index })
}

/// The order in which the rows are visited.
fn order(definition: &BackfillDefinition, relation: &Relation, ends: bool) -> Result<Order, BackfillError> {
    let changes_key = relation.key.iter().any(|key| definition.columns().contains(&&key.name));
    let has_key = !relation.key.is_empty();
    let order = match &definition.change {
        // What is joined or copied shows on no page of this table.
        RowChange::Insert { .. } => has_key.then_some(Order::Key),
        _ => choose(relation, ends, changes_key).ok(),
    };
    let table = || definition.table.clone();
    order.ok_or_else(|| match (has_key, relation.is_partitioned) {
        (true, _) if changes_key => BackfillError::KeyChanges { table: table() },
        (false, true) => BackfillError::NoKeyOfPartitioned { table: table() },
        _ => BackfillError::NoOrder { table: table() },
    })
}

/// The order for rows that turned out not to tell that they are done.
pub(super) fn without_end(prepared: &Prepared, definition: &BackfillDefinition) -> Result<Order, BackfillError> {
    order(definition, &prepared.relation, false)
}

/// So many rows are tried before a job begins.
const TRIED: u32 = 100;

/// Changes some rows and takes that back, where they can be visited in no order unless each tells that it is done: a
/// job whose first batch shows that they do not would be on record, and could never go on.
pub(super) async fn try_some(
    desk: &Desk<'_>,
    definition: &BackfillDefinition,
    prepared: &Prepared,
) -> Result<(), BackfillError> {
    let (RowChange::Set { .. }, Err(no_order)) = (&definition.change, without_end(prepared, definition)) else {
        return Ok(());
    };
    let (relation, condition) = (&prepared.relation, prepared.to_do.batch(1));
    let row = relation.row();
    let some = format!(
        "{row}.ctid = ANY (ARRAY(SELECT {row}.ctid FROM {} WHERE {} LIMIT {TRIED})) AND ({condition})",
        relation.table(),
        prepared.to_do.visited(1)
    );
    let sql = format!(
        "WITH limosa_changed AS ({}\nRETURNING ({condition}) IS TRUE AS again)\n\
         SELECT count(*) FROM limosa_changed WHERE again",
        change(definition, relation, NO_IDS, &some)
    );
    match desk.rehearse(&sql, Pin::Free).await {
        Ok(again) if number(&again) > 0 => Err(no_order),
        Err(error) if error.is_connection_lost() => Err(error.into()),
        // What else is amiss is said by the batch that comes to it.
        _ => Ok(()),
    }
}
