//! Migrations in JavaScript and TypeScript, as far as they can be read without being run: those that do nothing but
//! load SQL files, or run SQL that stands in them.

mod lexer;

use jiff::Timestamp;

use self::lexer::tokens;
use super::python::closed;
use super::token::Token;
use super::tool::Reading;
use super::{EntrySource, ImpossibleRow, KnownSql, OldEntry, OldRow, ToolFiles};
use crate::folder::joined;

/// How such files end.
pub(super) const ENDINGS: &[&str] = &[".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"];

/// What programs call the object through which they change a schema.
const HANDLES: &[&str] = &["queryInterface", "knex", "pgm", "queryRunner", "trx"];
/// Members that lead on to others and do nothing themselves.
const ON_THE_WAY: &[&str] = &["sequelize", "schema", "db"];
/// Calls that run a text.
const RUNNING: &[&str] = &["query", "raw", "sql"];
/// Calls that change nothing.
const HARMLESS: &[&str] = &["transaction", "noTransaction", "commit", "rollback", "startTransaction"];

/// What a program does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Work {
    /// It loads a file.
    Loads(Load),
    /// It runs a text.
    Runs(String),
    /// Something that only a run would show.
    Unknown,
}

/// A file that is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Load {
    path: String,
    /// From the program's own folder, and not from where it is run.
    from_its_folder: bool,
}

/// A migration that is a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Program {
    up: Vec<Work>,
    down: Vec<Work>,
}

/// What stands between two brackets.
#[derive(Default)]
struct Group {
    /// Round brackets: the texts are arguments of one call.
    is_call: bool,
    texts: Vec<String>,
    names_its_folder: bool,
}

impl Program {
    /// Reads a program.
    pub(super) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut program = Self::default();
        let mut in_down = false;
        let mut groups = vec![Group::default()];
        for (at, token) in tokens.iter().enumerate() {
            let next = |ahead: usize| tokens.get(at + ahead);
            match token {
                Token::Word(word) => {
                    if let Some(down) = direction(word, next(1)) {
                        in_down = down;
                    }
                    if word == "__dirname"
                        && let Some(group) = groups.last_mut()
                    {
                        group.names_its_folder = true;
                    }
                    if let Some(work) = call(&tokens, at) {
                        program.add(work, in_down);
                    }
                }
                Token::Text { value, is_whole } => {
                    let Some(group) = groups.last_mut() else { continue };
                    let is_file = value.ends_with(".sql");
                    match (is_file, is_whole, group.is_call) {
                        (true, false, _) => program.add(templated(value), in_down),
                        (true, true, false) => {
                            let load = Load { path: value.clone(), from_its_folder: true };
                            program.add(Work::Loads(load), in_down);
                        }
                        _ => group.texts.push(value.clone()),
                    }
                }
                Token::Mark('(') => groups.push(Group { is_call: true, ..Group::default() }),
                Token::Mark('{' | '[') => groups.push(Group::default()),
                Token::Mark(')' | '}' | ']') => {
                    let Some(group) = groups.pop() else { continue };
                    if groups.is_empty() {
                        groups.push(Group::default());
                    }
                    let file = group.texts.iter().position(|text| text.ends_with(".sql"));
                    if let Some(parts) = file.and_then(|at| group.texts.get(..=at)).filter(|_| group.is_call) {
                        let load = Load { path: parts.join("/"), from_its_folder: group.names_its_folder };
                        program.add(Work::Loads(load), in_down);
                    }
                }
                Token::Mark(_) => {}
            }
        }
        program
    }

    fn add(&mut self, work: Work, in_down: bool) {
        let works = if in_down { &mut self.down } else { &mut self.up };
        // A path that is named twice is looked at and then read.
        if !works.contains(&work) {
            works.push(work);
        }
    }

    /// What it consists of, as a migration at this path of the folder.
    pub(super) fn source(&self, files: &ToolFiles, path: &str) -> EntrySource {
        let loads = |work: &Work| match work {
            Work::Loads(load) => Some(resolved(files, path, load)),
            _ => None,
        };
        let loaded: Option<Vec<String>> = self.up.iter().map(loads).collect();
        if let Some(loaded) = loaded.filter(|loaded| !loaded.is_empty()) {
            return EntrySource::Sql(loaded);
        }
        let runs = texts(&self.up).map(|up| KnownSql { up, down: texts(&self.down) });
        EntrySource::Code { path: Some(files.shown(path)), runs, after: None }
    }

    /// The entries of a table whose rows name programs, and of the programs that no row names.
    pub(super) fn entries(
        reading: &mut Reading<'_>,
        endings: &'static [&'static str],
        of_row: impl for<'r> Fn(&'r OldRow) -> Result<(&'r str, Option<Timestamp>), ImpossibleRow>,
    ) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let files = reading.files;
        let mut programs: Vec<_> = files.with_ending(endings).collect();
        let source = |path: &str| Self::parse(files.text(path).unwrap_or_default()).source(files, path);
        let mut entries = Vec::new();
        for row in reading.rows {
            let (name, at) = of_row(row)?;
            // A file that was turned from JavaScript to TypeScript is the same migration.
            let stem = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
            let found = programs.iter().position(|(_, own)| *own == stem);
            let found = found.map(|at| programs.swap_remove(at));
            let source = found.map_or(EntrySource::Gone { kept: None }, |(file, _)| source(&file.path));
            entries.push(OldEntry::applied(name, source).at(at));
        }
        programs.retain(|(_, stem)| stem.starts_with(|c: char| c.is_ascii_digit()) && !stem.ends_with(".d"));
        programs.sort_by(|a, b| a.1.cmp(b.1));
        entries.extend(programs.iter().map(|(file, _)| {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            OldEntry::pending(name, source(&file.path))
        }));
        Ok(entries)
    }
}

/// Whether the way forward or the way back begins here: `up:`, `async up(`, `exports.up =`.
fn direction(word: &str, next: Option<&Token>) -> Option<bool> {
    let begins = matches!(next, Some(Token::Mark(':' | '(' | '=')));
    match word {
        "up" if begins => Some(false),
        "down" if begins => Some(true),
        _ => None,
    }
}

/// What a call through one of the handles does.
fn call(tokens: &[Token], at: usize) -> Option<Work> {
    let word = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => Some(word.as_str()),
        _ => None,
    };
    let is_mark = |at: usize, mark: char| tokens.get(at) == Some(&Token::Mark(mark));
    let handle = word(at).filter(|word| HANDLES.contains(word))?;
    // `knex('patient')` begins a query; `(knex)` and `function knex(` do not.
    if is_mark(at + 1, '(') && matches!(tokens.get(at + 2), Some(Token::Text { .. })) && handle == "knex" {
        return Some(Work::Unknown);
    }
    let mut at = at;
    loop {
        let member = word(at + 2).filter(|_| is_mark(at + 1, '.'))?;
        if ON_THE_WAY.contains(&member) {
            at += 2;
            continue;
        }
        if HARMLESS.contains(&member) {
            return None;
        }
        if !RUNNING.contains(&member) || !is_mark(at + 3, '(') {
            return is_mark(at + 3, '(').then_some(Work::Unknown);
        }
        return match tokens.get(at + 4) {
            Some(Token::Text { value, is_whole: true }) => Some(Work::Runs(value.clone())),
            Some(Token::Text { .. }) => Some(Work::Unknown),
            // What a variable holds was loaded elsewhere.
            _ => None,
        };
    }
}

/// A path with parts that are put in: only the program's own folder is known.
fn templated(value: &str) -> Work {
    let rest = value.strip_prefix("${__dirname}/").filter(|rest| !rest.contains("${"));
    match rest {
        Some(path) => Work::Loads(Load { path: path.to_owned(), from_its_folder: true }),
        None => Work::Unknown,
    }
}

/// The path of a loaded file as people know it.
fn resolved(files: &ToolFiles, program: &str, load: &Load) -> String {
    let folder = program.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = normal(&files.shown(&joined(folder, &load.path)));
    let from_root = normal(&load.path);
    let is_there = |shown: &str| files.folder().files.iter().any(|file| files.shown(&file.path) == shown);
    if load.from_its_folder || is_there(&beside) || !is_there(&from_root) { beside } else { from_root }
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The SQL of a program that does nothing but run texts.
fn texts(works: &[Work]) -> Option<String> {
    let text = |work: &Work| match work {
        Work::Runs(text) => Some(closed(text)),
        _ => None,
    };
    let all: Option<String> = works.iter().map(text).collect();
    all.filter(|all| !all.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> String {
        match Program::parse(text).source(&ToolFiles::default(), "src/migrations/1-a.js") {
            EntrySource::Sql(files) => format!("loads {}", files.join(", ")),
            EntrySource::Code { runs: Some(sql), .. } => format!("runs {:?} and {:?}", sql.up, sql.down),
            other => format!("{other:?}").split(' ').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn wrappers_of_sql_files_are_followed() {
        for text in [
            "module.exports = { up: async (q) => {\n\
             const sql = fs.readFileSync(path.join(__dirname, '010_a.sql'), 'utf8');\n\
             await q.sequelize.query(sql); },\n\
             down: async (q) => { await q.dropTable('a') } };",
            "const file = path.resolve(__dirname, '..', 'migrations', \"010_a.sql\");\n\
             exports.up = (queryInterface) => queryInterface.sequelize.query(readFileSync(file).toString());",
            "export async function up(knex) { return knex.raw(readFileSync(`${__dirname}/010_a.sql`, 'utf8')) }\n\
             export async function down(knex) { await knex.schema.dropTable('a') }",
            "// loads 'other.sql'\nexports.up = pgm => pgm.sql(fs.readFileSync('src/migrations/010_a.sql'));",
        ] {
            let found = source(text);
            let expected = "loads src/migrations/010_a.sql";
            assert!(found == expected || found == "loads src/migrations/src/migrations/010_a.sql", "{found} of {text}");
        }
        let both =
            "exports.up = async (q) => { for (const f of ['a.sql', 'b.sql']) await q.sequelize.query(load(f)); };";
        assert_eq!(source(both), "loads src/migrations/a.sql, src/migrations/b.sql");
        assert_eq!(
            source("exports.up = k => k.raw(load(path.join(__dirname, '../sql', 'x.sql')))"),
            "loads src/sql/x.sql"
        );
    }

    #[test]
    fn texts_that_are_run_are_known_and_calls_are_not() {
        let text = "exports.up = (knex) => knex.raw('create table a (id int)');\n\
                    exports.down = (knex) => knex.raw(`drop table a;`);";
        assert_eq!(source(text), r#"runs "create table a (id int);\n" and Some("drop table a;\n")"#);
        for text in [
            "exports.up = (knex) => knex.schema.createTable('a', (t) => { t.increments() })",
            "exports.up = (pgm) => { pgm.createTable('a', { id: 'id' }); pgm.sql('select 1') }",
            "exports.up = (knex) => knex.raw(`create table ${name} (id int)`)",
            "exports.up = (knex) => knex('patient').insert({ id: 1 })",
            "exports.up = async (queryInterface) => { await queryInterface.addColumn('a', 'b', {}); \
             await queryInterface.sequelize.query(fs.readFileSync(path.join(__dirname, 'x.sql'))); }",
            "",
            "'unfinished",
            "`${a",
            ")]}",
        ] {
            assert_eq!(source(text), "Code", "of {text}");
        }
    }
}
