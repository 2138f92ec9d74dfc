//! From a comment to a directive.

use super::{Coexistence, Directive, OnlinePhase, backfill, data_size, duration, rekey};
use crate::renamed::old_names;
use crate::{Problem, Span};

const CODE: &str = "bad-directive";

/// Every directive, and how it is written.
const FORMS: &[(&str, &str)] = &[
    ("transaction", "transaction on|off"),
    ("lock-timeout", "lock-timeout 3s"),
    ("statement-timeout", "statement-timeout 10min"),
    ("allow", "allow <hazard>"),
    ("online", "online [versioned-schemas|dual-columns]"),
    ("max-growth", "max-growth 10GB"),
    ("backfill", backfill::FORM),
    ("ignore", "ignore <rule> <reason>"),
    ("verify", "verify"),
    ("down", "down"),
    ("set-aside", "set-aside [30d]"),
    ("renamed", "renamed from <name>"),
    ("replaces", "replaces <version>, <version>"),
    ("forward", "forward <expression>"),
    ("back", "back <expression>"),
    ("quarantine", "quarantine"),
    ("phase", "phase expand|contract"),
    ("undo", "undo <statement>"),
    ("rekey", rekey::REKEY),
    ("follows", rekey::FOLLOWS),
];

/// Reads a line comment. `None` means that it is no directive at all.
pub(crate) fn parse(comment: &str) -> Option<Result<Vec<Directive>, Mistake<'_>>> {
    let body = comment.strip_prefix("--")?.trim().strip_prefix("limosa:")?.trim();
    let (name, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
    Some(read(name, rest.trim()).map_err(|wrong| Mistake { name, wrong }))
}

fn read(name: &str, rest: &str) -> Result<Vec<Directive>, Wrong> {
    let text = || if rest.is_empty() { Err(Wrong::Missing) } else { Ok(rest.to_owned()) };
    let alone = |directive| if rest.is_empty() { Ok(directive) } else { Err(Wrong::TooMuch(rest.to_owned())) };
    let directive = match name {
        "transaction" => match rest {
            "on" => Directive::Transaction { on: true },
            "off" => Directive::Transaction { on: false },
            _ => return Err(text().map_or(Wrong::Missing, Wrong::Value)),
        },
        "lock-timeout" => Directive::LockTimeout(duration::parse(rest).ok_or_else(|| Wrong::Value(rest.to_owned()))?),
        "statement-timeout" => {
            Directive::StatementTimeout(duration::parse(rest).ok_or_else(|| Wrong::Value(rest.to_owned()))?)
        }
        "allow" => {
            let hazards = rest.split([',', ' ', '\t']).filter(|hazard| !hazard.is_empty());
            let allowed: Vec<_> = hazards.map(|hazard| Directive::Allow(hazard.to_owned())).collect();
            return if allowed.is_empty() { Err(Wrong::Missing) } else { Ok(allowed) };
        }
        "online" if rest.is_empty() => Directive::Online,
        "online" => {
            let known = Coexistence::WORDS.iter().find(|(word, _)| *word == rest);
            let (_, way) = known.ok_or_else(|| Wrong::Value(rest.to_owned()))?;
            return Ok(vec![Directive::Online, Directive::Coexistence(*way)]);
        }
        "max-growth" => Directive::MaxGrowth(data_size(&text()?).ok_or_else(|| Wrong::Value(rest.to_owned()))?),
        "backfill" => {
            Directive::Backfill(backfill::parse(rest).map_err(|wrong| wrong.map_or(Wrong::Missing, Wrong::Value))?)
        }
        "ignore" => {
            let (rule, reason) = rest.split_once(char::is_whitespace).ok_or(Wrong::Missing)?;
            Directive::Ignore { rule: rule.to_owned(), reason: reason.trim().to_owned() }
        }
        "verify" => alone(Directive::Verify)?,
        "down" => alone(Directive::Down)?,
        "set-aside" if rest.is_empty() => Directive::SetAside(None),
        "set-aside" => {
            Directive::SetAside(Some(duration::keeping_time(rest).ok_or_else(|| Wrong::Value(rest.to_owned()))?))
        }
        "renamed" => {
            let names = rest.strip_prefix("from").filter(|names| names.starts_with(char::is_whitespace));
            let names = names.map(str::trim).ok_or_else(|| text().map_or(Wrong::Missing, Wrong::Value))?;
            Directive::RenamedFrom(old_names(names).ok_or_else(|| Wrong::Value(names.to_owned()))?)
        }
        "replaces" => {
            let versions = rest.split([',', ' ', '\t']).filter(|version| !version.is_empty());
            let versions: Vec<String> = versions.map(str::to_owned).collect();
            let is_version = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            match versions.iter().find(|version| !is_version(version)) {
                Some(wrong) => return Err(Wrong::Value(wrong.clone())),
                None if versions.is_empty() => return Err(Wrong::Missing),
                None => Directive::Replaces(versions),
            }
        }
        "forward" => Directive::Forward(text()?),
        "back" => Directive::Back(text()?),
        "quarantine" => alone(Directive::Quarantine)?,
        "phase" => match rest {
            "expand" => Directive::Phase(OnlinePhase::Expand),
            "contract" => Directive::Phase(OnlinePhase::Contract),
            _ => return Err(text().map_or(Wrong::Missing, Wrong::Value)),
        },
        "undo" => Directive::Undo(text()?),
        "rekey" => Directive::Rekey(rekey::rekey(rest).map_err(Wrong::Value)?),
        "follows" => Directive::Follows(rest.parse().map_err(Wrong::Value)?),
        _ => return Err(Wrong::Name),
    };
    Ok(vec![directive])
}

/// A directive that cannot be understood.
pub(crate) struct Mistake<'a> {
    name: &'a str,
    wrong: Wrong,
}

impl Mistake<'_> {
    /// The finding, for the comment at this place.
    pub(crate) fn into_problem(self, span: Span) -> Problem {
        self.wrong.into_problem(self.name, span)
    }
}

/// What is wrong with a directive.
enum Wrong {
    Name,
    Missing,
    Value(String),
    TooMuch(String),
}

impl Wrong {
    fn into_problem(self, name: &str, span: Span) -> Problem {
        let form = FORMS.iter().find(|(known, _)| *known == name).map_or("", |(_, form)| form);
        let write_it = format!("write it as `-- limosa: {form}`");
        match self {
            Self::Name if name.is_empty() => {
                Problem::error(CODE, span, "this directive says nothing").with_help(format!("known are {}", names()))
            }
            Self::Name => Problem::error(CODE, span, format!("there is no directive `{name}`")).with_help(hint(name)),
            Self::Missing => {
                Problem::error(CODE, span, format!("the directive `{name}` is not complete")).with_help(write_it)
            }
            Self::Value(value) if value.is_empty() => Self::Missing.into_problem(name, span),
            Self::Value(value) => {
                let message = format!("the directive `{name}` does not take `{value}`");
                Problem::error(CODE, span, message).with_help(write_it)
            }
            Self::TooMuch(rest) => {
                Problem::error(CODE, span, format!("the directive `{name}` stands alone, but `{rest}` follows it"))
                    .with_help(write_it)
            }
        }
    }
}

fn hint(name: &str) -> String {
    let nearest = FORMS
        .iter()
        .max_by(|(left, _), (right, _)| strsim::jaro_winkler(left, name).total_cmp(&strsim::jaro_winkler(right, name)));
    match nearest {
        Some((near, form)) if strsim::jaro_winkler(near, name) > 0.75 => format!("did you mean `-- limosa: {form}`?"),
        _ => format!("known are {}", names()),
    }
}

fn names() -> String {
    FORMS.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
