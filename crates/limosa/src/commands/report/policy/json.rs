//! The matrix for programs.

use limosa_lint::{Matrix, ServiceFindings};
use limosa_syntax::Severity;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct PolicyJson<'a> {
    consistent: bool,
    services: &'a [String],
    aspects: Vec<AspectJson<'a>>,
    worst: Vec<OffenderJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct AspectJson<'a> {
    aspect: &'static str,
    consistent: bool,
    broken: usize,
    of: usize,
    rules: &'a [&'static str],
    cells: Vec<CellJson<'a>>,
}

#[derive(Serialize)]
struct CellJson<'a> {
    service: &'a str,
    broken: usize,
    of: usize,
}

#[derive(Serialize)]
struct OffenderJson<'a> {
    service: &'a str,
    name: &'a str,
    findings: usize,
    rules: &'a std::collections::BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    service: &'a str,
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

pub(super) fn of<'a>(matrix: &'a Matrix, services: &'a [ServiceFindings]) -> PolicyJson<'a> {
    let aspect = |row: &'a limosa_lint::Row| {
        let total = row.total();
        let cells = row.cells.iter().zip(&matrix.services);
        AspectJson {
            aspect: row.aspect.name(),
            consistent: total.broken == 0,
            broken: total.broken,
            of: total.of,
            rules: &row.rules,
            cells: cells.map(|(cell, service)| CellJson { service, broken: cell.broken, of: cell.of }).collect(),
        }
    };
    let offender = |it: &'a limosa_lint::Offender| OffenderJson {
        service: &it.service,
        name: &it.name,
        findings: it.findings,
        rules: &it.rules,
    };
    let finding = |service: &'a str, it: &'a limosa_lint::Finding| FindingJson {
        service,
        rule: it.rule,
        severity: match it.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        message: &it.diagnostic.message,
        object: it.object.as_ref().map(ToString::to_string),
        path: it.diagnostic.source.as_ref().map(|source| source.path.as_str()),
        help: it.diagnostic.help.as_deref(),
    };
    PolicyJson {
        consistent: matrix.is_consistent(),
        services: &matrix.services,
        aspects: matrix.rows.iter().map(aspect).collect(),
        worst: matrix.offenders.iter().map(offender).collect(),
        findings: services
            .iter()
            .flat_map(|service| service.findings.iter().map(|it| finding(&service.service, it)))
            .collect(),
    }
}
