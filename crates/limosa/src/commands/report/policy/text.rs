//! The matrix for people.

use limosa_lint::{Cell, Matrix, Row, ServiceFindings};

use crate::output::{Alignment, Table, display_width, fit, style};

/// Between two columns.
const GAP: &str = "  ";
/// The longest name of a service that is shown whole.
const LONGEST_NAME: usize = 16;

/// The grid; where that is wider than the terminal, a list of aspects. Then the worst, and the sum.
pub(super) fn of(matrix: &Matrix, worst: usize, width: Option<usize>) -> String {
    if matrix.rows.is_empty() {
        return "no rules are on; name a preset in [policy]\n".to_owned();
    }
    let grid = grid(matrix);
    let widest = grid.lines().map(display_width).max().unwrap_or_default();
    let mut text = if width.is_some_and(|width| widest > width) { list(matrix) } else { grid };
    let broken = matrix.rows.iter().filter(|row| row.total().broken > 0).count();
    let all = matrix.rows.len();
    let services = matrix.services.len();
    text.push('\n');
    if broken == 0 {
        let s = if services == 1 { "" } else { "s" };
        text.push_str(&format!("{} {services} service{s} consistent in all {all} aspects\n", style::done("✓")));
        return text;
    }
    let mut table = Table::new([Alignment::Left, Alignment::Left, Alignment::Right, Alignment::Left]).indented(2);
    for offender in matrix.offenders.iter().take(worst) {
        let count = |(rule, count): (&&str, &usize)| format!("{rule} {count}");
        let rules: Vec<String> = offender.rules.iter().map(count).collect();
        let findings = offender.findings.to_string();
        table.push([
            offender.service.clone().into(),
            offender.name.clone().into(),
            findings.into(),
            rules.join(", ").into(),
        ]);
    }
    if !matrix.offenders.is_empty() && worst > 0 {
        text.push_str(&format!("worst\n{}\n", table.render(width)));
    }
    let differ = if broken == 1 { "differs" } else { "differ" };
    text.push_str(&format!("{} {broken} of {all} aspects {differ} from what the project wants\n", style::failed("✗")));
    text
}

/// Every finding, by service.
pub(super) fn findings(services: &[ServiceFindings]) -> String {
    let mut text = String::new();
    for service in services.iter().filter(|service| !service.findings.is_empty()) {
        text.push_str(&format!("\n{}\n", style::heading(&service.service)));
        for finding in &service.findings {
            let place = finding.diagnostic.source.as_ref().map(|source| format!(" ({})", source.path));
            let place = place.unwrap_or_default();
            text.push_str(&format!("  {}: {}{place}\n", style::faint(finding.rule), finding.diagnostic.message));
        }
    }
    text
}

fn grid(matrix: &Matrix) -> String {
    let head = matrix.services.iter().map(|service| fit(service, LONGEST_NAME).to_string());
    let mut lines: Vec<Vec<String>> = vec![std::iter::once("aspect".to_owned()).chain(head).collect()];
    let of_row = |row: &Row| std::iter::once(row.aspect.name().to_owned()).chain(row.cells.iter().map(shown)).collect();
    lines.extend(matrix.rows.iter().map(of_row));
    let columns = matrix.services.len() + 1;
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| display_width(cell)).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut whole = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let padding = " ".repeat(width.saturating_sub(display_width(cell)));
            let looks = match number {
                0 => style::faint(cell).to_string(),
                _ if cell.contains('/') => style::failed(cell).to_string(),
                _ => cell.clone(),
            };
            whole.push_str(&format!("{looks}{padding}{GAP}"));
        }
        text.push_str(whole.trim_end());
        text.push('\n');
    }
    text
}

fn list(matrix: &Matrix) -> String {
    let mut table = Table::new([Alignment::Left, Alignment::Right, Alignment::Left]).firm(0);
    for row in &matrix.rows {
        let broken = row.cells.iter().zip(&matrix.services).filter(|(cell, _)| cell.broken > 0);
        let services: Vec<String> = broken.map(|(cell, service)| format!("{service} {}", shown(cell))).collect();
        table.push([row.aspect.name().into(), shown(&row.total()).into(), services.join(", ").into()]);
    }
    table.render(None)
}

/// `✓ 120`, `3/120`; `–` where there is nothing to look at.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell { broken: 0, of: 0 } => "–".to_owned(),
        Cell { broken: 0, of } => format!("✓ {of}"),
        Cell { broken, of } => format!("{broken}/{of}"),
    }
}
