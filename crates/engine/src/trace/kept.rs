//! Traces of earlier days, for plans of the same migrations.

use limosa_catalog::ServerMajor;
use limosa_plan::trace::Trace;

use super::script::TraceRequest;
use crate::desired::{Answers, Question, Replay};

/// Keeps the trace of each migration that ran to its end, by all that ran before it.
pub fn keep_traces(answers: &Answers, replay: &Replay<'_>, major: ServerMajor, request: &TraceRequest, trace: &Trace) {
    let shown: Vec<bool> = request.scripts.iter().map(|script| script.shown).collect();
    let mut traced = trace.migrations.iter();
    for (question, shown) in questions(replay, major, request).into_iter().zip(shown) {
        if !shown {
            continue;
        }
        let Some(migration) = traced.next().filter(|migration| migration.succeeded()) else { return };
        let one = Trace { tables: Vec::new(), migrations: vec![migration.clone()], ..trace.clone() };
        if let Ok(text) = serde_json::to_string(&one) {
            answers.keep(&question, &text);
        }
    }
}

/// What is known of each script from earlier traces of the same text, after the same texts; of those on servers of
/// several major versions, on the one that is asked for, else on the newest. Each has one migration.
#[must_use]
pub fn known_traces(
    answers: &Answers,
    replay: &Replay<'_>,
    major: Option<ServerMajor>,
    request: &TraceRequest,
) -> Vec<Option<Trace>> {
    let others = ServerMajor::supported().rev().filter(|other| Some(*other) != major);
    let mut found: Vec<Option<Trace>> = request.scripts.iter().map(|_| None).collect();
    for major in major.into_iter().chain(others) {
        for (found, known) in found.iter_mut().zip(known_on(answers, replay, major, request)) {
            *found = found.take().or(known);
        }
    }
    found
}

fn known_on(answers: &Answers, replay: &Replay<'_>, major: ServerMajor, request: &TraceRequest) -> Vec<Option<Trace>> {
    let known = |question: Question| {
        let trace: Trace = serde_json::from_str(&answers.answer(&question)?).ok()?;
        (trace.format == Trace::FORMAT).then_some(trace)
    };
    questions(replay, major, request).into_iter().map(known).collect()
}

fn questions(replay: &Replay<'_>, major: ServerMajor, request: &TraceRequest) -> Vec<Question> {
    let mut question = Question::of(&format!("trace {} on {major}", Trace::FORMAT))
        .and(replay.service)
        .and(&replay.owner_role.map(ToString::to_string).unwrap_or_default())
        .and(replay.search_path.unwrap_or_default());
    let before = &request.before;
    let scripts = before.migrations.iter().map(|it| &it.up).chain(before.repeatables.iter().map(|it| &it.up));
    for script in scripts {
        question = replay.after(question, script);
    }
    let mut questions = Vec::new();
    for script in &request.scripts {
        question = replay.after(question.and(&format!("{:?}", script.execution())), &script.up);
        questions.push(question.clone());
    }
    questions
}
