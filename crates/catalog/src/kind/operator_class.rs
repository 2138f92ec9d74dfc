//! Operator classes.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::kind::operator_family::members;
use crate::object_name::{MethodMemberName, ObjectName};
use crate::reading::{Class, Question};
use crate::sql_text::{Definition, TypeName};

fact! {
    /// An operator class.
    pub struct OperatorClass {
        /// The type that it is for.
        data_type: TypeName,
        /// It is taken where none is named.
        is_default: bool,
        /// The family that it belongs to.
        family: ObjectName,
        /// The type that the index holds, where it is another.
        storage_type: Option<TypeName>,
        /// Its operators and functions, as `CREATE OPERATOR CLASS … AS` has them, in order of their numbers.
        members: Vec<Definition>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        about: "operator classes",
        sql: concat!(
            "SELECT o.oid, n.nspname, o.opcname, am.amname, pg_catalog.pg_get_userbyid(o.opcowner),
                    pg_catalog.format_type(o.opcintype, NULL), o.opcdefault, fn.nspname, f.opfname,
                    CASE WHEN o.opckeytype <> 0 THEN pg_catalog.format_type(o.opckeytype, NULL) END, ",
            members!("2616", "o.oid"),
            " FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
              JOIN pg_catalog.pg_am am ON am.oid = o.opcmethod
              JOIN pg_catalog.pg_opfamily f ON f.oid = o.opcfamily
              JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
              WHERE o.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)"
        ),
        read: |reading, columns| {
            let oid = columns.oid()?;
            let name = MethodMemberName { schema: columns.name()?, name: columns.name()?, method: columns.name()? };
            let owner = columns.name()?;
            if reading.is_member(Class::Opclass, oid) {
                return Ok(());
            }
            let class = OperatorClass {
                data_type: columns.sql()?,
                is_default: columns.flag()?,
                family: columns.object_name()?,
                storage_type: columns.optional_sql()?,
                members: columns.texts()?.into_iter().map(Definition::from).collect(),
            };
            let id = ObjectId::OperatorClass(name);
            reading.add_known(Class::Opclass, oid, id.clone(), class);
            reading.own(&id, owner);
            Ok(())
        },
    },
    Question {
        about: "members of operator classes and families",
        // What a member depends on, its class or family does.
        sql: "SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
              WHERE d.classid IN (2602, 2603) AND d.refclassid IN (2616, 2753) AND d.deptype IN ('a', 'i')
                AND d.objid >= 16384",
        read: |reading, columns| {
            let (class, oid, of_class, of) = (columns.oid()?, columns.oid()?, columns.oid()?, columns.oid()?);
            let slot = Class::of_oid(of_class).and_then(|class| reading.slot(class, of));
            if let (Some(class), Some(slot)) = (Class::of_oid(class), slot) {
                reading.know(class, oid, slot);
            }
            Ok(())
        },
    },
];
