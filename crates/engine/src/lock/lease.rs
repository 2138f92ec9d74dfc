//! The lock of a target behind a transaction pooler: a row with an end.
//!
//! There a session belongs to whoever has a transaction open, so a session-level lock would be taken by nobody in
//! particular and given back by chance. A lease that is not renewed ends by itself.

use std::sync::Arc;
use std::time::Duration;

use limosa_catalog::{Identifier, Literal};
use limosa_postgres::{ServerError, Session, Type};

use crate::history::HistoryPlace;

/// How long a lease lasts when it is not renewed. A runner that was killed blocks its target for so long.
const LASTS: &str = "30 seconds";

/// How often it is renewed.
const RENEWED_EVERY: Duration = Duration::from_secs(5);

/// A lease that is being renewed until it is dropped.
pub(crate) struct Lease {
    hold: Arc<Hold>,
    session: Arc<Session>,
    renewal: tokio::task::JoinHandle<()>,
}

/// Who holds the lease of which service.
struct Hold {
    schema: Identifier,
    service: String,
    owner: Option<Identifier>,
    holder: String,
}

impl Hold {
    fn place(&self) -> HistoryPlace<'_> {
        HistoryPlace { schema: &self.schema, service: &self.service, owner: self.owner.as_ref() }
    }
}

impl Lease {
    /// Takes the lease if it is free or ended. One round trip.
    pub(crate) async fn try_take(
        session: &Arc<Session>,
        place: HistoryPlace<'_>,
        holder: &str,
    ) -> Result<Option<Self>, ServerError> {
        let HistoryPlace { schema, service, owner } = place;
        let sql = format!(
            "INSERT INTO {schema}.lease AS l (service, holder, expires_at) \
             VALUES ($1, $2, pg_catalog.clock_timestamp() + interval '{LASTS}') \
             ON CONFLICT (service) DO UPDATE SET holder = EXCLUDED.holder, acquired_at = EXCLUDED.acquired_at, \
             expires_at = EXCLUDED.expires_at WHERE l.expires_at < pg_catalog.clock_timestamp() RETURNING true"
        );
        let taken = place.query(session, &sql, &[(&service, Type::TEXT), (&holder, Type::TEXT)]).await?;
        if taken.is_empty() {
            return Ok(None);
        }
        let (schema, owner) = (schema.clone(), owner.cloned());
        let hold = Arc::new(Hold { schema, service: service.to_owned(), owner, holder: holder.to_owned() });
        let renewal = tokio::spawn(renew(Arc::clone(session), Arc::clone(&hold)));
        Ok(Some(Self { hold, session: Arc::clone(session), renewal }))
    }

    /// Who holds it, in words.
    pub(crate) async fn holder(session: &Session, place: HistoryPlace<'_>) -> Result<Option<String>, ServerError> {
        let HistoryPlace { schema, service, .. } = place;
        let sql = format!(
            "SELECT holder || ', since ' || \
             pg_catalog.to_char(acquired_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' \
             FROM {schema}.lease WHERE service = $1 AND expires_at > pg_catalog.clock_timestamp()"
        );
        let rows = place.query(session, &sql, &[(&service, Type::TEXT)]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    /// A statement that fails unless the lease is still this run's, and keeps it so until its transaction ends. A run
    /// that was held up for longer than a lease lasts must not go on beside the one that came after it.
    pub(crate) fn fence(&self) -> String {
        let Hold { schema, service, holder, .. } = &*self.hold;
        format!(
            "SELECT CASE WHEN count(*) = 1 THEN '1' ELSE 'the lease of this run has ended' END::integer FROM \
             (SELECT FROM {schema}.lease WHERE service = {} AND holder = {} FOR UPDATE) AS held",
            Literal(service),
            Literal(holder),
        )
    }

    /// Gives it back.
    pub(crate) async fn release(self) -> Result<(), ServerError> {
        self.renewal.abort();
        let Hold { schema, service, holder, .. } = &*self.hold;
        let sql = format!("DELETE FROM {schema}.lease WHERE service = $1 AND holder = $2");
        self.hold.place().query(&self.session, &sql, &[(service, Type::TEXT), (holder, Type::TEXT)]).await?;
        Ok(())
    }
}

async fn renew(session: Arc<Session>, hold: Arc<Hold>) {
    let Hold { schema, service, holder, .. } = &*hold;
    let sql = format!(
        "UPDATE {schema}.lease SET expires_at = pg_catalog.clock_timestamp() + interval '{LASTS}' \
         WHERE service = $1 AND holder = $2"
    );
    loop {
        tokio::time::sleep(RENEWED_EVERY).await;
        // A renewal that fails lets the lease end. The next record then collides on the event's primary key with the
        // runner that came after, and nothing is applied twice.
        let renewed = hold.place().query(&session, &sql, &[(service, Type::TEXT), (holder, Type::TEXT)]).await;
        if renewed.is_err() && session.is_closed() {
            return;
        }
    }
}
