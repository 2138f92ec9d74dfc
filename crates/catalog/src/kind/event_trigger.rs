//! Event triggers.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::trigger::Enabled;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};

fact! {
    /// An event trigger.
    pub struct EventTrigger {
        /// The event, such as `ddl_command_end`.
        event: Identifier,
        /// The commands at which it fires; none for all.
        tags: Vec<Box<str>>,
        /// The function that it calls.
        function: ObjectName,
        /// When it fires.
        enabled: Enabled,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "event triggers",
    sql: "SELECT e.oid, e.evtname, pg_catalog.pg_get_userbyid(e.evtowner), e.evtevent,
                 ARRAY(SELECT tag FROM pg_catalog.unnest(e.evttags) tag ORDER BY tag), n.nspname, p.proname,
                 e.evtenabled
          FROM pg_catalog.pg_event_trigger e JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::EventTrigger(columns.name()?);
        if reading.is_member(Class::EventTrigger, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let trigger = EventTrigger {
            event: columns.name()?,
            tags: columns.texts()?.into_iter().map(Box::from).collect(),
            function: columns.object_name()?,
            enabled: columns.word()?,
        };
        reading.add_known(Class::EventTrigger, oid, id.clone(), trigger);
        reading.own(&id, owner);
        Ok(())
    },
}];
