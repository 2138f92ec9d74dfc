//! References between databases: columns whose values have to be found in a column of another database.

mod column;
mod error;
mod form;
mod keys;
mod merge;
mod spool;

use std::path::Path;
use std::time::{Duration, Instant};

use limosa_postgres::Session;
use limosa_project::ColumnName;

pub(crate) use self::column::begin;
use self::column::{Found, find};
use self::form::Form;
use self::keys::Copied;
use self::merge::{Merged, merge};
use self::spool::{Spooled, spool};
use crate::target::{Target, connect};

pub use error::ReferenceError;
pub use merge::Orphan;

/// A column in a service's database.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceEnd<'a> {
    /// The database.
    pub target: &'a Target,
    /// The column.
    pub column: &'a ColumnName,
}

/// What was found out about a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceFound {
    /// How many rows refer to something.
    pub rows: u64,
    /// How many different keys they refer to.
    pub keys: u64,
    /// How many keys there are to refer to.
    pub referred: u64,
    /// How many of the keys are not there.
    pub orphan_keys: u64,
    /// How many rows refer to those.
    pub orphan_rows: u64,
    /// The first of them in the order of the keys.
    pub samples: Vec<Orphan>,
    /// Where the types of the two columns differ: what they are compared as.
    pub compared_as: Option<String>,
    /// Wall time.
    pub took: Duration,
}

/// Finds values of one column that are not among those of another, NULLs left out.
///
/// Both are read in order and compared as they come, so that memory does not grow with them. Where the key has an index
/// in the right order (numbers and UUIDs always do; texts where their collation is `"C"`), the server reads that;
/// otherwise it sorts. The referring side's snapshot is taken first, so that what is added meanwhile is no orphan. On a
/// server that takes one connection at a time, the keys that are referred to are put into a temporary file
/// in `temporary` in between.
///
/// # Errors
/// See [`ReferenceError`].
pub async fn references(
    from: ReferenceEnd<'_>,
    to: ReferenceEnd<'_>,
    temporary: &Path,
) -> Result<ReferenceFound, ReferenceError> {
    let begun = Instant::now();
    let (merged, compared_as) = if from.target.single_connection || to.target.single_connection {
        one_after_the_other(from, to, temporary).await?
    } else {
        let referring = connect(from.target).await?;
        let result = beside(&referring, from, to).await;
        referring.close().await;
        result?
    };
    let Merged { rows, keys, referred, orphan_keys, orphan_rows, samples } = merged;
    let took = begun.elapsed();
    Ok(ReferenceFound { rows, keys, referred, orphan_keys, orphan_rows, samples, compared_as, took })
}

async fn look(session: &Session, end: ReferenceEnd<'_>) -> Result<Found, ReferenceError> {
    begin(session, end.target).await?;
    find(session, end.target, end.column).await
}

/// Both at once; the session is with the referring side.
async fn beside(
    referring: &Session,
    from: ReferenceEnd<'_>,
    to: ReferenceEnd<'_>,
) -> Result<(Merged, Option<String>), ReferenceError> {
    let left = look(referring, from).await?;
    let referred = connect(to.target).await?;
    let compared: Result<_, ReferenceError> = async {
        let right = look(&referred, to).await?;
        let form = Form::common(&left.data_type, &right.data_type);
        let left_keys = Copied::begin(referring, &form.query(&left, &right.data_type)).await?;
        let right_keys = Copied::begin(&referred, &form.query(&right, &left.data_type)).await?;
        Ok((merge(left_keys, right_keys, form).await?, form.told(&left.data_type, &right.data_type)))
    }
    .await;
    referred.close().await;
    compared
}

async fn one_after_the_other(
    from: ReferenceEnd<'_>,
    to: ReferenceEnd<'_>,
    temporary: &Path,
) -> Result<(Merged, Option<String>), ReferenceError> {
    let session = connect(from.target).await?;
    let left = look(&session, from).await;
    session.close().await;
    let left = left?;
    let session = connect(to.target).await?;
    let spooled: Result<(Spooled, Found, Form), ReferenceError> = async {
        let right = look(&session, to).await?;
        let form = Form::common(&left.data_type, &right.data_type);
        let keys = Copied::begin(&session, &form.query(&right, &left.data_type)).await?;
        Ok((spool(keys, temporary).await?, right, form))
    }
    .await;
    session.close().await;
    let (right_keys, right, form) = spooled?;
    let session = connect(from.target).await?;
    let merged: Result<Merged, ReferenceError> = async {
        begin(&session, from.target).await?;
        let left_keys = Copied::begin(&session, &form.query(&left, &right.data_type)).await?;
        merge(left_keys, right_keys, form).await
    }
    .await;
    session.close().await;
    Ok((merged?, form.told(&left.data_type, &right.data_type)))
}
