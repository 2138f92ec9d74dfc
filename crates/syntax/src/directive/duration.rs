//! Durations as PostgreSQL's settings write them.

use std::time::Duration;

/// Reads `200ms`, `3s`, `10min`, `2h` or `1d`; `m` is taken for minutes. A bare number is refused, except `0`: the
/// unit would be a guess.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let milliseconds = match unit.trim_start() {
        "" if number == 0 => 0,
        "ms" => 1,
        "s" => 1_000,
        "min" | "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    // The server keeps timeouts as 32-bit milliseconds.
    let total = number.checked_mul(milliseconds)?;
    (total <= 2_147_483_647).then(|| Duration::from_millis(total))
}

/// Reads how long something is kept: `12h`, `30d` or `8w`, from an hour to a hundred years.
pub fn keeping_time(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let hours = match unit.trim() {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        _ => return None,
    };
    let hours = number.parse::<u64>().ok()?.checked_mul(hours)?;
    (1..=100 * 366 * 24).contains(&hours).then(|| Duration::from_secs(hours * 3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_needed() {
        assert_eq!(parse("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(parse("3s"), Some(Duration::from_secs(3)));
        assert_eq!(parse("3 min"), Some(Duration::from_secs(180)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
        for refused in ["", "3", "s", "3 fortnights", "-1s", "99999999999999999999s", "60d"] {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn what_is_kept_is_kept_for_hours_days_or_weeks() {
        let day = Duration::from_secs(86_400);
        assert_eq!(keeping_time("30d"), Some(day * 30));
        assert_eq!(keeping_time("24 h"), Some(day));
        assert_eq!(keeping_time("2w"), Some(day * 14));
        for refused in ["", "30", "d", "0d", "-1d", "30s", "1.5d", "99999999d"] {
            assert_eq!(keeping_time(refused), None, "{refused}");
        }
    }
}
