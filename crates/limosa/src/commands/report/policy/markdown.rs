//! The matrix for documents.

use limosa_lint::Matrix;

use super::text::shown;

/// A table of aspects by services, and one of the worst.
pub(super) fn of(matrix: &Matrix, worst: usize) -> String {
    let mut text = String::from("| Aspect | Status |");
    for service in &matrix.services {
        text.push_str(&format!(" {} |", escaped(service)));
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---:|".repeat(matrix.services.len()));
    text.push('\n');
    for row in &matrix.rows {
        let total = row.total();
        let status = if total.broken == 0 { "consistent".to_owned() } else { format!("{} to mend", total.broken) };
        let cells: Vec<String> = row.cells.iter().map(shown).collect();
        text.push_str(&format!("| {} | {status} | {} |\n", row.aspect.name(), cells.join(" | ")));
    }
    if matrix.offenders.is_empty() || worst == 0 {
        return text;
    }
    text.push_str("\n| Service | Where | Findings | Rules |\n|---|---|---:|---|\n");
    for offender in matrix.offenders.iter().take(worst) {
        let rules: Vec<String> = offender.rules.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        let (service, name) = (escaped(&offender.service), escaped(&offender.name));
        text.push_str(&format!("| {service} | `{name}` | {} | {} |\n", offender.findings, rules.join(", ")));
    }
    text
}

/// A bar would end the cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
