//! Was something begun and not finished?

use super::Check;
use super::finding::{CheckName, Finding};
use crate::history::{HistoryRow, RowState};

const NAME: CheckName = CheckName::new("unfinished");

pub(super) const CHECK: Check = Check {
    name: NAME,
    look: |_, subject| Box::pin(async { Ok(subject.history.as_ref().ok().and_then(|history| decide(&history.rows))) }),
};

fn decide(rows: &[HistoryRow]) -> Option<Finding> {
    let row = rows.iter().find(|row| row.state != RowState::Applied)?;
    let (what, verb) = match row.state {
        RowState::Reverting => ("the way back of migration", "down"),
        _ => ("migration", "up"),
    };
    let mut finding = NAME
        .warning(format!("{what} {} {} was begun and is not finished", row.version, row.name))
        .with_detail([format!("it stands before stage {}", row.position + 1)]);
    if row.in_flight {
        finding =
            finding.with_detail(["that stage may have run; the catalog is asked before it runs again".to_owned()]);
    }
    finding = finding.with_detail(row.error.iter().map(|error| format!("its last error: {error}")));
    Some(finding.with_hint(format!("`limosa {verb}` goes on where it stopped")))
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    fn row(state: RowState) -> HistoryRow {
        HistoryRow {
            version: "7".to_owned(),
            repeatable: false,
            name: "index_visits".to_owned(),
            path: String::new(),
            checksum: String::new(),
            state,
            position: 2,
            in_flight: true,
            error: Some("deadlock detected".to_owned()),
            applied_at: None,
            applied_by: "ada".to_owned(),
        }
    }

    #[test]
    fn what_is_half_done_names_the_verb_that_goes_on() {
        assert_eq!(decide(&[row(RowState::Applied)]), None);
        let up = decide(&[row(RowState::Applied), row(RowState::Running)]).unwrap();
        assert_eq!(
            (up.state, up.says.as_str()),
            (FindingState::Warning, "migration 7 index_visits was begun and is not finished")
        );
        assert_eq!(up.detail.len(), 3, "{:?}", up.detail);
        assert!(up.hint.unwrap().starts_with("`limosa up`"));
        assert!(decide(&[row(RowState::Reverting)]).unwrap().hint.unwrap().starts_with("`limosa down`"));
    }
}
