//! A run as a person sees it: lines of what was done, and on a terminal a bar of what is under way.

mod narration;
mod progress;

use std::io::Write;

use limosa_engine::{Event, Observer};

use self::narration::Narration;
use self::progress::Progress;
use super::verbosity::Verbosity;
use super::width::terminal_width;

/// Tells a run on a writer, usually stderr.
pub(crate) struct Terminal {
    narration: Narration,
    /// The bar; `None` off a terminal and where only errors are asked for.
    progress: Option<Progress>,
    out: Box<dyn Write + Send>,
}

impl Terminal {
    /// Tells on stderr, with a bar where that is a terminal which can move its cursor.
    pub(crate) fn stderr(verbosity: Verbosity) -> Self {
        let out = anstream::stderr();
        let width = if out.is_terminal() { terminal_width() } else { None };
        let progress = if verbosity > Verbosity::Quiet { Progress::stderr() } else { None };
        Self { narration: Narration::new(verbosity, width), progress, out: Box::new(out) }
    }

    /// Tells on any writer, without a bar and without regard to width.
    #[cfg(test)]
    pub(crate) fn plain(verbosity: Verbosity, out: Box<dyn Write + Send>) -> Self {
        Self { narration: Narration::new(verbosity, None), progress: None, out }
    }
}

impl Observer for Terminal {
    fn on(&mut self, event: &Event) {
        let text = self.narration.tell(event);
        if !text.is_empty() {
            // Whoever reads stderr may have gone away; a migration is not left half done for that.
            let mut write = || drop(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()));
            match &self.progress {
                Some(progress) => progress.above(write),
                None => write(),
            }
        }
        if let Some(progress) = &mut self.progress {
            progress.on(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::output::sample::a_long_run;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<(String, usize)>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut shared = self.0.lock().unwrap();
            shared.0.push_str(std::str::from_utf8(bytes).unwrap());
            shared.1 += 1;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_thousand_migrations_are_few_writes() {
        let out = Shared::default();
        let mut terminal = Terminal::plain(Verbosity::Normal, Box::new(out.clone()));
        for event in a_long_run(1_000) {
            terminal.on(&event);
        }
        let shared = out.0.lock().unwrap();
        assert!(shared.1 <= 25, "{} writes for 1,000 migrations:\n{}", shared.1, shared.0);
        assert!(shared.0.contains("980 more"), "{}", shared.0);
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_reader_that_went_away_ends_nothing() {
        let mut terminal = Terminal::plain(Verbosity::Verbose, Box::new(Closed));
        for event in a_long_run(3) {
            terminal.on(&event);
        }
    }
}
