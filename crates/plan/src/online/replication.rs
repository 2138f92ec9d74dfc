//! What those meet to whom a table is replicated, and those from whom it is.
//!
//! Logical decoding sends the table as it is at each moment: a copy of a column with the rest, and with contract the
//! column by its new name. A subscriber stops at what it has no place for, and the server keeps all WAL until it goes
//! on. Slots of other kinds than PostgreSQL's own publications receive everything.

use limosa_catalog::{Entry, Identifier, Literal, Object, ObjectName};

use super::phases::OnlineCheck;
use super::situation::object_for_people;

/// Who receives a table: one line for each slot. `{table}` is its name, `{condition}` which publications count.
const RECEIVERS: &str = include_str!("receivers.sql");
/// Which subscriptions write to a table. `{table}` is its name.
const WRITERS: &str = include_str!("writers.sql");
/// Tables and partitions whose rows cannot be updated, being published without what tells them apart.
const NO_IDENTITY: &str = include_str!("no_identity.sql");

/// What becomes of what is sent, when the old goes.
pub(super) enum SentAtEnd<'a> {
    /// The column has another name.
    Renamed(&'a Identifier, &'a Identifier),
    /// It has another type.
    Retyped(&'a Identifier, &'a str),
    /// It is not there any more.
    Dropped(&'a Identifier),
    /// The table has another name.
    TableRenamed(&'a Identifier),
}

/// That nobody receives all columns of a table: a copy of a column would be sent, and the subscriber has none.
/// Publications that list a table's columns send what they list.
pub(super) fn no_subscriber(table: &ObjectName) -> OnlineCheck {
    OnlineCheck {
        query: receivers(table, "NOT p.is_listed"),
        found: format!("{} is replicated, and who receives it has no column for the copy", object_for_people(table)),
        help: "let the publication list the table's columns: `ALTER PUBLICATION … SET TABLE … (columns)`; or, where \
               those who receive take a column more, say so at the head of the file: `-- limosa: allow replicated`"
            .to_owned(),
    }
}

/// That nobody receives a column that is added.
pub(super) fn nobody_lacks(table: &ObjectName, column: &Identifier) -> OnlineCheck {
    let name = column.for_people();
    OnlineCheck {
        query: receivers(table, "NOT p.is_listed"),
        found: format!("{} is replicated, and {name} is sent from then on", object_for_people(table)),
        help: format!(
            "make {name} first where it arrives, and say so at the head of the file: `-- limosa: allow replicated`; or \
             let the publication list the table's columns: `ALTER PUBLICATION … SET TABLE … (columns)`"
        ),
    }
}

/// That nobody receives, and no publisher sends, what is another one when the old goes.
pub(super) fn sent_at_end(table: &ObjectName, what: &SentAtEnd<'_>) -> Vec<OnlineCheck> {
    let people = object_for_people(table);
    let listed = |column: &Identifier| format!("{} = ANY (p.columns)", Literal(column.as_str()));
    let (condition, becomes) = match what {
        SentAtEnd::Renamed(from, to) => {
            (listed(from), format!("{} is sent as {} with contract", from.for_people(), to.for_people()))
        }
        SentAtEnd::Retyped(column, data_type) => {
            (listed(column), format!("{} is sent as {data_type} with contract", column.for_people()))
        }
        SentAtEnd::Dropped(column) => (listed(column), format!("{} goes with contract", column.for_people())),
        SentAtEnd::TableRenamed(to) => ("true".to_owned(), format!("it is sent as {} with contract", to.for_people())),
    };
    let mut checks = vec![OnlineCheck {
        query: receivers(table, &condition),
        found: format!("{people} is replicated, and {becomes}"),
        help: "let those who receive it be ready, then say so: `limosa contract --allow replicated`, or \
               `-- limosa: allow replicated` at the head of the file"
            .to_owned(),
    }];
    if !matches!(what, SentAtEnd::Retyped(..)) {
        checks.push(OnlineCheck {
            query: WRITERS.trim_end().replace("{table}", &Literal(&table.to_string()).to_string()),
            found: format!("{people} is written by a subscription under its old names, which would stop"),
            help: "disable the subscription (`ALTER SUBSCRIPTION … DISABLE`), let the publisher change alike, and \
                   enable it again behind both; where the publisher sends none of them: `limosa contract --allow \
                   replicated`"
                .to_owned(),
        });
    }
    checks
}

/// That rows of a table can be updated at all: where it is published without what tells its rows apart, they cannot.
pub(super) fn rows_can_be_sent(table: &ObjectName) -> OnlineCheck {
    OnlineCheck {
        query: NO_IDENTITY.trim_end().replace("{table}", &Literal(&table.to_string()).to_string()),
        found: format!(
            "rows of {} cannot be filled: PostgreSQL updates none that is published without what tells it apart",
            object_for_people(table)
        ),
        help:
            "give it a primary key, or say `ALTER TABLE … REPLICA IDENTITY FULL`, in a migration before; a publication \
               that lists columns has to list those, and one with a condition may ask for those alone"
                .to_owned(),
    }
}

/// That the publications which name the column are the role's to change, since contract takes it out and puts it back;
/// `None` where none does.
pub(super) fn publications_are_own(table: &ObjectName, column: Entry<'_>) -> Option<OnlineCheck> {
    column.dependents().find(|(other, _)| matches!(other.object(), Object::PublicationTable(_)))?;
    Some(OnlineCheck {
        query: format!(
            "SELECT pg_catalog.quote_ident(b.pubname) FROM pg_catalog.pg_publication b \
             JOIN pg_catalog.pg_publication_rel r ON r.prpubid = b.oid \
             WHERE r.prrelid = pg_catalog.to_regclass({}) AND (r.prattrs IS NOT NULL OR r.prqual IS NOT NULL) \
             AND NOT pg_catalog.pg_has_role(current_user, b.pubowner, 'USAGE') LIMIT 1",
            Literal(&table.to_string())
        ),
        found: format!(
            "a publication names a column of {} whose type changes, and is another role's",
            object_for_people(table)
        ),
        help: "let the role that runs the migration be a member of its owner's, or own it: `ALTER PUBLICATION {row} \
               OWNER TO …`"
            .to_owned(),
    })
}

/// Whether a check asks who receives a table.
pub(super) fn is_of_receivers(check: &OnlineCheck) -> bool {
    check.query.contains("pg_replication_slots")
}

fn receivers(table: &ObjectName, condition: &str) -> String {
    RECEIVERS.trim_end().replace("{table}", &Literal(&table.to_string()).to_string()).replace("{condition}", condition)
}
