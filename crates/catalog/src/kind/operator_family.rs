//! Operator families.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::MethodMemberName;
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// An operator family.
    pub struct OperatorFamily {
        /// The operators and functions that were added to it and belong to no class, as `ALTER OPERATOR FAMILY … ADD`
        /// has them, sorted.
        members: Vec<Definition>,
    }
}

/// The members of a family or class, as `ADD` or `AS` has them.
macro_rules! members {
    ($class:literal, $object:literal) => {
        concat!(
            "ARRAY(SELECT pg_catalog.format('OPERATOR %s %s%s', m.amopstrategy,
                            m.amopopr::pg_catalog.regoperator::text,
                            CASE WHEN m.amoppurpose = 'o' THEN
                              (SELECT pg_catalog.format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname)
                               FROM pg_catalog.pg_opfamily sf
                               JOIN pg_catalog.pg_namespace sn ON sn.oid = sf.opfnamespace
                               WHERE sf.oid = m.amopsortfamily) END)
                   FROM pg_catalog.pg_amop m JOIN pg_catalog.pg_depend d ON d.classid = 2602 AND d.objid = m.oid
                   WHERE d.refclassid = ", $class, " AND d.refobjid = ", $object, " AND d.objsubid = 0
                     AND d.deptype IN ('a', 'i')
                   ORDER BY m.amopstrategy, m.amoplefttype::pg_catalog.regtype::text,
                            m.amoprighttype::pg_catalog.regtype::text)
             || ARRAY(SELECT pg_catalog.format('FUNCTION %s (%s, %s) %s', m.amprocnum,
                               pg_catalog.format_type(m.amproclefttype, NULL),
                               pg_catalog.format_type(m.amprocrighttype, NULL),
                               m.amproc::oid::pg_catalog.regprocedure::text)
                      FROM pg_catalog.pg_amproc m JOIN pg_catalog.pg_depend d ON d.classid = 2603 AND d.objid = m.oid
                      WHERE d.refclassid = ", $class, " AND d.refobjid = ", $object, " AND d.objsubid = 0
                        AND d.deptype IN ('a', 'i')
                      ORDER BY m.amprocnum, m.amproclefttype::pg_catalog.regtype::text,
                               m.amprocrighttype::pg_catalog.regtype::text)"
        )
    };
}
pub(crate) use members;

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "operator families",
    sql: concat!(
        "SELECT f.oid, n.nspname, f.opfname, am.amname, pg_catalog.pg_get_userbyid(f.opfowner), ",
        members!("2753", "f.oid"),
        " FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
          JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
          WHERE f.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)"
    ),
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = MethodMemberName { schema: columns.name()?, name: columns.name()?, method: columns.name()? };
        let owner = columns.name()?;
        if reading.is_member(Class::Opfamily, oid) {
            return Ok(());
        }
        let id = ObjectId::OperatorFamily(name);
        let members = columns.texts()?.into_iter().map(Definition::from).collect();
        reading.add_known(Class::Opfamily, oid, id.clone(), OperatorFamily { members });
        reading.own(&id, owner);
        Ok(())
    },
}];
