//! `[backup]`.

use std::time::Duration;

use limosa_syntax::Diagnostic;

use crate::BackupSettings;

use super::scalar::path;
use super::table::{Report, Table};

pub(super) fn read(table: &Table<'_>, report: &mut Report<'_>) -> BackupSettings {
    table.only(&["folder", "keep", "retention"], report);
    let usual = BackupSettings::default();
    let keep = table.number("keep", report);
    if let Some(keep) = keep.filter(|keep| keep.value == 0) {
        let error = Diagnostic::error("invalid-value", "`keep` is 0; the newest backup is always kept");
        report.push(error.with_help("`keep = 1` keeps that one alone"), keep.span);
    }
    BackupSettings {
        folder: table.parsed("folder", report, path).unwrap_or(usual.folder),
        keep: keep.map(|keep| keep.value),
        retention: table.parsed("retention", report, retention),
    }
}

/// Reads `30d`, `2 w`, `12h`.
fn retention(text: &str) -> Result<Duration, String> {
    let form = || format!("`{text}` is no time to keep things; expected `12h`, `30d` or `8w`");
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(form)?;
    let (number, unit) = text.split_at(unit_at);
    let hours = match unit.trim() {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        _ => return Err(form()),
    };
    let number: u64 = number.parse().ok().filter(|number| *number > 0).ok_or_else(form)?;
    number.checked_mul(hours * 3600).map(Duration::from_secs).ok_or_else(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_kept_for_hours_days_or_weeks() {
        let hours = |hours: u64| Ok(Duration::from_secs(hours * 3600));
        assert_eq!([retention("12h"), retention("30d"), retention(" 2 w ")], [hours(12), hours(720), hours(336)]);
        for text in ["", "30", "d", "0d", "-1d", "3 months", "99999999999999999999d", "9999999999999999999w"] {
            assert!(retention(text).is_err(), "`{text}`");
        }
    }
}
