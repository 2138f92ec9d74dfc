//! What holds rows of its own, and is made again when the old goes: a materialized view. It is made beside the old one
//! first, and filled there, so that nobody waits for its rows.
//!
//! What makes it names things as they will be. So for a moment, in one transaction, they are called so: the columns and
//! tables get the names that they will have, what is to be made is made without rows, and all names are put back. The
//! server keeps what was meant and not how it was called, so the new one reads what will be there. It is filled under a
//! name of ours, and contract gives it its own.

use std::collections::BTreeSet;

use limosa_catalog::{ColumnName, Entry, Identifier, Object, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, TokenKind, Tokens};

use super::phases::{Ahead, Made, Phases, Ready, Shown};
use super::refusal::Refusal;
use super::situation::{Situation, object_for_people};

/// Numbers in the names of what is made ahead begin here, and of what makes way for it for a moment there: those of
/// other operations are smaller.
const NUMBERS: [usize; 2] = [5_000, 7_000];

/// Gives columns what others of the same names have.
const COLUMNS_AS_BEFORE: &str = include_str!("columns_as_before.sql");

/// A long load is not cut off by a setting that is meant for short statements.
const WITHOUT_TIMEOUT: &str = "SET LOCAL statement_timeout = 0";

/// Whether it is filled that is made without rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// As the statement says.
    AsSaid,
    /// Whatever it says: where the old one is.
    AsTheOld,
}

/// A statement that makes a materialized view, or something that comes with one, as it is run ahead.
pub(super) fn ahead(situation: &Situation<'_>, text: &str, filled: Filled) -> Result<Ahead, Refusal> {
    let command = Command::of(text);
    refuse_remade_routine(situation, text)?;
    let resolved = |name: &QualifiedName| situation.resolve(name);
    let named = |name: Option<ObjectName>| {
        name.ok_or_else(|| {
            Refusal::new(
                "what is made has no name, so it cannot be found when contract gives it its place",
                "give it a name",
            )
        })
    };
    let (sql, made) = match &command {
        Command::CreateTableAs { name, materialized_view: true, .. } => {
            (without_rows(text).0, Some(("MATERIALIZED VIEW", named(resolved(name))?)))
        }
        Command::CreateView { name, .. } => (text.to_owned(), Some(("VIEW", named(resolved(name))?))),
        Command::CreateIndex { name, table, .. } => {
            let schema = resolved(table).map(|table| table.schema);
            let name = schema.zip(name.clone()).map(|(schema, name)| ObjectName { schema, name });
            (not_concurrently(text), Some(("INDEX", named(name)?)))
        }
        Command::CreateStatistics { name, .. } => {
            let name = name.as_ref().and_then(resolved);
            (text.to_owned(), Some(("STATISTICS", named(name)?)))
        }
        _ => (text.to_owned(), None),
    };
    let makes = made.map(|(kind, name)| {
        situation.makes_later(&name);
        let number = situation.next_ahead();
        let [beside, aside] = NUMBERS.map(|start| situation.interim(&name.name, start + number));
        Made { away: old_of(situation, kind, &name).map(|kind| (kind, aside)), kind, name, interim: beside }
    });
    let fill = makes.as_ref().filter(|made| made.kind == "MATERIALIZED VIEW").and_then(|made| {
        let refresh = format!("REFRESH MATERIALIZED VIEW {}", made.beside());
        match (without_rows(text).1, filled) {
            (false, _) => Some(refresh),
            (true, Filled::AsSaid) => None,
            (true, Filled::AsTheOld) => Some(format!(
                "DO $limosa$ BEGIN IF (SELECT relispopulated FROM pg_catalog.pg_class WHERE oid = {}::regclass) \
                 THEN {refresh}; END IF; END $limosa$",
                limosa_catalog::Literal(&made.name.to_string())
            )),
        }
    });
    Ok(Ahead { sql, makes, fill, said: filled == Filled::AsSaid })
}

/// What is worth knowing of it.
pub(super) fn remark(ahead: &[Ahead]) -> Option<String> {
    let views = ahead.iter().filter(|it| it.fill.is_some()).filter_map(|it| it.makes.as_ref());
    let views: Vec<String> = views.map(|made| object_for_people(&made.name)).collect();
    let (are, its) = if views.len() == 1 { ("is", "its") } else { ("are", "their") };
    (!views.is_empty()).then(|| {
        format!(
            "{} {are} made anew beside the old by `limosa contract`, before that locks anything: {its} rows are those \
             of that moment, REFRESH as usual",
            views.join(", ")
        )
    })
}

/// All that is made before the old goes: first what is to be there, in one transaction of milliseconds, then the rows.
///
/// # Errors
/// What cannot be made so, with the number of its operation.
pub(super) fn ready(situation: &Situation<'_>, operations: &[Phases]) -> Result<Ready, (usize, Refusal)> {
    let all = || operations.iter().flat_map(|phases| &phases.ahead);
    if all().next().is_none() {
        return Ok(Ready::default());
    }
    let names = Names::of(situation, operations);
    for (at, phases) in operations.iter().enumerate() {
        if let Some(ahead) = phases.ahead.iter().find(|ahead| !names.hidden.is_empty() && takes_every_column(ahead)) {
            let name = ahead.makes.as_ref().map_or_else(String::new, |made| object_for_people(&made.name));
            let refusal = Refusal::new(
                format!("{name} is made before the old columns are gone, and `*` would take them as well"),
                "write out the columns that it is to have",
            );
            return Err((at, refusal));
        }
    }
    let made: Vec<&Made> = all().filter_map(|ahead| ahead.makes.as_ref()).collect();
    let left: Vec<String> = made
        .iter()
        .rev()
        .filter(|made| made.is_relation())
        .map(|made| format!("DROP {} IF EXISTS {}", made.kind, made.beside()))
        .collect();
    let mut shape = left.clone();
    let aside = |made: &Made, there: bool| {
        let (kind, away) = made.away.as_ref()?;
        let (from, to) = if there { (&made.name.name, away) } else { (away, &made.name.name) };
        Some(renamed(kind, &made.name.schema, from, to))
    };
    // What reads through views locks those first.
    shape.extend(made.iter().rev().filter_map(|made| aside(made, true)));
    shape.extend(names.lock());
    let statements = |said: bool| all().filter(move |ahead| ahead.said == said).map(|ahead| ahead.sql.clone());
    // What was printed names columns as they were before they are renamed.
    shape.extend(Names::there(&names.types));
    shape.extend(statements(false));
    shape.extend(Names::there(&names.renames));
    shape.extend(statements(true));
    shape.extend(Names::back(&names.renames));
    shape.extend(Names::back(&names.types));
    shape.extend(made.iter().map(|made| renamed(made.kind, &made.name.schema, &made.name.name, &made.interim)));
    shape.extend(made.iter().filter_map(|made| aside(made, false)));
    shape.extend(all().filter(|ahead| !ahead.said).filter_map(as_before));
    let fill = |ahead: &Ahead| {
        let beside = ahead.makes.as_ref()?.beside();
        // Never looked at, it would be thought to be small.
        Some(vec![WITHOUT_TIMEOUT.to_owned(), ahead.fill.clone()?, format!("ANALYZE {beside}")])
    };
    let transactions = std::iter::once(shape).chain(all().filter_map(fill)).collect();
    Ok(Ready { transactions, left, made: made.into_iter().cloned().collect() })
}

/// Gives the columns of a materialized view what the old one's have, and no catalog knows: targets of statistics, and
/// how values are stored.
fn as_before(ahead: &Ahead) -> Option<String> {
    let made = ahead.makes.as_ref()?;
    let is_there = made.kind == "MATERIALIZED VIEW" && made.away.as_ref().is_some_and(|(kind, _)| *kind == made.kind);
    let name = |name: &ObjectName| limosa_catalog::Literal(&name.to_string()).to_string();
    let sql = COLUMNS_AS_BEFORE.trim_end().replace("{old}", &name(&made.name));
    is_there.then(|| sql.replace("{new}", &name(&made.beside())))
}

/// What is called otherwise for a moment.
struct Names {
    /// Columns that take the place of one of another type.
    types: Vec<Called>,
    /// What is renamed.
    renames: Vec<Called>,
    /// Columns that the new version does not have.
    hidden: BTreeSet<ColumnName>,
}

/// A column or a table that gets another name.
struct Called {
    table: ObjectName,
    /// `None` where it is the table's own name.
    column: Option<Identifier>,
    name: Identifier,
    /// What has that name now, a column or a view, is called so then.
    aside: Option<Identifier>,
}

impl Names {
    fn of(situation: &Situation<'_>, operations: &[Phases]) -> Self {
        let hidden = operations.iter().flat_map(|phases| &phases.shows).filter_map(|shown| match shown {
            Shown::Hidden(column) => Some(column.clone()),
            _ => None,
        });
        let mut names = Self { types: Vec::new(), renames: Vec::new(), hidden: hidden.collect() };
        let away = |name: &Identifier| situation.interim(name, NUMBERS[1] + situation.next_ahead());
        for phases in operations {
            for shown in &phases.shows {
                let called = match shown {
                    Shown::Column { column, name } if column.name != *name => {
                        let same = ColumnName { relation: column.relation.clone(), name: name.clone() };
                        let aside = names.hidden.contains(&same).then(|| away(name));
                        let (table, column) = (column.relation.clone(), Some(column.name.clone()));
                        Called { table, column, name: name.clone(), aside }
                    }
                    Shown::Table { table, name } => {
                        let aside = (!situation.is_versioned()).then(|| away(name));
                        Called { table: table.clone(), column: None, name: name.clone(), aside }
                    }
                    _ => continue,
                };
                let of_kind = if phases.renames.is_empty() { &mut names.types } else { &mut names.renames };
                of_kind.push(called);
            }
        }
        // A column is found by its table's name.
        names.renames.sort_by_key(|called| called.column.is_none());
        names
    }

    /// Locks the tables as contract does, all at once.
    fn lock(&self) -> Option<String> {
        let tables: BTreeSet<&ObjectName> = self.types.iter().chain(&self.renames).map(|it| &it.table).collect();
        let tables: Vec<String> = tables.into_iter().map(ToString::to_string).collect();
        (!tables.is_empty()).then(|| format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")))
    }

    fn there(called: &[Called]) -> Vec<String> {
        let one = |it: &Called| {
            let aside = it.aside.as_ref().map(|aside| it.aside_renamed(&it.name, aside));
            aside.into_iter().chain([it.renamed(true)]).collect::<Vec<_>>()
        };
        called.iter().flat_map(one).collect()
    }

    fn back(called: &[Called]) -> Vec<String> {
        let one = |it: &Called| {
            let aside = it.aside.as_ref().map(|aside| it.aside_renamed(aside, &it.name));
            std::iter::once(it.renamed(false)).chain(aside).collect::<Vec<_>>()
        };
        called.iter().rev().flat_map(one).collect()
    }
}

impl Called {
    fn renamed(&self, there: bool) -> String {
        let turned = |from, to| if there { (from, to) } else { (to, from) };
        match &self.column {
            Some(column) => {
                let (from, to) = turned(column, &self.name);
                column_renamed(&self.table, from, to)
            }
            None => {
                let (from, to) = turned(&self.table.name, &self.name);
                renamed("TABLE", &self.table.schema, from, to)
            }
        }
    }

    fn aside_renamed(&self, from: &Identifier, to: &Identifier) -> String {
        match self.column {
            Some(_) => column_renamed(&self.table, from, to),
            None => renamed("VIEW", &self.table.schema, from, to),
        }
    }
}

impl Made {
    /// What it is called until contract.
    #[must_use]
    pub fn beside(&self) -> ObjectName {
        ObjectName { schema: self.name.schema.clone(), name: self.interim.clone() }
    }

    /// What gives it its own name, when the old one is gone.
    pub(in crate::online) fn settle(&self) -> String {
        renamed(self.kind, &self.name.schema, &self.interim, &self.name.name)
    }

    fn is_relation(&self) -> bool {
        matches!(self.kind, "MATERIALIZED VIEW" | "VIEW")
    }
}

/// What has the name now and goes with contract: its kind.
fn old_of(situation: &Situation<'_>, kind: &str, name: &ObjectName) -> Option<&'static str> {
    let has = |id: ObjectId| situation.catalog.contains(&id);
    match kind {
        // One of a table that stays is in the way, and the server says so.
        "INDEX" => {
            let index = situation.catalog.entry(&ObjectId::Index(name.clone()))?;
            matches!(index.parent()?.object(), Object::MaterializedView(_)).then_some("INDEX")
        }
        "STATISTICS" => has(ObjectId::Statistics(name.clone())).then_some("STATISTICS"),
        _ if has(ObjectId::MaterializedView(name.clone())) => Some("MATERIALIZED VIEW"),
        _ if has(ObjectId::View(name.clone())) => Some("VIEW"),
        _ => None,
    }
}

fn renamed(kind: &str, schema: &Identifier, from: &Identifier, to: &Identifier) -> String {
    let from = ObjectName { schema: schema.clone(), name: from.clone() };
    format!("ALTER {kind} {from} RENAME TO {to}")
}

fn column_renamed(table: &ObjectName, from: &Identifier, to: &Identifier) -> String {
    format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}")
}

/// The statement with `WITH NO DATA` at its end, and whether it said so itself.
pub(super) fn without_rows(text: &str) -> (String, bool) {
    let tokens = Tokens::of(text);
    let at_end = |words: &[&str]| {
        tokens.words().outermost().find_map(|(_, mut here)| {
            let start = here.span()?.start;
            (here.take(words) && here.peek().is_none()).then_some(start)
        })
    };
    let said = at_end(&["WITH", "NO", "DATA"]);
    let end = said.or_else(|| at_end(&["WITH", "DATA"])).unwrap_or(text.len());
    (format!("{}\nWITH NO DATA", text.get(..end).unwrap_or(text).trim_end()), said.is_some())
}

/// Nobody knows what it is made on, and one transaction makes all of it.
pub(super) fn not_concurrently(text: &str) -> String {
    const WORD: &str = "CONCURRENTLY";
    let tokens = Tokens::of(text);
    let found = tokens.words().outermost().find(|(_, here)| here.at(&[WORD]));
    let Some(start) = found.and_then(|(_, here)| here.span()).map(|span| span.start) else { return text.to_owned() };
    let (before, behind) = (text.get(..start).unwrap_or(text), text.get(start + WORD.len()..).unwrap_or_default());
    format!("{}{behind}", before.trim_end())
}

/// Whether a query says `*` for columns.
fn takes_every_column(ahead: &Ahead) -> bool {
    if !ahead.makes.as_ref().is_some_and(Made::is_relation) {
        return false;
    }
    let tokens = Tokens::of(&ahead.sql);
    let mut is_value = true;
    // Behind a value it multiplies; behind `(` it counts.
    for (token, here) in tokens.words().each() {
        if token.kind == TokenKind::Operator && here.text_of(token) == "*" && !is_value {
            return true;
        }
        let is_word = here.at_any(&["SELECT", "DISTINCT", "ALL"]);
        is_value = !is_word && !matches!(token.kind, TokenKind::Comma | TokenKind::Dot);
    }
    false
}

/// Refuses what may call a routine that becomes another one with contract.
fn refuse_remade_routine(situation: &Situation<'_>, text: &str) -> Result<(), Refusal> {
    let tokens = Tokens::of(text);
    let names: BTreeSet<Identifier> = tokens.words().each().filter_map(|(_, mut here)| here.identifier()).collect();
    let is_it = |id: &ObjectId| {
        matches!(id, ObjectId::Function(_) | ObjectId::Procedure(_) | ObjectId::Aggregate(_))
            && id.own_name().is_some_and(|name| names.contains(name))
    };
    match situation.dropped_one(is_it) {
        None => Ok(()),
        Some(id) => Err(calls(&id)),
    }
}

/// What is said of a routine that is made again, and that something calls which is made ahead.
pub(super) fn calls(id: &ObjectId) -> Refusal {
    Refusal::new(
        format!("a materialized view rests on {id}, which is made again with contract: it cannot be filled before"),
        "make the function under another name in a migration before, or drop the materialized view in a migration \
         before and make it again in one behind",
    )
}

/// Those of what reads columns that are made ahead: the materialized views, and what they read themselves.
pub(super) fn made_ahead<'a>(
    readers: &BTreeSet<&'a ObjectId>,
    catalog: &'a limosa_catalog::Catalog,
) -> BTreeSet<&'a ObjectId> {
    let mut found = BTreeSet::new();
    let is_view = |id: &&&ObjectId| matches!(id, ObjectId::MaterializedView(_));
    let mut waiting: Vec<Entry<'a>> = readers.iter().filter(is_view).filter_map(|id| catalog.entry(id)).collect();
    while let Some(entry) = waiting.pop() {
        if found.insert(entry.id()) {
            waiting.extend(entry.depends_on().map(|(other, _)| other).filter(|other| readers.contains(other.id())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_rows_makes_none() {
        for (text, expected, said) in [
            ("CREATE MATERIALIZED VIEW m AS SELECT 1", "SELECT 1\nWITH NO DATA", false),
            ("CREATE MATERIALIZED VIEW m AS SELECT 1 WITH DATA", "SELECT 1\nWITH NO DATA", false),
            ("CREATE MATERIALIZED VIEW m AS SELECT 1\n  with no data", "SELECT 1\nWITH NO DATA", true),
            (
                "CREATE MATERIALIZED VIEW m AS WITH data AS (SELECT 1) SELECT 2 FROM data",
                "WITH data AS (SELECT 1) SELECT 2 FROM data\nWITH NO DATA",
                false,
            ),
        ] {
            let sql = format!("CREATE MATERIALIZED VIEW m AS {expected}");
            assert_eq!(without_rows(text), (sql, said), "{text}");
        }
    }

    #[test]
    fn an_index_is_made_in_the_transaction() {
        let plain = "CREATE UNIQUE INDEX i ON m (a)";
        assert_eq!(not_concurrently("CREATE UNIQUE INDEX CONCURRENTLY i ON m (a)"), plain);
        assert_eq!(not_concurrently(plain), plain);
    }

    #[test]
    fn a_star_that_is_for_columns_is_told_from_others() {
        let name = |name: &str| Identifier::new(name).unwrap();
        let made = Made {
            kind: "VIEW",
            name: ObjectName { schema: name("public"), name: name("v") },
            interim: name("limosa_online_7_5001_v"),
            away: None,
        };
        for (query, expected) in [
            ("SELECT * FROM t", true),
            ("SELECT a, t.* FROM t", true),
            ("SELECT a, * FROM t", true),
            ("SELECT DISTINCT * FROM t", true),
            ("SELECT count(*), a * b, (a) * 2 FROM t", false),
        ] {
            let sql = format!("CREATE VIEW v AS {query}");
            let ahead = Ahead { sql, makes: Some(made.clone()), fill: None, said: true };
            assert_eq!(takes_every_column(&ahead), expected, "{query}");
        }
    }
}
