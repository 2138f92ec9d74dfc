//! A take-over for other programs.

use limosa_engine::change_line;
use limosa_project::{Adopted, AdoptedTarget, AdoptionPlan, OldEntry, OldHistory, OldState, ToolName, Verdict};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::Seen;
use super::record::Recorded;
use super::schema::Comparison;
use crate::output::diagnostics_json;

/// One service.
pub(super) fn service(
    seen: &Seen,
    plan: &AdoptionPlan<'_>,
    problems: &[Diagnostic],
    recorded: Option<&Recorded>,
) -> Value {
    let old = &seen.histories.old;
    let all: Vec<Diagnostic> = plan.problems.iter().chain(problems).cloned().collect();
    let pending = plan.pending.iter().map(|migration| {
        let (version, name) = (migration.version.as_str(), migration.name.as_str());
        json!({ "version": version, "name": name, "path": migration.up.source.path })
    });
    let differences = match &seen.comparison {
        Comparison::Made { changes, .. } => json!(changes.iter().map(change_line).collect::<Vec<_>>()),
        _ => Value::Null,
    };
    json!({
        "service": old.service,
        "database": old.database,
        "histories": seen.histories.histories.iter().map(history).collect::<Vec<_>>(),
        "adopted": plan.adopted.iter().map(adopted).collect::<Vec<_>>(),
        "programs": plan.programs.iter().map(program).collect::<Vec<_>>(),
        "pending": pending.collect::<Vec<_>>(),
        "differences": differences,
        "recorded": recorded.is_some(),
        "files": recorded.map(|recorded| recorded.files.clone()).unwrap_or_default(),
        "guarded": recorded.map(|recorded| recorded.done.guarded.clone()).unwrap_or_default(),
        "diagnostics": diagnostics_json(&all),
    })
}

fn history(history: &OldHistory) -> Value {
    let count = |is: fn(&OldState) -> bool| history.entries.iter().filter(|entry| is(&entry.state)).count();
    json!({
        "tool": history.tool.as_str(),
        "table": history.table,
        "applied": count(|state| *state == OldState::Applied),
        "failed": count(|state| matches!(state, OldState::Failed { .. })),
        "skipped": count(|state| *state == OldState::Skipped),
    })
}

fn adopted(adopted: &Adopted<'_>) -> Value {
    let (version, name) = match adopted.target {
        AdoptedTarget::Migration(migration) => (Some(migration.version.as_str()), migration.name.as_str()),
        AdoptedTarget::Repeatable(repeatable) => (None, repeatable.name.as_str()),
        AdoptedTarget::Event => (None, adopted.entry.key.as_str()),
    };
    let mut value = program(&(adopted.tool, adopted.entry));
    value["version"] = json!(version);
    value["name"] = json!(name);
    value["file"] = json!(match adopted.entry.verdict {
        Verdict::Same => "same",
        Verdict::Edited => "edited",
        Verdict::Unverified => "unverified",
    });
    value
}

fn program((tool, entry): &(ToolName, &OldEntry)) -> Value {
    json!({
        "tool": tool.as_str(),
        "key": entry.key,
        "applied_at": entry.applied_at.map(|at| at.to_string()),
        "applied_by": entry.applied_by,
    })
}
