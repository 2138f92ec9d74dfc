//! From a definition to a table, a condition and an order.

use limosa_postgres::ServerError;

use super::definition::{BackfillDefinition, RowChange};
use super::desk::Desk;
use super::error::BackfillError;
use super::order::{Order, StillToDo, choose};
use super::relation::Relation;
use super::statement::{change, condition};
use crate::server_words::code;

/// What is known before the first batch.
pub(super) struct Prepared {
    pub(super) relation: Relation,
    pub(super) to_do: StillToDo,
    pub(super) order: Order,
}

/// Looks at the table, and lets the server say whether it takes the change.
pub(super) async fn prepare(desk: &Desk<'_>, definition: &BackfillDefinition) -> Result<Prepared, BackfillError> {
    if let RowChange::Generate { spec, .. } = &definition.change
        && spec.kind() == limosa_ids::Kind::Alnum
    {
        return Err(BackfillError::Permuted);
    }
    let refused = |error: ServerError| match error.is_connection_lost() {
        true => BackfillError::from(error),
        false => BackfillError::Refused { error },
    };
    let rows = desk.ask(&Relation::question(definition)).await.map_err(refused)?;
    let relation = Relation::decode(definition, &rows)?;
    let change = change(definition, &relation);
    let new = match definition.change {
        RowChange::Set(_) | RowChange::Delete => "",
        RowChange::Generate { .. } => " FROM (SELECT NULL::text AS limosa_id) limosa_new",
    };
    let try_it = async |condition: &str| desk.ask(&format!("EXPLAIN {change}{new} WHERE {condition}")).await;
    let own = condition(definition);
    let to_do = match try_it(&own).await {
        Ok(_) => StillToDo { condition: own, ends: true },
        // 42883: a type that cannot be compared, such as json.
        Err(error) if code(&error) == Some("42883") && definition.condition.is_none() => {
            try_it("true").await.map_err(refused)?;
            StillToDo { condition: "true".to_owned(), ends: false }
        }
        Err(error) => return Err(refused(error)),
    };
    let changes_key = relation.key.iter().any(|key| definition.columns().contains(&&key.name));
    let order = choose(&relation, &to_do, changes_key)
        .map_err(|_| BackfillError::NoOrder { table: definition.table.clone() })?;
    Ok(Prepared { relation, to_do, order })
}

/// The order for rows that turned out not to tell that they are done.
pub(super) fn without_end(prepared: &Prepared, definition: &BackfillDefinition) -> Result<Order, BackfillError> {
    let to_do = StillToDo { ends: false, ..prepared.to_do.clone() };
    let changes_key = prepared.relation.key.iter().any(|key| definition.columns().contains(&&key.name));
    choose(&prepared.relation, &to_do, changes_key)
        .map_err(|_| BackfillError::NoOrder { table: definition.table.clone() })
}
