//! How far services agree: what was found, by aspect and service.

mod aspect;
mod measures;

use std::collections::BTreeMap;

use limosa_syntax::Severity;

pub use aspect::{Aspect, Measure};
pub use measures::Measures;

use crate::found::{Finding, shown};
use crate::rule::Level;
use crate::settings::Settings;

/// What was found in one service, and how much of it there is.
#[derive(Debug, Clone)]
pub struct ServiceFindings {
    /// The service's name.
    pub service: String,
    /// What the rules found in its catalog and its files.
    pub findings: Vec<Finding>,
    /// How many things were looked at.
    pub measures: Measures,
}

/// Aspects by services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The services, in the order in which they were given.
    pub services: Vec<String>,
    /// The aspects of which some rule was asked, and of which there is something.
    pub rows: Vec<Row>,
    /// The things of which most is found, the worst first.
    pub offenders: Vec<Offender>,
}

/// One aspect of all services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub aspect: Aspect,
    /// The rules that were asked.
    pub rules: Vec<&'static str>,
    /// A cell for each service.
    pub cells: Vec<Cell>,
}

/// One aspect of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// How many things are not as they should be. Several findings about one thing count once.
    pub broken: usize,
    /// How many things were looked at.
    pub of: usize,
}

/// Something of which much is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offender {
    /// The service that it is in.
    pub service: String,
    /// The table, type or function, or the file.
    pub name: String,
    /// How many findings.
    pub findings: usize,
    /// The rules that have found something, each with how often.
    pub rules: BTreeMap<&'static str, usize>,
}

impl Row {
    /// The sum over all services.
    #[must_use]
    pub fn total(&self) -> Cell {
        let add = |sum: Cell, cell: &Cell| Cell { broken: sum.broken + cell.broken, of: sum.of + cell.of };
        self.cells.iter().fold(Cell::default(), add)
    }
}

impl Matrix {
    /// Counts. Aspects of which no rule is asked are left out, and so is what rules without an aspect have found.
    #[must_use]
    pub fn of(settings: &Settings, services: &[ServiceFindings]) -> Self {
        let row = |aspect: Aspect| {
            let asked = |rule: &crate::Rule| settings.level(rule) > Level::Off;
            let rules: Vec<&'static str> = aspect.rules().filter(|rule| asked(rule)).map(|rule| rule.id).collect();
            let cell = |service: &ServiceFindings| Cell {
                broken: broken(&service.findings, &rules, aspect.measure()),
                of: service.measures.of(aspect.measure()),
            };
            let cells = services.iter().map(cell).collect();
            let row = Row { aspect, rules, cells };
            (!row.rules.is_empty() && row.total() != Cell::default()).then_some(row)
        };
        Self {
            services: services.iter().map(|service| service.service.clone()).collect(),
            rows: Aspect::ALL.into_iter().filter_map(row).collect(),
            offenders: offenders(services),
        }
    }

    /// Whether all services are as they should be in all aspects.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.rows.iter().all(|row| row.total().broken == 0)
    }
}

/// How many things the findings of these rules are about; whole tables where those are counted.
fn broken(findings: &[Finding], rules: &[&str], measure: Measure) -> usize {
    let name = if measure == Measure::Tables { whole } else { thing };
    let mut things: Vec<String> = findings.iter().filter(|it| rules.contains(&it.rule)).map(name).collect();
    things.sort();
    things.dedup();
    things.len()
}

/// What a finding is about, to the last part of it.
fn thing(finding: &Finding) -> String {
    match (&finding.object, &finding.diagnostic.source) {
        (Some(object), _) => object.to_string(),
        (None, Some(source)) => source.path.clone(),
        (None, None) => String::new(),
    }
}

/// The thing that a finding is part of: its table rather than the column.
fn whole(finding: &Finding) -> String {
    match (&finding.table, &finding.diagnostic.source) {
        (Some(name), _) => shown(name).trim_matches('`').to_owned(),
        (None, Some(source)) => source.path.clone(),
        (None, None) => thing(finding),
    }
}

fn offenders(services: &[ServiceFindings]) -> Vec<Offender> {
    let mut by_name: BTreeMap<(usize, String), Offender> = BTreeMap::new();
    for (number, service) in services.iter().enumerate() {
        for finding in service.findings.iter().filter(|it| it.diagnostic.severity > Severity::Note) {
            let name = whole(finding);
            let offender = by_name.entry((number, name.clone())).or_insert_with(|| Offender {
                service: service.service.clone(),
                name,
                findings: 0,
                rules: BTreeMap::new(),
            });
            offender.findings += 1;
            *offender.rules.entry(finding.rule).or_default() += 1;
        }
    }
    let mut offenders: Vec<Offender> = by_name.into_values().collect();
    offenders.sort_by_key(|offender| std::cmp::Reverse(offender.findings));
    offenders
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use limosa_syntax::{Diagnostic, SourceFile};

    use super::*;
    use crate::rules::{rule, rules};

    fn finding(rule: &'static str, path: &str) -> Finding {
        let mut diagnostic = Diagnostic::new(rule, Severity::Warning, "something");
        diagnostic.source = Some(Arc::new(SourceFile { path: path.to_owned(), text: "".into() }));
        Finding { rule, diagnostic, object: None, table: None, statement: None }
    }

    fn service(name: &str, findings: Vec<Finding>) -> ServiceFindings {
        let measures = Measures { migrations: 3, ..Measures::default() };
        ServiceFindings { service: name.to_owned(), findings, measures }
    }

    #[test]
    fn things_are_counted_once_and_the_worst_comes_first() {
        let mut settings = Settings::default();
        settings.only(&[]);
        settings.set_level(rule("migration-name").unwrap(), Level::Warning);
        let bad = |path| finding("migration-name", path);
        let services = [
            service("auth", vec![bad("a.sql")]),
            service("api", vec![bad("b.sql"), bad("b.sql"), bad("c.sql")]),
            service("imaging", Vec::new()),
        ];
        let matrix = Matrix::of(&settings, &services);
        let [row] = matrix.rows.as_slice() else { panic!("one aspect was asked about: {matrix:?}") };
        assert_eq!(row.aspect, Aspect::MigrationNames);
        assert_eq!(row.cells.iter().map(|cell| (cell.broken, cell.of)).collect::<Vec<_>>(), [(1, 3), (2, 3), (0, 3)]);
        assert_eq!(row.total(), Cell { broken: 3, of: 9 });
        assert_eq!(matrix.offenders[0].name, "b.sql");
        assert_eq!(matrix.offenders[0].findings, 2);
        assert!(!matrix.is_consistent());
    }

    #[test]
    fn every_rule_of_an_aspect_is_there_and_has_one_aspect() {
        let mut seen = Vec::new();
        for aspect in Aspect::ALL {
            assert!(aspect.rules().count() > 0, "{aspect:?} has no rules");
            for name in aspect.rule_names() {
                assert!(rule(name).is_some(), "there is no rule `{name}`, of which {aspect:?} is made");
                assert!(!seen.contains(name), "`{name}` has two aspects");
                seen.push(name);
            }
        }
        for rule in rules().filter(|rule| rule.reads_catalogs()) {
            assert!(seen.contains(&rule.id), "`{}` looks at catalogs and has no aspect", rule.id);
        }
    }
}
