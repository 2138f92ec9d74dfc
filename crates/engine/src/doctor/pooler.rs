//! Does a transaction pooler stand in between?

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::more;
use super::subject::SecondSession;
use super::wanted::Want;

const NAME: CheckName = CheckName::new("pooler");

const DIRECT: &str = "use a URL that leads to PostgreSQL directly, or to the pooler's session mode";

/// How many statements are listed.
const LISTED: usize = 5;

pub(super) const CHECK: Check = Check {
    name: NAME,
    look: |_, subject| {
        Box::pin(async {
            let SecondSession::Open { pooled } = subject.second else { return Ok(None) };
            Ok(Some(decide(pooled, subject.needs_settings, &subject.wanted.outside_transactions)))
        })
    },
};

/// `needs_settings` tells whether statements run under a role, search path or timeout that would have to be set.
fn decide(pooled: bool, needs_settings: bool, outside_transactions: &[Want]) -> Finding {
    if !pooled {
        return NAME.good("no transaction pooler stands in between");
    }
    if !needs_settings || outside_transactions.is_empty() {
        return NAME
            .note("a transaction pooler stands in between; a lease in the history takes the place of the lock")
            .with_detail([
                "who stands in the way of a lock is not shown, and a killed run holds its lease for 30 s".to_owned()
            ])
            .with_hint(DIRECT);
    }
    let line = |want: &Want| format!("{}: {}", want.file, want.name);
    let lines = outside_transactions.iter().take(LISTED).map(line).chain(more(LISTED, outside_transactions.len()));
    NAME.bad("a transaction pooler stands in between, and statements are pending that cannot run through it")
        .with_detail(["outside a transaction it keeps no role, search_path or timeout".to_owned()])
        .with_detail(lines)
        .with_hint(DIRECT)
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn a_pooler_is_bad_only_for_what_cannot_run_through_it() {
        let wants = [Want { name: "CREATE INDEX CONCURRENTLY".into(), file: "7.sql".into() }];
        assert_eq!(decide(false, true, &wants).state, FindingState::Good);
        assert_eq!(decide(true, true, &[]).state, FindingState::Note);
        assert_eq!(decide(true, false, &wants).state, FindingState::Note);
        let bad = decide(true, true, &wants);
        assert_eq!(bad.state, FindingState::Bad);
        assert_eq!(bad.detail[1], "7.sql: CREATE INDEX CONCURRENTLY");
    }
}
