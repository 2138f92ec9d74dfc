//! Subscriptions.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::setting::Setting;

fact! {
    /// A subscription of this database.
    pub struct Subscription {
        /// To whom it connects, without the password. `None` to a reader who is not a superuser.
        connection: Option<Box<str>>,
        /// The publications, sorted.
        publications: Vec<Box<str>>,
        /// It runs.
        enabled: bool,
        /// The replication slot there; `None` where there is none.
        slot: Option<Identifier>,
        /// Its options as `WITH` has them, sorted; those that the server does not have are not there.
        options: Vec<Setting>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "subscriptions",
    // Only superusers may read the connection, and it would be refused if it were only named.
    sql: "SELECT s.oid, s.subname, pg_catalog.pg_get_userbyid(s.subowner),
                 s.subconninfo, --superuser
                 NULL::text, --others
                 ARRAY(SELECT p FROM pg_catalog.unnest(s.subpublications) p ORDER BY p), s.subenabled, s.subslotname,
                 ARRAY['binary=' || s.subbinary, 'streaming=' || s.substream::text,
                   'two_phase=' || (s.subtwophasestate <> 'd'),
                   'disable_on_error=' || s.subdisableonerr,
                   'password_required=' || s.subpasswordrequired, --16+
                   'run_as_owner=' || s.subrunasowner, --16+
                   'origin=' || s.suborigin, --16+
                   'failover=' || s.subfailover, --17+
                   'synchronous_commit=' || s.subsynccommit]
          FROM pg_catalog.pg_subscription s
          WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d
                             WHERE d.datname = pg_catalog.current_database())",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Subscription(columns.name()?);
        let owner = columns.name()?;
        let connection = columns.optional_text()?.map(without_password);
        if connection.is_none() {
            reading.leave_unseen(format!("the connection of {id}"));
        }
        let subscription = Subscription {
            connection,
            publications: columns.texts()?.into_iter().map(Box::from).collect(),
            enabled: columns.flag()?,
            slot: columns.optional_name()?,
            options: columns.settings()?,
        };
        reading.add_known(Class::Subscription, oid, id.clone(), subscription);
        reading.own(&id, owner);
        Ok(())
    },
}];

/// A connection string, in either of libpq's forms, without its password.
fn without_password(text: &str) -> Box<str> {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if is_url { url_without_password(text) } else { pairs_without_password(text) }.into()
}

fn url_without_password(url: &str) -> String {
    let (before, parameters) = url.split_once('?').map_or((url, None), |(before, rest)| (before, Some(rest)));
    let (scheme, rest) = before.split_once("://").unwrap_or(("", before));
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => format!("{}@{place}", user.split(':').next().unwrap_or_default()),
        None => rest.to_owned(),
    };
    let mut parameters = parameters.into_iter().flat_map(|all| all.split('&')).filter(|one| !is_password(one));
    let first = parameters.next().map(|first| format!("?{first}")).unwrap_or_default();
    let others: String = parameters.map(|other| format!("&{other}")).collect();
    format!("{scheme}://{rest}{first}{others}")
}

fn is_password(parameter: &str) -> bool {
    parameter.split('=').next().is_some_and(|name| matches!(name.trim(), "password" | "sslpassword"))
}

/// `name = value` pairs; values may be in single quotes, in which and without which a backslash escapes.
fn pairs_without_password(text: &str) -> String {
    let mut kept = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quoted = after.starts_with('\'');
        let mut escaped = false;
        let end = after.char_indices().skip(usize::from(quoted)).find(|(_, c)| {
            let ends = !escaped && if quoted { *c == '\'' } else { c.is_whitespace() };
            escaped = *c == '\\' && !escaped;
            ends
        });
        let end = end.map_or(after.len(), |(at, _)| at + usize::from(quoted));
        let (value, after) = after.split_at(end);
        if !is_password(name) {
            kept.push(format!("{}={value}", name.trim()));
        }
        rest = after.trim_start();
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_are_taken_out() {
        for (with, without) in [
            ("host=a password=b dbname=c", "host=a dbname=c"),
            ("host = a password = 'b c\\' d' user=e", "host=a user=e"),
            ("password=x\\ y host=a", "host=a"),
            ("postgresql://u:p@h:1/d?sslmode=off&password=x&a=b", "postgresql://u@h:1/d?sslmode=off&a=b"),
            ("postgres://h/d?password=x", "postgres://h/d"),
            ("", ""),
            ("nonsense", ""),
        ] {
            assert_eq!(&*without_password(with), without);
        }
    }
}
