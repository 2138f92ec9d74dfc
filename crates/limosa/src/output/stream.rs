//! The two streams. A reader that went away is no error of ours.

use std::io::Write as _;

use serde::Serialize;

/// A result, on stdout.
pub(crate) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A result as one line of JSON, on stdout.
pub(crate) fn print_json(value: &impl Serialize) {
    // Nothing that is printed can fail to be JSON: keys are strings, numbers are finite.
    if let Ok(line) = serde_json::to_string(value) {
        print(&format!("{line}\n"));
    }
}

/// Progress, hints and errors, on stderr.
pub(crate) fn tell(text: &str) {
    let mut out = anstream::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
