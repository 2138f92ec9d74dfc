//! Is the server of a version that is supported?

use limosa_catalog::{ServerMajor, ServerVersion};
use limosa_postgres::FactsError;

use super::Check;
use super::finding::{CheckName, Finding};

const NAME: CheckName = CheckName::new("version");

pub(super) const CHECK: Check =
    Check { name: NAME, look: |_, subject| Box::pin(async { Ok(Some(decide(subject.facts.version))) }) };

/// A server that nothing can be done with.
pub(super) fn unusable(error: &FactsError) -> Finding {
    let finding = NAME.bad(error.to_string());
    match error {
        FactsError::Unsupported(_) => finding.with_hint("upgrade the server; until then, keep to the tool used so far"),
        _ => finding.with_hint("check that the URL leads to PostgreSQL itself"),
    }
}

fn decide(version: ServerVersion) -> Finding {
    if version.is_newer_than_known() {
        return NAME
            .warning(format!("PostgreSQL {version} is newer than this Limosa knows, which is {}", ServerMajor::NEWEST))
            .with_hint("look for a newer Limosa; what is new in this version may be misjudged");
    }
    NAME.good(format!("PostgreSQL {version} is supported"))
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn versions_between_the_oldest_and_the_newest_known_are_good() {
        let state = |number| decide(ServerVersion::from_number(number).unwrap()).state;
        assert_eq!(state(150_018), FindingState::Good);
        assert_eq!(state(200_001), FindingState::Warning);
        let old = ServerVersion::from_number(140_012).unwrap_err();
        let finding = unusable(&FactsError::Unsupported(old));
        assert_eq!(finding.state, FindingState::Bad);
        assert!(finding.says.contains("14.12"), "{}", finding.says);
    }
}
