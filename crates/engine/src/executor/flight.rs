//! The text of one message to the server, and the way back from "statement 3 failed at character 120" to the file.

use std::ops::Range;
use std::time::Duration;

use limosa_catalog::{Identifier, Literal};
use limosa_plan::{Step, Waiting};
use limosa_syntax::Span;

use super::apart::Apart;
use crate::rows::RowsQuery;

/// What a part of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Limosa's own: BEGIN, settings, the record, COMMIT.
    Frame,
    /// The step with this index.
    Step(usize),
}

/// Statements that travel in one message.
#[derive(Debug, Default)]
pub(crate) struct FlightText {
    pub(crate) text: String,
    parts: Vec<(Range<usize>, Origin)>,
}

impl FlightText {
    pub(crate) fn push(&mut self, sql: &str, origin: Origin) {
        let start = self.text.len();
        self.text.push_str(sql);
        self.parts.push((start..self.text.len(), origin));
        // On a line of its own, in case the statement ends in a comment.
        self.text.push_str("\n;\n");
    }

    /// Adds Limosa's own statements, one or several in one text; `count` says how many.
    pub(super) fn push_frame(&mut self, sql: &str) {
        self.push(sql, Origin::Frame);
    }

    /// What failed, when so many statements had completed before.
    pub(crate) fn failed_part(&self, completed: usize) -> Origin {
        self.parts.get(completed).map_or(Origin::Frame, |(_, origin)| *origin)
    }

    /// The step and the byte in it at which the server points; `position` counts characters of the whole message from
    /// 1.
    pub(crate) fn locate(&self, position: usize) -> Option<(usize, usize)> {
        let byte = self.text.char_indices().nth(position.checked_sub(1)?)?.0;
        self.parts.iter().find_map(|(range, origin)| match origin {
            Origin::Step(step) if range.contains(&byte) => Some((*step, byte - range.start)),
            _ => None,
        })
    }
}

/// The settings under which a migration's statements run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// The role that will own what is created.
    pub(crate) role: Option<Identifier>,
    /// Where unqualified names are looked up, in the form that `set_config` takes; `None` leaves it to the session.
    pub(crate) search_path: Option<String>,
    /// The longest a statement may take; `None` leaves it to the role.
    pub(crate) statement_timeout: Option<Duration>,
    /// Rows are filled without the triggers of others: what changes is how values are kept, not what they say.
    pub(crate) triggers_rest: bool,
}

impl Surroundings {
    /// Sets them, for the transaction (`LOCAL `) or the session (nothing).
    pub(super) fn set(&self, scope: &str) -> Vec<String> {
        let mut sql = Vec::new();
        sql.extend(self.role.as_ref().map(|role| format!("SET {scope}ROLE {role}")));
        sql.extend(self.statement_timeout.map(|limit| format!("SET {scope}statement_timeout = {}", limit.as_millis())));
        sql.extend(self.search_path.as_ref().map(|path| {
            let local = !scope.is_empty();
            format!("SELECT pg_catalog.set_config('search_path', {}, {local})", Literal(path))
        }));
        sql
    }

    /// Puts back what a migration may have changed for the whole session: settings, an emptied search_path, another
    /// role.
    pub(super) fn put_back(&self) -> Vec<String> {
        let mut sql = vec!["RESET SESSION AUTHORIZATION".to_owned(), "RESET ALL".to_owned()];
        match &self.role {
            Some(role) => sql.push(format!("SET LOCAL ROLE {role}")),
            None => sql.push("RESET ROLE".to_owned()),
        }
        sql
    }
}

/// How long locks are waited for in one try.
#[derive(Debug, Clone, Copy)]
pub(super) struct LockTimeouts {
    pub(super) brief: Duration,
    pub(super) patient: Duration,
}

impl LockTimeouts {
    fn of(self, waiting: Waiting) -> Option<Duration> {
        match waiting {
            Waiting::Briefly => Some(self.brief),
            Waiting::Patiently => Some(self.patient),
            Waiting::Never => None,
        }
    }
}

/// What is sent, in order, to run a transaction.
#[derive(Debug)]
pub(super) enum Piece {
    /// One message.
    Flight(FlightText),
    /// A statement that needs a look at the database first.
    Apart { step: usize, apart: Apart },
    /// What was set aside and no statement has brought back.
    BringBack,
    /// A COPY with its data.
    Copy { step: usize, statement: String, data: Span },
    /// A query that must return no rows; `step` counts on behind the statements.
    Verify { step: usize, query: RowsQuery },
}

/// Messages stay below this size, so that neither side holds a whole dump in memory several times over.
const MESSAGE_BYTES: usize = 1 << 20;

/// Queries that verify a migration run between these two, so that nothing of what they do or set is left: a rollback to
/// the savepoint makes the transaction a writing one again.
const BEFORE_VERIFY: [&str; 2] = ["SAVEPOINT limosa_verify", "SET LOCAL transaction_read_only = on"];
const AFTER_VERIFY: &str = "ROLLBACK TO SAVEPOINT limosa_verify";

/// A statement as it is sent.
pub(super) struct Sent<'a> {
    pub(super) step: &'a Step,
    /// Its text with placeholders filled.
    pub(super) sql: &'a str,
    /// Whether the database is looked at before it.
    pub(super) apart: Option<Apart>,
}

/// What a transaction does between its settings and its end.
pub(super) struct Body<'a> {
    pub(super) steps: &'a [Sent<'a>],
    /// What was set aside comes back behind the statements.
    pub(super) brings_back: bool,
    pub(super) verify: &'a [&'a str],
    pub(super) record: &'a [String],
}

/// Everything that one transaction needs, in as few messages as can be: one, unless it carries COPY data, megabytes,
/// statements before which the database is looked at, or queries that verify it, of which each is waited for.
/// `session_timeout` is the `lock_timeout` that the session is known to have.
pub(super) fn transaction(
    begin: Option<&str>,
    surroundings: &Surroundings,
    timeouts: LockTimeouts,
    session_timeout: Option<Duration>,
    body: &Body<'_>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut flight = FlightText::default();
    flight.push_frame(begin.unwrap_or("BEGIN"));
    for sql in surroundings.set("LOCAL ") {
        flight.push_frame(&sql);
    }
    let mut timeout = session_timeout;
    let mut put_back = false;
    for (index, Sent { step, sql, apart }) in body.steps.iter().enumerate() {
        let wanted = timeouts.of(step.waiting);
        if wanted.is_some() && wanted != timeout {
            timeout = wanted;
            flight.push_frame(&lock_timeout("LOCAL ", wanted.unwrap_or_default()));
        }
        if let Some(apart) = apart {
            pieces.push(Piece::Flight(std::mem::take(&mut flight)));
            pieces.push(Piece::Apart { step: index, apart: *apart });
        } else if let Some(data) = step.copy_data {
            pieces.push(Piece::Flight(std::mem::take(&mut flight)));
            pieces.push(Piece::Copy { step: index, statement: (*sql).to_owned(), data });
        } else {
            if flight.text.len() + sql.len() > MESSAGE_BYTES && !flight.text.is_empty() {
                pieces.push(Piece::Flight(std::mem::take(&mut flight)));
            }
            flight.push(sql, Origin::Step(index));
        }
        if step.changes_session {
            put_back = true;
            // The next statement's wait may not rest on what this one changed.
            timeout = None;
        }
    }
    if body.brings_back {
        pieces.push(Piece::Flight(std::mem::take(&mut flight)));
        pieces.push(Piece::BringBack);
    }
    if !body.verify.is_empty() {
        for sql in BEFORE_VERIFY {
            flight.push_frame(sql);
        }
        pieces.push(Piece::Flight(std::mem::take(&mut flight)));
        let queries = body.verify.iter().enumerate();
        pieces
            .extend(queries.map(|(at, sql)| Piece::Verify { step: body.steps.len() + at, query: RowsQuery::of(sql) }));
        flight.push_frame(AFTER_VERIFY);
    }
    if put_back {
        for sql in surroundings.put_back() {
            flight.push_frame(&sql);
        }
    }
    for sql in body.record {
        flight.push_frame(sql);
    }
    flight.push_frame("COMMIT");
    pieces.push(Piece::Flight(flight));
    pieces
}

/// Sets `lock_timeout`; PostgreSQL takes 0 as "for ever", so nothing is rounded down to it.
pub(super) fn lock_timeout(scope: &str, timeout: Duration) -> String {
    format!("SET {scope}lock_timeout = {}", timeout.as_millis().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(waiting: Waiting, copy_data: Option<Span>, changes_session: bool) -> Step {
        Step {
            span: Span::new(0, 0),
            tag: "CREATE TABLE".into(),
            object: None,
            table: None,
            waiting,
            changes_session,
            copy_data,
            effect: None,
            losing: None,
        }
    }

    const TIMEOUTS: LockTimeouts = LockTimeouts { brief: Duration::from_millis(100), patient: Duration::from_secs(60) };

    fn texts(pieces: &[Piece]) -> Vec<String> {
        let text = |piece: &Piece| match piece {
            Piece::Flight(flight) => flight.text.replace("\n;\n", "; "),
            Piece::Copy { statement, .. } => format!("<{statement}>"),
            Piece::Verify { step, query } => format!("{step}: {}", query.text().replace('\n', " ")),
            Piece::Apart { step, apart } => format!("{step}: {apart:?}"),
            Piece::BringBack => "back".to_owned(),
        };
        pieces.iter().map(text).collect()
    }

    fn sent(
        session_timeout: Option<Duration>,
        steps: &[(&Step, &str, Option<Apart>)],
        verify: &[&str],
        record: &[&str],
    ) -> Vec<Piece> {
        let sent = |part: &(_, _, _)| {
            let (step, sql, apart) = *part;
            Sent { step, sql, apart }
        };
        let (steps, record): (Vec<_>, Vec<String>) =
            (steps.iter().map(sent).collect(), record.iter().map(ToString::to_string).collect());
        let body = Body { steps: &steps, brings_back: false, verify, record: &record };
        transaction(None, &Surroundings::default(), TIMEOUTS, session_timeout, &body)
    }

    #[test]
    fn a_plain_migration_is_one_message() {
        let ddl = step(Waiting::Briefly, None, false);
        let dml = step(Waiting::Patiently, None, false);
        let steps =
            [(&ddl, "CREATE TABLE a ()", None), (&ddl, "CREATE TABLE b ()", None), (&dml, "DELETE FROM a", None)];
        let pieces = sent(None, &steps, &[], &["RECORD"]);
        assert_eq!(
            texts(&pieces),
            ["BEGIN; SET LOCAL lock_timeout = 100; CREATE TABLE a (); CREATE TABLE b (); \
              SET LOCAL lock_timeout = 60000; DELETE FROM a; RECORD; COMMIT; "]
        );
    }

    #[test]
    fn what_the_session_has_already_is_not_set_again() {
        let ddl = step(Waiting::Briefly, None, false);
        let steps = [(&ddl, "CREATE TABLE a ()", None)];
        let pieces = sent(Some(TIMEOUTS.brief), &steps, &[], &[]);
        assert_eq!(texts(&pieces), ["BEGIN; CREATE TABLE a (); COMMIT; "]);
    }

    #[test]
    fn copy_data_splits_the_message_and_changed_settings_are_put_back() {
        let set = step(Waiting::Never, None, true);
        let copy = step(Waiting::Patiently, Some(Span::new(0, 0)), false);
        let steps = [(&set, "SET search_path = ''", None), (&copy, "COPY a FROM stdin", None)];
        let pieces = sent(None, &steps, &[], &["RECORD"]);
        assert_eq!(
            texts(&pieces),
            [
                "BEGIN; SET search_path = ''; SET LOCAL lock_timeout = 60000; ",
                "<COPY a FROM stdin>",
                "RESET SESSION AUTHORIZATION; RESET ALL; RESET ROLE; RECORD; COMMIT; "
            ]
        );
    }

    #[test]
    fn what_needs_a_look_at_the_database_is_waited_for() {
        let ddl = step(Waiting::Briefly, None, false);
        let steps = [(&ddl, "CREATE TABLE a ()", None), (&ddl, "DROP TABLE b", Some(Apart::Guard))];
        let pieces = sent(None, &steps, &[], &["RECORD"]);
        assert_eq!(
            texts(&pieces),
            ["BEGIN; SET LOCAL lock_timeout = 100; CREATE TABLE a (); ", "1: Guard", "RECORD; COMMIT; "]
        );
    }

    #[test]
    fn what_verifies_is_waited_for_and_leaves_nothing_behind() {
        let ddl = step(Waiting::Briefly, None, false);
        let steps = [(&ddl, "CREATE TABLE a ()", None)];
        let verify = ["TABLE a"];
        let pieces = sent(Some(TIMEOUTS.brief), &steps, &verify, &["R"]);
        assert_eq!(
            texts(&pieces),
            [
                "BEGIN; CREATE TABLE a (); SAVEPOINT limosa_verify; SET LOCAL transaction_read_only = on; ",
                "1: DECLARE limosa_rows NO SCROLL CURSOR FOR TABLE a ; FETCH FORWARD 21 FROM limosa_rows; \
                 CLOSE limosa_rows",
                "ROLLBACK TO SAVEPOINT limosa_verify; R; COMMIT; ",
            ]
        );
    }

    #[test]
    fn a_position_in_the_message_leads_back_to_the_step() {
        let ddl = step(Waiting::Briefly, None, false);
        let steps = [(&ddl, "SELECT 'ü'", None), (&ddl, "SELECT nope", None)];
        let pieces = sent(None, &steps, &[], &[]);
        let Piece::Flight(flight) = &pieces[0] else { panic!("not a message") };
        let position = flight.text.chars().collect::<String>().chars().position(|c| c == 'ü').unwrap() + 1;
        assert_eq!(flight.locate(position), Some((0, 8)));
        let nope = flight.text.split("nope").next().unwrap().chars().count() + 1;
        assert_eq!(flight.locate(nope), Some((1, 7)));
        assert_eq!(flight.failed_part(2), Origin::Step(0));
        assert_eq!(flight.failed_part(0), Origin::Frame);
    }
}
