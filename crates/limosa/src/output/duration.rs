//! Durations for people.

use std::fmt;
use std::time::Duration;

/// Shows a duration with as many digits as a reader can use: `12 ms`, `1.4 s`, `2 min 03 s`, `1 h 05 min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calm(pub(crate) Duration);

impl fmt::Display for Calm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each unit is chosen after rounding, so that 999.7 ms is `1.0 s` and never `1000 ms`.
        let milliseconds = (self.0.as_nanos() + 500_000) / 1_000_000;
        let tenths = (milliseconds + 50) / 100;
        let seconds = (milliseconds + 500) / 1_000;
        let minutes = (seconds + 30) / 60;
        let text = if milliseconds == 0 {
            "<1 ms".to_owned()
        } else if milliseconds < 1_000 {
            format!("{milliseconds} ms")
        } else if tenths < 600 {
            format!("{}.{} s", tenths / 10, tenths % 10)
        } else if seconds < 3_600 {
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        } else {
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_calmly() {
        for (microseconds, text) in [
            (0, "<1 ms"),
            (499, "<1 ms"),
            (500, "1 ms"),
            (12_400, "12 ms"),
            (999_499, "999 ms"),
            (999_500, "1.0 s"),
            (1_440_000, "1.4 s"),
            (59_949_000, "59.9 s"),
            (59_950_000, "1 min 00 s"),
            (123_000_000, "2 min 03 s"),
            (3_599_499_000, "59 min 59 s"),
            (3_599_500_000, "1 h 00 min"),
            (3_900_000_000, "1 h 05 min"),
            (360_000_000_000, "100 h 00 min"),
        ] {
            assert_eq!(Calm(Duration::from_micros(microseconds)).to_string(), text, "{microseconds} µs");
        }
    }

    #[test]
    fn they_can_be_aligned() {
        assert_eq!(format!("{:>8}|", Calm(Duration::from_millis(41))), "   41 ms|");
    }
}
