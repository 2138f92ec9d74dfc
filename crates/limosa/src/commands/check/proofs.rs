//! The section `proofs`: each way back leads back.

use limosa_engine::{ProofExtent, ProofRequest, ProofVerdict, RowSource, prove};
use serde_json::{Value, json};

use super::gate::Gate;
use super::section::{Outcome, Report};
use crate::commands::prove::{explain, word};
use crate::failure::Failure;

pub(super) async fn run(gate: &mut Gate<'_>) -> Result<Report, Failure> {
    let (mut diagnostics, mut details) = (Vec::new(), Vec::new());
    let (mut proven, mut without, mut earlier) = (0, 0, 0);
    let known = gate.invocation.known();
    for part in gate.parts {
        let terms = gate.terms(part)?;
        let stop = gate.stop;
        let replay = terms.replay();
        let shadow = gate.shadow()?;
        let request = ProofRequest { extent: ProofExtent::ThereAndBack, rows: RowSource::Generated };
        for proof in prove(shadow, &part.set, &replay, request, &known, stop, &mut |_| {}).await? {
            match proof.verdict {
                ProofVerdict::Proven => proven += 1,
                ProofVerdict::NoDown => without += 1,
                _ => {}
            }
            earlier += usize::from(proof.known);
            diagnostics.extend(explain(&proof, false));
            details.push(json!({
                "service": part.service.name.to_string(),
                "version": proof.version,
                "verdict": word(&proof.verdict),
                "known": proof.known,
            }));
        }
    }
    let mut found = match (proven, diagnostics.len()) {
        (_, failed @ 1..) => format!("{failed} of {} do not lead back", details.len()),
        (0, _) => "there is no way back to prove".to_owned(),
        (proven, _) => format!("{proven} lead back"),
    };
    if proven > 0 && without > 0 {
        found.push_str(&format!(", {without} have no way back"));
    }
    if earlier > 0 && earlier == details.len() {
        found.push_str(", proven earlier");
    }
    let outcome = match (diagnostics.is_empty(), proven) {
        (false, _) => Outcome::Findings,
        (true, 0) => Outcome::Nothing,
        (true, _) => Outcome::Passed,
    };
    Ok(Report { outcome, found, diagnostics, details: Value::Array(details) })
}
