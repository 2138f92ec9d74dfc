//! The lock of a data folder: two processes in one data folder would destroy it.
//!
//! The lock itself is the operating system's lock on an open file, which ends with the process that holds it, however
//! that ends: there is no such thing as a stale lock. Beside it stands a note saying who holds it, for the message to
//! those who wait; a note without a lock means nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::{LockHolder, ProviderError};

/// How often a waiting process looks again. The operating system's own waiting has no time limit.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock of a data folder, held until it is dropped.
#[derive(Debug)]
pub(super) struct DataFolderLock {
    file: File,
    note: PathBuf,
}

impl DataFolderLock {
    /// Takes the lock, waiting up to `patience` for another process.
    pub(super) fn acquire(folder: &Path, patience: Duration, host: Option<&str>) -> Result<Self, ProviderError> {
        let path = folder.join("limosa.lock");
        let note = folder.join("limosa.lock.holder");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(ProviderError::file("open", &path))?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begin.elapsed() < patience => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let holder = fs::read_to_string(&note).ok().and_then(|text| read_note(&text));
                    return Err(ProviderError::DataFolderInUse { folder: folder.to_owned(), holder, waited: patience });
                }
                Err(TryLockError::Error(error)) => return Err(ProviderError::file("lock", &path)(error)),
            }
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        let holder = LockHolder { process: process::id(), host: host.map(str::to_owned), since };
        fs::write(&note, write_note(&holder)).map_err(ProviderError::file("write", &note))?;
        Ok(Self { file, note })
    }
}

impl Drop for DataFolderLock {
    fn drop(&mut self) {
        // In this order: whoever gets the lock writes a note of its own.
        let _ = fs::remove_file(&self.note);
        let _ = self.file.unlock();
    }
}

/// One line: process id, seconds since 1970, host.
fn write_note(holder: &LockHolder) -> String {
    format!("{} {} {}\n", holder.process, holder.since, holder.host.as_deref().unwrap_or(""))
}

fn read_note(text: &str) -> Option<LockHolder> {
    let mut words = text.trim_end().splitn(3, ' ');
    let process = words.next()?.parse().ok()?;
    let since = words.next()?.parse().ok()?;
    let host = words.next().filter(|host| !host.is_empty()).map(str::to_owned);
    Some(LockHolder { process, host, since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_was_first_and_gets_the_lock_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolderLock::acquire(folder.path(), Duration::ZERO, Some("wadden")).unwrap();
        let error = DataFolderLock::acquire(folder.path(), Duration::from_millis(60), None).unwrap_err();
        let ProviderError::DataFolderInUse { holder: Some(holder), .. } = &error else { panic!("{error}") };
        assert_eq!((holder.process, holder.host.as_deref()), (process::id(), Some("wadden")));
        assert!(error.to_string().contains(&format!("process {} on wadden", process::id())), "{error}");
        drop(first);
        DataFolderLock::acquire(folder.path(), Duration::ZERO, None).unwrap();
    }

    #[test]
    fn a_note_left_by_a_killed_process_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("limosa.lock"), "").unwrap();
        fs::write(folder.path().join("limosa.lock.holder"), "1 1753000000 elsewhere\n").unwrap();
        DataFolderLock::acquire(folder.path(), Duration::ZERO, None).unwrap();
    }

    #[test]
    fn notes_survive_writing_and_reading() {
        for host in [None, Some("a host with blanks".to_owned())] {
            let holder = LockHolder { process: 4711, host, since: 1_753_000_000 };
            assert_eq!(read_note(&write_note(&holder)), Some(holder));
        }
        for text in ["", "x", "12", "12 x", "-1 0 h"] {
            assert_eq!(read_note(text), None, "{text}");
        }
    }
}
