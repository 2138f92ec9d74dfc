//! Making ids.

use limosa_ids::{GenerateError, GeneratorSpec, Kind, Sources};
use limosa_syntax::Diagnostic;

use super::{KEY, key};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output;

/// How many are printed at a time.
const AT_A_TIME: u64 = 10_000;

pub(super) fn make(invocation: &Invocation, spec: &GeneratorSpec, count: u64, from: u64) -> Result<Exit, Failure> {
    let mut sources = Sources::system();
    if spec.kind() == Kind::Alnum {
        let key = key(invocation)?.ok_or_else(|| {
            Failure::usage(
                "no-key",
                format!("`{spec}` permutes the numbers of a sequence, for which a key is needed"),
                format!(
                    "set {KEY} to that of the sequence, and say with --from which number comes next; or take \
                     `alnum-random`, or let the database make them (`limosa id {spec} --sql`)"
                ),
            )
        })?;
        sources.permuted = Some((key, from));
    }
    let failed = |error: GenerateError| Failure::from(Diagnostic::error("no-id", error.to_string()));
    let mut generator = spec.generator(sources).map_err(failed)?;
    if invocation.global.json {
        let mut next = || {
            let mut id = String::new();
            generator.write(&mut id).map(|()| id)
        };
        output::print_json(&(0..count).map(|_| next()).collect::<Result<Vec<_>, _>>().map_err(failed)?);
        return Ok(Exit::Done);
    }
    let mut left = count;
    let mut lines = String::new();
    while left > 0 {
        lines.clear();
        for _ in 0..left.min(AT_A_TIME) {
            generator.write(&mut lines).map_err(failed)?;
            lines.push('\n');
        }
        output::print(&lines);
        left = left.saturating_sub(AT_A_TIME);
    }
    Ok(Exit::Done)
}
