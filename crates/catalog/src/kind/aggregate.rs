//! Aggregates.

use crate::fact::{fact, words};
use crate::kind::ObjectId;
use crate::kind::function::Parallel;
use crate::object_name::RoutineName;
use crate::reading::{Class, Question};
use crate::sql_text::{Expression, TypeName};

fact! {
    /// An aggregate function.
    pub struct Aggregate {
        /// The arguments as `CREATE AGGREGATE` has them: `*`, or a list with modes, names, types and `ORDER BY`.
        arguments: Box<str>,
        /// Ordinary, ordered-set or hypothetical-set.
        kind: AggregateKind,
        /// The state transition function.
        transition: Expression,
        /// The type of the state.
        state_type: TypeName,
        /// The estimated size of the state in bytes, where one is given.
        state_size: i32,
        /// The initial state.
        initial: Option<Box<str>>,
        /// The function that makes the result.
        final_function: Option<Expression>,
        /// The final function is given extra arguments.
        final_extra: bool,
        /// Whether the final function changes the state.
        final_modify: StateChange,
        /// Combines two states.
        combine: Option<Expression>,
        /// Writes a state for another process.
        serialize: Option<Expression>,
        /// Reads it there.
        deserialize: Option<Expression>,
        /// The transition function for moving windows.
        moving_transition: Option<Expression>,
        /// Takes rows out of a moving window.
        moving_inverse: Option<Expression>,
        /// The type of the state of a moving window.
        moving_state_type: Option<TypeName>,
        /// The estimated size of the state of a moving window.
        moving_state_size: i32,
        /// The initial state of a moving window.
        moving_initial: Option<Box<str>>,
        /// The final function of a moving window.
        moving_final_function: Option<Expression>,
        /// The final function of a moving window is given extra arguments.
        moving_final_extra: bool,
        /// Whether the final function of a moving window changes the state.
        moving_final_modify: StateChange,
        /// The operator by which `MIN` or `MAX` is found in an index, as `OPERATOR(schema.sign)`'s content.
        sort_operator: Option<Expression>,
        /// Whether it may run in parallel plans.
        parallel: Parallel,
    }
}

words! {
    /// What kind of aggregate.
    pub enum AggregateKind {
        /// Ordinary.
        Normal = b'n' "NORMAL",
        /// `WITHIN GROUP (ORDER BY …)`.
        OrderedSet = b'o' "ORDERED SET",
        /// `HYPOTHETICAL`.
        HypotheticalSet = b'h' "HYPOTHETICAL",
    }
}

words! {
    /// Whether a final function changes the state.
    pub enum StateChange {
        /// No.
        ReadOnly = b'r' "READ_ONLY",
        /// It cannot be called again after rows are added.
        Shareable = b's' "SHAREABLE",
        /// Yes.
        ReadWrite = b'w' "READ_WRITE",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "aggregates",
    sql: "SELECT p.oid, n.nspname, p.proname,
                 ARRAY(SELECT pg_catalog.format_type(t, NULL)
                       FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a(t, place) ORDER BY a.place),
                 pg_catalog.pg_get_userbyid(p.proowner), p.proacl::text[],
                 CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_catalog.pg_get_function_identity_arguments(p.oid) END,
                 a.aggkind, a.aggtransfn::text, pg_catalog.format_type(a.aggtranstype, NULL), a.aggtransspace,
                 a.agginitval, CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalfn::text END, a.aggfinalextra,
                 a.aggfinalmodify, CASE WHEN a.aggcombinefn <> 0 THEN a.aggcombinefn::text END,
                 CASE WHEN a.aggserialfn <> 0 THEN a.aggserialfn::text END,
                 CASE WHEN a.aggdeserialfn <> 0 THEN a.aggdeserialfn::text END,
                 CASE WHEN a.aggmtransfn <> 0 THEN a.aggmtransfn::text END,
                 CASE WHEN a.aggminvtransfn <> 0 THEN a.aggminvtransfn::text END,
                 CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END,
                 a.aggmtransspace, a.aggminitval, CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalfn::text END,
                 a.aggmfinalextra, a.aggmfinalmodify,
                 CASE WHEN a.aggsortop <> 0 THEN (SELECT pg_catalog.quote_ident(opn.nspname) || '.' || o.oprname
                   FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
                   WHERE o.oid = a.aggsortop) END, p.proparallel
          FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
          WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = RoutineName { schema: columns.name()?, name: columns.name()?, arguments: columns.types()?.into() };
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Routine, oid) {
            return Ok(());
        }
        let aggregate = Aggregate {
            arguments: columns.sql()?,
            kind: columns.word()?,
            transition: columns.sql()?,
            state_type: columns.sql()?,
            state_size: columns.number()?,
            initial: columns.optional_sql()?,
            final_function: columns.optional_sql()?,
            final_extra: columns.flag()?,
            final_modify: columns.word()?,
            combine: columns.optional_sql()?,
            serialize: columns.optional_sql()?,
            deserialize: columns.optional_sql()?,
            moving_transition: columns.optional_sql()?,
            moving_inverse: columns.optional_sql()?,
            moving_state_type: columns.optional_sql()?,
            moving_state_size: columns.number()?,
            moving_initial: columns.optional_sql()?,
            moving_final_function: columns.optional_sql()?,
            moving_final_extra: columns.flag()?,
            moving_final_modify: columns.word()?,
            sort_operator: columns.optional_sql()?,
            parallel: columns.word()?,
        };
        let id = ObjectId::Aggregate(name);
        reading.add_known(Class::Routine, oid, id.clone(), aggregate);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
