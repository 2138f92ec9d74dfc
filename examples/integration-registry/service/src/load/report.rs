//! What came of a load.

use std::fmt;
use std::time::Duration;

use crate::release::Release;

/// What the clients of one version saw.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) release: Release,
    pub(super) requests: u64,
    pub(super) longest: Duration,
    /// What took the longest.
    pub(super) what: String,
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) measured: Vec<Measured>,
    /// Requests that failed, and answers that were not what was acknowledged.
    pub(super) errors: Vec<String>,
    /// The exit code of the command.
    pub(super) command: u8,
}

/// What to say to whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No request failed, and what was acknowledged is so.
    Holds,
    Broken,
    /// The command ended with this exit code.
    CommandFailed(u8),
}

/// More errors than these say nothing more.
const SHOWN: usize = 10;

impl Measured {
    pub(super) fn new(release: Release) -> Self {
        Self { release, requests: 0, longest: Duration::ZERO, what: String::new() }
    }

    pub(super) fn answered(&mut self, what: &str, took: Duration) {
        self.requests += 1;
        if took > self.longest {
            self.longest = took;
            what.clone_into(&mut self.what);
        }
    }
}

impl Report {
    pub(super) fn new(releases: &[Release]) -> Self {
        Self { measured: releases.iter().copied().map(Measured::new).collect(), errors: Vec::new(), command: 0 }
    }

    /// Takes in what one client saw.
    pub(super) fn add(&mut self, measured: Vec<Measured>, errors: Vec<String>) {
        for (all, one) in self.measured.iter_mut().zip(measured) {
            all.requests += one.requests;
            if one.longest > all.longest {
                (all.longest, all.what) = (one.longest, one.what);
            }
        }
        self.errors.extend(errors);
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match (self.errors.is_empty(), self.command) {
            (false, _) => Verdict::Broken,
            (true, 0) => Verdict::Holds,
            (true, code) => Verdict::CommandFailed(code),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Measured { release, requests, longest, what } in &self.measured {
            writeln!(
                f,
                "release {release}: {requests} requests, the longest took {} ms ({what})",
                longest.as_millis()
            )?;
        }
        for error in self.errors.iter().take(SHOWN) {
            writeln!(f, "✗ {error}")?;
        }
        match self.errors.len() {
            0 => writeln!(f, "✓ no request failed; what was acknowledged is there, and the same in each release"),
            errors => writeln!(f, "✗ {errors} requests failed, or were answered with what is not so"),
        }
    }
}

#[test]
fn the_verdict_names_what_is_worse() {
    let mut report = Report::new(&[Release::One]);
    assert_eq!(report.verdict(), Verdict::Holds);
    report.command = 3;
    assert_eq!(report.verdict(), Verdict::CommandFailed(3));
    let mut slow = Measured::new(Release::One);
    slow.answered("GET /a", Duration::from_millis(7));
    slow.answered("GET /b", Duration::from_millis(2));
    report.add(vec![slow], vec!["GET /c: 500".to_owned()]);
    assert_eq!(report.verdict(), Verdict::Broken);
    assert!(report.to_string().starts_with("release 1.0: 2 requests, the longest took 7 ms (GET /a)\n✗ GET /c: 500\n"));
}
