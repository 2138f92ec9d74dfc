//! Functions.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::RoutineName;
use crate::reading::{Class, Question, Reading};
use crate::row::{Columns, DecodeError};
use crate::setting::Setting;
use crate::sql_text::{Definition, Expression, Number, TypeName};

fact! {
    /// A function, window functions included.
    pub struct Function {
        /// The arguments with their modes, names, types and defaults, as `pg_get_function_arguments` prints them.
        arguments: Box<str>,
        /// What it returns, as `pg_get_function_result` prints it: a type, `SETOF …`, `TABLE(…)`.
        result: Box<str>,
        /// The language.
        language: Identifier,
        /// What it does.
        body: RoutineBody,
        /// It works on windows.
        window: bool,
        /// What calls with the same arguments may give.
        volatility: Volatility,
        /// Whether it may run in parallel plans.
        parallel: Parallel,
        /// Null for a null argument, without a call.
        strict: bool,
        /// It runs with the rights of its owner.
        security_definer: bool,
        /// It tells nothing of its arguments.
        leakproof: bool,
        /// The estimated cost of a call, where it is not the language's usual one.
        cost: Option<Number>,
        /// The estimated number of rows, where it returns a set and it is not 1000.
        rows: Option<Number>,
        /// A function that helps the planner.
        support: Option<Expression>,
        /// Settings for the time of the call.
        settings: Vec<Setting>,
        /// Types for which transforms are applied.
        transforms: Vec<TypeName>,
    }
    notes {
        /// The whole statement, `CREATE OR REPLACE FUNCTION …`, as `pg_get_functiondef` prints it.
        definition: Definition,
    }
}

fact! {
    /// What a function or procedure does.
    pub struct RoutineBody {
        /// The source text; for a function in C the name of the symbol. Empty for a body in standard SQL.
        source: Box<str>,
        /// The object file of a function in C.
        library: Option<Box<str>>,
        /// A body in standard SQL (`RETURN …` or `BEGIN ATOMIC …`), which the server has parsed and whose dependencies
        /// it knows.
        sql: Option<Definition>,
    }
}

words! {
    /// What calls of a function with the same arguments may give.
    pub enum Volatility {
        /// Anything.
        Volatile = b'v' "VOLATILE",
        /// The same within a statement.
        Stable = b's' "STABLE",
        /// The same for ever.
        Immutable = b'i' "IMMUTABLE",
    }
}

words! {
    /// Whether a function may run in parallel plans.
    pub enum Parallel {
        /// No.
        Unsafe = b'u' "UNSAFE",
        /// In the leader only.
        Restricted = b'r' "RESTRICTED",
        /// Yes.
        Safe = b's' "SAFE",
    }
}

/// The columns of the query that functions and procedures share.
macro_rules! routine_query {
    ($kinds:literal) => {
        concat!(
            "SELECT p.oid, n.nspname, p.proname,
                    ARRAY(SELECT pg_catalog.format_type(t, NULL)
                          FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS a(t, place) ORDER BY a.place),
                    pg_catalog.pg_get_userbyid(p.proowner), p.proacl::text[],
                    pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid), l.lanname,
                    CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE '' END, p.probin,
                    CASE WHEN p.prosqlbody IS NOT NULL THEN pg_catalog.pg_get_function_sqlbody(p.oid) END,
                    p.prosecdef, p.proconfig,
                    ARRAY(SELECT pg_catalog.format_type(t, NULL)
                          FROM pg_catalog.unnest(p.protrftypes) WITH ORDINALITY AS a(t, place) ORDER BY a.place),
                    pg_catalog.pg_get_functiondef(p.oid),
                    p.prokind = 'w', p.provolatile, p.proparallel, p.proisstrict, p.proleakproof,
                    CASE WHEN p.procost <> CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END
                         THEN p.procost::text END,
                    CASE WHEN p.proretset AND p.prorows <> 1000 THEN p.prorows::text END,
                    CASE WHEN p.prosupport <> 0 THEN p.prosupport::text END
             FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
             JOIN pg_catalog.pg_language l ON l.oid = p.prolang
             WHERE p.prokind IN (", $kinds, ") AND p.oid >= 16384
               AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                               WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'e')
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                               WHERE d.classid = 1255 AND d.objid = p.oid AND d.refclassid = 1247 AND d.deptype = 'i')"
        )
    };
}
pub(crate) use routine_query;

/// What functions and procedures have in common.
pub(crate) struct RoutineRow {
    pub(crate) oid: u32,
    pub(crate) name: RoutineName,
    pub(crate) owner: Identifier,
    pub(crate) acl: Option<Vec<String>>,
    pub(crate) arguments: Box<str>,
    pub(crate) result: Option<Box<str>>,
    pub(crate) language: Identifier,
    pub(crate) body: RoutineBody,
    pub(crate) security_definer: bool,
    pub(crate) settings: Vec<Setting>,
    pub(crate) transforms: Vec<TypeName>,
    pub(crate) definition: Definition,
}

impl RoutineRow {
    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            oid: columns.oid()?,
            name: RoutineName { schema: columns.name()?, name: columns.name()?, arguments: columns.types()?.into() },
            owner: columns.name()?,
            acl: columns.optional_texts()?.map(|acl| acl.into_iter().map(str::to_owned).collect()),
            arguments: columns.sql()?,
            result: columns.optional_sql()?,
            language: columns.name()?,
            body: RoutineBody {
                source: columns.sql()?,
                library: columns.optional_sql()?,
                sql: columns.optional_sql()?,
            },
            security_definer: columns.flag()?,
            settings: columns.settings()?,
            transforms: columns.types()?,
            definition: columns.sql::<Definition>()?.as_str().trim_end().into(),
        })
    }

    pub(crate) fn own_and_grant(
        owner: Identifier,
        acl: Option<Vec<String>>,
        id: &ObjectId,
        reading: &mut Reading,
        columns: &Columns<'_>,
    ) -> Result<(), DecodeError> {
        let acl: Option<Vec<&str>> = acl.as_ref().map(|acl| acl.iter().map(String::as_str).collect());
        reading.own_and_grant(id, owner, acl.as_deref(), columns)
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "functions",
    // The constructors of range types are functions that depend on them internally.
    sql: routine_query!("'f', 'w'"),
    read: |reading, columns| {
        let row = RoutineRow::read(columns)?;
        let function = Function {
            arguments: row.arguments,
            result: row.result.unwrap_or_default(),
            language: row.language,
            body: row.body,
            window: columns.flag()?,
            volatility: columns.word()?,
            parallel: columns.word()?,
            strict: columns.flag()?,
            security_definer: row.security_definer,
            leakproof: columns.flag()?,
            cost: columns.optional_sql()?,
            rows: columns.optional_sql()?,
            support: columns.optional_sql()?,
            settings: row.settings,
            transforms: row.transforms,
            definition: row.definition,
        };
        let id = ObjectId::Function(row.name);
        reading.add_known(Class::Routine, row.oid, id.clone(), function);
        RoutineRow::own_and_grant(row.owner, row.acl, &id, reading, columns)
    },
}];
