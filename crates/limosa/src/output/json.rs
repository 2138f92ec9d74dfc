//! Events as lines of JSON.

use std::io::{self, Write};

use limosa_engine::{Event, Observer};
use serde::Serialize;

/// Writes each event as one line of JSON, and at the end the summary of the command as the last line.
pub(crate) struct JsonLines<W> {
    out: W,
    /// The first failure; nothing is written after it.
    failure: Option<io::Error>,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`, usually stdout.
    pub(crate) fn new(out: W) -> Self {
        Self { out, failure: None }
    }

    /// Writes the last line.
    ///
    /// # Errors
    ///
    /// Where this or any earlier line could not be written. The run itself went on in that case: whoever read the lines
    /// may have gone away, which is no reason to leave a migration half done.
    pub(crate) fn finish(mut self, summary: &impl Serialize) -> io::Result<()> {
        self.write(summary);
        match self.failure {
            Some(failure) => Err(failure),
            None => self.out.flush(),
        }
    }

    fn write(&mut self, value: &impl Serialize) {
        if self.failure.is_some() {
            return;
        }
        let written = serde_json::to_vec(value).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            self.out.write_all(&line)
        });
        self.failure = written.err();
    }
}

impl<W: Write> Observer for JsonLines<W> {
    fn on(&mut self, event: &Event) {
        self.write(event);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use limosa_engine::{Direction, TargetOutcome};

    use super::*;

    #[test]
    fn each_event_is_a_line_and_the_summary_is_the_last() {
        let mut out = Vec::new();
        let mut lines = JsonLines::new(&mut out);
        lines.on(&Event::TargetBegun { service: "auth".into(), database: "auth (embedded)".into() });
        lines.on(&Event::MigrationDone {
            service: "auth".into(),
            direction: Direction::Up,
            version: "1".into(),
            name: "two\nlines".into(),
            took: Duration::from_micros(41_500),
        });
        lines.on(&Event::TargetDone {
            service: "auth".into(),
            outcome: TargetOutcome::Changed { migrations: 1 },
            took: Duration::from_millis(60),
        });
        lines.finish(&serde_json::json!({"migrations": 1})).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        {"event":"target-begun","service":"auth","database":"auth (embedded)"}
        {"event":"migration-done","service":"auth","direction":"up","version":"1","name":"two\nlines","took_ms":41.5}
        {"event":"target-done","service":"auth","outcome":{"outcome":"changed","migrations":1},"took_ms":60.0}
        {"migrations":1}
        "#);
    }

    struct Closed(usize);

    impl Write for Closed {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_told_at_the_end_and_not_written_to_again() {
        let mut out = Closed(0);
        let mut lines = JsonLines::new(&mut out);
        for _ in 0..3 {
            lines.on(&Event::TargetBegun { service: "auth".into(), database: "auth".into() });
        }
        assert_eq!(lines.finish(&0).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(out.0, 1);
    }
}
