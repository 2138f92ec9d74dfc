//! `[policy]`: the conventions of a project, and sets of them that many share.

use toml::{Table, Value};

use crate::settings::{Settings, SettingsError};

/// The presets by name, each a table as `[policy]` is.
const PRESETS: &[(&str, &str)] = &[
    ("prisma", include_str!("../presets/prisma.toml")),
    ("snake_case", include_str!("../presets/snake_case.toml")),
    ("supabase", include_str!("../presets/supabase.toml")),
];

/// The names of the presets.
pub fn presets() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

impl Settings {
    /// Takes in `[policy]`: `preset`, the name of a set of rules or a list of them; `leave_out`, tables and other
    /// objects of which nothing is said, with `*` for any text; and rules as [`Settings::read`] takes them. What the
    /// project says of a rule itself goes before what a preset says, parameter by parameter.
    ///
    /// # Errors
    /// Names and values that cannot be, all of them; the others are taken in.
    pub fn read_policy(&mut self, table: &Table) -> Result<(), Vec<SettingsError>> {
        let mut errors = Vec::new();
        for name in named(table, &mut errors) {
            match PRESETS.iter().find(|(known, _)| *known == name) {
                // They are part of the program, and a test reads all of them.
                Some((_, text)) => self.take(&text.parse().unwrap_or_default(), &mut errors),
                None => errors.push(SettingsError {
                    message: format!("there is no preset `{name}`"),
                    help: format!("write {}", presets().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or ")),
                    key: name,
                }),
            }
        }
        let own: Table =
            table.iter().filter(|(key, _)| *key != "preset").map(|(key, value)| (key.clone(), value.clone())).collect();
        self.take(&own, &mut errors);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn take(&mut self, table: &Table, errors: &mut Vec<SettingsError>) {
        let mut rules = table.clone();
        if let Some(names) = rules.remove("leave_out") {
            match names.as_array() {
                Some(names) if names.iter().all(Value::is_str) => {
                    names.iter().filter_map(Value::as_str).for_each(|name| self.leave_out(name));
                }
                _ => errors.push(wrong("leave_out", "an array of tables, such as `[\"audit.*\"]`")),
            }
        }
        errors.extend(self.read(&rules).err().into_iter().flatten());
    }
}

/// The presets that a table names.
fn named(table: &Table, errors: &mut Vec<SettingsError>) -> Vec<String> {
    match table.get("preset") {
        None => Vec::new(),
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) if names.iter().all(Value::is_str) => {
            names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
        Some(_) => {
            errors.push(wrong("preset", "the name of a preset, or an array of names"));
            Vec::new()
        }
    }
}

fn wrong(key: &str, expected: &str) -> SettingsError {
    SettingsError {
        message: format!("`{key}` is not {expected}"),
        help: format!("write {expected}"),
        key: key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Level;
    use crate::rules::rule;

    fn read(text: &str) -> Result<Settings, Vec<SettingsError>> {
        let mut settings = Settings::default();
        settings.read_policy(&text.parse().unwrap()).map(|()| settings)
    }

    #[test]
    fn every_preset_can_be_read() {
        for preset in presets() {
            let settings =
                read(&format!("preset = \"{preset}\"")).unwrap_or_else(|errors| panic!("{preset}: {errors:?}"));
            assert!(settings.level(rule("table-name").unwrap()) > Level::Off, "{preset} says how tables are named");
        }
    }

    #[test]
    fn what_the_project_says_goes_before_its_presets() {
        let text = "preset = [\"snake_case\", \"prisma\"]\ncolumn-name = \"off\"\n[table-name]\npattern = \"t_.*\"";
        let settings = read(text).unwrap();
        assert_eq!(settings.level(rule("column-name").unwrap()), Level::Off);
        let table = rule("table-name").unwrap();
        assert_eq!(settings.level(table), Level::Warning);
        assert_eq!(settings.parameters(table).text("pattern").as_deref(), Some("t_.*"));
        assert_eq!(settings.parameters(table).list("except"), ["_*"], "what nobody says otherwise is the preset's");
    }

    #[test]
    fn what_cannot_be_is_told_together() {
        let text = "preset = \"prism\"\nleave_out = 3\n[tabel-name]\npattern = \"x\"\n[table-name]\npattern = \"(\"";
        let errors: Vec<String> = read(text).unwrap_err().into_iter().map(|error| error.message).collect();
        assert_eq!(errors.len(), 4, "{errors:?}");
        assert!(errors[0].contains("no preset `prism`"), "{errors:?}");
    }
}
