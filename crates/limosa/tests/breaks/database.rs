//! What stands in a target, as seen by somebody who does not go through the program.

use limosa_testkit::query;

use crate::patience::wait_until;

/// The database of a URL.
pub(crate) struct Target<'a>(pub(crate) &'a str);

impl Target<'_> {
    /// The first column of the rows of a query, in order; NULL is empty.
    pub(crate) fn column(&self, sql: &str) -> Vec<String> {
        let rows = query(self.0, sql).unwrap_or_else(|error| panic!("{error}\nin: {sql}"));
        rows.into_iter().map(|mut row| row.swap_remove(0).unwrap_or_default()).collect()
    }

    /// The one value of a query.
    pub(crate) fn value(&self, sql: &str) -> String {
        self.column(sql).pop().unwrap_or_default()
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, condition: &str) -> bool {
        self.value(&format!("SELECT {condition}")) == "t"
    }

    /// Runs statements.
    pub(crate) fn run(&self, sql: &str) {
        query(self.0, sql).unwrap_or_else(|error| panic!("{error}\nin: {sql}"));
    }

    /// Waits until every other client of the database has left and what it ran has ended.
    pub(crate) fn wait_until_quiet(&self) {
        wait_until("the last client to leave the server", || {
            self.holds(
                "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                 AND backend_type = 'client backend' AND pid <> pg_backend_pid())",
            )
        });
    }

    /// Waits until some client of the database runs a statement that begins like this.
    pub(crate) fn wait_until_running(&self, beginning: &str) {
        wait_until(&format!("`{beginning}` to run"), || self.is_running(beginning));
    }

    /// Whether it runs; that its text is being written into the history is not that.
    pub(crate) fn is_running(&self, beginning: &str) -> bool {
        self.holds(&format!(
            "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
             AND pid <> pg_backend_pid() \
             AND regexp_replace(query, '(limosa_record|INSERT INTO limosa[.]).*', '') LIKE '%{beginning}%')"
        ))
    }

    fn has_history(&self) -> bool {
        self.holds("to_regclass('limosa.event') IS NOT NULL")
    }

    /// The versions in effect, as the history says.
    pub(crate) fn applied(&self) -> Vec<String> {
        if !self.has_history() {
            return Vec::new();
        }
        self.column(
            "SELECT version FROM limosa.migration WHERE state = 'applied' AND kind = 'versioned' ORDER BY version",
        )
    }

    /// The events in order, as `up 0001`.
    pub(crate) fn events(&self) -> Vec<String> {
        if !self.has_history() {
            return Vec::new();
        }
        self.column("SELECT kind || ' ' || coalesce(version, '') FROM limosa.event ORDER BY seq")
    }

    /// The events that changed something.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.events().into_iter().filter(|event| !event.starts_with("fail ")).collect()
    }

    /// Fails unless every event follows the one before it.
    pub(crate) fn chain_must_hold(&self) {
        if self.has_history() {
            let broken = self.column(
                "SELECT seq FROM (SELECT service, seq, previous_hash, lag(hash, 1, '') OVER w AS expected, \
                 row_number() OVER w AS number FROM limosa.event WINDOW w AS (PARTITION BY service ORDER BY seq)) e \
                 WHERE previous_hash <> expected OR seq <> number",
            );
            assert_eq!(broken, Vec::<String>::new(), "events that do not follow the one before them");
        }
    }
}
