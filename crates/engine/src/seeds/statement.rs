//! The statements that compare a file with a table and write the difference.
//!
//! A file's rows lie in a temporary table whose columns are called `n` (the number of the row, from 1) and `c0`, `c1`
//! …, each of the type that it is to become. Rows are compared as images, which asks nothing of their types: `json`
//! has no equality, and that of `citext` would pass over a change of case.

use limosa_catalog::Identifier;

use super::work::{TableWork, WorkColumn};

/// How many rows are shown of each kind of finding.
pub(super) const MOST_SHOWN: usize = 20;

/// Statements about one seed; `number` tells its temporary table from others.
pub(super) struct Statements<'a> {
    work: &'a TableWork<'a>,
    number: usize,
}

/// Which rows of the file play a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileRows {
    All,
    /// The first so many.
    UpTo(usize),
    /// Those that this run has added.
    Fresh,
    /// Those that were there before.
    Settled,
}

/// Which columns play a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Those that can be filled at once.
    First,
    /// Those that are filled when all rows are there.
    Late,
    /// All, when all rows are there.
    Whole,
}

impl Pass {
    fn takes(self, column: &WorkColumn) -> bool {
        match self {
            Self::First => !column.late,
            Self::Late => column.late,
            Self::Whole => true,
        }
    }
}

impl<'a> Statements<'a> {
    pub(super) fn new(work: &'a TableWork<'a>, number: usize) -> Self {
        Self { work, number }
    }

    fn columns(&self) -> impl Iterator<Item = (usize, &'a WorkColumn)> {
        self.work.columns.iter().enumerate()
    }

    /// The temporary table.
    pub(super) fn staging(&self) -> String {
        format!("pg_temp.limosa_seed_{}", self.number)
    }

    /// Makes the temporary table. Made by a query, it takes over collations and lengths with the types.
    pub(super) fn create_staging(&self) -> String {
        let mut columns = vec!["NULL::bigint AS n".to_owned()];
        let mut from = format!("{} t", self.work.relation.name);
        for (at, column) in self.columns() {
            match &column.lookup {
                None => columns.push(format!("t.{} AS c{at}", column.name)),
                Some(lookup) => {
                    columns.push(format!("r{at}.{} AS c{at}", lookup.by));
                    from.push_str(&format!(" LEFT JOIN {} r{at} ON false", lookup.table));
                }
            }
        }
        format!(
            "CREATE TEMPORARY TABLE limosa_seed_{} ON COMMIT DROP AS SELECT {} FROM {from} WITH NO DATA",
            self.number,
            columns.join(", ")
        )
    }

    /// Takes rows into the temporary table.
    pub(super) fn copy_staging(&self) -> String {
        format!("COPY {} FROM STDIN", self.staging())
    }

    /// Takes rows into the table itself.
    pub(super) fn copy_table(&self) -> String {
        let names: Vec<String> = self.columns().map(|(_, column)| column.name.to_string()).collect();
        format!("COPY {} ({}) FROM STDIN", self.work.relation.name, names.join(", "))
    }

    /// The rows of the file, with values looked up.
    fn source(&self, pass: Pass) -> String {
        let mut columns = vec!["s.n".to_owned()];
        let mut from = format!("{} s", self.staging());
        for (at, column) in self.columns() {
            match column.lookup.as_ref().filter(|_| pass.takes(column) || column.in_key) {
                None => columns.push(format!("s.c{at}")),
                Some(lookup) => {
                    columns.push(format!("r{at}.{}::{} AS c{at}", lookup.take, column.facts.data_type));
                    from.push_str(&format!(" LEFT JOIN {} r{at} ON r{at}.{} = s.c{at}", lookup.table, lookup.by));
                }
            }
        }
        format!("(SELECT {} FROM {from})", columns.join(", "))
    }

    /// That a row of the table and one of the file have the same key.
    fn same_key(&self) -> String {
        let equal = self.columns().filter(|(_, column)| column.in_key);
        equal.map(|(at, column)| format!("t.{} = s.c{at}", column.name)).collect::<Vec<_>>().join(" AND ")
    }

    /// Notes which rows are about to be added, where they are told apart later.
    pub(super) fn note_fresh(&self) -> String {
        format!(
            "CREATE TEMPORARY TABLE limosa_seed_{}_fresh ON COMMIT DROP AS SELECT s.n FROM {} s WHERE {}",
            self.number,
            self.source(Pass::First),
            self.is_new()
        )
    }

    fn among(&self, rows: FileRows) -> String {
        let fresh = format!("(SELECT n FROM pg_temp.limosa_seed_{}_fresh)", self.number);
        match rows {
            FileRows::All => String::new(),
            FileRows::UpTo(row) => format!(" AND s.n <= {row}"),
            FileRows::Fresh => format!(" AND s.n IN {fresh}"),
            FileRows::Settled => format!(" AND s.n NOT IN {fresh}"),
        }
    }

    fn is_new(&self) -> String {
        format!("NOT EXISTS (SELECT FROM {} t WHERE {})", self.work.relation.name, self.same_key())
    }

    /// What can differ in rows with the same key; empty where there is nothing else. A key in another case can be equal
    /// and is not the same.
    fn compared(&self, pass: Pass) -> Vec<(usize, &'a WorkColumn)> {
        // `GENERATED ALWAYS` can be given to new rows, and not be changed.
        let compared = |(_, column): &(usize, &WorkColumn)| pass.takes(column) && column.is_comparable();
        self.columns().filter(compared).collect()
    }

    /// That rows with the same key differ.
    fn differs(&self, pass: Pass) -> String {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for (at, column) in self.compared(pass) {
            ours.push(format!("t.{}", column.name));
            theirs.push(format!("s.c{at}"));
        }
        format!("pg_catalog.record_image_ne(ROW({}), ROW({}))", ours.join(", "), theirs.join(", "))
    }

    /// Rows whose key the file holds twice: the number of the first and of the second.
    pub(super) fn duplicates(&self) -> String {
        let key: Vec<String> =
            self.columns().filter(|(_, column)| column.in_key).map(|(at, _)| format!("c{at}")).collect();
        format!(
            "SELECT min(n), (array_agg(n ORDER BY n))[2] FROM {} GROUP BY {} HAVING count(*) > 1 \
             ORDER BY 2 LIMIT {MOST_SHOWN}",
            self.staging(),
            key.join(", ")
        )
    }

    /// Values of a column that are not found: the number of the row and the value.
    pub(super) fn not_found(&self, at: usize) -> Option<String> {
        let lookup = self.work.columns.get(at)?.lookup.as_ref()?;
        Some(format!(
            "SELECT n, c{at}::text FROM {} s WHERE c{at} IS NOT NULL \
             AND NOT EXISTS (SELECT FROM {} r WHERE r.{} = s.c{at}) ORDER BY n LIMIT {MOST_SHOWN}",
            self.staging(),
            lookup.table,
            lookup.by
        ))
    }

    /// The values that a column could have, as many as fit a message.
    pub(super) fn values_of(&self, at: usize) -> Option<String> {
        let lookup = self.work.columns.get(at)?.lookup.as_ref()?;
        Some(format!("SELECT {}::text FROM {} WHERE {0} IS NOT NULL LIMIT 1000", lookup.by, lookup.table))
    }

    /// Adds the rows that are not there, and counts them.
    pub(super) fn insert(&self, rows: FileRows) -> String {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (at, column) in self.columns().filter(|(_, column)| Pass::First.takes(column)) {
            names.push(column.name.to_string());
            values.push(format!("s.c{at}"));
        }
        counted(&format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} s WHERE {}{} ORDER BY s.n",
            self.work.relation.name,
            names.join(", "),
            values.join(", "),
            self.source(Pass::First),
            self.is_new(),
            self.among(rows),
        ))
    }

    /// Changes the rows that differ, and counts them; `None` where nothing can differ.
    pub(super) fn update(&self, pass: Pass, rows: FileRows) -> Option<String> {
        let columns = self.compared(pass);
        if columns.is_empty() {
            return None;
        }
        let set: Vec<String> = columns.iter().map(|(at, column)| format!("{} = s.c{at}", column.name)).collect();
        Some(counted(&format!(
            "UPDATE {} t SET {} FROM {} s WHERE {} AND {}{}",
            self.work.relation.name,
            set.join(", "),
            self.source(pass),
            self.same_key(),
            self.differs(pass),
            self.among(rows),
        )))
    }

    /// The rows that the seed owns and the file does not hold, of those that meet some conditions.
    fn surplus_among(&self, conditions: &[String]) -> String {
        let conditions: String = conditions.iter().map(|condition| format!(" AND {condition}")).collect();
        format!("{}{conditions}", self.surplus())
    }

    /// The rows that the seed owns and the file does not hold.
    fn surplus(&self) -> String {
        let owned = match &self.work.settings.owner {
            Some(owner) => format!("({owner}\n) AND "),
            None => String::new(),
        };
        let held = if self.work.columns.is_empty() {
            "true".to_owned()
        } else {
            format!("NOT EXISTS (SELECT FROM {} s WHERE {})", self.source(Pass::Whole), self.same_key())
        };
        format!("{owned}{held}")
    }

    /// How many rows the seed owns, and how many of them the file does not hold.
    pub(super) fn count_surplus(&self) -> String {
        let owned = self.work.settings.owner.as_ref().map(|owner| format!(" WHERE ({owner}\n)")).unwrap_or_default();
        let table = &self.work.relation.name;
        format!(
            "SELECT (SELECT count(*) FROM {table} t{owned}), (SELECT count(*) FROM {table} t WHERE {})",
            self.surplus()
        )
    }

    /// Deletes those of them that meet some conditions, and counts them.
    pub(super) fn delete(&self, conditions: &[String]) -> String {
        counted(&format!("DELETE FROM {} t WHERE {}", self.work.relation.name, self.surplus_among(conditions)))
    }

    /// Two rows of the file of which one takes unique values that the other has in the table and gives up: the number
    /// of the one and of the other. A query for each index that could be the one.
    pub(super) fn handed_over(&self) -> Vec<String> {
        let place = |name: &String| self.columns().find(|(_, column)| column.name.as_str() == name);
        let query = |columns: Vec<(usize, &WorkColumn)>| {
            let equal = |one: &dyn Fn(usize, &WorkColumn) -> String, other: &str| {
                let pairs = columns.iter().map(|(at, column)| format!("{} = {other}.c{at}", one(*at, column)));
                pairs.collect::<Vec<_>>().join(" AND ")
            };
            let source = self.source(Pass::First);
            format!(
                "SELECT f.n, s.n FROM {source} f JOIN {} t ON {} JOIN {source} s ON {} \
                 WHERE f.n <> s.n AND ({}) IS NOT TRUE ORDER BY f.n LIMIT 1",
                self.work.relation.name,
                equal(&|_, column| format!("t.{}", column.name), "f"),
                self.same_key(),
                equal(&|at, _| format!("f.c{at}"), "s"),
            )
        };
        let all = |columns: &Vec<String>| columns.iter().map(place).collect::<Option<Vec<_>>>();
        self.work.relation.uniques.iter().filter_map(|unique| all(&unique.columns)).map(query).collect()
    }

    /// Rows that would be added: all values of the file as text. How many there are stands in front of each.
    pub(super) fn show_new(&self) -> String {
        let values: Vec<String> = self.columns().map(|(at, _)| format!("s.c{at}::text")).collect();
        format!(
            "SELECT count(*) OVER (), {} FROM {} s WHERE {} ORDER BY s.n LIMIT {MOST_SHOWN}",
            values.join(", "),
            // Shown as the file has them: what they refer to need not be there yet.
            self.staging(),
            self.is_new_for_show(),
        )
    }

    fn is_new_for_show(&self) -> String {
        if self.columns().any(|(_, column)| column.in_key && column.lookup.is_some()) {
            let source = self.source(Pass::First);
            format!("s.n IN (SELECT s.n FROM {source} s WHERE {})", self.is_new())
        } else {
            self.is_new()
        }
    }

    /// Rows that would be changed: the values of the key, then those that are compared before and after. How many there
    /// are stands in front of each.
    pub(super) fn show_changed(&self, pass: Pass, rows: FileRows) -> Option<String> {
        let columns = self.compared(pass);
        if columns.is_empty() {
            return None;
        }
        let mut values: Vec<String> = self
            .columns()
            .filter(|(_, column)| column.in_key)
            .map(|(_, column)| format!("t.{}::text", column.name))
            .collect();
        for (at, column) in &columns {
            values.extend([format!("t.{}::text", column.name), format!("s.c{at}::text")]);
        }
        Some(format!(
            "SELECT count(*) OVER (), {} FROM {} t, {} s WHERE {} AND {}{} ORDER BY s.n LIMIT {MOST_SHOWN}",
            values.join(", "),
            self.work.relation.name,
            self.source(pass),
            self.same_key(),
            self.differs(pass),
            self.among(rows),
        ))
    }

    /// The names of what [`Self::show_changed`] compares.
    pub(super) fn compared_names(&self, pass: Pass) -> Vec<Identifier> {
        self.compared(pass).into_iter().map(|(_, column)| column.name.clone()).collect()
    }

    /// Rows that would be deleted, of those that meet some conditions: the values of the key. How many there are stands
    /// in front of each.
    pub(super) fn show_surplus(&self, conditions: &[String]) -> String {
        let key: Vec<String> = self
            .columns()
            .filter(|(_, column)| column.in_key)
            .map(|(_, column)| format!("t.{}::text", column.name))
            .collect();
        let key = if key.is_empty() { "t.ctid::text".to_owned() } else { key.join(", ") };
        format!(
            "SELECT count(*) OVER (), {key} FROM {} t WHERE {} ORDER BY 2 LIMIT {MOST_SHOWN}",
            self.work.relation.name,
            self.surplus_among(conditions)
        )
    }

    /// Moves the sequences of columns that the file fills past the values that are there.
    pub(super) fn advance_sequences(&self) -> Vec<String> {
        let mut sql = Vec::new();
        for (_, column) in self.columns() {
            for sequence in &column.facts.sequences {
                let Some(name) = sequence.qualified() else { continue };
                let (furthest, beyond) = if sequence.increment < 0 { ("min", "<") } else { ("max", ">") };
                sql.push(format!(
                    "SELECT pg_catalog.setval({}::regclass, m.value) FROM {name} q, \
                     (SELECT {furthest}({})::bigint AS value FROM {}) m \
                     WHERE m.value BETWEEN {} AND {} \
                     AND (m.value {beyond} q.last_value OR m.value = q.last_value AND NOT q.is_called)",
                    limosa_catalog::Literal(&name.to_string()),
                    column.name,
                    self.work.relation.name,
                    sequence.least,
                    sequence.most,
                ));
            }
        }
        sql
    }
}

/// A statement that gives the number of the rows it touched.
fn counted(statement: &str) -> String {
    format!("WITH done AS ({statement} RETURNING 1) SELECT count(*) FROM done")
}
