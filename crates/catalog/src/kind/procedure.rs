//! Procedures.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::function::{RoutineBody, RoutineRow, routine_query};
use crate::reading::{Class, Question};
use crate::setting::Setting;
use crate::sql_text::{Definition, TypeName};

fact! {
    /// A procedure.
    pub struct Procedure {
        /// The arguments with their modes, names, types and defaults, as `pg_get_function_arguments` prints them.
        arguments: Box<str>,
        /// The language.
        language: Identifier,
        /// What it does.
        body: RoutineBody,
        /// It runs with the rights of its owner.
        security_definer: bool,
        /// Settings for the time of the call.
        settings: Vec<Setting>,
        /// Types for which transforms are applied.
        transforms: Vec<TypeName>,
    }
    notes {
        /// The whole statement, `CREATE OR REPLACE PROCEDURE …`, as `pg_get_functiondef` prints it.
        definition: Definition,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "procedures",
    sql: routine_query!("'p'"),
    read: |reading, columns| {
        let row = RoutineRow::read(columns)?;
        let procedure = Procedure {
            arguments: row.arguments,
            language: row.language,
            body: row.body,
            security_definer: row.security_definer,
            settings: row.settings,
            transforms: row.transforms,
            definition: row.definition,
        };
        let id = ObjectId::Procedure(row.name);
        reading.add_known(Class::Routine, row.oid, id.clone(), procedure);
        RoutineRow::own_and_grant(row.owner, row.acl, &id, reading, columns)
    },
}];
