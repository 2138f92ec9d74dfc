//! What stands behind `-- limosa:`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limosa_syntax::Script;

fuzz_target!(|text: &str| {
    let text = format!("-- limosa: {text}\nSELECT 1;\n");
    let script = Script::parse(&text);
    for placed in &script.directives {
        assert!(text.get(placed.span.start..placed.span.end).is_some());
        assert!(placed.statement.is_none_or(|statement| statement < script.statements.len()));
    }
});
