//! The trigger that keeps two columns of a table in step while clients write either.
//!
//! The direction is by which value changed: nothing of the session is asked, so it works behind a transaction pooler.
//! Rows in which both sides agree do not fire it, so the backfill pays nothing for it. It fires in every session,
//! whatever `session_replication_role` says, and behind the user's own triggers, since it is named to come last.

use limosa_catalog::{Identifier, Literal, ObjectName};

use super::expression::RowExpression;
use crate::null::is_null;

/// Two columns that hold the same, in two forms.
pub(super) struct Sync<'a> {
    pub(super) table: &'a ObjectName,
    /// All columns of the table by their names.
    pub(super) columns: &'a [Identifier],
    pub(super) old: &'a Identifier,
    pub(super) new: &'a Identifier,
    /// The new value, over the table's columns.
    pub(super) forward: &'a RowExpression,
    /// The old value, over the table's columns; where both columns have one name for people, that means the new one.
    pub(super) back: &'a RowExpression,
    /// The types of both, where they differ: to people, both are one column then.
    pub(super) types: Option<ChangedType<'a>>,
    pub(super) default: OldDefault<'a>,
    /// The type of the old column.
    pub(super) old_type: &'a str,
    /// What trigger and function are called.
    pub(super) function: ObjectName,
    pub(super) trigger: &'a Identifier,
    /// Where the expressions look for functions; `None` where they call none.
    pub(super) search_path: Option<&'a str>,
}

/// The types of a column that changes its type.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangedType<'a> {
    pub(super) old: &'a str,
    pub(super) new: &'a str,
}

/// The old column's default, which an `INSERT` of the new name meets.
#[derive(Debug, Clone, Copy)]
pub(super) enum OldDefault<'a> {
    /// There is none.
    None,
    /// It stays: the old column's value is the default's wherever the statement gave none, and that is seen.
    Kept(&'a str),
    /// The trigger gives it, where neither name was written. For columns that are never null, and for values that are
    /// others with each call.
    Moved(&'a str),
}

impl Sync<'_> {
    /// The function and the trigger.
    pub(super) fn create(&self) -> Vec<String> {
        create_trigger(self.table, self.trigger, &self.function, self.search_path, &self.body(), &self.when())
    }

    /// What takes both away, whether they are there or not.
    pub(super) fn drop(&self) -> Vec<String> {
        drop_trigger(self.table, self.trigger, &self.function)
    }

    fn forward(&self) -> String {
        self.forward.of_row("NEW", self.columns, Clone::clone)
    }

    fn back(&self) -> String {
        let meant = |column: &Identifier| match self.types.is_some() && column == self.old {
            true => self.new.clone(),
            false => column.clone(),
        };
        self.back.of_row("NEW", self.columns, meant)
    }

    fn when(&self) -> String {
        let disagree = self.disagree();
        match self.default {
            OldDefault::Moved(_) => format!("{disagree} OR {}", is_null(format!("NEW.{}", self.old))),
            OldDefault::None | OldDefault::Kept(_) => disagree,
        }
    }

    /// That the new value is not what the old one becomes. A cast here loses nothing: what is assigned is not cast.
    fn disagree(&self) -> String {
        let cast = self.types.map(|types| format!("::{}", types.new)).unwrap_or_default();
        unequal(&format!("({}){cast}", self.forward()), &format!("NEW.{}", self.new))
    }

    fn body(&self) -> String {
        let (old, new) = (self.old, self.new);
        let (forward, back) = (self.forward(), self.back());
        let (no_old, no_new) = (is_null(format!("NEW.{old}")), is_null(format!("NEW.{new}")));
        let old_changed = unequal(&format!("NEW.{old}"), &format!("OLD.{old}"));
        let new_changed = unequal(&format!("NEW.{new}"), &format!("OLD.{new}"));
        let differ = match self.types {
            Some(types) => {
                let back = format!("({back})::{}", types.old);
                format!("{} AND {}", self.disagree(), unequal(&back, &format!("NEW.{old}")))
            }
            None => self.disagree(),
        };
        let raise = self.raise();
        let missing = match self.default {
            OldDefault::Moved(default) => format!(
                "\x20 IF {no_old} AND {no_new} THEN\n    NEW.{old} := {default};\n    \
                 NEW.{new} := {forward};\n    RETURN NEW;\n  END IF;\n"
            ),
            OldDefault::None | OldDefault::Kept(_) => String::new(),
        };
        let unwritten = match self.default {
            OldDefault::Kept(default) => {
                format!("{no_old} OR NOT {}", unequal(&format!("NEW.{old}"), &self.default_value(default)))
            }
            OldDefault::None | OldDefault::Moved(_) => no_old,
        };
        format!(
            "BEGIN\n  \
             IF TG_OP = 'UPDATE' THEN\n    \
             IF {old_changed} THEN\n      \
             IF NOT ({new_changed}) THEN\n        NEW.{new} := {forward};\n      \
             ELSIF {differ} THEN\n        {raise}\n      END IF;\n    \
             ELSIF {new_changed} THEN\n      NEW.{old} := {back};\n    \
             ELSIF {no_new} THEN\n      NEW.{new} := {forward};\n    END IF;\n    \
             RETURN NEW;\n  END IF;\n\
             {missing}  \
             IF {no_new} THEN\n    NEW.{new} := {forward};\n  \
             ELSIF {unwritten} THEN\n    NEW.{old} := {back};\n  \
             ELSIF {differ} THEN\n    {raise}\n  END IF;\n  \
             RETURN NEW;\nEND\n"
        )
    }

    fn default_value(&self, default: &str) -> String {
        format!("({default})::{}", self.old_type)
    }

    fn raise(&self) -> String {
        let (table, old) = (self.table.name.for_people(), self.old.for_people());
        let message = if self.types.is_some() {
            format!("column {old} of {table} is set to two values, one of its old type and one of its new")
        } else {
            let new = self.new.for_people();
            format!(
                "{old} and {new} of {table} are one column under its old and its new name, and are set to two values"
            )
        };
        format!(
            "RAISE EXCEPTION USING ERRCODE = 'data_exception', MESSAGE = {}, HINT = {};",
            Literal(&message),
            Literal("write one of them, or the same value to both")
        )
    }
}

/// Whether two values are not the same to the last bit, null being a value like any other. Needs no operator of their
/// type.
pub(super) fn unequal(one: &str, other: &str) -> String {
    format!("pg_catalog.record_image_ne(ROW({one}), ROW({other}))")
}

/// A trigger that fires before a row is written, in every session, where a condition holds.
pub(super) fn create_trigger(
    table: &ObjectName,
    trigger: &Identifier,
    function: &ObjectName,
    search_path: Option<&str>,
    body: &str,
    when: &str,
) -> Vec<String> {
    let settings = search_path.map(|path| format!("\nSET search_path = {path}")).unwrap_or_default();
    vec![
        format!("CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql{settings} AS $limosa$\n{body}$limosa$"),
        format!(
            "CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW\n    WHEN ({when})\n    \
             EXECUTE FUNCTION {function}()"
        ),
        format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"),
    ]
}

/// What takes a trigger and its function away, whether they are there or not.
pub(super) fn drop_trigger(table: &ObjectName, trigger: &Identifier, function: &ObjectName) -> Vec<String> {
    vec![format!("DROP TRIGGER IF EXISTS {trigger} ON {table}"), format!("DROP FUNCTION IF EXISTS {function}()")]
}
