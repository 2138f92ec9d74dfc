//! The databases of other services, in which the maps of their keys are.

use limosa_catalog::{Identifier, Literal, ObjectName};
use limosa_postgres::Session;
use limosa_syntax::Diagnostic;

use super::record::{OnlineStanding, changes, standing};
use crate::event::Direction;
use crate::history::History;
use crate::run_error::RunError;
use crate::target::{Target, open};

/// A service to whose keys another one refers, and its database in the same environment.
#[derive(Debug)]
pub struct Owner {
    /// The service.
    pub service: String,
    /// Its database; what is wrong where it cannot be told. Nobody connects to it before it is needed.
    pub place: Result<Target, Diagnostic>,
}

/// Where the keys are that columns refer to.
#[derive(Debug, Clone, Copy)]
pub enum Owners<'a> {
    /// In the databases of these services.
    Known(&'a [Owner]),
    /// Nowhere, since this is a shadow: a map comes without a pair, and every id gets a provisional counterpart.
    Shadow,
}

/// How far the change of a key is that made a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapStanding {
    /// Rows are being filled: the map does not have all ids yet.
    Filling {
        /// The migration's version.
        version: String,
    },
    /// Both ids work, and new ones are made of either kind.
    Open {
        /// The migration's version.
        version: String,
    },
    /// It goes back to the old ids.
    GoesBack {
        /// The migration's version.
        version: String,
    },
    /// The old ids are gone.
    Settled,
}

/// A map of old and new ids in the database of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedMap {
    /// The types of its ids: of the old ones, and of the new ones.
    pub types: [String; 2],
    /// How many ids it has.
    pub rows: u64,
    /// How far the change is that made it.
    pub standing: MapStanding,
}

const TYPES: &str = "\
SELECT pg_catalog.format_type(o.atttypid, o.atttypmod), pg_catalog.format_type(n.atttypid, n.atttypmod)
FROM pg_catalog.pg_attribute o JOIN pg_catalog.pg_attribute n ON n.attrelid = o.attrelid
WHERE o.attname = 'old_id' AND n.attname = 'new_id' AND NOT o.attisdropped AND NOT n.attisdropped
  AND o.attrelid = pg_catalog.to_regclass(";

/// Looks at a map in the database of its key; `None` where there is none.
///
/// # Errors
/// What keeps it from being read.
pub async fn owned_map(target: &Target, map: &Identifier) -> Result<Option<OwnedMap>, RunError> {
    let opened = open(target).await?;
    let found = look(&opened.session, &opened.history, target, map).await;
    opened.session.close().await;
    found
}

pub(super) async fn look(
    session: &Session,
    history: &History,
    target: &Target,
    map: &Identifier,
) -> Result<Option<OwnedMap>, RunError> {
    let name = ObjectName { schema: target.history_schema.clone(), name: map.clone() };
    let place = target.history();
    let types = place.query(session, &format!("{TYPES}{})", Literal(&name.to_string())), &[]).await?;
    let Some(types) = types.first() else { return Ok(None) };
    let rows = place.query(session, &format!("SELECT count(*) FROM {name}"), &[]).await?;
    let records = changes(session, place).await?;
    let change = records.iter().find(|record| record.is_open() && record.has_map(map));
    let standing = match change {
        None => MapStanding::Settled,
        Some(record) => {
            let version = record.version.clone();
            match (record.direction, standing(record, history)) {
                (_, OnlineStanding::Done) => MapStanding::Settled,
                (Direction::Down, _) => MapStanding::GoesBack { version },
                (Direction::Up, OnlineStanding::Expanding { .. }) => MapStanding::Filling { version },
                (Direction::Up, OnlineStanding::Expanded) => MapStanding::Open { version },
            }
        }
    };
    Ok(Some(OwnedMap {
        types: [types.get(0), types.get(1)],
        rows: rows.first().map_or(0, |row| u64::try_from(row.get::<_, i64>(0)).unwrap_or_default()),
        standing,
    }))
}

impl<'a> Owners<'a> {
    /// Whether there are none to be asked: no map can come from anywhere.
    pub(crate) fn are_none(self) -> bool {
        matches!(self, Self::Known([]) | Self::Shadow)
    }

    /// The database of a service; `None` in a shadow.
    ///
    /// # Errors
    /// A service of which limosa.toml says nothing, or whose database cannot be told.
    pub(super) fn place(self, service: &str) -> Result<Option<&'a Target>, Diagnostic> {
        let owners = match self {
            Self::Shadow => return Ok(None),
            Self::Known(owners) => owners,
        };
        match owners.iter().find(|owner| owner.service == service) {
            Some(Owner { place: Ok(target), .. }) => Ok(Some(target)),
            Some(Owner { place: Err(problem), .. }) => Err(problem.clone()),
            None => Err(Diagnostic::error(
                "no-reference",
                format!("the map of {service} is asked for, and limosa.toml does not say that anything refers to it"),
            )
            .with_help(format!(
                "say what does, in the table of the service: \
                 `references = [{{ column = \"invoice.client_id\", to = \"{service}:client.id\" }}]`"
            ))),
        }
    }
}
