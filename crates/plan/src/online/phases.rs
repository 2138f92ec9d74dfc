//! The phases of an online change, as data.

use std::fmt::Write as _;

use limosa_catalog::{ColumnName, Identifier, ObjectName, Rename};
use limosa_syntax::Coexistence;

use super::reverse;
use super::trial::Trial;
use super::versions::VersionChange;

/// Something that must be so: a query that returns no row, and what it means if it returns one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineCheck {
    /// The query. It only reads.
    pub query: String,
    /// What is wrong where it returns a row, in one sentence; the row's first column, where it has one, is an example.
    pub found: String,
    /// What to do then; `{row}` stands for the example.
    pub help: String,
}

/// An expression over the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EachRow {
    /// The table.
    pub table: ObjectName,
    /// What tells its rows apart; empty where nothing does.
    pub key: Vec<Identifier>,
    /// The expression, over the table's columns.
    pub value: String,
}

/// One step on the way, after which the position is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnlineStep {
    /// Statements in one transaction, whose locks are held for milliseconds.
    Together(Vec<String>),
    /// A statement by itself, which holds nobody up for as long as it runs.
    Alone(String),
    /// A change of rows in batches; `words` stand behind `-- limosa: backfill`.
    Batches {
        /// The statement.
        sql: String,
        /// How it is run: `batch-time 50ms`.
        words: String,
    },
}

/// What one statement does, from before it begins until nothing of the old is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phases {
    /// What it is, as people say it: `rename column public.patient.name to full_name`.
    pub about: String,
    /// What must be so before anything is changed.
    pub checks: Vec<OnlineCheck>,
    /// What must be so before anything is changed, unless the migration says `allow replicated`: that nobody receives
    /// what would be sent.
    pub sent: Vec<OnlineCheck>,
    /// The same, before the old goes.
    pub sent_at_end: Vec<OnlineCheck>,
    /// What is computed of every row, so that rows for which it fails can be named.
    pub computed: Vec<EachRow>,
    /// What must be so as long as it is under way: that what it changes is there, and is what it was.
    pub standing: Vec<OnlineCheck>,
    /// Both versions become able to work.
    pub expand: Vec<OnlineStep>,
    /// Rows that are there get their values.
    pub backfill: Vec<OnlineStep>,
    /// What rests on all rows having their values: constraints, indexes.
    pub complete: Vec<OnlineStep>,
    /// What must be so before the old goes.
    pub remaining: Vec<OnlineCheck>,
    /// The old goes: one transaction of milliseconds.
    pub contract: Vec<String>,
    /// All of it is taken back, from any point before contract: one transaction. Every statement takes it that what it
    /// removes may not be there yet, nor its table any more.
    pub abort: Vec<String>,
    /// Plain statements that take it back once the old is gone, with their directives; empty where there is no way
    /// back.
    pub reverse: Vec<String>,
    /// Columns that clients write and read by two names meanwhile, or that go: what comes to hang on them while both
    /// versions live has to be known before the old goes.
    pub watched: Vec<ColumnName>,
    /// Columns that stay and get another type with contract, for which what reads them makes way.
    pub reshaped: Vec<ColumnName>,
    /// Columns that it gives another type.
    pub retyped: Vec<ColumnName>,
    /// Columns that are read by what its way back makes again.
    pub read_again: Vec<ColumnName>,
    /// Its statements are the migration's own words, which name things as the statements before have left them.
    pub verbatim: bool,
    /// What is worth knowing and stops nothing.
    pub remarks: Vec<String>,
    /// What only clients of the old version name.
    pub old_names: Vec<OldName>,
    /// What is called otherwise once the old is gone.
    pub renames: Vec<Rename>,
    /// Columns that are there only until the old goes.
    pub passing: Vec<ColumnName>,
    /// How the new version sees what is changed, where it reads through a schema of views. Nothing that a view shows
    /// goes or gets another type with contract, so what outlives that is named here.
    pub shows: Vec<Shown>,
    /// Columns that hold the same until the old goes.
    pub twins: Vec<Twins>,
    /// Rows that may be left without a value.
    pub quarantine: Vec<Quarantine>,
    /// What comes on disk.
    pub growth: Vec<Growth>,
    /// Maps of old and new ids that are filled by it, or read.
    pub maps: Vec<ObjectName>,
    /// Maps that come from other services' databases.
    pub carries: Vec<Carry>,
    /// Statements that make what holds rows of its own and goes with the old version: they are run before that goes.
    pub ahead: Vec<Ahead>,
    /// Statements that make again what reads a column, and that the migration does not say.
    pub made_again: Vec<String>,
}

/// A statement that is run before the old goes, so that nobody waits for the rows of what it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The statement, which fills nothing.
    pub sql: String,
    /// What it makes; `None` where it is about something that another one makes.
    pub makes: Option<Made>,
    /// What fills it then.
    pub fill: Option<String>,
    /// Whether the migration says it, so that it names things as the new version does; otherwise it was printed, and
    /// names them as they are.
    pub said: bool,
}

/// What is made beside the old one of its name, and gets the name with contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it is: `MATERIALIZED VIEW`, `VIEW`, `INDEX`, `STATISTICS`.
    pub kind: &'static str,
    /// Its name.
    pub name: ObjectName,
    /// What it is called until then.
    pub interim: Identifier,
    /// What the old one is, and what that is called for the moment in which this one is made.
    pub away: Option<(&'static str, Identifier)>,
}

/// What is done before the old goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ready {
    /// The statements of each transaction. The first takes away what an earlier try has left, and waits for locks that
    /// it holds for milliseconds; the others fill.
    pub transactions: Vec<Vec<String>>,
    /// Takes away what they make, whether it is there or not.
    pub left: Vec<String>,
    /// What they make.
    pub made: Vec<Made>,
}

/// A map of ids that is carried from the database of the service whose key it is of: before the change begins, and as
/// long as it is open, to keep up with ids that are made there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// The service.
    pub service: String,
    /// The table's name, in the schema of the history there and here.
    pub map: Identifier,
    /// The types of its ids: of the old ones, and of the new ones.
    pub types: [String; 2],
    /// Whether the change goes back to the old ids: then the map is here, and what comes from there only adds to it.
    pub back: bool,
    /// The table in which the pairs arrive: `old_id`, `new_id`.
    pub arrived: ObjectName,
    /// Makes that, empty: one transaction, in which the pairs are copied.
    pub prepare: Vec<String>,
    /// Finds those that the map here does not have, and tells how many; one transaction.
    pub sift: Vec<String>,
    /// Takes them into the map: one transaction of which the first statement waits for those who ask the map.
    pub take: Vec<String>,
    /// Each ends whoever writes to a table and may know the map as it was.
    pub writers: Vec<String>,
    /// Tells the highest number of an id that stood for another.
    pub late: String,
    /// Brings rows in order that hold such ids, of those above the number `$1` up to `$2`; tells how many rows.
    pub mend: String,
    /// Tells how many ids the map has here that did not arrive.
    pub unknown: String,
    /// Drops what was made for one time.
    pub clear: Vec<String>,
}

/// What the new version sees otherwise than the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It reads and writes this column of the table by that name (an interim column by the name it will have).
    Column {
        /// The column as it is called on the table now.
        column: ColumnName,
        /// What the new version calls it.
        name: Identifier,
    },
    /// It does not have the column.
    Hidden(ColumnName),
    /// It calls the table so.
    Table {
        /// The table as it is called now.
        table: ObjectName,
        /// What the new version calls it.
        name: Identifier,
    },
    /// It does not have the table.
    HiddenTable(ObjectName),
}

/// Rows for which an expression fails, which stay as they are until the old goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// The table.
    pub table: ObjectName,
    /// A query of their keys.
    pub rows: String,
    /// Keeps them with their old values, when the old goes.
    pub keep: String,
}

/// Two columns of a table of which clients of the old version write one, and those of the new version the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twins {
    /// The table.
    pub table: ObjectName,
    /// What the old version writes.
    pub old: Identifier,
    /// What the new version writes.
    pub new: Identifier,
}

/// Something for which there has to be room on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Growth {
    /// The rows of a table are written anew: as much again as they take, until vacuum makes use of the old ones' room.
    Rows(ObjectName),
    /// An index like one that is there.
    Like(ObjectName),
    /// An index over columns of a table.
    Index {
        /// The table.
        table: ObjectName,
        /// The columns.
        columns: Vec<Identifier>,
    },
}

/// Something that clients of the old version name, and those of the new one do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldName {
    /// The table by its own name.
    pub table: Identifier,
    /// A column of it; `None` where it is the table's own name.
    pub column: Option<Identifier>,
}

/// A migration as it is run online.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnlineChange {
    /// In the order of the statements.
    pub operations: Vec<Phases>,
    /// Whether the migration says that those are ready to whom tables are replicated.
    pub allows_replicated: bool,
    /// Whether the migration says that triggers of others may fire for rows that are filled.
    pub allows_firing: bool,
    /// What becomes of schemas of views, where versions have them.
    pub versions: Option<VersionChange>,
    /// What is done before the old goes.
    pub ready: Ready,
    /// What is tried before anything changes, each in a transaction of its own.
    pub trials: Vec<Trial>,
    /// Statements that make types.
    pub types: Vec<String>,
}

impl OnlineChange {
    /// All that is done: the statements, and behind them what shows it.
    pub fn phases(&self) -> impl DoubleEndedIterator<Item = &Phases> {
        self.operations.iter().chain(self.versions.as_ref().map(|versions| &versions.phases))
    }

    /// A part of the phases of all that is done: `change.gathered(|phases| &phases.checks)`.
    pub fn gathered<'c, T: Clone + 'c>(&'c self, part: impl Fn(&'c Phases) -> &'c Vec<T>) -> Vec<T> {
        self.phases().flat_map(part).cloned().collect()
    }

    /// A question that is asked before anything changes, in a transaction: where the statements make types, these are
    /// there meanwhile.
    #[must_use]
    pub fn asked_early(&self, query: &str) -> String {
        if self.types.is_empty() {
            return query.to_owned();
        }
        let types = self.types.join(";\n");
        format!("SAVEPOINT limosa_types;\n{types};\n{query};\nROLLBACK TO SAVEPOINT limosa_types")
    }

    /// What is run first: it makes both versions able to work, and ends when every row has its values.
    #[must_use]
    pub fn expand_script(&self) -> String {
        let mut text = header("Both versions become able to work.");
        self.section(&mut text, "expand", |phases| &phases.expand);
        self.section(&mut text, "backfill", |phases| &phases.backfill);
        self.section(&mut text, "complete", |phases| &phases.complete);
        text
    }

    /// What is run right before the old goes, in transactions of its own. Empty where there is nothing to be made.
    #[must_use]
    pub fn ready_script(&self) -> String {
        if self.ready.transactions.is_empty() {
            return String::new();
        }
        let mut text = header("What takes time is made before the old goes.");
        for transaction in &self.ready.transactions {
            let _ = writeln!(text, "\n{}", OnlineStep::Together(transaction.clone()));
        }
        text
    }

    /// What is run when nobody needs the old any more: one transaction. Empty where nothing is left to do then.
    #[must_use]
    pub fn contract_script(&self) -> String {
        self.together("The old goes.", |phases| &phases.contract, false)
    }

    /// What takes everything back before the old is gone: one transaction.
    #[must_use]
    pub fn abort_script(&self) -> String {
        let script = self.together("What was begun is taken back.", |phases| &phases.abort, true);
        if self.ready.left.is_empty() {
            return script;
        }
        // It reads what goes next.
        let rest = script.strip_prefix(&header("What was begun is taken back.")).unwrap_or_default();
        let mut text = header("What was begun is taken back.");
        for statement in &self.ready.left {
            let _ = writeln!(text, "{statement};");
        }
        text + rest
    }

    /// A migration that takes it back once the old is gone, itself to be run online; `None` where a statement has no
    /// way back.
    #[must_use]
    pub fn reverse_script(&self) -> Option<String> {
        if self.operations.iter().any(|phases| phases.reverse.is_empty()) {
            return None;
        }
        let statements = reverse::statements(&self.operations);
        let way = self.versions.as_ref().map(|_| Coexistence::VersionedSchemas.word()).unwrap_or_default();
        let head = format!("-- limosa: online {way}");
        // Those who were ready for the one way are asked about the other no more.
        let allowed = if self.allows_replicated { "\n-- limosa: allow replicated" } else { "" };
        Some(format!("{}{allowed}\n\n{}\n", head.trim_end(), statements.join("\n\n")))
    }

    /// Whether there is anything to be done once nobody needs the old any more.
    #[must_use]
    pub fn contracts(&self) -> bool {
        self.phases().any(|phases| !phases.contract.is_empty())
    }

    fn section(&self, text: &mut String, name: &str, steps: impl Fn(&Phases) -> &Vec<OnlineStep>) {
        for phases in self.phases().filter(|phases| !steps(phases).is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n-- {name}: {}", phases.about.replace('\n', " "));
            for step in steps(phases) {
                let _ = writeln!(text, "{step}");
            }
        }
    }

    fn together(&self, title: &str, statements: impl Fn(&Phases) -> &Vec<String>, backwards: bool) -> String {
        let mut operations: Vec<&Phases> = self.operations.iter().collect();
        if !backwards {
            renames_last(&mut operations);
        }
        // Views go before what they show.
        let all = self.versions.iter().map(|versions| &versions.phases);
        let all: Vec<&Phases> =
            if backwards { all.chain(operations.into_iter().rev()).collect() } else { all.chain(operations).collect() };
        let operations: Vec<&Phases> = all.into_iter().filter(|phases| !statements(phases).is_empty()).collect();
        if operations.is_empty() {
            return String::new();
        }
        let mut text = header(title);
        for phases in operations {
            let _ = writeln!(text, "\n-- {}", phases.about.replace('\n', " "));
            for statement in statements(phases) {
                let _ = writeln!(text, "{statement};");
            }
        }
        text
    }
}

/// Statements that were made for the names which are there now come before those names change; what the migration says
/// in its own words stays where it is.
fn renames_last(operations: &mut [&Phases]) {
    for part in operations.split_mut(|phases| phases.verbatim) {
        part.sort_by_key(|phases| !phases.renames.is_empty());
    }
}

/// What the scripts drop is a copy, or goes because the migration says so; its own statement carries what it says.
fn header(title: &str) -> String {
    format!("-- {title}\n-- limosa: allow deletes-data\n")
}

impl std::fmt::Display for OnlineStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Together(statements) => {
                writeln!(f, "BEGIN;")?;
                for statement in statements {
                    writeln!(f, "{statement};")?;
                }
                write!(f, "COMMIT;")
            }
            Self::Alone(statement) => write!(f, "{statement};"),
            Self::Batches { sql, words } => {
                let space = if words.is_empty() { "" } else { " " };
                write!(f, "-- limosa: backfill{space}{words}\n{sql};")
            }
        }
    }
}
