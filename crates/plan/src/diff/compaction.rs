//! Fewer statements, to the same effect.

use super::graph::Action;
use super::routine::UNCHECKED;
use super::statement::{Run, Sql, Statement};

/// The statements of actions in their order; neighbouring actions on one table become one statement.
pub(super) fn compact(actions: Vec<Action>) -> Vec<Statement> {
    let mut compacted: Vec<Statement> = Vec::new();
    let mut is_unchecked = false;
    for statement in actions.into_iter().flat_map(|action| action.statements).map(Statement::faithful) {
        // A setting is said once for each stretch of statements that run together.
        let is_setting = matches!(&statement.sql, Sql::Text(text) if text == UNCHECKED);
        if is_setting && is_unchecked {
            continue;
        }
        is_unchecked = statement.run == Run::Together && (is_unchecked || is_setting);
        match compacted.last_mut() {
            Some(last) if can_join(last, &statement) => join(last, statement),
            _ => compacted.push(statement),
        }
    }
    compacted
}

fn can_join(last: &Statement, next: &Statement) -> bool {
    let (Sql::Alter { target, .. }, Sql::Alter { target: other, actions }) = (&last.sql, &next.sql) else {
        return false;
    };
    // A rename or an attached partition stands alone in its ALTER TABLE; a validation has to commit apart from the
    // rest.
    let alone = |action: &String| {
        // The options of a TOAST table are set when that is there.
        let is_toast = action.starts_with("SET (") && action.contains("toast.");
        is_toast || ["RENAME", "ATTACH", "DETACH", "SET SCHEMA", "VALIDATE"].iter().any(|word| action.starts_with(word))
    };
    let before = match &last.sql {
        Sql::Alter { actions, .. } => actions.as_slice(),
        Sql::Text(_) => &[],
    };
    target == other
        && target.keyword == "TABLE"
        && !last.apart
        && last.run == Run::Together
        && next.run == Run::Together
        && !actions.iter().chain(before).any(alone)
}

fn join(last: &mut Statement, next: Statement) {
    if let (Sql::Alter { actions, .. }, Sql::Alter { actions: more, .. }) = (&mut last.sql, next.sql) {
        actions.extend(more);
        last.hazards.extend(next.hazards);
        last.apart = next.apart;
    }
}
