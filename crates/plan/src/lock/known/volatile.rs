//! Functions that give the same value for all rows of a statement, and others.

use limosa_catalog::QualifiedName;
use limosa_syntax::DefaultValue;

use super::Known;

/// Those of PostgreSQL, and of extensions, that stand in default values, with types that are written like calls. What
/// is not here, and not in the catalog either, is taken to be volatile.
#[rustfmt::skip]
const STEADY: &[&str] = &[
    "abs", "age", "array", "array_to_string", "bit", "box", "btrim", "cast", "ceil", "char", "coalesce", "concat",
    "concat_ws", "current_setting", "current_time", "current_timestamp", "current_user", "date", "date_part",
    "date_trunc", "daterange", "decimal", "decode", "digest", "encode", "extract", "floor", "format", "greatest",
    "hashtext", "hstore", "int4", "int4range", "int8", "int8range", "interval", "json_build_array",
    "json_build_object", "jsonb_build_array", "jsonb_build_object", "jsonb_set", "least", "left", "length",
    "localtime", "localtimestamp", "lower", "lpad", "make_date", "make_interval", "make_timestamp",
    "make_timestamptz", "md5", "now", "nullif", "numeric", "numrange", "pg_current_xact_id", "point", "power",
    "repeat", "replace", "right", "round", "row", "rpad", "session_user", "st_makepoint", "st_setsrid",
    "statement_timestamp", "string_to_array", "substr", "substring", "text", "time", "timestamp", "timestamptz",
    "timezone", "to_char", "to_date", "to_json", "to_jsonb", "to_timestamp", "to_tsvector", "transaction_timestamp",
    "trim", "tsrange", "tstzrange", "txid_current", "upper", "varchar",
];

/// Those of PostgreSQL, and of extensions, that give another value each time.
#[rustfmt::skip]
const UNSTEADY: &[&str] = &[
    "clock_timestamp", "gen_random_bytes", "gen_random_uuid", "gen_salt", "nextval", "pg_sleep", "random",
    "random_normal", "setval", "timeofday", "txid_current_snapshot", "uuid_generate_v1", "uuid_generate_v1mc",
    "uuid_generate_v4", "uuidv4", "uuidv7",
];

impl Known {
    /// Takes in a function of statements. Of several by one name any may be meant.
    pub fn define_function(&mut self, name: &QualifiedName, volatile: bool) {
        let of_name = self.functions.entry(name.name.clone()).or_default();
        of_name.push((name.schema.clone(), volatile));
    }

    /// Whether a default value may differ from row to row. A function that is not known is taken to be volatile.
    #[must_use]
    pub fn is_volatile(&self, default: &DefaultValue) -> bool {
        default.calls.iter().any(|call| self.volatility(call).unwrap_or(true))
    }

    /// The function that makes a default value volatile only because it is not known; `None` where a volatile one is
    /// called, and where all are steady.
    #[must_use]
    pub fn not_known_to_be_steady<'d>(&self, default: &'d DefaultValue) -> Option<&'d QualifiedName> {
        let is_volatile = |call: &QualifiedName| self.volatility(call) == Some(true);
        let is_open = |call: &&QualifiedName| self.volatility(call).is_none();
        if default.calls.iter().any(is_volatile) { None } else { default.calls.iter().find(is_open) }
    }

    fn volatility(&self, call: &QualifiedName) -> Option<bool> {
        let own = self.functions.get(&call.name).into_iter().flatten();
        let fitting = own.filter(|(schema, _)| call.schema.is_none() || schema.is_none() || call.schema == *schema);
        let known = fitting.map(|(_, volatile)| *volatile).reduce(|one, other| one || other);
        let name = call.name.as_str();
        known.or_else(|| STEADY.contains(&name).then_some(false)).or_else(|| UNSTEADY.contains(&name).then_some(true))
    }
}
