//! Operators.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::OperatorName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// An operator.
    pub struct Operator {
        /// The function behind it.
        function: Expression,
        /// The operator with the sides changed, with its schema, signs and types.
        commutator: Option<Expression>,
        /// The operator that says the contrary.
        negator: Option<Expression>,
        /// Estimates how many rows a condition leaves.
        restrict: Option<Expression>,
        /// Estimates how many rows a join leaves.
        join: Option<Expression>,
        /// Fit for hash joins.
        hashes: bool,
        /// Fit for merge joins.
        merges: bool,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "operators",
    // One without a function was only named by another, as its commutator or negator.
    sql: "SELECT o.oid, n.nspname, o.oprname::text,
                 CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END,
                 CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END,
                 pg_catalog.pg_get_userbyid(o.oprowner), o.oprcode::text,
                 CASE WHEN o.oprcom <> 0 THEN o.oprcom::pg_catalog.regoperator::text END,
                 CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::pg_catalog.regoperator::text END,
                 CASE WHEN o.oprrest <> 0 THEN o.oprrest::text END, CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::text END,
                 o.oprcanhash, o.oprcanmerge
          FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
          WHERE o.oid >= 16384 AND o.oprcode <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Operator(OperatorName {
            schema: columns.name()?,
            signs: columns.text()?.into(),
            left: columns.optional_sql()?,
            right: columns.optional_sql()?,
        });
        let owner = columns.name()?;
        if reading.is_member(Class::Operator, oid) {
            return Ok(());
        }
        let operator = Operator {
            function: columns.sql()?,
            commutator: columns.optional_sql()?,
            negator: columns.optional_sql()?,
            restrict: columns.optional_sql()?,
            join: columns.optional_sql()?,
            hashes: columns.flag()?,
            merges: columns.flag()?,
        };
        reading.add_known(Class::Operator, oid, id.clone(), operator);
        reading.own(&id, owner);
        Ok(())
    },
}];
