//! A policy believes what users say of themselves.
//!
//! In Supabase, `user_metadata` is written by the user whose it is: whoever puts `"role": "admin"` there has that
//! role. What only the service may write is in `app_metadata`.
//!
//! ```sql,bad
//! CREATE TABLE visit (id bigint PRIMARY KEY, claims jsonb);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY staff ON visit FOR SELECT USING (claims -> 'user_metadata' ->> 'role' = 'staff');
//! ```
//! ```sql,good
//! CREATE TABLE visit (id bigint PRIMARY KEY, claims jsonb);
//! ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
//! CREATE POLICY staff ON visit FOR SELECT USING (claims -> 'app_metadata' ->> 'role' = 'staff');
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Policy, of_policies};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_policies!(check)).with(&[EXCEPT]);

fn check(policy: &Policy<'_>, found: &mut Findings<'_>) {
    let believes = |it: &str| it.contains("user_metadata") || it.contains("raw_user_meta_data");
    if policy.expressions().any(believes) {
        let message = format!("the policy {} believes metadata that users write themselves", policy.shown());
        found.site(policy.site, message).of_table(&policy.table).help("keep it in `app_metadata`");
    }
}
