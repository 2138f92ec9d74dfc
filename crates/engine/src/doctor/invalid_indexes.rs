//! Did a concurrent build leave an index behind that cannot be used?

use limosa_catalog::{Identifier, QualifiedName};
use limosa_postgres::{Row, ServerError, Session, Type};

use super::Check;
use super::finding::{CheckName, Finding};
use super::phrase::{count, more};
use super::subject::Subject;
use crate::history::RowState;

const NAME: CheckName = CheckName::new("invalid-indexes");

pub(super) const CHECK: Check = Check { name: NAME, look: |session, subject| Box::pin(look(session, subject)) };

const SQL: &str = include_str!("invalid_indexes.sql");

/// An index that the server maintains and does not use.
#[derive(Debug, Clone, PartialEq, Eq)]
struct InvalidIndex {
    index: QualifiedName,
    table: String,
}

async fn look(session: &Session, subject: &Subject<'_>) -> Result<Option<Finding>, ServerError> {
    let rows = session.query(SQL, &[(&subject.schema_names(), Type::TEXT_ARRAY)]).await?;
    let decode = |row: &Row| {
        let schema = Identifier::new(row.get::<_, &str>(0)).ok()?;
        let name = Identifier::new(row.get::<_, &str>(1)).ok()?;
        Some(InvalidIndex { index: QualifiedName { schema: Some(schema), name }, table: row.get(2) })
    };
    let total = rows.first().map_or(0, |row| usize::try_from(row.get::<_, i64>(3)).unwrap_or_default());
    let indexes: Vec<InvalidIndex> = rows.iter().filter_map(decode).collect();
    let unfinished = subject.history.iter().flat_map(|history| &history.rows).any(|row| row.state == RowState::Running);
    Ok(Some(decide(&indexes, total, unfinished)))
}

/// `unfinished` tells whether a migration was begun and not finished, which may be the one that builds the index.
fn decide(indexes: &[InvalidIndex], total: usize, unfinished: bool) -> Finding {
    let Some(first) = indexes.first() else { return NAME.good("every index is valid") };
    let line = |index: &InvalidIndex| format!("{} on {}", index.index, index.table);
    let hint = if unfinished {
        "`limosa up` builds again what its unfinished migration left; mend others when that is done".to_owned()
    } else {
        format!("unless it is being built right now, run: {} INDEX CONCURRENTLY {}", remedy(first), first.index)
    };
    NAME.warning(format!("{} INVALID: written on every change and never used", count(total, "index is", "indexes are")))
        .with_detail(indexes.iter().map(line).chain(more(indexes.len(), total)))
        .with_hint(hint)
}

/// What `REINDEX CONCURRENTLY` leaves when it is cut off is a copy (`…_ccnew`, `…_ccold`, perhaps with a number) of an
/// index that is still there.
fn remedy(index: &InvalidIndex) -> &'static str {
    let name = index.index.name.as_str().trim_end_matches(|digit: char| digit.is_ascii_digit());
    if name.ends_with("_ccnew") || name.ends_with("_ccold") { "DROP" } else { "REINDEX" }
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn an_invalid_index_comes_with_its_rebuilding() {
        assert_eq!(decide(&[], 0, false).state, FindingState::Good);
        let invalid = |name: &str| {
            let index = QualifiedName { schema: Identifier::new("public").ok(), name: Identifier::new(name).unwrap() };
            [InvalidIndex { index, table: "visit".to_owned() }]
        };
        let finding = decide(&invalid("a\"b"), 3, false);
        assert_eq!((finding.state, finding.detail[1].as_str()), (FindingState::Warning, "and 2 more"));
        assert!(finding.hint.unwrap().ends_with("REINDEX INDEX CONCURRENTLY \"public\".\"a\"\"b\""));
        let copy = decide(&invalid("visit_id_ccnew1"), 1, false);
        assert!(copy.hint.unwrap().contains("DROP INDEX CONCURRENTLY"));
        assert!(decide(&invalid("visit_id"), 1, true).hint.unwrap().starts_with("`limosa up`"));
    }
}
