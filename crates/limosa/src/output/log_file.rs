//! Events in a log file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use limosa_engine::{Event, Observer};
use limosa_syntax::Diagnostic;

use super::backfill_text::NowAndThen;
use super::event_text::{Level, level, service, text};

/// Why nothing, or nothing more, stands in a log file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogFileError {
    /// The folder that is to hold it cannot be made.
    #[error("the folder of the log file `{path}` cannot be made: {error}")]
    Folder {
        /// The log file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// The file cannot be opened for appending.
    #[error("the log file `{path}` cannot be opened: {error}")]
    Open {
        /// The log file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// A line could not be appended.
    #[error("the log file `{path}` cannot be written: {error}")]
    Append {
        /// The log file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
}

impl LogFileError {
    /// The same for people: a warning, since the run does not depend on its log.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        Diagnostic::warning("log-file", self.to_string())
            .with_note("the run itself is not affected")
            .with_help("mend the permissions, or name another file under [log] in limosa.toml")
    }
}

/// Appends one line per event: time in UTC, level, service, text. The file and its folder are made with the first
/// event.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    wanted: fn(&Event) -> bool,
    state: State,
    batches: NowAndThen,
}

#[derive(Debug)]
enum State {
    /// No event has come yet.
    Untouched,
    Open(File),
    /// It failed once; nothing more is tried.
    Failed(LogFileError),
}

impl LogFile {
    /// A log at `path`.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), wanted: |_| true, state: State::Untouched, batches: NowAndThen::default() }
    }

    /// A log at `path` of what checks found, and of nothing else.
    pub(crate) fn of_checks(path: impl Into<PathBuf>) -> Self {
        Self { wanted: |event| matches!(event, Event::Checked { .. }), ..Self::new(path) }
    }

    /// What kept the log from being written, to be told once, after the run.
    pub(crate) fn failure(&self) -> Option<&LogFileError> {
        match &self.state {
            State::Failed(failure) => Some(failure),
            State::Untouched | State::Open(_) => None,
        }
    }

    fn append(&mut self, line: &str) -> Result<(), LogFileError> {
        if let State::Untouched = self.state {
            self.state = State::Open(open(&self.path)?);
        }
        match &mut self.state {
            // One write per line, so that lines of runs at the same time do not mix.
            State::Open(file) => file
                .write_all(line.as_bytes())
                .map_err(|error| LogFileError::Append { path: self.path.display().to_string(), error }),
            State::Untouched | State::Failed(_) => Ok(()),
        }
    }

    /// Appends a line that tells of no event.
    pub(crate) fn tell(&mut self, level: Level, text: &str) {
        self.keep(&format!("{:.3} {level:5} {text}\n", Timestamp::now()));
    }

    fn keep(&mut self, line: &str) {
        if let Err(failure) = self.append(line) {
            self.state = State::Failed(failure);
        }
    }
}

impl Observer for LogFile {
    fn on(&mut self, event: &Event) {
        if !(self.wanted)(event) {
            return;
        }
        if let Event::Backfill { progress, .. } = event
            && !self.batches.tells(progress)
        {
            return;
        }
        self.keep(&line(Timestamp::now(), event));
    }
}

fn open(path: &Path) -> Result<File, LogFileError> {
    let shown = || path.display().to_string();
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| LogFileError::Folder { path: shown(), error })?;
    }
    OpenOptions::new().create(true).append(true).open(path).map_err(|error| LogFileError::Open { path: shown(), error })
}

fn line(at: Timestamp, event: &Event) -> String {
    format!("{at:.3} {:5} {} {}\n", level(event), service(event), text(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::a_run;

    fn lines_of(path: &Path) -> usize {
        std::fs::read_to_string(path).unwrap().lines().count()
    }

    #[test]
    fn one_line_per_event() {
        let at: Timestamp = "2026-03-01T04:05:06.789123Z".parse().unwrap();
        let log: String = a_run().iter().map(|event| line(at, event)).collect();
        assert_eq!(log.lines().count(), a_run().len());
        insta::assert_snapshot!(log, @r#"
        2026-03-01T04:05:06.789Z INFO  auth begun on healthcare_auth (embedded)
        2026-03-01T04:05:06.789Z WARN  auth waiting for the lock of this target, held by ann@laptop, since 12 s
        2026-03-01T04:05:06.789Z INFO  auth 3 migrations to apply
        2026-03-01T04:05:06.789Z INFO  auth applying 20241222120600 initial_schema
        2026-03-01T04:05:06.789Z INFO  auth applied 20241222120600 initial_schema in 41 ms
        2026-03-01T04:05:06.789Z INFO  auth applying 20241222140000 add_index_on_login_attempt_ip
        2026-03-01T04:05:06.789Z INFO  auth 20241222140000 resumed at stage 1: the index login_attempt_ip_idx is not there
        2026-03-01T04:05:06.789Z INFO  auth 20241222140000 dropped the invalid index login_attempt_ip_idx of an earlier run
        2026-03-01T04:05:06.789Z INFO  auth 20241222140000 stage 1 of 2: CREATE INDEX CONCURRENTLY login_attempt_ip_idx
        2026-03-01T04:05:06.789Z WARN  auth 20241222140000 waiting for a lock held by process 4711, user reporting, application nightly export, idle in transaction, open for 12 min 34 s
        2026-03-01T04:05:06.789Z WARN  auth 20241222140000 waiting for a lock held by process 4711, user reporting, application nightly export, idle in transaction, open for 12 min 34 s; a prepared transaction, user reporting, open for 12 min 34 s
        2026-03-01T04:05:06.789Z WARN  auth 20241222140000 try 1 failed: canceling statement due to lock timeout; next in 120 ms
        2026-03-01T04:05:06.789Z INFO  auth the server says NOTICE: relation "login_attempt" already exists, skipping
        2026-03-01T04:05:06.789Z WARN  auth the server says WARNING: there is no transaction
        2026-03-01T04:05:06.789Z INFO  auth applied 20241222140000 add_index_on_login_attempt_ip in 2.3 s
        2026-03-01T04:05:06.789Z ERROR auth failed 20241222160000 rename_column_in_users: column "fullname" does not exist
        2026-03-01T04:05:06.789Z ERROR auth failed after 2 migrations in 2.5 s
        2026-03-01T04:05:06.789Z WARN  api skipped because of auth
        2026-03-01T04:05:06.789Z INFO  imaging begun on healthcare_imaging (embedded)
        2026-03-01T04:05:06.789Z INFO  imaging 0 migrations to apply
        2026-03-01T04:05:06.789Z INFO  imaging nothing to do in 9 ms
        "#);
    }

    #[test]
    fn runs_are_appended_and_the_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/deep/migration.log");
        for run in 1..=2 {
            let mut log = LogFile::new(&path);
            for event in a_run() {
                log.on(&event);
            }
            assert!(log.failure().is_none(), "{:?}", log.failure());
            assert_eq!(lines_of(&path), run * a_run().len());
        }
    }

    #[test]
    fn no_event_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/migration.log");
        drop(LogFile::new(&path));
        assert!(!path.exists() && !folder.path().join("logs").exists());
    }

    #[test]
    fn a_log_that_cannot_be_written_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("logs"), "a file where the folder should be").unwrap();
        let mut inside_a_file = LogFile::new(folder.path().join("logs/migration.log"));
        let mut a_folder = LogFile::new(folder.path());
        for event in a_run() {
            inside_a_file.on(&event);
            a_folder.on(&event);
        }
        assert!(matches!(inside_a_file.failure(), Some(LogFileError::Folder { .. })), "{inside_a_file:?}");
        assert!(matches!(a_folder.failure(), Some(LogFileError::Open { .. })), "{a_folder:?}");
        let told = a_folder.failure().unwrap().diagnostic();
        assert!(!told.is_error());
        assert!(told.message.contains(&folder.path().display().to_string()), "{}", told.message);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_a_warning() {
        let mut log = LogFile::new("/dev/full");
        for event in a_run() {
            log.on(&event);
        }
        assert!(matches!(log.failure(), Some(LogFileError::Append { .. })), "{log:?}");
    }
}
