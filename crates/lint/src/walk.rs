//! From files to findings.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use limosa_catalog::{Catalog, Identifier, ServerMajor, Usage};
use limosa_plan::lock::{Known, StatementLocks};
use limosa_plan::{Execution, Stage, plan_execution};
use limosa_syntax::{
    Command, Diagnostic, Embedded, ObjectChange, Script as Parsed, Severity, SourceFile, Span, Statement,
    TransactionRule, advise, is_too_deep,
};

use crate::blocks::blocks;
use crate::file::{File, Role};
use crate::found::{Finding, Findings};
use crate::ignore;
use crate::online;
use crate::rule::{Group, Level, On, Rule};
use crate::rules::{rule, rules};
use crate::settings::Settings;
use crate::sizes::Sizes;
use crate::state::State;
use crate::step::{CatalogView, Held, Looked, Place, Read, Script, Set, Step};

/// Asks the rules.
#[derive(Debug)]
pub struct Linter<'a> {
    /// What the project says of them.
    pub settings: &'a Settings,
    /// How large the tables are, where that is known.
    pub sizes: &'a Sizes,
    /// The server that the files are for.
    pub major: ServerMajor,
    /// Where names without a schema go.
    pub search_path: Vec<Identifier>,
    /// What is known before the first file.
    pub start: Known,
}

/// What was found in files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What was found, in the order of the files and of their text.
    pub findings: Vec<Finding>,
    /// How many findings the files ignore.
    pub ignored: usize,
    /// How many files were looked at.
    pub files: usize,
    /// How many statements.
    pub statements: usize,
}

struct Asked<'a> {
    rule: &'static Rule,
    on: On,
    level: Level,
    settings: &'a Settings,
}

impl Asked<'_> {
    /// Asks. A rule that panics is our fault, said as such, and the others go on.
    fn ask(&self, place: Option<(&File, Span, Option<usize>)>, check: impl FnOnce(&mut Findings<'_>)) -> Vec<Finding> {
        let mut findings = Findings::of(self.rule, self.level, self.settings.parameters(self.rule));
        let source = place.map(|(file, _, _)| &file.source);
        let statement = place.and_then(|(_, _, statement)| statement);
        if catch_unwind(AssertUnwindSafe(|| check(&mut findings))).is_ok() {
            return findings.finish(source, statement);
        }
        let message = format!("the rule `{}` broke down here: a fault of Limosa, not of the file", self.rule.id);
        let mut diagnostic = Diagnostic::error("rule-panicked", message).with_help(format!(
            "report the statement; until it is mended, turn the rule off: `{} = \"off\"`",
            self.rule.id
        ));
        if let Some((file, span, _)) = place {
            diagnostic = diagnostic.at(&file.source, span);
        }
        vec![Finding { rule: "rule-panicked", diagnostic, object: None, table: None, statement }]
    }
}

impl Linter<'_> {
    /// Looks at files in the order in which they run. `catalogs` holds, by a file's number, the schema before it, where
    /// somebody has seen that.
    #[must_use]
    pub fn lint(&self, files: &[File], catalogs: &BTreeMap<usize, Arc<Catalog>>) -> Report {
        self.lint_with(rules(), files, catalogs)
    }

    /// Looks at a catalog.
    #[must_use]
    pub fn lint_catalog(&self, catalog: &Catalog) -> Vec<Finding> {
        let view = CatalogView::new(catalog, self.settings);
        let mut findings = Vec::new();
        for asked in self.asked(rules()) {
            if let On::Catalog(check) = asked.on {
                findings.extend(asked.ask(None, |found| check(&view, found)));
            }
        }
        findings
    }

    /// Looks at what a live database has counted.
    #[must_use]
    pub fn lint_usage(&self, catalog: &Catalog, usage: &Usage) -> Vec<Finding> {
        let view = CatalogView::new(catalog, self.settings);
        let mut findings = Vec::new();
        for asked in self.asked(rules()) {
            if let On::Usage(check) = asked.on {
                findings.extend(asked.ask(None, |found| check(&view, usage, found)));
            }
        }
        findings
    }

    fn asked(&self, rules: impl Iterator<Item = &'static Rule>) -> Vec<Asked<'_>> {
        let each = |rule: &'static Rule| {
            let level = self.settings.level(rule);
            let wanted = if level == Level::Off { &[] } else { rule.declaration.on };
            wanted.iter().map(move |on| Asked { rule, on: *on, level, settings: self.settings })
        };
        rules.flat_map(each).collect()
    }

    pub(crate) fn lint_with(
        &self,
        rules: impl Iterator<Item = &'static Rule>,
        files: &[File],
        catalogs: &BTreeMap<usize, Arc<Catalog>>,
    ) -> Report {
        let asked = self.asked(rules);
        let mut report = Report::default();
        let mut state = State::new(self.start.clone());
        let mut rollout = files.first().map_or(0, |file| file.rollout);
        let mut read = Vec::new();
        let mut by_file: Vec<(Vec<Finding>, Vec<ignore::Ignore>)> = Vec::new();
        for (number, file) in files.iter().enumerate() {
            if file.rollout != rollout {
                rollout = file.rollout;
                state = state.deployed();
            }
            if let Some(catalog) = catalogs.get(&number) {
                state = state.seen(catalog, self.search_path.clone());
            }
            let parsed = Parsed::parse_section(&file.source.text, file.section);
            let (mut findings, commands) = self.file(file, &parsed, &mut state, &asked);
            online::settle(&parsed, &mut findings);
            by_file.push((findings, ignore::read(&parsed)));
            read.push(Read { file: file.clone(), parsed, commands });
        }
        let set = Set { files: &read };
        let mut of_set: Vec<Option<Finding>> = Vec::new();
        for one in &asked {
            if let On::Set(check) = one.on {
                of_set.extend(one.ask(None, |found| check(&set, found)).into_iter().map(Some));
            }
        }
        let mut of_source: HashMap<*const SourceFile, Vec<usize>> = HashMap::new();
        for (number, finding) in of_set.iter().enumerate() {
            if let Some(source) = finding.as_ref().and_then(|finding| finding.diagnostic.source.as_ref()) {
                of_source.entry(Arc::as_ptr(source)).or_default().push(number);
            }
        }
        for (Read { file, parsed: script, .. }, (mut findings, mut ignores)) in read.iter().zip(by_file) {
            let is_of_section = |finding: &&mut Option<Finding>| {
                let span = finding.as_ref().and_then(|finding| finding.diagnostic.span);
                span.is_none_or(|span| file.section.start <= span.start && span.start <= file.section.end)
            };
            let mut own = Vec::new();
            for number in of_source.get(&Arc::as_ptr(&file.source)).into_iter().flatten() {
                own.extend(of_set.get_mut(*number).filter(is_of_section).and_then(Option::take));
            }
            if file.context {
                continue;
            }
            findings.extend(own.into_iter().map(|finding| {
                let statement = finding.diagnostic.span.and_then(|span| statement_at(script, span));
                Finding { statement, ..finding }
            }));
            report.ignored += ignore::apply(&mut findings, &mut ignores);
            let was_asked = |id: &str| {
                asked.iter().any(|asked| asked.rule.id == id && !matches!(asked.on, On::Catalog(_) | On::Usage(_)))
            };
            findings.extend(
                ignore::left_over(&ignores, &file.source, was_asked).into_iter().filter_map(|it| self.weighed(it)),
            );
            findings.sort_by_key(|finding| finding.diagnostic.span.map(|span| span.start));
            report.findings.extend(findings);
            report.files += 1;
            report.statements += script.statements.len();
        }
        report.findings.extend(of_set.into_iter().flatten());
        report
    }

    /// A finding that comes out of reading, at the level that the project gives its rule.
    fn weighed(&self, mut finding: Finding) -> Option<Finding> {
        if let Some(rule) = rule(finding.rule) {
            let level = self.settings.level(rule);
            let severity = level.severity()?;
            if rule.level() != level {
                finding.diagnostic.severity = severity;
            }
        }
        Some(finding)
    }

    fn file(
        &self,
        file: &File,
        script: &Parsed,
        state: &mut State,
        asked: &[Asked<'_>],
    ) -> (Vec<Finding>, Vec<Command>) {
        let mut findings = Vec::new();
        let text = &file.source.text;
        let (transactions, refused) = transactions(file, script);
        let blocks = blocks(script);
        let unreadable = script.has_errors();
        if !file.context {
            let problems = script.problems.iter().cloned().map(|problem| problem.into_diagnostic(&file.source));
            let advice = advise(text, script).into_iter().map(|problem| problem.into_diagnostic(&file.source));
            let refused = refused.into_iter().filter(|_| !unreadable);
            for diagnostic in problems.chain(advice).chain(refused) {
                findings.extend(self.weighed(of_reading(diagnostic, script)));
            }
        }
        // To take away what the migration has made is the business of a script that takes it back.
        let is_wanted = |asked: &&Asked<'_>| file.role != Role::Down || asked.rule.group == Group::Hygiene;
        let commands: Vec<Command> =
            script.statements.iter().map(|statement| Command::of(statement.span.of(text))).collect();
        let mut looked: Vec<Looked> = Vec::with_capacity(script.statements.len());
        let mut held: Option<Held> = None;
        for (index, (statement, command)) in script.statements.iter().zip(&commands).enumerate() {
            let own = statement.span.of(text);
            if is_too_deep(own) {
                let message = "no rule looks at this statement, which is nested too deep";
                let diagnostic =
                    Diagnostic::new("unreadable", Severity::Note, message).at(&file.source, statement.span);
                findings.extend((!file.context).then(|| of_reading(diagnostic, script)));
                continue;
            }
            let transaction = transactions.get(index).copied().flatten();
            let mut inside: Vec<(Place, Span, String, Command)> = Vec::new();
            match statement.class.tag.as_ref() {
                "DO" => {
                    for embedded in Embedded::within(own) {
                        let span = embedded.span.shifted(statement.span.start);
                        inside.push((Place::Block, span, embedded.text, embedded.command));
                    }
                }
                "SELECT" | "CALL" => {
                    for embedded in state.called_by(own) {
                        let (text, command) = (embedded.text.clone(), embedded.command.clone());
                        inside.push((Place::Function, statement.span, text, command));
                    }
                }
                _ => {}
            }
            let outer = (Place::File, statement.span, own.to_owned(), command.clone());
            for (place, span, text, command) in std::iter::once(outer).chain(inside) {
                let locks = StatementLocks::of(&command, &state.known, self.major);
                let is_of_object =
                    matches!(command, Command::NoRelation | Command::CreateDomain { .. } | Command::Unknown);
                let change = is_of_object.then(|| ObjectChange::of(&text)).flatten();
                let one = Looked { index, span, text, command, change, locks, place, transaction };
                if !file.context {
                    let step = Step {
                        file,
                        statement,
                        looked: &one,
                        before: &looked,
                        parsed: script,
                        commands: &commands,
                        held: held.as_ref(),
                        in_block: blocks.get(index).is_some_and(Option::is_some),
                        state,
                        sizes: self.sizes,
                        major: self.major,
                        tokens: OnceCell::new(),
                    };
                    for asked in asked.iter().filter(is_wanted) {
                        if let On::Statement(check) = asked.on {
                            findings.extend(asked.ask(Some((file, span, Some(index))), |found| check(&step, found)));
                        }
                    }
                }
                held = Held::after(held, &one);
                if !matches!(one.command, Command::Block(_)) && file.role != Role::Down {
                    state.apply(&one);
                }
                looked.push(one);
            }
            if matches!(statement.class.tag.as_ref(), "CREATE FUNCTION" | "CREATE PROCEDURE")
                && file.role != Role::Down
                && let Some(name) = &statement.class.object
            {
                state.define(name, own);
            }
        }
        if !file.context {
            let after = &*state;
            let shape = OnceCell::new();
            let view = Script { file, parsed: script, statements: &looked, after, shape };
            for asked in asked.iter().filter(is_wanted) {
                if let On::Script(check) = asked.on {
                    let mut found = asked.ask(Some((file, file.section, None)), |found| check(&view, found));
                    for finding in &mut found {
                        finding.statement = finding.diagnostic.span.and_then(|span| statement_at(script, span));
                    }
                    findings.extend(found);
                }
            }
        }
        (findings, commands)
    }
}

/// What reading a file has found, as a finding about the statement that it stands in.
fn of_reading(diagnostic: Diagnostic, script: &Parsed) -> Finding {
    let statement = diagnostic.span.and_then(|span| statement_at(script, span));
    let id = rule(&diagnostic.code.0).map_or("unreadable", |rule| rule.id);
    Finding { rule: id, diagnostic, object: None, table: None, statement }
}

/// The statement that a span begins in.
fn statement_at(script: &Parsed, span: Span) -> Option<usize> {
    let at = script.statements.partition_point(|it| it.span.start <= span.start).checked_sub(1)?;
    script.statements.get(at).filter(|it| span.start < it.span.end.max(it.span.start + 1)).map(|_| at)
}

/// The transaction of each statement, and why the file cannot run as it asks to.
fn transactions(file: &File, script: &Parsed) -> (Vec<Option<usize>>, Vec<Diagnostic>) {
    let is_alone = |rule: &TransactionRule| matches!(rule, TransactionRule::Forbidden(_) | TransactionRule::MayControl);
    let one = |statement: &Statement| (!is_alone(&statement.class.transaction)).then_some(0);
    let mut of_statement: Vec<Option<usize>> = script.statements.iter().map(one).collect();
    if script.has_errors() {
        return (of_statement, Vec::new());
    }
    let stages = match plan_execution(&file.source, script, file.mode) {
        Err(refused) => return (of_statement, refused),
        Ok(Execution::Whole { .. }) => return (of_statement, Vec::new()),
        Ok(Execution::Staged(stages)) => stages,
    };
    let mut places: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    for (number, stage) in stages.iter().enumerate() {
        let transaction = (!matches!(stage, Stage::Alone { .. })).then_some(number);
        places.extend(stage.steps().iter().map(|step| (step.span.start, transaction)));
    }
    for (statement, transaction) in script.statements.iter().zip(&mut of_statement) {
        *transaction = places.get(&statement.span.start).copied().unwrap_or(None);
    }
    (of_statement, Vec::new())
}

/// How bad the worst finding is.
impl Report {
    /// Takes in what was found elsewhere.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.ignored += other.ignored;
        self.files += other.files;
        self.statements += other.statements;
    }

    /// The severity of the worst finding; `None` where there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.diagnostic.severity).max()
    }
}

#[cfg(test)]
mod tests {
    use limosa_plan::Mode;
    use limosa_syntax::SourceFile;

    use super::*;
    use crate::file::Role;
    use crate::rule::{Declaration, Group};

    #[test]
    fn a_rule_that_breaks_down_is_told_as_our_fault_and_the_others_go_on() {
        static BROKEN: Rule = Rule {
            id: "broken",
            group: Group::Hygiene,
            declaration: Declaration::new(Level::Note, &[On::Statement(|_, _| panic!("on purpose"))]),
            file: "//! Broken.\n",
        };
        let public: Vec<Identifier> = Identifier::new("public").into_iter().collect();
        let linter = Linter {
            settings: &Settings::default(),
            sizes: &Sizes::default(),
            major: ServerMajor::NEWEST,
            search_path: public.clone(),
            start: Known::nothing(public),
        };
        let text = "CREATE INDEX ON visit (id);";
        let file = File {
            source: Arc::new(SourceFile { path: "1.sql".to_owned(), text: text.into() }),
            section: Span::new(0, text.len()),
            role: Role::Migration,
            mode: Mode::Auto,
            name: None,
            version: None,
            has_down: true,
            context: false,
            rollout: 0,
        };
        let others = rule("index-not-concurrent").into_iter();
        let report = linter.lint_with(std::iter::once(&BROKEN).chain(others), &[file], &BTreeMap::new());
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(found, ["rule-panicked", "index-not-concurrent"]);
        let told = &report.findings[0].diagnostic;
        assert!(told.message.contains("a fault of Limosa") && told.span.is_some(), "{told:?}");
    }
}
