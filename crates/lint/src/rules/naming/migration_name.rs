//! A migration is not named as the project names migrations.
//!
//! The name is what `status`, the history and a colleague at night see of it. One that begins with a verb and is not
//! too long says what happens: `add_index_on_patient_email`. The name is what stands behind the version; of
//! `20241222140000_add_index_on_patient_email.sql` that is `add_index_on_patient_email`.
//!
//! ```sql,bad
//! -- limosa.toml: migration-name = { verbs = ["add", "remove", "alter", "create", "drop", "rename"] }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```
//! ```sql,good
//! -- limosa.toml: migration-name = { verbs = ["change"], longest = 50 }
//! CREATE TABLE visit (id bigint PRIMARY KEY);
//! ```

use crate::file::Role;
use crate::found::Findings;
use crate::rule::{Declaration, Level, On, Parameter, ParameterKind};
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]).with(&[
    Parameter {
        name: "pattern",
        kind: ParameterKind::Pattern,
        default: "\"{snake_case}\"",
        meaning: "what names are like, without the version",
    },
    Parameter {
        name: "version",
        kind: ParameterKind::Pattern,
        default: "",
        meaning: "what versions are like, such as `[0-9]{14}`",
    },
    Parameter {
        name: "verbs",
        kind: ParameterKind::List,
        default: "[]",
        meaning: "the words with which a name may begin; any where none are listed",
    },
    Parameter {
        name: "longest",
        kind: ParameterKind::Number,
        default: "50",
        meaning: "how many letters a name has at most; 0 for any number",
    },
    Parameter {
        name: "except",
        kind: ParameterKind::List,
        default: "[\"init\", \"initial_schema\"]",
        meaning: "names that are let be",
    },
]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    if script.file.role != Role::Migration {
        return;
    }
    if let (Some(version), Some(pattern)) = (&script.file.version, found.parameters.pattern("version"))
        && !pattern.fits(version, &[])
    {
        found.whole(format!("the version `{version}` is not like `{}`", pattern.as_str()));
    }
    let Some(name) = &script.file.name else { return };
    if found.parameters.list("except").contains(name) {
        return;
    }
    if let Some(pattern) = found.parameters.pattern("pattern").filter(|pattern| !pattern.fits(name, &[])) {
        found.whole(format!("the migration `{name}` is not named like `{}`", pattern.as_str()));
        return;
    }
    let longest = found.parameters.number("longest");
    let length = name.chars().count();
    if longest > 0 && u64::try_from(length).is_ok_and(|length| length > longest) {
        found.whole(format!("the name of the migration `{name}` has {length} letters; {longest} are enough"));
    }
    let verbs = found.parameters.list("verbs");
    let first = name.split(['_', '-', ' ']).next().unwrap_or_default();
    if !verbs.is_empty() && !verbs.iter().any(|verb| verb.eq_ignore_ascii_case(first)) {
        let finding = found.whole(format!("the name of the migration `{name}` does not begin with one of the verbs"));
        finding.help(format!("begin it with {}", verbs.join(", ")));
    }
}
