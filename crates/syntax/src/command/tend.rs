//! Comments, privileges, maintenance, and what lives in a table.

use limosa_catalog::QualifiedName;

use super::{Command, Commented, DomainChange, IndexAction, MemberChange, TableMember, Tending};
use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::Words;

/// `CREATE TRIGGER t … ON table`, `CREATE RULE r AS ON event TO table`, `DROP POLICY p ON table`.
pub(super) fn member(words: Words<'_>, member: TableMember, change: MemberChange) -> Option<Command> {
    let is_new_rule = member == TableMember::Rule && change == MemberChange::Create;
    let marker: &[&str] = if is_new_rule { &["TO"] } else { &["ON"] };
    let (_, mut here) = words.outermost().find(|(_, here)| here.at(marker))?;
    here.take(marker);
    Some(Command::InTable { member, change, table: here.qualified_name()? })
}

pub(super) fn comment(mut words: Words<'_>) -> Option<Command> {
    words.take(&["COMMENT", "ON"]);
    let kind = object_kind::take(&mut words)?;
    let (on, relation) = match kind {
        "TABLE" | "VIEW" | "MATERIALIZED VIEW" | "FOREIGN TABLE" | "SEQUENCE" => {
            (Commented::Relation, words.qualified_name()?)
        }
        "COLUMN" => (Commented::Relation, words.column_of()?.0),
        "INDEX" => (Commented::Index, words.qualified_name()?),
        "CONSTRAINT" | "TRIGGER" | "POLICY" | "RULE" => {
            let (_, mut here) = words.outermost().find(|(_, here)| here.at(&["ON"]))?;
            here.next();
            if here.take(&["DOMAIN"]) {
                return Some(Command::NoRelation);
            }
            (Commented::Member, here.qualified_name()?)
        }
        _ => return Some(Command::NoRelation),
    };
    Some(Command::Comment { on, relation })
}

/// `GRANT … ON [TABLE] a, b TO …`; other kinds of object are said by their kind.
pub(super) fn grant(words: Words<'_>) -> Command {
    let named = words.outermost().find(|(_, here)| here.at(&["ON"])).and_then(|(_, mut here)| {
        here.next();
        if here.at(&["ALL"]) {
            return None;
        }
        let is_table = here.take(&["TABLE"]);
        let mut ahead = here;
        (is_table || object_kind::take(&mut ahead).is_none()).then(|| here.qualified_names())
    });
    named.map_or(Command::NoRelation, |tables| Command::Grant { tables })
}

pub(super) fn truncate(mut words: Words<'_>) -> Option<Command> {
    words.take(&["TRUNCATE"]);
    words.take(&["TABLE"]);
    let tables = words.tables();
    let cascade = words.outermost().any(|(_, here)| here.at(&["CASCADE"]));
    (!tables.is_empty()).then_some(Command::Truncate { tables, cascade })
}

pub(super) fn lock(mut words: Words<'_>) -> Option<Command> {
    words.take(&["LOCK"]);
    words.take(&["TABLE"]);
    let tables = words.tables();
    let mut mode = Vec::new();
    if words.take(&["IN"]) {
        while let Some(word) = words.word().filter(|_| !words.at(&["MODE"])) {
            mode.push(word.to_ascii_uppercase());
            words.next();
        }
    }
    let mode = if mode.is_empty() { "ACCESS EXCLUSIVE".to_owned() } else { mode.join(" ") };
    (!tables.is_empty()).then_some(Command::Lock { tables, mode })
}

/// `VACUUM`, `ANALYZE`, `CLUSTER`, `REPACK`.
pub(super) fn tend(mut words: Words<'_>) -> Command {
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    words.next();
    let mut full = words.parenthesised().is_some_and(|options| options.each().any(|(_, here)| here.at(&["FULL"])));
    loop {
        if words.take(&["FULL"]) {
            full = true;
        } else if !words.take_any(&["FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"]) {
            break;
        }
    }
    let how = match first.as_str() {
        "VACUUM" if full => Tending::VacuumFull,
        "VACUUM" => Tending::Vacuum,
        "CLUSTER" | "REPACK" => Tending::Cluster,
        _ => Tending::Analyze,
    };
    let mut tables = Vec::new();
    for mut entry in words.split(TokenKind::Comma) {
        entry.take(&["ONLY"]);
        let name = entry.qualified_name();
        // `CLUSTER index ON table` is an old spelling.
        let table = if how == Tending::Cluster && entry.take(&["ON"]) { entry.qualified_name() } else { name };
        tables.extend(table);
    }
    Command::Tend { how, tables }
}

pub(super) fn reindex(mut words: Words<'_>) -> Option<Command> {
    words.take(&["REINDEX"]);
    let options = words.parenthesised();
    let by_option = options.is_some_and(|options| options.each().any(|(_, here)| here.at(&["CONCURRENTLY"])));
    let table = words.take(&["TABLE"]);
    if !table && !words.take(&["INDEX"]) {
        return None;
    }
    let concurrently = words.take(&["CONCURRENTLY"]) || by_option;
    Some(Command::Reindex { name: words.qualified_name()?, table, concurrently })
}

pub(super) fn refresh(mut words: Words<'_>) -> Option<Command> {
    words.take(&["REFRESH", "MATERIALIZED", "VIEW"]);
    let concurrently = words.take(&["CONCURRENTLY"]);
    Some(Command::Refresh { view: words.qualified_name()?, concurrently })
}

pub(super) fn alter_index(mut words: Words<'_>) -> Option<Command> {
    let index = words.qualified_name()?;
    let action = match () {
        () if words.take(&["RENAME", "TO"]) => IndexAction::Rename(words.identifier()?),
        () if words.at(&["ATTACH"]) => IndexAction::Attach,
        () if words.at(&["SET", "TABLESPACE"]) => IndexAction::SetTablespace,
        () if words.at_any(&["SET", "RESET", "ALTER"]) => IndexAction::Set,
        () => IndexAction::Other,
    };
    Some(Command::AlterIndex { index, action })
}

pub(super) fn alter_domain(mut words: Words<'_>) -> Option<Command> {
    let domain = words.qualified_name()?;
    let not_valid = words.outermost().any(|(_, here)| here.at(&["NOT", "VALID"]));
    let change = match () {
        () if words.at(&["VALIDATE"]) => DomainChange::Validated,
        () if words.at(&["SET", "NOT"]) || (words.at(&["ADD"]) && !not_valid) => DomainChange::Checked,
        () => DomainChange::Unchecked,
    };
    Some(Command::AlterDomain { domain, change })
}

/// `CREATE PUBLICATION p FOR TABLE a, TABLE b`, `ALTER PUBLICATION p ADD TABLE a, b`.
pub(super) fn publish(words: Words<'_>) -> Command {
    let mut tables: Vec<QualifiedName> = Vec::new();
    for (_, mut here) in words.outermost() {
        if here.take(&["TABLE"]) {
            for mut entry in here.split(TokenKind::Comma) {
                entry.take(&["ONLY"]);
                if !entry.at_any(&["TABLE", "TABLES"]) {
                    tables.extend(entry.qualified_name());
                }
            }
        }
    }
    tables.dedup();
    if tables.is_empty() { Command::NoRelation } else { Command::Publish { tables } }
}
