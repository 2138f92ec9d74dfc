//! Another order is taken only if it leads to the same schema and the same rows.

use limosa_engine::{RowsComparison, SideError, change_line, compare_outcomes};
use limosa_project::{Project, RenumberPlan};
use limosa_syntax::Diagnostic;

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::serving::shadow;
use crate::terms::Terms;

/// As many differences are shown.
const SHOWN: usize = 8;

const KEEP_ORDER: &str = "choose other versions with `--map FILE`, so that the order stays";
const KEEP_ORDER_OR_ROWS: &str = "choose other versions with `--map FILE`, so that the order stays; \
                                  where only numbers differ that a sequence gave, `--unproven` takes these";

/// Why the new order may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is the old one.
    NotNeeded,
    /// Both lead to the same schema, and to the same rows.
    Same,
    /// Somebody takes it without a proof.
    Waived,
}

/// Runs both orders in a throw-away PostgreSQL, where they differ.
///
/// # Errors
/// They do not lead to the same, or one of them cannot be run.
pub(super) async fn prove(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    plan: &RenumberPlan,
    unproven: bool,
) -> Result<Proof, Failure> {
    if plan.keeps_order() {
        return Ok(Proof::NotNeeded);
    }
    if unproven {
        return Ok(Proof::Waived);
    }
    let terms = Terms::of(invocation, project, part.service)?;
    let known = invocation.known();
    let scripts = part.set.migrations.iter().map(|migration| migration.up.text());
    let mut shadow = shadow(&invocation.environment, None, scripts)?;
    let old: Vec<usize> = (0..part.set.migrations.len()).collect();
    let sets = (&part.set.in_order(&old), &part.set.in_order(&plan.order));
    let compared = compare_outcomes(&mut shadow, sets, &terms.replay(), &known).await;
    shadow.stop().await?;
    let compared = compared.map_err(|error| {
        let message = match &error {
            SideError::Before(_) => "the order that there is cannot be run",
            SideError::After(_) => "the new order cannot be run",
        };
        unprovable(message, error.diagnostics())
    })?;
    let changes = &compared.schema;
    if changes.is_empty() {
        return match compared.rows {
            RowsComparison::NoneWritten | RowsComparison::Same(_) => Ok(Proof::Same),
            RowsComparison::Different(difference) => {
                let error =
                    Diagnostic::error("not-the-same", "the new order leads to other rows").with_note(difference);
                Err(Failure::findings(vec![error.with_help(KEEP_ORDER_OR_ROWS)]))
            }
            RowsComparison::Untold(why) => {
                let error =
                    Diagnostic::error("rows-untold", "the rows of both orders cannot be compared").with_note(why);
                Err(unprovable("whether they lead to the same cannot be told", vec![error]))
            }
        };
    }
    let mut error = Diagnostic::error("not-the-same", "the new order leads to another schema");
    error.notes = changes.iter().take(SHOWN).map(change_line).collect();
    if changes.len() > SHOWN {
        error.notes.push(format!("and {} more", changes.len() - SHOWN));
    }
    Err(Failure::findings(vec![error.with_help(KEEP_ORDER)]))
}

fn unprovable(message: &str, found: Vec<Diagnostic>) -> Failure {
    let error = Diagnostic::error("order-unproven", format!("{message}, so nothing was renamed"));
    let help = "choose other versions with `--map FILE`; `--unproven` takes these without a proof";
    Failure::findings(found.into_iter().chain([error.with_help(help)]).collect())
}
