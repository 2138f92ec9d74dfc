//! Statements of a difference.

use std::fmt;

use limosa_catalog::ObjectName;

use super::faithful::faithful;
use super::hazard::Hazard;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without a semicolon at the end.
    pub sql: Sql,
    /// Whether it can share a transaction.
    pub run: Run,
    /// What it risks.
    pub hazards: Vec<Hazard>,
    /// Whether what follows on the same table has to be a statement of its own.
    pub(crate) apart: bool,
}

/// Whether a statement can share a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It can.
    Together,
    /// PostgreSQL refuses it inside a transaction, or it has to commit before the next.
    Alone,
}

/// The text of a statement. Actions on one table are kept apart, so that neighbours can become one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sql {
    /// Any statement.
    Text(String),
    /// `ALTER TABLE` and the like with its actions.
    Alter {
        /// What is altered.
        target: AlterTarget,
        /// `ADD COLUMN …`, in order.
        actions: Vec<String>,
    },
}

/// What an `ALTER` is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterTarget {
    /// `TABLE`, `FOREIGN TABLE` …
    pub keyword: &'static str,
    /// Whether the partitions or children are left alone.
    pub only: bool,
    /// Its name.
    pub name: ObjectName,
}

impl Statement {
    /// Any statement that can share a transaction.
    pub(crate) fn text(sql: impl Into<String>) -> Self {
        Self { sql: Sql::Text(sql.into()), run: Run::Together, hazards: Vec::new(), apart: false }
    }

    /// One action of an `ALTER TABLE`.
    pub(crate) fn alter_table(table: &ObjectName, action: impl Into<String>) -> Self {
        Self::alter(AlterTarget { keyword: "TABLE", only: false, name: table.clone() }, action)
    }

    /// One action of an `ALTER`.
    pub(crate) fn alter(target: AlterTarget, action: impl Into<String>) -> Self {
        let sql = Sql::Alter { target, actions: vec![action.into()] };
        Self { sql, run: Run::Together, hazards: Vec::new(), apart: false }
    }

    /// The same, outside any transaction.
    pub(crate) fn alone(mut self) -> Self {
        self.run = Run::Alone;
        self
    }

    /// The same, in words that the server reads as it printed them.
    pub(crate) fn faithful(mut self) -> Self {
        match &mut self.sql {
            Sql::Text(text) => *text = faithful(text),
            Sql::Alter { actions, .. } => actions.iter_mut().for_each(|action| *action = faithful(action)),
        }
        self
    }

    /// The same, with a risk.
    pub(crate) fn risking(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sql {
            Sql::Text(text) => f.write_str(text),
            Sql::Alter { target, actions } => {
                write!(f, "ALTER {} {}{}", target.keyword, if target.only { "ONLY " } else { "" }, target.name)?;
                match actions.as_slice() {
                    [only] => write!(f, " {only}"),
                    several => write!(f, "\n    {}", several.join(",\n    ")),
                }
            }
        }
    }
}
