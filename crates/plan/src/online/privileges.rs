//! Privileges that come along with what stands in for an object.

use limosa_catalog::kind::grant::{GrantName, Grantee};
use limosa_catalog::{Entry, Object, ObjectId};

/// The statements that give on another object what is given on this one: `of` is `TABLE "s"."v"`, and `word` tells how
/// a privilege is spelled there, or that it is not handed on.
pub(super) fn hand_on(entry: Entry<'_>, of: &str, word: impl Fn(&str) -> Option<String>) -> Vec<String> {
    handed_on(entry, of, word).into_iter().map(|(_, statement)| statement).collect()
}

/// The same, each with the one who has it as SQL names them.
pub(super) fn handed_on(entry: Entry<'_>, of: &str, word: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut statements = Vec::new();
    for child in entry.children() {
        let (ObjectId::Grant(name), Object::Grant(grant)) = (child.id(), child.object()) else { continue };
        let Some(grantee) = grantee(name) else { continue };
        for (grantable, tail) in [(false, ""), (true, " WITH GRANT OPTION")] {
            let privileges = grant.privileges.iter().filter(|granted| granted.grantable == grantable);
            let words: Vec<String> = privileges.filter_map(|granted| word(granted.privilege.as_sql())).collect();
            if !words.is_empty() {
                let statement = format!("GRANT {} ON {of} TO {grantee}{tail}", words.join(", "));
                statements.push((grantee.clone(), statement));
            }
        }
    }
    statements
}

/// Whom SQL names; the owner of what stands in is another.
fn grantee(name: &GrantName) -> Option<String> {
    match &name.grantee {
        Grantee::Public => Some("PUBLIC".to_owned()),
        Grantee::Role(role) => Some(role.to_string()),
        Grantee::Owner => None,
    }
}
