//! Asking a person, on a terminal and nowhere else.

use std::io::{BufRead as _, IsTerminal as _};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::tell;

/// Asks for a yes. `--yes` is one; without a terminal to ask on, the lack of it is an error.
///
/// # Errors
/// Nobody to ask, or the answer is not yes.
pub(crate) fn confirm(global: &Global, question: &str) -> Result<(), Failure> {
    if global.yes {
        return Ok(());
    }
    match ask(&format!("{question} [y/N] ")) {
        Some(answer) if ["y", "yes"].contains(&answer.to_lowercase().as_str()) => Ok(()),
        Some(_) => Err(Failure::usage("not-confirmed", "nothing was done", "answer `y` to go on")),
        None => Err(Failure::usage(
            "needs-confirmation",
            "this needs a confirmation, and there is no terminal to ask on",
            "add `--yes` where the answer is known to be yes",
        )),
    }
}

/// The answer to a question, without white space around it; `None` where there is no terminal to ask on.
pub(crate) fn ask(question: &str) -> Option<String> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    tell(question);
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).ok()?;
    Some(answer.trim().to_owned())
}
