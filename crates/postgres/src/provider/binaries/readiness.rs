//! Waiting until a server takes connections.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::ProviderError;
use super::supervisor::Supervisor;

/// How long a server may take to start. Recovery after a crash comes before readiness.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Why a server did not become ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotReady {
    /// It ended.
    Ended,
    /// It took too long.
    TooSlow,
}

impl NotReady {
    /// The error for people, with the end of the server's log.
    pub(super) fn into_error(self, log: String) -> ProviderError {
        match self {
            Self::Ended => ProviderError::EndedAtStart { log },
            Self::TooSlow => ProviderError::NotReady { after: PATIENCE, log },
        }
    }
}

/// Waits until the server on the data folder takes connections.
///
/// PostgreSQL writes its state into the last line of `postmaster.pid`; reading the file wakes nobody up and needs no
/// connection. The pause grows from one millisecond, so a quick server is not kept waiting, and ends at once when the
/// server does.
pub(super) fn wait(data: &Path, server: &Supervisor) -> Result<(), NotReady> {
    let pid_file = data.join("postmaster.pid");
    let begin = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if fs::read_to_string(&pid_file).is_ok_and(|text| is_ready(&text, server.process())) {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            return Err(NotReady::TooSlow);
        }
        if server.wait_for_end(pause) {
            return Err(NotReady::Ended);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the text of a `postmaster.pid` says that the server of this process id takes connections: the first line is
/// the process id, the eighth the state, padded with blanks.
fn is_ready(text: &str, process: u32) -> bool {
    let mut lines = text.lines();
    lines.next().and_then(|line| line.trim().parse().ok()) == Some(process)
        && lines.nth(6).is_some_and(|state| matches!(state.trim(), "ready" | "standby"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_is_read_from_the_eighth_line_of_the_right_process() {
        let text = "4711\n/data\n1753000000\n5432\n/tmp\n\n  123  456\nready   \n";
        assert!(is_ready(text, 4711));
        assert!(!is_ready(text, 4712));
        assert!(is_ready(&text.replace("ready  ", "standby"), 4711));
        assert!(!is_ready(&text.replace("ready", "starting"), 4711));
        assert!(!is_ready("4711\n/data\n", 4711));
        assert!(!is_ready("", 4711));
    }
}
