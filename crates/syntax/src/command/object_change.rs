//! `CREATE`, `ALTER` and `DROP` of what is no relation: schemas, types, routines, extensions.

use limosa_catalog::{Identifier, QualifiedName};

use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::{Tokens, Words};

/// What happens to objects, whatever kind they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// The kind in capitals, as PostgreSQL spells it: `TYPE`, `FUNCTION`.
    pub kind: &'static str,
    /// Which; only `DROP` names several.
    pub names: Vec<QualifiedName>,
    /// What is done.
    pub action: ObjectAction,
}

/// What is done with objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectAction {
    /// `CREATE`
    Create,
    /// `CREATE OR REPLACE`
    Replace,
    /// `CREATE TYPE … AS ENUM`, with the values.
    CreateEnum(Vec<String>),
    /// `ALTER TYPE … ADD VALUE`
    AddValue(String),
    /// `ALTER TYPE … RENAME VALUE`
    RenameValue {
        /// The value until now.
        from: String,
        /// The value from now on.
        to: String,
    },
    /// `RENAME TO`
    Rename(Identifier),
    /// `SET SCHEMA`
    SetSchema(Identifier),
    /// Another `ALTER`.
    Alter,
    /// `DROP`
    Drop {
        /// With what depends on them.
        cascade: bool,
    },
}

impl ObjectChange {
    /// Reads a statement; `None` where it is something else.
    #[must_use]
    pub fn of(statement: &str) -> Option<Self> {
        // Most statements are told apart by their first letters.
        let is_change = |verb: &str| statement.get(..verb.len()).is_some_and(|it| it.eq_ignore_ascii_case(verb));
        if !["CREATE", "ALTER", "DROP"].into_iter().any(is_change) {
            return None;
        }
        let tokens = Tokens::of(statement);
        let mut words = tokens.words();
        match () {
            () if words.take(&["CREATE"]) => create(words),
            () if words.take(&["ALTER"]) => alter(words),
            () if words.take(&["DROP"]) => drop(words),
            () => None,
        }
    }
}

fn create(mut words: Words<'_>) -> Option<ObjectChange> {
    let replace = words.take(&["OR", "REPLACE"]);
    let passed = ["TEMP", "TEMPORARY", "UNLOGGED", "RECURSIVE", "TRUSTED", "PROCEDURAL", "UNIQUE", "CONSTRAINT"];
    while words.take_any(&passed) {}
    let kind = object_kind::take(&mut words)?;
    words.take(&["CONCURRENTLY"]);
    words.take(&["IF", "NOT", "EXISTS"]);
    if kind == "SCHEMA" {
        words.take(&["AUTHORIZATION"]);
    }
    let names = vec![words.qualified_name()?];
    let values = (kind == "TYPE" && words.take(&["AS", "ENUM"])).then(|| words.parenthesised()).flatten();
    let action = match values {
        Some(values) => {
            let values = values.split(TokenKind::Comma).filter_map(|mut value| value.string());
            ObjectAction::CreateEnum(values.collect())
        }
        None if replace => ObjectAction::Replace,
        None => ObjectAction::Create,
    };
    Some(ObjectChange { kind, names, action })
}

fn alter(mut words: Words<'_>) -> Option<ObjectChange> {
    words.take(&["PROCEDURAL"]);
    let kind = object_kind::take(&mut words)?;
    words.take(&["IF", "EXISTS"]);
    let names = vec![words.qualified_name()?];
    words.parenthesised(); // the arguments of a routine
    let action = match () {
        () if words.take(&["ADD", "VALUE"]) => {
            words.take(&["IF", "NOT", "EXISTS"]);
            ObjectAction::AddValue(words.string()?)
        }
        () if words.take(&["RENAME", "VALUE"]) => {
            let from = words.string()?;
            words.take(&["TO"]);
            ObjectAction::RenameValue { from, to: words.string()? }
        }
        () if words.take(&["RENAME", "TO"]) => ObjectAction::Rename(words.identifier()?),
        () if words.take(&["SET", "SCHEMA"]) => ObjectAction::SetSchema(words.identifier()?),
        () => ObjectAction::Alter,
    };
    Some(ObjectChange { kind, names, action })
}

fn drop(mut words: Words<'_>) -> Option<ObjectChange> {
    words.take(&["PROCEDURAL"]);
    let kind = object_kind::take(&mut words)?;
    words.take(&["CONCURRENTLY"]);
    words.take(&["IF", "EXISTS"]);
    let names = words.split(TokenKind::Comma).filter_map(|mut entry| entry.qualified_name()).collect();
    let cascade = words.outermost().any(|(_, here)| here.at(&["CASCADE"]));
    Some(ObjectChange { kind, names, action: ObjectAction::Drop { cascade } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(statement: &str) -> (String, Vec<String>, ObjectAction) {
        let change = ObjectChange::of(statement).unwrap_or_else(|| panic!("`{statement}` changes an object"));
        let names = change.names.iter().map(|name| name.name.as_str().to_owned()).collect();
        (change.kind.to_owned(), names, change.action)
    }

    #[test]
    fn what_is_done_is_told_with_its_names() {
        let cases = [
            ("DROP FUNCTION IF EXISTS f(int, text), app.g(a numeric(3, 2)) CASCADE", "FUNCTION", "f g"),
            ("DROP TYPE mood, colour CASCADE", "TYPE", "mood colour"),
        ];
        for (statement, kind, names) in cases {
            let (found, found_names, action) = read(statement);
            assert_eq!((found.as_str(), found_names.join(" ").as_str()), (kind, names), "{statement}");
            assert_eq!(action, ObjectAction::Drop { cascade: true }, "{statement}");
        }
        let values = vec!["glad".to_owned(), "it's so".to_owned()];
        assert_eq!(read("CREATE TYPE mood AS ENUM ('glad', 'it''s so')").2, ObjectAction::CreateEnum(values));
        let renamed = ObjectAction::RenameValue { from: "glad".into(), to: "happy".into() };
        assert_eq!(read("ALTER TYPE mood RENAME VALUE 'glad' TO 'happy'").2, renamed);
        assert_eq!(read("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad' AFTER 'glad'").2, {
            ObjectAction::AddValue("sad".into())
        });
        let moved = ObjectAction::SetSchema(Identifier::new("app").unwrap());
        assert_eq!(read("ALTER FUNCTION f(int) SET SCHEMA app").2, moved);
        assert_eq!(read("CREATE OR REPLACE FUNCTION f() RETURNS int AS 'SELECT 1'").2, ObjectAction::Replace);
        assert_eq!(read("CREATE SCHEMA IF NOT EXISTS app").1, ["app"]);
        let made = ("TRIGGER".to_owned(), vec!["late".to_owned()], ObjectAction::Create);
        assert_eq!(read("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON visit EXECUTE FUNCTION f()"), made);
        assert_eq!(ObjectChange::of("SELECT 1"), None);
    }
}
