//! User mappings.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::UserMappingName;
use crate::reading::{Class, Question};
use crate::setting::Setting;

/// What stands in the place of a password.
const HIDDEN: &str = "********";

fact! {
    /// As whom a role speaks to a foreign server.
    pub struct UserMapping {
        /// Its options. The value of a `password` is not kept, so two passwords count as the same. None to a reader who
        /// may not see them.
        options: Vec<Setting>,
    }
}

impl UserMapping {
    /// Whether it has a password, which is not kept here.
    #[must_use]
    pub fn hides_a_password(&self) -> bool {
        self.options.iter().any(|option| &*option.name == "password")
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "user mappings",
    // The view hides the options from those who are not concerned; the catalog below it is for superusers alone.
    sql: "SELECT m.umid, m.srvname, CASE WHEN m.umuser <> 0 THEN pg_catalog.pg_get_userbyid(m.umuser) END,
                 m.umoptions
          FROM pg_catalog.pg_user_mappings m",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::UserMapping(UserMappingName { server: columns.name()?, user: columns.optional_name()? });
        if reading.is_member(Class::UserMapping, oid) {
            return Ok(());
        }
        let options = columns.optional_texts()?;
        if options.is_none() && !reading.is_superuser {
            reading.leave_unseen(format!("the options of {id}"));
        }
        let mut options = Setting::list(options.unwrap_or_default());
        for option in options.iter_mut().filter(|option| &*option.name == "password") {
            option.value = HIDDEN.into();
        }
        reading.add_known(Class::UserMapping, oid, id, UserMapping { options });
        Ok(())
    },
}];
