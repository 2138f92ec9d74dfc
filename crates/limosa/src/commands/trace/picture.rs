//! The locks of a trace as a picture: SVG that needs nothing but itself, and follows the reader's light or dark.

use std::fmt::Write as _;
use std::time::Duration;

use limosa_plan::lock::KeptOut;
use limosa_plan::trace::{
    Timeline, TimelineLine, Trace, TracedMigration, TracedStatement, TracedTransaction, WorkKind,
};

use crate::output::duration::Calm;
use crate::output::fit;

/// All lengths are in pixels.
const WIDTH: f64 = 1080.0;
const MARGIN: f64 = 24.0;
const ROW: f64 = 24.0;
const BAR: f64 = 18.0;
/// One character of the monospaced text.
const CHARACTER: f64 = 7.25;
/// The names of relations get this much room at most.
const WIDEST_NAME: usize = 40;
/// However short a statement is.
const NARROWEST_COLUMN: f64 = 14.0;
/// Transactions with more relations say how many are left out.
const MOST_LINES: usize = 60;

const STYLE: &str = "\
svg { --paper: #ffffff; --ink: #1f2328; --faint: #656d76; --rule: #d0d7de; --on: #ffffff;
      --everybody: #b42318; --writers: #b54708; --changes: #2e5aac; --nobody: #8c959f; }
@media (prefers-color-scheme: dark) { svg { --paper: #15191f; --ink: #e6edf3; --faint: #9aa4af; --rule: #343c46;
      --on: #0d1117; --everybody: #ff8a80; --writers: #ffb86b; --changes: #7fb2ff; --nobody: #8b949e; } }
text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: var(--ink); white-space: pre; }
.paper { fill: var(--paper); } .title { font-size: 15px; font-weight: 700; } .faint { fill: var(--faint); }
.failed { fill: var(--everybody); } .rule { stroke: var(--rule); } .on { fill: var(--on); font-weight: 700; }
.everybody { fill: var(--everybody); } .writers { fill: var(--writers); } .changes { fill: var(--changes); }
.nobody { fill: var(--nobody); }";

/// The picture of some traces, one transaction below the other.
pub(super) fn picture(traces: &[Trace]) -> String {
    let mut drawing = Drawing { shapes: String::new(), y: MARGIN };
    drawing.legend();
    for trace in traces {
        drawing.space(12.0);
        let title = format!("{} · {} · {} rows per table", trace.service, trace.server, trace.rows);
        drawing.line_of_text(MARGIN, "title", &title);
        for migration in &trace.migrations {
            drawing.migration(migration);
        }
    }
    let height = drawing.y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" \
         height=\"{height:.0}\" role=\"img\"><title>Locks of migrations</title>\n<style>\n{STYLE}\n</style>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
        drawing.shapes
    )
}

struct Drawing {
    shapes: String,
    /// Where the next thing goes.
    y: f64,
}

impl Drawing {
    fn space(&mut self, height: f64) {
        self.y += height;
    }

    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        // Writing to a text does not fail.
        let _ = writeln!(self.shapes, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text));
    }

    fn line_of_text(&mut self, x: f64, class: &str, text: &str) {
        self.text(x, self.y + 14.0, class, text);
        self.y += 20.0;
    }

    fn legend(&mut self) {
        let mut x = MARGIN;
        for kept in [KeptOut::Everybody, KeptOut::Writers, KeptOut::SchemaChanges, KeptOut::Nobody] {
            let (class, words) = (class(kept), words(kept));
            let y = self.y;
            let _ = writeln!(
                self.shapes,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"14\" height=\"14\" rx=\"3\"/>"
            );
            self.text(x + 20.0, y + 11.5, "faint", words);
            x += 40.0 + width_of(words);
        }
        self.y += 22.0;
    }

    fn migration(&mut self, migration: &TracedMigration) {
        self.space(14.0);
        let title = match &migration.version {
            Some(version) => format!("{version} {}", migration.name),
            None => migration.name.clone(),
        };
        self.line_of_text(MARGIN, "title", &title);
        for transaction in &migration.transactions {
            self.transaction(transaction);
        }
    }

    fn transaction(&mut self, transaction: &TracedTransaction) {
        self.space(4.0);
        let how = match &transaction.alone {
            Some(reason) => format!("outside a transaction, since {reason}"),
            None => format!("one transaction, {}", Calm(spent(transaction))),
        };
        self.line_of_text(MARGIN, "faint", &how);
        let timeline = Timeline::of(transaction);
        if !timeline.lines.is_empty() {
            self.chart(transaction, &timeline);
        }
        for statement in &transaction.statements {
            let text = format!("{:>4}  {}  {}", statement.line, fit(&statement.summary, 108), Calm(statement.duration));
            match &statement.failure {
                None => self.line_of_text(MARGIN, "", &text),
                Some(failure) => {
                    let line = format!("{text}  fails: {}", failure.message);
                    self.line_of_text(MARGIN, "failed", &fit(&line, 140));
                }
            }
        }
        self.space(6.0);
    }

    fn chart(&mut self, transaction: &TracedTransaction, timeline: &Timeline) {
        let lines = || timeline.lines.iter().take(MOST_LINES);
        let longest = lines().map(|line| line.relation.name.chars().count().min(WIDEST_NAME)).max().unwrap_or(0);
        let left = MARGIN + longest as f64 * CHARACTER + 14.0;
        let edges = edges(&transaction.statements, left, WIDTH - MARGIN);
        let top = self.y + ROW;
        let bottom = top + lines().count() as f64 * ROW;
        for (column, statement) in transaction.statements.iter().enumerate() {
            let (from, to) = (edge(&edges, column), edge(&edges, column + 1));
            let label = statement.line.to_string();
            if width_of(&label) + 2.0 <= to - from {
                self.text(from + 2.0, self.y + 15.0, "faint", &label);
            }
            self.rule(from, top - 6.0, bottom);
        }
        self.rule(edge(&edges, transaction.statements.len()), top - 6.0, bottom);
        self.y = top;
        for line in lines() {
            self.lane(transaction, line, &edges);
        }
        let left_out = timeline.lines.len().saturating_sub(MOST_LINES);
        if left_out > 0 {
            self.line_of_text(MARGIN, "faint", &format!("and {left_out} relations more"));
        }
        self.space(8.0);
    }

    fn rule(&mut self, x: f64, from: f64, to: f64) {
        let _ =
            writeln!(self.shapes, "<line class=\"rule\" x1=\"{x:.1}\" y1=\"{from:.1}\" x2=\"{x:.1}\" y2=\"{to:.1}\"/>");
    }

    /// One relation: its name, its bars, and what was done with its rows.
    fn lane(&mut self, transaction: &TracedTransaction, line: &TimelineLine, edges: &[f64]) {
        let y = self.y;
        self.text(MARGIN, y + 14.0, "", &fit(&line.relation.name, WIDEST_NAME));
        for stretch in &line.stretches {
            let (from, to) = (edge(edges, stretch.from), edge(edges, stretch.to));
            let _ = writeln!(
                self.shapes,
                "<rect class=\"{}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"3\">\
                 <title>{}</title></rect>",
                class(stretch.keeps_out),
                y + 1.0,
                (to - from - 1.0).max(2.0),
                escaped(&format!("{}: {}, {}", line.relation.name, stretch.mode, words(stretch.keeps_out))),
            );
            let work = work(transaction, line, stretch.from..stretch.to);
            let long = format!("{}{}", stretch.mode, work.map(|work| format!(" · {work}")).unwrap_or_default());
            let choices = [long.as_str(), stretch.mode.sql(), stretch.mode.initials()];
            if let Some(label) = choices.iter().find(|label| width_of(label) + 10.0 <= to - from) {
                self.text(from + 5.0, y + 14.0, "on", label);
            }
        }
        self.y += ROW;
    }
}

/// Where each statement begins, and the last ends: each as wide as it took long, and none too narrow to be seen.
fn edges(statements: &[TracedStatement], from: f64, to: f64) -> Vec<f64> {
    let total: f64 = statements.iter().map(|statement| statement.duration.as_secs_f64()).sum();
    let least = NARROWEST_COLUMN.min((to - from) / statements.len().max(1) as f64);
    let rest = (to - from - least * statements.len() as f64).max(0.0);
    let mut edges = vec![from];
    let mut at = from;
    for statement in statements {
        let share = if total > 0.0 { statement.duration.as_secs_f64() / total } else { 1.0 / statements.len() as f64 };
        at += least + rest * share;
        edges.push(at);
    }
    edges
}

fn edge(edges: &[f64], at: usize) -> f64 {
    edges.get(at).or(edges.last()).copied().unwrap_or(0.0)
}

/// The heaviest work on a relation, or on indexes of it, in some statements.
fn work(
    transaction: &TracedTransaction,
    line: &TimelineLine,
    statements: std::ops::Range<usize>,
) -> Option<&'static str> {
    let name = &line.relation.name;
    let during = transaction.statements.get(statements).unwrap_or_default();
    let of_line = during
        .iter()
        .flat_map(|statement| &statement.work)
        .filter(|work| work.relation.name == *name || work.relation.table.as_ref() == Some(name));
    Some(match of_line.map(|work| work.kind).min()? {
        WorkKind::Rewritten => "rewrites every row",
        WorkKind::Rebuilt => "rebuilds indexes",
        WorkKind::Built => "builds an index",
        WorkKind::Emptied => "empties it",
        WorkKind::Scanned => "reads every row",
        WorkKind::Read => "reads some rows",
    })
}

fn spent(transaction: &TracedTransaction) -> Duration {
    transaction.statements.iter().map(|statement| statement.duration).sum::<Duration>() + transaction.commit
}

fn class(kept: KeptOut) -> &'static str {
    match kept {
        KeptOut::Everybody => "everybody",
        KeptOut::Writers => "writers",
        KeptOut::SchemaChanges => "changes",
        KeptOut::Nobody => "nobody",
    }
}

fn words(kept: KeptOut) -> &'static str {
    match kept {
        KeptOut::Everybody => "blocks reads and writes",
        KeptOut::Writers => "blocks writes",
        KeptOut::SchemaChanges => "blocks schema changes",
        KeptOut::Nobody => "blocks nothing",
    }
}

fn width_of(text: &str) -> f64 {
    crate::output::display_width(text) as f64 * CHARACTER
}

/// Text between tags and in attributes. What no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn the_picture_stands_by_itself() {
        let picture = picture(&[sample()]);
        insta::assert_snapshot!(picture.replace(STYLE, "(style)"));
        for outside in ["href", "url(", "<script", "@import"] {
            assert!(!picture.contains(outside), "{outside}");
        }
    }

    #[test]
    fn what_comes_from_a_file_is_text_and_no_markup() {
        assert_eq!(escaped("a<b> & \"c\"\u{0}"), "a&lt;b&gt; &amp; &quot;c&quot; ");
        assert!(picture(&[sample()]).contains("&quot;a&lt;b&quot;"));
    }

    #[test]
    fn every_statement_has_room() {
        let trace = sample();
        let mut statements = trace.migrations[0].transactions[0].statements.clone();
        let edges = edges(&statements, 100.0, 1000.0);
        assert_eq!((edge(&edges, 0), edge(&edges, 3).round()), (100.0, 1000.0));
        assert!(edges.windows(2).all(|pair| pair[1] - pair[0] >= NARROWEST_COLUMN), "{edges:?}");
        statements = std::iter::repeat_n(statements[0].clone(), 5000).collect();
        let edges = super::edges(&statements, 100.0, 1000.0);
        assert!(edges.is_sorted() && edge(&edges, 5000) < 1000.1, "more than fit are narrower");
    }
}
