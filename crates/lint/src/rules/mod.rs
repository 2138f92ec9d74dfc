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
        add_check,
        add_column_checked_domain,
        add_column_volatile_default,
        add_exclusion,
        add_foreign_key,
        add_identity_column,
        add_key,
        add_stored_column,
        alter_column_type,
        attach_partition,
        brief_lock,
        bulk_update,
        concurrent_index_if_not_exists,
        create_partition,
        detach_not_concurrent,
        domain_constraint,
        drop_index_not_concurrent,
        index_not_concurrent,
        lock_collateral,
        lock_timeout_missing,
        lock_timeout_too_long,
        multiple_alter_table,
        primary_key_nullable,
        refresh_not_concurrent,
        reindex_not_concurrent,
        set_not_null,
        setting_missing,
        statement_after_strong_lock,
        table_rewrite,
        validate_in_same_transaction,
        wide_lock_window,
    }
    DataLoss::data_loss {
        delete_without_where,
        drop_cascade,
        drop_column,
        drop_database,
        drop_schema,
        drop_sequence,
        drop_table,
        narrower_type,
        possible_duplicates,
        recreated_column,
        removed_enum_value,
        truncate,
    }
    Compatibility::compatibility {
        changed_default,
        changed_volatility,
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
        replaces_nothing,
        required_column,
        revoke,
        stricter_writes,
    }
    Transactions::transactions {
        cannot_share_a_transaction,
        commit_without_begin,
        enum_value_in_transaction,
        nested_begin,
        open_transaction,
        own_transaction,
        prepared_transaction,
        refused_in_transaction,
        rollback_in_migration,
        rolled_back_to_savepoint,
        schema_and_data,
        set_local_without_effect,
        set_without_local,
        several_transactions,
    }
    Naming::naming {
        boolean_name,
        column_name,
        constraint_name,
        enum_name,
        enum_value_name,
        foreign_key_column_name,
        foreign_key_name,
        identifier_too_long,
        index_name,
        migration_name,
        missing_schema,
        name_needs_quotes,
        object_name,
        reserved_word,
        table_name,
        table_number,
        timestamp_name,
        unnamed_constraint,
    }
    Design::design {
        all_nullable,
        boolean_index,
        char_column,
        collation_allowed,
        column_order,
        column_without_default,
        duplicate_foreign_key,
        duplicate_index,
        enum_type,
        float_for_money,
        forbidden_type,
        foreign_key_action,
        foreign_key_forbidden,
        foreign_key_type,
        foreign_key_without_index,
        id_prefix,
        implied_foreign_key,
        integer_primary_key,
        invalid_index,
        json_not_jsonb,
        many_indexes,
        missing_comment,
        money_column,
        no_primary_key,
        null_string_default,
        nullable_column,
        nullable_unique,
        numbered_columns,
        partition_forbidden,
        primary_key_type,
        range_column_first,
        redundant_index,
        redundant_predicate,
        reg_type_column,
        required_columns,
        self_foreign_key,
        sequence_narrower_than_column,
        sequence_near_end,
        serial_column,
        set_null_not_null,
        single_column_table,
        table_without_columns,
        time_with_time_zone,
        timestamp_without_time_zone,
        unique_business_key,
        unlogged_table,
        unused_index,
        updated_at_not_kept,
        varchar_limit,
        wide_index,
        wide_primary_key,
    }
    Security::security {
        auth_reference_not_primary_key,
        bypass_row_security,
        exposed_auth_users,
        extension_in_public,
        extension_outdated,
        grant_to_public,
        graphql_visible,
        many_permissive_policies,
        owner_mismatch,
        password_in_file,
        policies_without_row_security,
        policy_always_true,
        policy_calls_per_row,
        policy_column_not_indexed,
        policy_uses_user_metadata,
        public_schema_create,
        row_security_not_forced,
        row_security_off,
        row_security_without_policies,
        security_definer_executable,
        security_definer_search_path,
        security_definer_view,
        sensitive_column_exposed,
        unprotected_relation,
    }
    Hygiene::hygiene {
        bad_directive,
        conflict_marker,
        doubtful_syntax,
        drops_with_additions,
        dump_settings,
        hard_coded_role,
        hard_coded_schema,
        leftover_template,
        made_later,
        missing_down,
        missing_semicolon,
        not_idempotent,
        not_utf8,
        opaque_sql,
        psql_command,
        rule_panicked,
        unknown_ignore,
        unreadable,
        unused_ignore,
        version_gap,
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
