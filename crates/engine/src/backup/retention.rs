//! How long the backups of runs are kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dump::DumpRecord;
use super::listing::{BackupFile, BackupForm, list_backups};

/// Whose backups, and how long they are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<'a> {
    pub(super) service: &'a str,
    pub(super) environment: &'a str,
    pub(super) keep: Option<u32>,
    pub(super) retention: Option<Duration>,
}

/// Removes what is due, and gives what was removed. A file that cannot be removed stays, and is due again next time.
pub(super) fn prune(folder: &Path, kept: &Kept<'_>, now: jiff::Timestamp) -> Vec<PathBuf> {
    if kept.keep.is_none() && kept.retention.is_none() {
        return Vec::new();
    }
    let Ok(found) = list_backups(folder) else { return Vec::new() };
    let mut removed = Vec::new();
    for backup in due(&found, kept, now) {
        if std::fs::remove_file(&backup.file).is_ok() {
            if backup.form == BackupForm::Dump {
                let _ = std::fs::remove_file(DumpRecord::path_of(&backup.file));
            }
            removed.push(backup.file.clone());
        }
    }
    removed
}

/// Those that are due, of backups with the newest first: only those that a run made, and never the newest.
fn due<'b>(found: &'b [BackupFile], kept: &Kept<'_>, now: jiff::Timestamp) -> Vec<&'b BackupFile> {
    let is_meant = |backup: &&BackupFile| {
        backup.before.is_some() && backup.service == kept.service && backup.environment == kept.environment
    };
    let most = kept.keep.map_or(usize::MAX, |keep| keep.max(1) as usize);
    let is_old = |backup: &BackupFile| {
        kept.retention.is_some_and(|retention| {
            let age = now.duration_since(backup.taken_at);
            Duration::try_from(age).is_ok_and(|age| age > retention)
        })
    };
    let meant = found.iter().filter(is_meant).enumerate().skip(1);
    meant.filter(|(place, backup)| *place >= most || is_old(backup)).map(|(_, backup)| backup).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(file: &str, days_ago: i64, before: bool) -> BackupFile {
        BackupFile {
            file: file.into(),
            form: BackupForm::Archive,
            service: "api".into(),
            environment: "prod".into(),
            database: "clinic".into(),
            taken_at: jiff::Timestamp::from_second((1000 - days_ago) * 86_400).unwrap(),
            before: before.then(|| "before-up-1".to_owned()),
            bytes: 1,
            tables: None,
            rows: None,
        }
    }

    #[test]
    fn what_runs_made_goes_when_it_is_due_and_the_newest_stays() {
        let found = [backup("a", 40, true), backup("by-hand", 41, false), backup("b", 50, true), backup("c", 60, true)];
        let now = jiff::Timestamp::from_second(1000 * 86_400).unwrap();
        let names = |service: &'static str, keep: Option<u32>, days: Option<u64>| {
            let retention = days.map(|days| Duration::from_secs(days * 86_400));
            let kept = Kept { service, environment: "prod", keep, retention };
            due(&found, &kept, now).iter().map(|it| it.file.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("api", Some(2), None), "c");
        assert_eq!(names("api", None, Some(30)), "b c", "the newest stays however old it is");
        assert_eq!(names("api", Some(1), Some(55)), "b c");
        assert_eq!(names("api", Some(3), Some(55)), "c");
        assert_eq!(names("auth", Some(1), Some(1)), "", "those of another service are not its");
    }
}
