//! Base types.

use crate::fact::{fact, words};
use crate::kind::ObjectId;
use crate::kind::column::Storage;
use crate::reading::{Class, Question};
use crate::sql_text::{Expression, TypeName};

fact! {
    /// A type made of input and output functions, or a shell type that waits for them.
    pub struct BaseType {
        /// Declared and not yet defined: `CREATE TYPE name;`.
        is_shell: bool,
        /// The length in bytes; -1 for variable, -2 for a C string.
        length: i16,
        /// Passed by value.
        by_value: bool,
        /// How values are aligned.
        alignment: Alignment,
        /// Where values may be stored.
        storage: Storage,
        /// The category, by which casts are chosen.
        category: Box<str>,
        /// Preferred in its category.
        is_preferred: bool,
        /// The delimiter in arrays.
        delimiter: Box<str>,
        /// The default value, as text.
        default: Option<Box<str>>,
        /// The element type, for types that have subscripts.
        element: Option<TypeName>,
        /// Collatable.
        collatable: bool,
        /// From text.
        input: Expression,
        /// To text.
        output: Expression,
        /// From bytes.
        receive: Option<Expression>,
        /// To bytes.
        send: Option<Expression>,
        /// Modifiers from text.
        modifier_input: Option<Expression>,
        /// Modifiers to text.
        modifier_output: Option<Expression>,
        /// Statistics.
        analyze: Option<Expression>,
        /// Subscripts.
        subscript: Option<Expression>,
    }
}

words! {
    /// How values of a type are aligned.
    pub enum Alignment {
        /// Four bytes.
        Int = b'i' "int4",
        /// One byte.
        Char = b'c' "char",
        /// Two bytes.
        Short = b's' "int2",
        /// Eight bytes.
        Double = b'd' "double",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "base types",
    // Arrays are base types too; they are made and dropped with their element types.
    sql: "SELECT t.oid, n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl::text[],
                 NOT t.typisdefined, t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory::text,
                 t.typispreferred, t.typdelim::text, t.typdefault,
                 CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END, t.typcollation <> 0,
                 t.typinput::text, t.typoutput::text,
                 CASE WHEN t.typreceive <> 0 THEN t.typreceive::text END,
                 CASE WHEN t.typsend <> 0 THEN t.typsend::text END,
                 CASE WHEN t.typmodin <> 0 THEN t.typmodin::text END,
                 CASE WHEN t.typmodout <> 0 THEN t.typmodout::text END,
                 CASE WHEN t.typanalyze <> 0 THEN t.typanalyze::text END,
                 CASE WHEN t.typsubscript <> 0 THEN t.typsubscript::text END
          FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
          WHERE t.typtype IN ('b', 'p') AND e.oid IS NULL AND t.oid >= 16384
            AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::BaseType(columns.object_name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Type, oid) {
            return Ok(());
        }
        let base_type = BaseType {
            is_shell: columns.flag()?,
            length: columns.number()?,
            by_value: columns.flag()?,
            alignment: columns.word()?,
            storage: columns.word()?,
            category: columns.sql()?,
            is_preferred: columns.flag()?,
            delimiter: columns.sql()?,
            default: columns.optional_sql()?,
            element: columns.optional_sql()?,
            collatable: columns.flag()?,
            input: columns.sql()?,
            output: columns.sql()?,
            receive: columns.optional_sql()?,
            send: columns.optional_sql()?,
            modifier_input: columns.optional_sql()?,
            modifier_output: columns.optional_sql()?,
            analyze: columns.optional_sql()?,
            subscript: columns.optional_sql()?,
        };
        reading.add_known(Class::Type, oid, id.clone(), base_type);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
