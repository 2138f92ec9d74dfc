//! The pages of the rules, and their list.

use limosa_lint::{Group, Settings, nearest, rule, rules};
use serde::Serialize;

use super::unknown_rule;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Cell, Table, style};

#[derive(Serialize)]
struct RuleJson<'a> {
    id: &'a str,
    group: &'a str,
    level: &'a str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// All there is to say about a rule.
pub(super) fn explain(invocation: &Invocation, id: &str) -> Result<Exit, Failure> {
    let rule = rule(id).ok_or_else(|| unknown_rule(id, nearest(id)))?;
    let page = rule.page();
    if invocation.global.json {
        output::print_json(&RuleJson {
            id: rule.id,
            group: rule.group.name(),
            level: rule.level().name(),
            summary: page.summary,
            page: Some(page.body),
        });
    } else {
        let head = format!("{}  {}", style::heading(rule.id), style::faint(rule.group.name()));
        output::print(&format!("{head}\n\n{}.\n\n{}", page.summary, page.body));
    }
    Ok(Exit::Done)
}

/// The rules by group.
pub(super) fn list(invocation: &Invocation, settings: &Settings) -> Result<Exit, Failure> {
    let all = || rules().map(|rule| (rule, settings.level(rule).name()));
    if invocation.global.json {
        let json = all().map(|(rule, level)| RuleJson {
            id: rule.id,
            group: rule.group.name(),
            level,
            summary: rule.page().summary,
            page: None,
        });
        output::print_json(&json.collect::<Vec<_>>());
        return Ok(Exit::Done);
    }
    for group in Group::ALL {
        let mut table = Table::new([Alignment::Left; 3]).indented(2).firm(0).firm(1);
        for (rule, level) in all().filter(|(rule, _)| rule.group == group) {
            table.push([rule.id.into(), level.into(), Cell::styled(rule.page().summary, style::FAINT)]);
        }
        output::print(&format!("{}\n{}\n", style::heading(group.name()), table.render(output::terminal_width())));
    }
    Ok(Exit::Done)
}
