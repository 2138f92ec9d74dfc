//! What a project says of the rules.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use limosa_catalog::QualifiedName;
use toml::{Table, Value};

use crate::name_list::NameList;
use crate::name_pattern::NamePattern;
use crate::rule::{Level, ParameterKind, Rule};
use crate::rules::{rule, rules};

/// Levels and parameters of rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    rules: BTreeMap<&'static str, RuleSetting>,
    left_out: NameList,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct RuleSetting {
    level: Option<Level>,
    parameters: Table,
}

/// Something that `limosa.toml` says of a rule and that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to write.
    pub help: String,
    /// The key to look for in the file.
    pub key: String,
}

impl Settings {
    /// Takes in a table of rules, such as `[lint.rules]`: `rule = "level"`, or a table with `level` and parameters.
    /// What was said before of the same rule is replaced, parameter by parameter.
    ///
    /// # Errors
    /// Names and values that cannot be, all of them; the others are taken in.
    pub fn read(&mut self, table: &Table) -> Result<(), Vec<SettingsError>> {
        let mut errors = Vec::new();
        for (id, value) in table {
            match rule(id) {
                None => errors.push(unknown(id)),
                Some(rule) => self.read_rule(rule, value, &mut errors),
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Gives a rule what the project says elsewhere, where its own table does not say it. Its level stays as it is; a
    /// rule or parameter that is not there takes nothing.
    pub fn provide(&mut self, id: &str, parameter: &str, value: Value) {
        let known = rule(id).filter(|rule| rule.parameters().iter().any(|it| it.name == parameter));
        if let Some(rule) = known {
            self.rules.entry(rule.id).or_default().parameters.entry(parameter).or_insert(value);
        }
    }

    /// Sets the level of a rule.
    pub fn set_level(&mut self, rule: &Rule, level: Level) {
        self.rules.entry(rule.id).or_default().level = Some(level);
    }

    /// Turns every rule off that is not in the list.
    pub fn only(&mut self, ids: &[&str]) {
        for rule in rules().filter(|rule| !ids.contains(&rule.id)) {
            self.set_level(rule, Level::Off);
        }
    }

    fn read_rule(&mut self, rule: &Rule, value: &Value, errors: &mut Vec<SettingsError>) {
        let setting = self.rules.entry(rule.id).or_default();
        let level = |text: &str, errors: &mut Vec<SettingsError>| {
            let level = Level::of_name(text);
            if level.is_none() {
                errors.push(SettingsError {
                    message: format!("`{}` cannot be `{text}`", rule.id),
                    help: "write `off`, `note`, `warning` or `error`".to_owned(),
                    key: rule.id.to_owned(),
                });
            }
            level
        };
        match value {
            Value::String(text) => setting.level = level(text, errors).or(setting.level),
            Value::Table(parameters) => {
                for (name, value) in parameters {
                    if let (true, Some(text)) = (name == "level", value.as_str()) {
                        setting.level = level(text, errors).or(setting.level);
                        continue;
                    }
                    match parameter_problem(rule, name, value) {
                        Some(problem) => errors.push(problem),
                        None => drop(setting.parameters.insert(name.clone(), value.clone())),
                    }
                }
                // Whoever sets a parameter of a rule that is off by itself wants it.
                if setting.level.is_none() && rule.level() == Level::Off {
                    setting.level = Some(Level::Error);
                }
            }
            _ => errors.push(SettingsError {
                message: format!("`{}` is neither a level nor a table", rule.id),
                help: format!("write `{} = \"warning\"`, or `[lint.rules.{}]` with its parameters", rule.id, rule.id),
                key: rule.id.to_owned(),
            }),
        }
    }

    /// Leaves tables and other objects out of all that is said of catalogs: `name` or `schema.name`, with `*` for any
    /// text.
    pub fn leave_out(&mut self, name: &str) {
        self.left_out.add(name);
    }

    pub(crate) fn leaves_out(&self, name: &QualifiedName) -> bool {
        self.left_out.holds(name)
    }

    /// The level of a rule here.
    #[must_use]
    pub fn level(&self, rule: &Rule) -> Level {
        self.rules.get(rule.id).and_then(|setting| setting.level).unwrap_or(rule.level())
    }

    pub(crate) fn parameters<'a>(&'a self, rule: &'a Rule) -> Parameters<'a> {
        Parameters { rule, set: self.rules.get(rule.id).map(|setting| &setting.parameters) }
    }
}

fn unknown(id: &str) -> SettingsError {
    let help = match nearest(id) {
        Some(near) => format!("did you mean `{near}`? `limosa lint --rules` lists all"),
        None => "`limosa lint --rules` lists all".to_owned(),
    };
    SettingsError { message: format!("there is no rule `{id}`"), help, key: id.to_owned() }
}

/// The rule whose name is like this one.
#[must_use]
pub fn nearest(id: &str) -> Option<&'static str> {
    let likeness = |rule: &&Rule| strsim::jaro_winkler(rule.id, id);
    let best = rules().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(&best) > 0.8).then_some(best.id)
}

fn parameter_problem(rule: &Rule, name: &str, value: &Value) -> Option<SettingsError> {
    let key = name.to_owned();
    let Some(parameter) = rule.parameters().iter().find(|parameter| parameter.name == name) else {
        let known: Vec<String> = rule.parameters().iter().map(|it| format!("`{}`", it.name)).collect();
        let help = if known.is_empty() { "it takes `level` alone".to_owned() } else { known.join(", ") + ", `level`" };
        return Some(SettingsError { message: format!("`{}` has no parameter `{name}`", rule.id), help, key });
    };
    let (fits, wanted) = match parameter.kind {
        ParameterKind::Text => (value.is_str(), "a string"),
        ParameterKind::Pattern => match value.as_str().map(NamePattern::read) {
            Some(Err(why)) => {
                let message = format!("`{name}` of `{}` is no pattern: {why}", rule.id);
                return Some(SettingsError { message, help: parameter.meaning.to_owned(), key });
            }
            read => (read.is_some(), "a string"),
        },
        ParameterKind::Number => (value.as_integer().is_some_and(|number| number >= 0), "a whole number from 0 on"),
        ParameterKind::Flag => (value.is_bool(), "`true` or `false`"),
        ParameterKind::List => (value.as_array().is_some_and(|it| it.iter().all(Value::is_str)), "an array of strings"),
        ParameterKind::Map => {
            (value.as_table().is_some_and(|it| it.values().all(Value::is_str)), "a table whose values are strings")
        }
    };
    let message = format!("`{name}` of `{}` is of type {}; expected {wanted}", rule.id, value.type_str());
    (!fits).then(|| SettingsError { message, help: parameter.meaning.to_owned(), key })
}

/// What holds where the project sets nothing, of each rule and parameter; `None` where that is nothing.
static DEFAULTS: LazyLock<BTreeMap<&'static str, BTreeMap<&'static str, Option<Value>>>> = LazyLock::new(|| {
    let value = |default: &str| format!("value = {default}").parse::<Table>().ok()?.remove("value");
    let of = |rule: &Rule| rule.parameters().iter().map(|it| (it.name, value(it.default))).collect();
    rules().map(|rule| (rule.id, of(rule))).collect()
});

/// The parameters of one rule, as the project sets them; otherwise their defaults.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters<'a> {
    rule: &'a Rule,
    set: Option<&'a Table>,
}

impl Parameters<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.set.and_then(|set| set.get(name)) {
            return Some(value.clone());
        }
        let default = DEFAULTS.get(self.rule.id).and_then(|parameters| parameters.get(name));
        debug_assert!(default.is_some(), "`{}` declares no parameter `{name}`", self.rule.id);
        default?.clone()
    }

    /// A string; `None` where it is not set and has no default.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_str().map(str::to_owned)
    }

    /// A pattern; `None` where it is not set and has no default.
    pub(crate) fn pattern(&self, name: &str) -> Option<NamePattern> {
        Some(NamePattern::of(&self.text(name)?))
    }

    /// Tables; none where it is not set and has no default.
    pub(crate) fn names(&self, name: &str) -> NameList {
        NameList::of(self.list(name))
    }

    /// A number; zero where it is not set and has no default.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.value(name).and_then(|value| value.as_integer()).and_then(|it| u64::try_from(it).ok()).unwrap_or(0)
    }

    /// A flag; false where it is not set and has no default.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.value(name).and_then(|value| value.as_bool()).unwrap_or(false)
    }

    /// A list; empty where it is not set and has no default.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let Some(Value::Array(values)) = self.value(name) else { return Vec::new() };
        values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// A map; empty where it is not set and has no default.
    pub(crate) fn map(&self, name: &str) -> BTreeMap<String, String> {
        let Some(Value::Table(values)) = self.value(name) else { return BTreeMap::new() };
        values.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
    }
}
