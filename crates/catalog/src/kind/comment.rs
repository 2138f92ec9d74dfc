//! Comments.

use crate::fact::fact;
use crate::reading::{Address, Class, Question};

fact! {
    /// The comment on an object.
    pub struct Comment {
        /// Its text.
        text: Box<str>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "comments",
    // The schema public has an oid of the system's but is the user's.
    sql: "SELECT d.classoid, d.objoid, d.objsubid::int2, d.description
          FROM pg_catalog.pg_description d
          WHERE d.objoid >= 16384 OR d.classoid = 2615 AND d.objoid = 2200",
    read: |reading, columns| {
        let (class, oid, part) = (columns.oid()?, columns.oid()?, columns.number()?);
        let Some(class) = Class::of_oid(class) else { return Ok(()) };
        if let Some(id) = reading.target(Address { class, oid }, part) {
            reading.comment(id, columns.text()?);
        }
        Ok(())
    },
}];
