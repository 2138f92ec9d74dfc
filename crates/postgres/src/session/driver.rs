//! The task that reads and writes a session's socket, and what it keeps for the session.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::{AsyncMessage, Connection};

use crate::server_error::{DatabaseError, Severity, severity};

/// Enough for any migration that a person will read; a loop that raises a million notices must not fill the memory.
const NOTICES_KEPT: usize = 10_000;

/// A message that the server sent beside its answers, below the rank of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is: warning, notice, or less.
    pub severity: Severity,
    /// Its code; `00000` for most.
    pub sqlstate: SqlState,
    /// What it says.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// The call stack of functions, innermost first, one a line.
    pub where_context: Option<String>,
}

impl From<&DbError> for Notice {
    fn from(notice: &DbError) -> Self {
        let owned = |field: Option<&str>| field.map(str::to_owned);
        Self {
            severity: severity(notice),
            sqlstate: notice.code().clone(),
            message: notice.message().to_owned(),
            detail: owned(notice.detail()),
            hint: owned(notice.hint()),
            where_context: owned(notice.where_()),
        }
    }
}

/// Why a connection ended: a reason for people and, if the server gave one, its own.
pub(super) type End = (String, Option<Box<DatabaseError>>);

/// What the driving task and the session share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    notices: Mutex<VecDeque<Notice>>,
    end: OnceLock<End>,
}

impl Shared {
    pub(super) fn take_notices(&self) -> Vec<Notice> {
        self.lock().drain(..).collect()
    }

    pub(super) fn end(&self) -> Option<End> {
        self.end.get().cloned()
    }

    /// Keeps why the connection ended; the first reason counts.
    pub(super) fn set_end(&self, reason: String, last_words: Option<Box<DatabaseError>>) {
        self.end.get_or_init(|| (reason, last_words));
    }

    fn keep(&self, notice: Notice) {
        let mut notices = self.lock();
        if notices.len() == NOTICES_KEPT {
            notices.pop_front();
        }
        notices.push_back(notice);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Notice>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drives a connection until it ends, keeping its notices and the reason of its end.
///
/// The reason is kept before the connection is dropped: dropping it is what wakes those who wait for an answer.
pub(super) async fn drive<S, T>(mut connection: Connection<S, T>, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => shared.keep(Notice::from(&notice)),
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                let last_words = error.as_db_error().map(|error| Box::new(DatabaseError::from(error)));
                shared.set_end(reason(&error), last_words);
                return;
            }
            None => {
                shared.set_end("closed by this client".to_owned(), None);
                return;
            }
        }
    }
}

fn reason(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    match (error.as_db_error(), error.source()) {
        (Some(database), _) => database.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) if error.is_closed() => "the server closed it without a word".to_owned(),
        (None, None) => error.to_string(),
    }
}
