//! The registry: a line per rule, each of which is a file of the same name.

use std::sync::OnceLock;

use crate::rule::{Group, Rule};

/// Declares the modules, and lists what they declare.
macro_rules! registry {
    ($($group:ident :: $folder:ident { $($rule:ident,)* })*) => {
        $(
            #[doc = concat!("Rules of the group ", stringify!($folder), ".")]
            mod $folder {
                $(pub(super) mod $rule;)*
            }
        )*

        /// Every rule: the group, the module's name, its declaration and its text.
        const ENTRIES: &[(Group, &str, crate::rule::Declaration, &str)] = &[
            $($((
                Group::$group,
                stringify!($rule),
                $folder::$rule::RULE,
                include_str!(concat!(stringify!($folder), "/", stringify!($rule), ".rs")),
            ),)*)*
        ];
    };
}

registry! {
    Locks::locks {
        index_not_concurrent,
        set_not_null,
    }
    DataLoss::data_loss {
        delete_without_where,
        drop_cascade,
        drop_column,
        drop_database,
        drop_schema,
        drop_table,
        narrower_type,
        possible_duplicates,
        recreated_column,
        removed_enum_value,
        truncate,
    }
    Compatibility::compatibility {
        changed_default,
        drop_constraint,
        drop_default,
        drop_extension,
        drop_key,
        drop_not_null,
        drop_routine,
        drop_type,
        drop_view,
        json_column,
        move_to_schema,
        rename_column,
        rename_enum_value,
        rename_object,
        rename_schema,
        rename_table,
        required_column,
        revoke,
        stricter_writes,
    }
    Transactions::transactions {
    }
    Naming::naming {
        boolean_name,
        column_name,
        constraint_name,
        foreign_key_column_name,
        foreign_key_name,
        identifier_too_long,
        index_name,
        migration_name,
        missing_schema,
        name_needs_quotes,
        reserved_word,
        table_name,
        table_number,
        timestamp_name,
        unnamed_constraint,
    }
    Design::design {
        foreign_key_without_index,
        no_primary_key,
    }
    Security::security {
    }
    Hygiene::hygiene {
        bad_directive,
        rule_panicked,
        unknown_ignore,
        unreadable,
        unused_ignore,
    }
}

/// All rules, in the order of the groups.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES
        .get_or_init(|| {
            let rule = |(group, module, declaration, file): &(Group, &'static str, _, &'static str)| Rule {
                // A name of a module has `_` where that of a rule has `-`; the registry lives as long as the program.
                id: Box::leak(module.replace('_', "-").into_boxed_str()),
                group: *group,
                declaration: *declaration,
                file,
            };
            ENTRIES.iter().map(rule).collect()
        })
        .iter()
}

/// The rule of this name.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}
