//! Functions that give the same value for all rows of a statement.

/// Those of PostgreSQL, and of extensions, that stand in default values, with types that are written like calls. What
/// is not here, and not in the catalog either, is taken to be volatile.
#[rustfmt::skip]
pub(super) const STEADY: &[&str] = &[
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
