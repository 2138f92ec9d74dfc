//! Text search configurations.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// A text search configuration.
    pub struct TextSearchConfiguration {
        /// The parser.
        parser: ObjectName,
        /// Which dictionaries are asked for each kind of token: `asciiword WITH pg_catalog.english_stem`, sorted.
        mappings: Vec<Definition>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "text search configurations",
    sql: "SELECT c.oid, n.nspname, c.cfgname, pg_catalog.pg_get_userbyid(c.cfgowner), pn.nspname, p.prsname,
                 ARRAY(SELECT pg_catalog.format('%I WITH %s', t.alias,
                         pg_catalog.string_agg(pg_catalog.format('%I.%I', dn.nspname, d.dictname), ', '
                                               ORDER BY m.mapseqno))
                       FROM pg_catalog.pg_ts_config_map m
                       JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
                       JOIN pg_catalog.pg_ts_dict d ON d.oid = m.mapdict
                       JOIN pg_catalog.pg_namespace dn ON dn.oid = d.dictnamespace
                       WHERE m.mapcfg = c.oid GROUP BY t.alias ORDER BY t.alias)
          FROM pg_catalog.pg_ts_config c JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
          JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
          JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
          WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::TextSearchConfiguration(columns.object_name()?);
        if reading.is_member(Class::TextSearchConfiguration, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let configuration = TextSearchConfiguration {
            parser: columns.object_name()?,
            mappings: columns.texts()?.into_iter().map(Definition::from).collect(),
        };
        reading.add_known(Class::TextSearchConfiguration, oid, id.clone(), configuration);
        reading.own(&id, owner);
        Ok(())
    },
}];
