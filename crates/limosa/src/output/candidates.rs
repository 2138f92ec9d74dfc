//! What may have been renamed, for people and for programs.

use limosa_plan::RenameCandidate;
use limosa_syntax::Diagnostic;
use serde::Serialize;

/// One candidate.
#[derive(Serialize)]
pub(crate) struct CandidateJson {
    kind: &'static str,
    from: String,
    to: String,
    why: String,
    /// What says that it was renamed.
    option: String,
}

pub(crate) fn candidates_json(candidates: &[RenameCandidate]) -> Vec<CandidateJson> {
    let json = |candidate: &RenameCandidate| CandidateJson {
        kind: candidate.rename.words(),
        from: candidate.rename.path().join("."),
        to: candidate.rename.to().to_owned(),
        why: candidate.why.clone(),
        option: candidate.option(),
    };
    candidates.iter().map(json).collect()
}

/// One hint each, with what to type.
pub(crate) fn candidate_hints(candidates: &[RenameCandidate]) -> Vec<Diagnostic> {
    let hint = |candidate: &RenameCandidate| {
        let rename = &candidate.rename;
        let message = format!(
            "{} {} goes and `{}` comes: {}",
            rename.words(),
            rename.path().join("."),
            rename.to(),
            candidate.why
        );
        Diagnostic::warning("rename", message)
            .with_help(format!("if it is the same under another name: {}", candidate.option()))
    };
    candidates.iter().map(hint).collect()
}
