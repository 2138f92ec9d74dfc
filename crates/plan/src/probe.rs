//! A statement was begun outside a transaction and its record is missing: did it happen?

use limosa_catalog::Literal;
use limosa_syntax::Effect;

/// A question to the catalog: one statement without parameters that returns one row with one text column, which
/// [`Probe::verdict`] reads. Costs index look-ups in the system catalogs only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    sql: String,
    subject: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    CreateIndex { name: String },
    Present,
    Absent,
    Detach { finalize: String },
}

/// What the catalog answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// There is no such object.
    Missing,
    /// It is there and whole.
    Valid,
    /// It is there, unfinished, and nobody is working on it.
    Invalid,
    /// It is there, unfinished, and some session is at it right now.
    Building,
}

impl Answer {
    /// Reads the column that [`Probe::sql`] returns; no row or NULL is [`Answer::Missing`].
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text {
            Some("valid") => Self::Valid,
            Some("invalid") => Self::Invalid,
            Some("building") => Self::Building,
            _ => Self::Missing,
        }
    }
}

/// What to do about the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Its effect is there: record it and go on.
    Done,
    /// Its effect is not there, or doing it again does no harm: run it.
    Run,
    /// Run this first, then the statement.
    CleanUpThenRun(String),
    /// This takes the place of the statement.
    RunInstead(String),
    /// Another session is at it: wait.
    Wait,
}

/// How to find out whether a statement ran whose end is not on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// Ask the catalog.
    Ask(Probe),
    /// Do not ask: running it again does no harm.
    RunAgain,
    /// The catalog cannot tell: a procedure that commits, an index whose name the server chose.
    Unknown,
}

impl Recovery {
    /// What can be done about a statement with this effect.
    #[must_use]
    pub fn of(effect: Option<&Effect>) -> Self {
        match effect {
            Some(Effect::Repeatable) => Self::RunAgain,
            Some(effect) => Probe::of(effect).map_or(Self::Unknown, Self::Ask),
            None => Self::Unknown,
        }
    }
}

impl Probe {
    /// The question that decides whether a statement with this effect ran.
    fn of(effect: &Effect) -> Option<Self> {
        let (subject, sql, kind) = match effect {
            Effect::CreateIndex { name: Some(name), table, .. } => {
                // The index lives in its table's schema, whatever search_path says.
                let sql = format!(
                    "SELECT CASE WHEN i.indisvalid THEN 'valid' \
                     WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p \
                                  WHERE p.index_relid = i.indexrelid) \
                     THEN 'building' ELSE 'invalid' END \
                     FROM pg_catalog.pg_class t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid \
                     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                     WHERE t.oid = pg_catalog.to_regclass({}) AND c.relname = {}",
                    Literal(&table.to_string()),
                    Literal(name.as_str()),
                );
                let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
                (format!("index {name}"), sql, Kind::CreateIndex { name: format!("{schema}{name}") })
            }
            Effect::DropIndex { names, .. } => {
                let names: Vec<String> = names.iter().map(ToString::to_string).collect();
                let any = names.iter().map(|n| format!("pg_catalog.to_regclass({}) IS NOT NULL", Literal(n)));
                let sql = format!("SELECT 'valid' WHERE {}", any.collect::<Vec<_>>().join(" OR "));
                (format!("index {}", names.join(", ")), sql, Kind::Absent)
            }
            Effect::AddEnumValue { type_name, label, .. } => (
                format!("value {label} of {type_name}"),
                format!(
                    "SELECT 'valid' FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype({}) \
                     AND enumlabel = {}",
                    Literal(&type_name.to_string()),
                    Literal(label),
                ),
                Kind::Present,
            ),
            Effect::CreateDatabase { name, .. } => {
                let sql =
                    format!("SELECT 'valid' FROM pg_catalog.pg_database WHERE datname = {}", Literal(name.as_str()));
                (format!("database {name}"), sql, Kind::Present)
            }
            Effect::DropDatabase { name, .. } => {
                let sql =
                    format!("SELECT 'valid' FROM pg_catalog.pg_database WHERE datname = {}", Literal(name.as_str()));
                (format!("database {name}"), sql, Kind::Absent)
            }
            Effect::CreateTablespace { name, .. } => {
                let sql =
                    format!("SELECT 'valid' FROM pg_catalog.pg_tablespace WHERE spcname = {}", Literal(name.as_str()));
                (format!("tablespace {name}"), sql, Kind::Present)
            }
            Effect::DropTablespace { name, .. } => {
                let sql =
                    format!("SELECT 'valid' FROM pg_catalog.pg_tablespace WHERE spcname = {}", Literal(name.as_str()));
                (format!("tablespace {name}"), sql, Kind::Absent)
            }
            Effect::CreateSubscription { name, .. } => {
                (format!("subscription {name}"), subscription(name.as_str()), Kind::Present)
            }
            Effect::DropSubscription { name, .. } => {
                (format!("subscription {name}"), subscription(name.as_str()), Kind::Absent)
            }
            Effect::DetachPartition { parent, partition, .. } => (
                format!("partition {partition} of {parent}"),
                format!(
                    "SELECT CASE WHEN inhdetachpending THEN 'invalid' ELSE 'valid' END FROM pg_catalog.pg_inherits \
                     WHERE inhrelid = pg_catalog.to_regclass({}) AND inhparent = pg_catalog.to_regclass({})",
                    Literal(&partition.to_string()),
                    Literal(&parent.to_string()),
                ),
                Kind::Detach { finalize: format!("ALTER TABLE {parent} DETACH PARTITION {partition} FINALIZE") },
            ),
            Effect::CreateIndex { name: None, .. }
            | Effect::CreateRelation { .. }
            | Effect::DropRelations { .. }
            | Effect::Repeatable => return None,
        };
        Some(Self { sql, subject, kind })
    }

    /// The question.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// What is asked about, for people: `index "visit_patient_idx"`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What the answer means for a statement that was begun and whose end is not recorded.
    #[must_use]
    pub fn verdict(&self, answer: Answer) -> Verdict {
        match (&self.kind, answer) {
            (_, Answer::Building) => Verdict::Wait,
            (Kind::CreateIndex { name, .. }, Answer::Invalid) => {
                Verdict::CleanUpThenRun(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
            }
            (Kind::Detach { finalize }, Answer::Invalid) => Verdict::RunInstead(finalize.clone()),
            (Kind::CreateIndex { .. } | Kind::Present, Answer::Valid) => Verdict::Done,
            (Kind::Absent | Kind::Detach { .. }, Answer::Missing) => Verdict::Done,
            _ => Verdict::Run,
        }
    }

    /// What has to go before a statement that was not begun yet: an invalid index under the name it wants, left by a
    /// build that was killed. `CREATE INDEX … IF NOT EXISTS` would take it for the real one.
    #[must_use]
    pub fn leftover(&self, answer: Answer) -> Option<String> {
        match (&self.kind, self.verdict(answer)) {
            (Kind::CreateIndex { .. }, Verdict::CleanUpThenRun(sql)) => Some(sql),
            _ => None,
        }
    }
}

/// Subscriptions are shared by the whole server; only the database's own count.
fn subscription(name: &str) -> String {
    format!(
        "SELECT 'valid' FROM pg_catalog.pg_subscription WHERE subname = {} AND subdbid = \
         (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
        Literal(name)
    )
}
