//! Options in the form `name=value`.

use limosa_catalog::{Literal, Setting};

/// ` WITH (fillfactor='70')`, or nothing.
pub(super) fn with(settings: &[Setting]) -> String {
    if settings.is_empty() { String::new() } else { format!(" WITH ({})", list(settings)) }
}

/// `fillfactor='70', autovacuum_enabled='false'`.
pub(super) fn list(settings: &[Setting]) -> String {
    settings
        .iter()
        .map(|setting| format!("{}={}", setting.name, Literal(&setting.value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The actions `SET (…)` and `RESET (…)` that make the one the other.
pub(super) fn changed(old: &[Setting], new: &[Setting]) -> Vec<String> {
    let set: Vec<Setting> = new.iter().filter(|setting| !old.contains(setting)).cloned().collect();
    let reset: Vec<&str> = old
        .iter()
        .map(|setting| &*setting.name)
        .filter(|name| new.iter().all(|setting| &*setting.name != *name))
        .collect();
    let mut actions = Vec::new();
    if !reset.is_empty() {
        actions.push(format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        actions.push(format!("SET ({})", list(&set)));
    }
    actions
}
