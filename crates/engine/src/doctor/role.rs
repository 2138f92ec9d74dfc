//! Who am I?

use super::Check;
use super::finding::{CheckName, Finding};

const NAME: CheckName = CheckName::new("role");

pub(super) const CHECK: Check = Check {
    name: NAME,
    look: |_, subject| {
        Box::pin(async {
            let (facts, target) = (&subject.facts, subject.target);
            let own_server = target.single_connection;
            Ok(Some(decide(&facts.session_user, &facts.current_user, facts.is_superuser, own_server)))
        })
    },
};

fn decide(session_user: &str, current_user: &str, is_superuser: bool, own_server: bool) -> Finding {
    let mut who = format!("logged in as {session_user}");
    if current_user != session_user {
        who.push_str(&format!(", working as {current_user}"));
    }
    if is_superuser && !own_server {
        return NAME
            .note(format!("{who}, a superuser"))
            .with_detail(["a superuser passes over every privilege and row security policy".to_owned()])
            .with_hint("give migrations a role that owns their schemas and no more");
    }
    NAME.good(who)
}

#[cfg(test)]
mod tests {
    use super::super::FindingState;
    use super::*;

    #[test]
    fn a_superuser_is_noted_except_where_there_is_no_other() {
        assert_eq!(decide("ada", "ada", false, false).says, "logged in as ada");
        let other = decide("ada", "owner", true, false);
        assert_eq!(
            (other.state, other.says.as_str()),
            (FindingState::Note, "logged in as ada, working as owner, a superuser")
        );
        assert_eq!(decide("postgres", "postgres", true, true).state, FindingState::Good);
    }
}
