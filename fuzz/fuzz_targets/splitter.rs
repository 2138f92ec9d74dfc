//! The splitter takes any text, and its spans fit it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limosa_syntax::Script;

fuzz_target!(|text: &str| {
    let script = Script::parse(text);
    let mut end = 0;
    for statement in &script.statements {
        assert!(end <= statement.span.start && statement.span.start < statement.span.end);
        assert!(text.get(statement.span.start..statement.span.end).is_some());
        end = statement.span.end;
    }
    for problem in &script.problems {
        assert!(text.get(problem.span.start..problem.span.end).is_some());
    }
});
