//! The parts of a statement, of any text that is taken for one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limosa_catalog::ServerMajor;
use limosa_plan::lock::{Known, StatementLocks};
use limosa_syntax::{Command, Embedded, part_spans};

fuzz_target!(|text: &str| {
    let command = Command::of(text);
    let mut known = Known::empty();
    let _ = StatementLocks::of(&command, &known, ServerMajor::NEWEST);
    known.apply(&command);
    for span in part_spans(text) {
        assert!(text.get(span.start..span.end).is_some());
    }
    for embedded in Embedded::within(text) {
        assert!(text.get(embedded.span.start..embedded.span.end).is_some());
    }
});
