//! Security labels.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::fact::{fact, name};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::{Named, ObjectName};
use crate::reading::{Address, Class, Question};

fact! {
    /// The label that a provider such as `selinux` put on an object.
    pub struct SecurityLabel {
        /// Its text.
        label: Box<str>,
    }
}

name! {
    /// Whose label on what.
    pub struct SecurityLabelName {
        /// The object.
        on: Arc<ObjectId>,
        /// The provider.
        provider: Identifier,
    }
}

impl Named for SecurityLabelName {
    fn path(&self) -> Vec<Cow<'_, str>> {
        let mut path = self.on.path();
        path.push(self.provider.as_str().into());
        path
    }

    fn schema(&self) -> Option<&Identifier> {
        self.on.schema()
    }

    fn relation(&self) -> Option<&ObjectName> {
        self.on.relation()
    }

    fn for_people(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "of {} on {}", self.provider.for_people(), self.on)
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "security labels",
    sql: "SELECT s.classoid, s.objoid, s.objsubid::int2, s.provider, s.label FROM pg_catalog.pg_seclabel s",
    read: |reading, columns| {
        let (class, oid, part) = (columns.oid()?, columns.oid()?, columns.number()?);
        let Some(class) = Class::of_oid(class) else { return Ok(()) };
        if let Some(on) = reading.target(Address { class, oid }, part) {
            let name = SecurityLabelName { on: on.into(), provider: columns.name()? };
            reading.add(ObjectId::SecurityLabel(name), SecurityLabel { label: columns.sql()? });
        }
        Ok(())
    },
}];
