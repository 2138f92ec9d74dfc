//! The section `consumers`: the queries of applications, before and after each migration.

use std::sync::Arc;

use limosa_engine::{ConsumerFinding, ConsumerWalk, Present, judge_consumers, walk_consumers};
use limosa_project::{Consumer, read_consumers};
use limosa_syntax::{LineIndex, SourceFile};
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::failure::Failure;

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let (mut of_parts, mut problems) = (Vec::new(), Vec::new());
    for part in gate.parts {
        match read_consumers(gate.project, part.service) {
            Ok(found) => of_parts.push(found),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::findings(problems));
    }
    let count: usize = of_parts.iter().flatten().map(|consumer| consumer.queries.len()).sum();
    if count == 0 {
        return Ok(Report {
            outcome: Outcome::Nothing,
            found: "there are none".to_owned(),
            diagnostics: Vec::new(),
            details: json!([]),
        });
    }
    let present: Vec<Option<Present>> = gate.present().await?.to_vec();
    let known = gate.invocation.known();
    let (mut diagnostics, mut details, mut wrong, mut phases) = (Vec::new(), Vec::new(), 0, 0);
    for ((part, consumers), present) in gate.parts.iter().zip(&of_parts).zip(&present) {
        if consumers.iter().all(|consumer| consumer.queries.is_empty()) {
            continue;
        }
        let terms = gate.terms(part)?;
        let (replay, stop) = (terms.replay(), gate.stop);
        let present = present.as_ref();
        let walk = walk_consumers(gate.shadow()?, &part.set, &replay, consumers, present, &known, stop).await?;
        let findings = judge_consumers(consumers, &walk);
        phases = phases.max(walk.phases.len());
        wrong += findings.chunk_by(|one, other| std::ptr::eq(one.query, other.query)).count();
        details.extend(details_of(part.service.name.as_str(), consumers, &findings, &walk));
        diagnostics.extend(findings.iter().map(ConsumerFinding::diagnostic));
    }
    let states =
        if phases == 1 { "1 state of the schema".to_owned() } else { format!("{phases} states of the schema") };
    let (outcome, found) = match wrong {
        0 if count == 1 => (Outcome::Passed, format!("1 query holds in {states}")),
        0 => (Outcome::Passed, format!("{count} queries hold in {states}")),
        wrong => (Outcome::Findings, format!("{wrong} of {count} queries do not hold in {states}")),
    };
    Ok(Report { outcome, found, diagnostics, details: Value::Array(details) })
}

fn details_of(
    service: &str,
    consumers: &[Consumer],
    findings: &[ConsumerFinding<'_>],
    walk: &ConsumerWalk,
) -> Vec<Value> {
    let mut details = Vec::new();
    // Findings and queries stand in the same order, and so do the queries of a file.
    let mut findings = findings.iter().peekable();
    let mut lines: Option<(&Arc<SourceFile>, LineIndex)> = None;
    for consumer in consumers {
        for query in &consumer.queries {
            let mut found = Vec::new();
            while let Some(finding) = findings.next_if(|finding| std::ptr::eq(finding.query, query)) {
                found.push(finding.diagnostic().message);
            }
            let known = lines.take().filter(|(source, _)| Arc::ptr_eq(source, &query.source));
            let (source, index) = known.unwrap_or_else(|| (&query.source, LineIndex::new(&query.source.text)));
            details.push(json!({
                "service": service,
                "app": consumer.app.as_str(),
                "query": query.name,
                "file": source.path,
                "line": index.locate(&source.text, query.span.start).line,
                "parameters": query.numbered.parameters,
                "states": walk.phases.len(),
                "result": if found.is_empty() { "passed" } else { "failed" },
                "findings": found,
            }));
            lines = Some((source, index));
        }
    }
    details
}
