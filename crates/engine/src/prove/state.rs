//! What a shadow holds between two steps of a proof.

use limosa_catalog::Catalog;
use limosa_postgres::Session;

use super::rows::{Rows, read_rows};
use crate::desired::DesiredError;
use crate::target::Target;

/// A schema and its rows.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) catalog: Catalog,
    pub(crate) rows: Rows,
}

impl State {
    /// What is there now, without the history and what is set aside.
    pub(crate) async fn read(target: &Target) -> Result<Self, DesiredError> {
        let session = Session::connect(&target.settings).await?;
        let state = Self::read_in(&session, target).await;
        session.close().await;
        state
    }

    pub(crate) async fn read_in(session: &Session, target: &Target) -> Result<Self, DesiredError> {
        let catalog = crate::snapshot::read(session, target).await?;
        let rows = read_rows(session, &catalog).await?;
        Ok(Self { catalog, rows })
    }
}
