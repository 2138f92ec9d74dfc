//! What people and programs see of a run. Results go to stdout; progress, logs and hints go to stderr.
//!
//! Everything here either turns data into text, which is pure and tested as text, or is an observer of the engine's
//! events that hands such text to a writer it was given. Text is coloured; the streams of `anstream` take the colours
//! out again where `NO_COLOR`, `CLICOLOR` or the lack of a terminal ask for it.

mod asides;
mod backfill_text;
mod candidates;
mod diagnostic;
pub(crate) mod duration;
mod event_text;
mod fan_out;
mod findings;
mod json;
mod log_file;
mod one_line;
mod online;
mod redrawn_line;
#[cfg(test)]
mod sample;
mod stream;
pub(crate) mod style;
mod summary;
mod table;
mod terminal;
mod verbosity;
mod width;

pub(crate) use self::asides::{AsideJson, aside_table};
pub(crate) use self::backfill_text::{NowAndThen, backfill_level, backfill_line};
pub(crate) use self::candidates::{CandidateJson, candidate_hints, candidates_json};
pub(crate) use self::diagnostic::{DiagnosticJson, diagnostics_json, render_diagnostics};
pub(crate) use self::event_text::{Level, count, saved};
pub(crate) use self::fan_out::FanOut;
pub(crate) use self::findings::{Format, findings_summary, tell_findings};
pub(crate) use self::json::JsonLines;
pub(crate) use self::log_file::LogFile;
pub(crate) use self::one_line::{one_line, several_lines};
pub(crate) use self::online::{OnlineJson, online_table};
pub(crate) use self::redrawn_line::redrawn_line;
pub(crate) use self::stream::{print, print_json, tell};
pub(crate) use self::summary::Summary;
pub(crate) use self::table::{Alignment, Cell, Table};
pub(crate) use self::terminal::Terminal;
pub(crate) use self::verbosity::Verbosity;
pub(crate) use self::width::{display_width, fit, padding, terminal_width};
