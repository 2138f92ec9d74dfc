//! Proofs for programs.

use limosa_engine::{CheckOutcome, LeftOutSeed, Lost, Proof, ProofVerdict};
use limosa_syntax::Diagnostic;
use serde::Serialize;
use serde_json::Value;

use super::told::people;
use crate::output::{DiagnosticJson, diagnostics_json};

#[derive(Serialize)]
struct ProofJson<'a> {
    service: &'a str,
    /// `null` for a check.
    version: Option<&'a str>,
    name: &'a str,
    verdict: &'static str,
    notes: &'a [String],
    known: bool,
    /// The tables before it, with the rows that they had; `null` for a check.
    rows: Option<Vec<RowsJson<'a>>>,
    /// The seeds whose rows are not among them; `null` for a check.
    left_out: Option<&'a [LeftOutSeed]>,
    /// What the server said when it ran with rows, where it was proven without.
    refused: Option<&'a str>,
    losses: Vec<LossJson<'a>>,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

#[derive(Serialize)]
struct RowsJson<'a> {
    table: String,
    rows: u64,
    /// Why there are none.
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct LossJson<'a> {
    table: String,
    /// `null` where whole rows are gone.
    column: Option<&'a str>,
    count: u64,
    /// A value as it was and as it came back; `null` where whole rows are gone.
    example: Option<ExampleJson<'a>>,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    before: Option<&'a str>,
    after: Option<&'a str>,
}

pub(super) fn of_proof(service: &str, proof: &Proof, found: &[Diagnostic]) -> serde_json::Result<Value> {
    let rows = proof.rows.tables.iter().map(|it| RowsJson {
        table: people(&it.table),
        rows: it.rows,
        reason: it.shortfall.as_deref(),
    });
    let losses = proof.losses.iter().map(|loss| LossJson {
        table: people(&loss.table),
        column: match &loss.what {
            Lost::Rows => None,
            Lost::Values { column } => Some(column.as_str()),
        },
        count: loss.count,
        example: loss
            .example
            .as_ref()
            .map(|example| ExampleJson { before: example.before.as_deref(), after: example.after.as_deref() }),
    });
    serde_json::to_value(ProofJson {
        service,
        version: Some(&proof.version),
        name: &proof.name,
        verdict: word(&proof.verdict),
        notes: &proof.notes,
        known: proof.known,
        rows: Some(rows.collect()),
        left_out: Some(&proof.rows.left_out),
        refused: proof.rows.refused.as_deref(),
        losses: losses.collect(),
        diagnostics: diagnostics_json(found),
    })
}

pub(super) fn of_check(service: &str, check: &CheckOutcome) -> serde_json::Result<Value> {
    let found: Vec<Diagnostic> = check.diagnostic().into_iter().collect();
    serde_json::to_value(ProofJson {
        service,
        version: None,
        name: &check.name,
        verdict: if check.is_failed() { "check-fails" } else { "check-holds" },
        notes: &[],
        known: false,
        rows: None,
        left_out: None,
        refused: None,
        losses: Vec::new(),
        diagnostics: diagnostics_json(&found),
    })
}

pub(in crate::commands) fn word(verdict: &ProofVerdict) -> &'static str {
    match verdict {
        ProofVerdict::Proven => "proven",
        ProofVerdict::NoDown => "no-down",
        ProofVerdict::UpFails(_) => "up-fails",
        ProofVerdict::OnlineFails(..) => "online-fails",
        ProofVerdict::DownFails(_) => "down-fails",
        ProofVerdict::UpFailsAgain(..) => "up-fails-again",
        ProofVerdict::Differs(_) => "differs",
        ProofVerdict::RowsDiffer { .. } => "rows-differ",
        ProofVerdict::LosesData => "loses-data",
    }
}
