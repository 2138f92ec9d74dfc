//! Saying what an id is.

use limosa_ids::{Flaw, GeneratorSpec, Kind, Recognised, recognise};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output;

struct Checked<'a> {
    value: &'a str,
    found: Vec<(Kind, Result<Recognised, Flaw>)>,
}

/// Tells of each value what it is; ends with findings where one is nothing.
pub(super) fn check(invocation: &Invocation, spec: Option<&GeneratorSpec>, values: &[String]) -> Exit {
    let found = |value: &str| match spec {
        Some(spec) => {
            let prefix = spec.prefix().cloned();
            vec![(spec.kind(), spec.check(value).map(|()| Recognised { kind: spec.kind(), prefix }))]
        }
        None => recognise(value),
    };
    let checked: Vec<Checked<'_>> = values.iter().map(|value| Checked { value, found: found(value) }).collect();
    if invocation.global.json {
        output::print_json(&checked.iter().map(Checked::json).collect::<Vec<_>>());
    } else {
        output::print(&checked.iter().map(Checked::text).collect::<String>());
    }
    let all = checked.iter().all(|checked| checked.found.iter().any(|(_, found)| found.is_ok()));
    if all { Exit::Done } else { Exit::Findings }
}

impl Checked<'_> {
    fn text(&self) -> String {
        let name = |found: &Recognised| match &found.prefix {
            Some(prefix) => format!("{} behind `{prefix}`", found.kind),
            None => found.kind.to_string(),
        };
        let kinds: Vec<String> = self.found.iter().filter_map(|(_, found)| found.as_ref().ok()).map(name).collect();
        let mut text = match kinds.as_slice() {
            [] => format!("{}  no id\n", self.value),
            kinds => format!("{}  could be {}\n", self.value, kinds.join(", ")),
        };
        for (kind, found) in &self.found {
            if let Err(flaw) = found {
                text.push_str(&format!("  not {kind}: {flaw}\n"));
            }
        }
        text
    }

    fn json(&self) -> Value {
        let kind = |(kind, found): &(Kind, Result<Recognised, Flaw>)| match found {
            Ok(found) => {
                let prefix = found.prefix.as_ref().map(|prefix| prefix.as_str());
                json!({ "kind": kind.word(), "valid": true, "prefix": prefix })
            }
            Err(flaw) => json!({ "kind": kind.word(), "valid": false, "why": flaw.to_string() }),
        };
        json!({ "value": self.value, "kinds": self.found.iter().map(kind).collect::<Vec<_>>() })
    }
}
