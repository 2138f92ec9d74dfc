//! A proof as text.

use std::fmt::Write as _;

use limosa_engine::{Proof, ProofVerdict};

/// What was found, a line each.
pub(crate) fn told(proof: &Proof) -> String {
    let mut text = String::new();
    let verdict = match &proof.verdict {
        ProofVerdict::Proven => "proven".to_owned(),
        ProofVerdict::NoDown => "no way back".to_owned(),
        ProofVerdict::LosesData => "loses data".to_owned(),
        ProofVerdict::UpFails(error) => format!("it fails: {error}"),
        ProofVerdict::OnlineFails(step, error) => format!("online, {step:?} fails: {error}"),
        ProofVerdict::DownFails(error) => format!("the way back fails: {error}"),
        ProofVerdict::UpFailsAgain(step, error) => format!("{step:?} fails: {error}"),
        ProofVerdict::Differs(difference) => format!("after {:?} differs: {:?}", difference.after, difference.changes),
        ProofVerdict::RowsDiffer { after, counts, values } => {
            let counts = counts.iter().map(|it| format!("{}: {} rows, then {}", it.table, it.before, it.after));
            let all: Vec<_> = counts.chain(values.iter().map(ToString::to_string)).collect();
            format!("after {after:?} rows differ: {}", all.join(", "))
        }
    };
    let _ = writeln!(text, "verdict: {verdict}");
    for table in &proof.rows.tables {
        let reason = table.shortfall.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let _ = writeln!(text, "rows: {} {}{reason}", table.table, table.rows);
    }
    for loss in &proof.losses {
        let _ = write!(text, "lost: {loss}");
        if let Some(example) = &loss.example {
            let _ = write!(text, ": {:?}, then {:?}", example.before, example.after);
        }
        text.push('\n');
    }
    for note in &proof.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if let Some(refused) = &proof.rows.refused {
        let _ = writeln!(text, "refused: {refused}");
    }
    text
}
