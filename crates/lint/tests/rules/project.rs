//! Migrations from a text, and what is found in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use limosa_catalog::{Identifier, ServerMajor};
use limosa_lint::{File, Level, Linter, Report, Role, Rule, Settings, Sizes};
use limosa_plan::Mode;
use limosa_plan::lock::Known;
use limosa_syntax::{Directive, Script, SourceFile, Span};

/// The line that parts the migrations of a case.
const NEXT: &str = "-- next migration\n";
/// What begins a line with settings of rules, as in `[lint.rules]`.
const SETTING: &str = "-- limosa.toml: ";
/// What begins a line with the rows of a table: `-- rows: visit 2000000`.
const ROWS: &str = "-- rows: ";
/// What begins a line with the version of a migration, which is its number otherwise.
const VERSION: &str = "-- version: ";
/// The line of a migration that nothing takes back.
const NO_DOWN: &str = "-- no down";
/// The line of a script that takes the migration before it back.
const DOWN: &str = "-- takes back";

/// Migrations with what surrounds them.
pub(crate) struct Project {
    pub(crate) files: Vec<File>,
    pub(crate) settings: Settings,
    sizes: Sizes,
    major: ServerMajor,
}

impl Project {
    /// Reads the migrations of a text. Each is deployed for itself.
    pub(crate) fn of(text: &str) -> Self {
        let lines = |begin: &'static str| text.lines().filter_map(move |line| line.strip_prefix(begin));
        let mut settings = Settings::default();
        for line in lines(SETTING) {
            settings.read(&line.parse().unwrap()).unwrap_or_else(|errors| panic!("{line}: {errors:?}"));
        }
        let size = |line: &str| {
            let (table, rows) = line.split_once(' ').unwrap();
            let (schema, name) = table.split_once('.').unwrap_or(("public", table));
            let name = limosa_catalog::QualifiedName {
                schema: Some(Identifier::new(schema).unwrap()),
                name: Identifier::new(name).unwrap(),
            };
            (name, rows.parse().unwrap())
        };
        let sizes = lines(ROWS).map(size).collect();
        let texts: Vec<&str> = text.split(NEXT).collect();
        let files = texts.iter().enumerate().map(|(number, text)| file(number, text)).collect();
        Self { files, settings, sizes, major: ServerMajor::NEWEST }
    }

    /// The rule at a level, whatever the project says.
    pub(crate) fn with(mut self, rule: &Rule, level: Level) -> Self {
        self.settings.set_level(rule, level);
        self
    }

    pub(crate) fn lint(&self) -> Report {
        let public = Identifier::new("public").unwrap();
        let linter = Linter {
            settings: &self.settings,
            sizes: &self.sizes,
            major: self.major,
            search_path: vec![public.clone()],
            start: Known::nothing(vec![public]),
        };
        linter.lint(&self.files, &BTreeMap::new())
    }
}

pub(crate) fn file(number: usize, text: &str) -> File {
    let says = |what: &str| text.lines().any(|line| line == what);
    let version = text.lines().find_map(|line| line.strip_prefix(VERSION)).map(str::to_owned);
    let source = Arc::new(SourceFile { path: format!("{}.sql", number + 1), text: text.into() });
    let script = Script::parse(text);
    let mode = script.file_directives().fold(Mode::Auto, |mode, directive| match directive {
        Directive::Transaction { on: true } => Mode::Whole,
        Directive::Transaction { on: false } => Mode::Off,
        _ => mode,
    });
    File {
        section: Span::new(0, text.len()),
        source,
        role: if says(DOWN) { Role::Down } else { Role::Migration },
        mode,
        name: Some("change_something".to_owned()),
        version: version.or_else(|| Some((number + 1).to_string())),
        has_down: !says(NO_DOWN),
        context: false,
        rollout: number,
    }
}
