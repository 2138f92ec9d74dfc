//! What there is to say about a rule: the comment at the head of its file.

use limosa_catalog::ServerMajor;
use limosa_plan::lock::{LockFact, MEASURED, Part, StatementForm, Work, lock_facts};

use crate::rule::{Level, Rule};

/// The line of an example behind which the next migration begins.
const NEXT: &str = "-- next migration";

/// A rule's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What is found, in one line.
    pub summary: String,
    /// Markdown: why, the locks, what to do instead, examples.
    pub body: String,
    /// The examples in it.
    pub examples: Vec<Example>,
}

/// An example of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule finds something in it.
    pub bad: bool,
    /// Migrations that are deployed one by one; the last one is what the example shows.
    pub migrations: Vec<String>,
}

impl Page {
    pub(crate) fn of(rule: &Rule) -> Self {
        let comment: Vec<&str> = rule
            .file
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        let summary = comment.first().map(|line| line.trim_end_matches('.').to_owned()).unwrap_or_default();
        let mut body = String::new();
        let mut examples = Vec::new();
        let mut open: Option<Example> = None;
        for line in comment.iter().skip(1) {
            match (&mut open, *line) {
                (None, "```sql,bad" | "```sql,good") => {
                    open = Some(Example { bad: line.ends_with("bad"), migrations: vec![String::new()] });
                    body.push_str("```sql\n");
                    continue;
                }
                (Some(_), "```") => examples.extend(open.take()),
                (Some(example), NEXT) => example.migrations.push(String::new()),
                (Some(example), line) => {
                    if let Some(last) = example.migrations.last_mut() {
                        last.push_str(line);
                        last.push('\n');
                    }
                }
                (None, line) => {
                    if let Some(forms) = line.strip_prefix("Locks: ") {
                        body.push_str(&lock_lines(forms));
                        continue;
                    }
                }
            }
            body.push_str(line);
            body.push('\n');
        }
        body.push_str(&settings(rule));
        Self { summary, body: body.trim().to_owned() + "\n", examples }
    }
}

/// What `limosa.toml` can say of the rule.
fn settings(rule: &Rule) -> String {
    let level = match rule.level() {
        Level::Off => "It is off unless a level is set".to_owned(),
        level => format!("Its findings are of level {}", level.name()),
    };
    let mut text = format!("\n{level}: `[lint.rules] {} = \"off\" | \"note\" | \"warning\" | \"error\"`.\n", rule.id);
    if !rule.parameters().is_empty() {
        text.push_str(&format!("\n```toml\n[lint.rules.{}]\n", rule.id));
        for parameter in rule.parameters() {
            let value = if parameter.default.is_empty() { "…" } else { parameter.default };
            text.push_str(&format!("{} = {value}  # {}\n", parameter.name, parameter.meaning));
        }
        text.push_str("```\n");
    }
    text
}

/// The measured locks of forms of statements, a line for each part that a relation can play in them.
fn lock_lines(forms: &str) -> String {
    let mut text = String::new();
    for form in forms.split(", ").filter_map(StatementForm::of_name) {
        for part in Part::ALL.iter().filter(|part| **part != Part::Indexes) {
            let facts: Vec<(u16, Option<LockFact>)> = MEASURED
                .into_iter()
                .filter_map(|major| Some((major, ServerMajor::of_number(major)?)))
                .map(|(major, server)| {
                    let fact = lock_facts(form, server).and_then(|facts| facts.iter().find(|fact| fact.part == *part));
                    (major, fact.copied())
                })
                .collect();
            let mut said: Vec<(String, Vec<u16>)> = Vec::new();
            for (major, fact) in facts {
                let Some(fact) = fact else { continue };
                let words = words(fact);
                match said.iter_mut().find(|(known, _)| *known == words) {
                    Some((_, majors)) => majors.push(major),
                    None => said.push((words, vec![major])),
                }
            }
            for (words, majors) in said {
                let on = if majors.len() == MEASURED.len() {
                    String::new()
                } else {
                    let majors: Vec<String> = majors.iter().map(u16::to_string).collect();
                    format!(" (PostgreSQL {})", majors.join(", "))
                };
                text.push_str(&format!("- {}, {}: {words}{on}\n", form.name(), part.name()));
            }
        }
    }
    text
}

fn words(fact: LockFact) -> String {
    let work = match fact.work {
        Work::None => "",
        Work::Reads => ", every row is read",
        Work::Writes => ", every row is written anew",
    };
    format!("{} keeps out {}{work}", fact.mode, fact.mode.keeps_out().words())
}
