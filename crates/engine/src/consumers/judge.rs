//! What the answers from phase to phase mean.

use limosa_project::{Compare, Consumer, ConsumerQuery, Version};
use limosa_syntax::{Diagnostic, Span};

use super::copy::fills_all_columns;
use super::describe::{Answered, Refusal, Shape};
use super::walk::{ConsumerWalk, Phase};

/// A query that does not go together with the schema in some phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerFinding<'a> {
    /// The application.
    pub consumer: &'a Consumer,
    /// Its query.
    pub query: &'a ConsumerQuery,
    /// What is wrong.
    pub finding: ConsumerProblem,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsumerProblem {
    /// It is refused in every phase: the code and the database disagree.
    NeverPrepares(Refusal),
    /// It is refused from here on.
    StopsPreparing(Phase, Refusal),
    /// It is refused while both versions work, though its application is of the new one.
    PreparesLate(Phase, Refusal),
    /// It takes or gives something else from here on; what, line by line.
    Changes(Phase, Vec<String>),
    /// The application was built for other columns than those it gets at the end.
    BuiltForOther(Vec<String>),
}

/// Finds what is wrong with the queries of applications.
///
/// Where the walk begins with the present, a query that is refused there and prepares later is new, which is well; one
/// that prepares there has to prepare, and to give the same, in every phase. Where it begins with nothing, only the end
/// counts, and what came before tells why.
#[must_use]
pub fn judge_consumers<'a>(consumers: &'a [Consumer], walk: &ConsumerWalk) -> Vec<ConsumerFinding<'a>> {
    let queries = consumers.iter().flat_map(|consumer| consumer.queries.iter().map(move |query| (consumer, query)));
    let mut findings = Vec::new();
    for (at, (consumer, query)) in queries.enumerate() {
        let phases: Vec<(&Phase, &Answered)> =
            walk.phases.iter().filter_map(|seen| Some((&seen.phase, seen.answers.get(at)?))).collect();
        let (phases, begins) = lived_through(consumer, &phases);
        let mut found = of_query(consumer, query, phases, walk.from_present);
        if let (true, [(phase, Answered::Refused(refusal)), .., (_, Answered::Prepared(_))]) = (begins, phases) {
            found.push(ConsumerProblem::PreparesLate((*phase).clone(), refusal.clone()));
        }
        findings.extend(found.into_iter().map(|finding| ConsumerFinding { consumer, query, finding }));
    }
    findings
}

/// The phases in which an application of a version is at work, and whether it begins with one of them: from the
/// migration that is its newest to the contract of a newer one.
fn lived_through<'p, 'w>(
    consumer: &Consumer,
    phases: &'p [(&'w Phase, &'w Answered)],
) -> (&'p [(&'w Phase, &'w Answered)], bool) {
    let Some(version) = &consumer.version else { return (phases, false) };
    let of = |phase: &Phase| match phase {
        Phase::After { version, .. } | Phase::Expanded { version, .. } | Phase::Contracted { version, .. } => {
            version.parse::<Version>().ok()
        }
        Phase::Before | Phase::End => None,
    };
    let first = phases.iter().position(|(phase, _)| of(phase).is_some_and(|other| other == *version));
    let is_gone =
        |phase: &Phase| matches!(phase, Phase::Contracted { .. }) && of(phase).is_some_and(|other| other > *version);
    let end = phases.iter().position(|(phase, _)| is_gone(phase)).unwrap_or(phases.len());
    (&phases[first.unwrap_or(0).min(end)..end], first.is_some())
}

fn of_query(
    consumer: &Consumer,
    query: &ConsumerQuery,
    phases: &[(&Phase, &Answered)],
    from_present: bool,
) -> Vec<ConsumerProblem> {
    let Some((_, last)) = phases.last() else { return Vec::new() };
    if let Answered::Refused(refusal) = last
        && phases.iter().all(|(_, answer)| matches!(answer, Answered::Refused(_)))
    {
        return vec![ConsumerProblem::NeverPrepares(refusal.clone())];
    }
    let mut found = Vec::new();
    let mut refused = None;
    for pair in phases.windows(2) {
        let [(_, before), (phase, after)] = pair else { continue };
        match (before, after) {
            (Answered::Prepared(_), Answered::Refused(refusal)) => {
                refused = Some(ConsumerProblem::StopsPreparing((*phase).clone(), refusal.clone()));
                if from_present {
                    found.extend(refused.take());
                }
            }
            (Answered::Prepared(before), Answered::Prepared(after)) if from_present => {
                let compare = match consumer.compare {
                    // A line of the data has a field for each column.
                    Compare::Breaking if before != after && fills_all_columns(&query.numbered.sql) => {
                        Compare::Everything
                    }
                    compare => compare,
                };
                let changes = changes(before, after, &query.numbered.parameters, compare);
                if !changes.is_empty() {
                    found.push(ConsumerProblem::Changes((*phase).clone(), changes));
                }
            }
            _ => {}
        }
    }
    match last {
        Answered::Refused(_) => found.extend(refused),
        Answered::Prepared(shape) => found.extend(query.built_for.as_deref().and_then(|names| built_for(names, shape))),
    }
    found
}

fn built_for(names: &[String], shape: &Shape) -> Option<ConsumerProblem> {
    let found: Vec<&String> = shape.columns.iter().map(|(name, _)| name).collect();
    if found.iter().copied().eq(names) {
        return None;
    }
    let listed = |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>().join(", ");
    let (wanted, found) = (listed(&mut names.iter()), listed(&mut found.into_iter()));
    Some(ConsumerProblem::BuiltForOther(vec![
        format!("it was built for the columns {wanted}"),
        format!("it gets {found}"),
    ]))
}

/// What is different, line by line, as far as the application minds.
fn changes(before: &Shape, after: &Shape, parameters: &[String], compare: Compare) -> Vec<String> {
    if compare == Compare::Nothing {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (at, (was, is)) in before.parameters.iter().zip(&after.parameters).enumerate() {
        if was != is {
            let name = parameters.get(at).map_or_else(|| format!("${}", at + 1), Clone::clone);
            lines.push(format!("its parameter `{name}` is {is}, and was {was}"));
        }
    }
    // Names may stand there several times, so each is paired with the one that comes as often before it.
    let occurrence = |columns: &[(String, String)], at: usize| {
        columns.iter().take(at).filter(|(name, _)| columns.get(at).is_some_and(|(own, _)| own == name)).count()
    };
    let paired = |columns: &[(String, String)], name: &str, nth: usize| {
        columns
            .iter()
            .enumerate()
            .filter(|(_, (other, _))| other == name)
            .nth(nth)
            .map(|(at, (_, it))| (at, it.clone()))
    };
    let mut places = Vec::new();
    for (at, (name, was)) in before.columns.iter().enumerate() {
        match paired(&after.columns, name, occurrence(&before.columns, at)) {
            None => lines.push(format!("its column `{name}` is gone")),
            Some((place, is)) => {
                places.push(place);
                if is != *was {
                    lines.push(format!("its column `{name}` is {is}, and was {was}"));
                }
            }
        }
    }
    if compare == Compare::Everything {
        for (at, (name, is)) in after.columns.iter().enumerate() {
            if paired(&before.columns, name, occurrence(&after.columns, at)).is_none() {
                lines.push(format!("its column `{name}`, {is}, is new"));
            }
        }
        if !places.is_sorted() {
            let names: Vec<&str> = after.columns.iter().map(|(name, _)| name.as_str()).collect();
            lines.push(format!("its columns stand in another order: {}", names.join(", ")));
        }
    }
    lines
}

impl ConsumerFinding<'_> {
    /// The finding as people should see it.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let (query, app) = (self.query, &self.consumer.app);
        let who = format!("the {} of `{app}`", query.label());
        let at = |diagnostic: Diagnostic, refusal: Option<&Refusal>| {
            let mut diagnostic = diagnostic.at(&query.source, self.place(refusal.and_then(|refusal| refusal.byte)));
            diagnostic.notes.extend(refusal.and_then(|refusal| refusal.detail.clone()));
            let role = self.consumer.role.as_ref().filter(|_| refusal.is_some());
            diagnostic.notes.extend(role.map(|role| format!("it was asked as the role {role}")));
            diagnostic.help = refusal.and_then(|refusal| refusal.hint.clone());
            diagnostic
        };
        match &self.finding {
            ConsumerProblem::NeverPrepares(refusal) => {
                let message = format!("{who} and the database disagree: {}", refusal.message);
                at(Diagnostic::error("consumer-disagrees", message), Some(refusal))
                    .with_note("no migration that is here makes a schema in which it can be run")
            }
            ConsumerProblem::StopsPreparing(phase, refusal) => {
                let message = format!("{who} cannot be run any more {}: {}", after(phase), refusal.message);
                let mut diagnostic = at(Diagnostic::error("consumer-breaks", message), Some(refusal));
                diagnostic.notes.extend(file(phase));
                diagnostic.help.get_or_insert_with(|| {
                    "keep what it asks for until no version of the application that asks for it is running".to_owned()
                });
                diagnostic
            }
            ConsumerProblem::PreparesLate(phase, refusal) => {
                let message = format!("{who} cannot be run {} yet: {}", after(phase), refusal.message);
                let mut diagnostic = at(Diagnostic::error("consumer-too-early", message), Some(refusal));
                diagnostic.notes.extend(file(phase));
                diagnostic.help.get_or_insert_with(|| {
                    "its application is of that version: let it work as soon as the migration is applied".to_owned()
                });
                diagnostic
            }
            ConsumerProblem::Changes(phase, changes) => {
                let message = format!("{who} takes or gives something else {}", after(phase));
                let mut diagnostic = at(Diagnostic::error("consumer-result-changes", message), None);
                diagnostic.notes.clone_from(changes);
                diagnostic.notes.extend(file(phase));
                diagnostic.with_help(format!(
                    "make the application ready for both first; `compare = \"nothing\"` in [consumer.{app}] minds none"
                ))
            }
            ConsumerProblem::BuiltForOther(lines) => {
                let message = format!("{who} was built for another schema");
                let mut diagnostic = at(Diagnostic::error("consumer-disagrees", message), None);
                diagnostic.notes.clone_from(lines);
                diagnostic.with_help("build it against this schema; for sqlx, `cargo sqlx prepare`")
            }
        }
    }

    /// The word that the server points at; else the query.
    fn place(&self, byte: Option<usize>) -> Span {
        let query = self.query;
        let Some(byte) = byte else { return query.span };
        let start = (query.span.start + query.numbered.source_byte(byte)).min(query.span.end);
        let rest = Span::new(start, query.span.end).of(&query.source.text);
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').filter(|length| *length > 0);
        let length = word.unwrap_or_else(|| {
            let is_word = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if is_word { rest.len() } else { rest.chars().next().map_or(0, char::len_utf8) }
        });
        Span::new(start, start + length)
    }
}

/// `after 003 drop_fax`.
fn after(phase: &Phase) -> String {
    match phase {
        Phase::Before => "before the pending migrations".to_owned(),
        Phase::After { version, name, .. } => format!("after {version} {name}"),
        Phase::Expanded { version, name, .. } => format!("while {version} {name} waits for contract"),
        Phase::Contracted { version, name, .. } => format!("after the contract of {version} {name}"),
        Phase::End => "after the repeatable objects".to_owned(),
    }
}

fn file(phase: &Phase) -> Option<String> {
    match phase {
        Phase::After { path, .. } | Phase::Expanded { path, .. } | Phase::Contracted { path, .. } => {
            Some(format!("the migration is `{path}`"))
        }
        Phase::Before | Phase::End => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use limosa_project::AppName;
    use limosa_syntax::{SourceFile, number_parameters};

    use super::super::walk::Seen;
    use super::*;

    fn shape(parameters: &str, columns: &str) -> Shape {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let column = |word: String| word.split_once(':').map(|(name, it)| (name.to_owned(), it.to_owned())).unwrap();
        Shape { parameters: words(parameters), columns: words(columns).into_iter().map(column).collect() }
    }

    fn consumers(built_for: Option<&str>) -> Vec<Consumer> {
        let text = "SELECT *, nope FROM a WHERE id = :id";
        let source = Arc::new(SourceFile { path: "consumers/app/a.sql".into(), text: text.into() });
        let query = ConsumerQuery {
            name: Some("GetA".into()),
            source,
            span: Span::new(0, text.len()),
            numbered: number_parameters(text, &[]),
            built_for: built_for.map(|names| names.split(' ').map(str::to_owned).collect()),
        };
        vec![Consumer {
            app: AppName::new("app").unwrap(),
            role: None,
            search_path: Vec::new(),
            version: None,
            compare: Compare::Breaking,
            queries: vec![query],
        }]
    }

    /// Answers as words: `-` is refused, anything else the columns of what is prepared.
    fn found(answers: &[&str], from_present: bool, built_for: Option<&str>) -> Vec<String> {
        let refusal = Refusal {
            message: "column \"nope\" does not exist".into(),
            detail: None,
            hint: None,
            sqlstate: None,
            byte: Some(10),
        };
        let answer = |text: &str| match text {
            "-" => Answered::Refused(refusal.clone()),
            columns => Answered::Prepared(shape("int4", columns)),
        };
        let phase = |at: usize| match at {
            0 => Phase::Before,
            at => Phase::After { version: at.to_string(), name: "m".into(), path: format!("{at}_m.sql") },
        };
        let seen = |(at, text): (usize, &&str)| Seen { phase: phase(at), answers: vec![answer(text)] };
        let walk = ConsumerWalk { from_present, phases: answers.iter().enumerate().map(seen).collect() };
        let consumers = consumers(built_for);
        let told = |it: ConsumerFinding<'_>| {
            let diagnostic = it.diagnostic();
            let place = diagnostic.span.map(|span| span.of(&it.query.source.text).to_owned()).unwrap();
            format!("{} {} [{place}]", diagnostic.code, diagnostic.message)
        };
        judge_consumers(&consumers, &walk).into_iter().map(told).collect()
    }

    #[test]
    fn what_was_answered_from_phase_to_phase_is_judged() {
        let nope = "column \"nope\" does not exist [nope]";
        let breaks =
            |at: u8| format!("consumer-breaks the query `GetA` of `app` cannot be run any more after {at} m: {nope}");
        let whole = "[SELECT *, nope FROM a WHERE id = :id]";
        let changes = |at: u8| {
            format!(
                "consumer-result-changes the query `GetA` of `app` takes or gives something else after {at} m {whole}"
            )
        };
        let never = format!("consumer-disagrees the query `GetA` of `app` and the database disagree: {nope}");
        for (answers, from_present, expected) in [
            (&["a:int4", "a:int4"][..], true, vec![]),
            (&["a:int4", "-"], true, vec![breaks(1)]),
            (&["a:int4", "-", "a:int4"], true, vec![breaks(1)]),
            (&["-", "a:int4"], true, vec![]),
            (&["-", "-"], true, vec![never.clone()]),
            (&["-"], true, vec![never.clone()]),
            (&["a:int4", "a:int8", "a:int8"], true, vec![changes(1)]),
            (&["a:int4", "a:int4 b:text"], true, vec![]),
            (&["-", "a:int4", "a:int8"], false, vec![]),
            (&["-", "a:int4", "-", "a:int4"], false, vec![]),
            (&["-", "a:int4", "-", "a:int4", "-", "-"], false, vec![breaks(4)]),
            (&["-", "-"], false, vec![never]),
        ] {
            assert_eq!(found(answers, from_present, None), expected, "{answers:?} {from_present}");
        }
    }

    #[test]
    fn what_an_application_was_built_for_is_what_it_gets() {
        assert_eq!(found(&["id:int4 name:text"], true, Some("id name")), Vec::<String>::new());
        assert_eq!(found(&["id:int4 name:text"], true, Some("id title")).len(), 1);
        assert_eq!(found(&["id:int4"], true, Some("id name")).len(), 1);
    }

    #[test]
    fn applications_mind_different_changes() {
        let parameters = ["id".to_owned()];
        let changed = |before: Shape, after: Shape, compare: Compare| changes(&before, &after, &parameters, compare);
        for (before, after, breaking, everything) in [
            (shape("int4", "a:int4 b:text"), shape("int4", "a:int4 b:text"), vec![], vec![]),
            (
                shape("uuid", "id:uuid"),
                shape("varchar", "id:varchar(8)"),
                vec!["its parameter `id` is varchar, and was uuid", "its column `id` is varchar(8), and was uuid"],
                vec!["its parameter `id` is varchar, and was uuid", "its column `id` is varchar(8), and was uuid"],
            ),
            (
                shape("", "a:int4 b:text"),
                shape("", "b:text c:int4 a:int4"),
                vec![],
                vec!["its column `c`, int4, is new", "its columns stand in another order: b, c, a"],
            ),
            (
                shape("", "id:int4 id:int8"),
                shape("", "id:int4 id:text"),
                vec!["its column `id` is text, and was int8"],
                vec!["its column `id` is text, and was int8"],
            ),
            (
                shape("", "a:int4 a:int4"),
                shape("", "a:int4"),
                vec!["its column `a` is gone"],
                vec!["its column `a` is gone"],
            ),
        ] {
            assert_eq!(changed(before.clone(), after.clone(), Compare::Breaking), breaking, "{before:?} {after:?}");
            assert_eq!(changed(before.clone(), after.clone(), Compare::Everything), everything, "{before:?} {after:?}");
            assert_eq!(changed(before, after, Compare::Nothing), Vec::<String>::new());
        }
    }
}
