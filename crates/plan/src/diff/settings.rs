//! Options in the form `name=value`.

use limosa_catalog::{Identifier, Literal, Setting};

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

/// The actions `SET (…)` and `RESET (…)` that make the one the other, with the same order at the end. `SET` puts what
/// it names behind what it does not name. Parameters of the TOAST table are a list of their own.
pub(super) fn changed(old: &[Setting], new: &[Setting]) -> Vec<String> {
    let is_toast = |setting: &&Setting| setting.name.starts_with("toast.");
    let of = |list: &[Setting], toast: bool| -> Vec<Setting> {
        list.iter().filter(|setting| is_toast(setting) == toast).cloned().collect()
    };
    let (mut set, mut reset) = (Vec::new(), Vec::new());
    for toast in [false, true] {
        let (old, new) = (of(old, toast), of(new, toast));
        let mut rest = old.iter();
        let stay = new.iter().take_while(|setting| rest.any(|old| old == *setting)).count();
        set.extend(new.iter().skip(stay).cloned());
        let gone = |name: &&str| new.iter().all(|setting| *setting.name != **name);
        reset.extend(old.iter().map(|setting| setting.name.to_string()).filter(|name| gone(&name.as_str())));
    }
    let mut actions = Vec::new();
    if !reset.is_empty() {
        actions.push(format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        actions.push(format!("SET ({})", list(&set)));
    }
    actions
}

/// ` OPTIONS (host 'h', port '1')`, as foreign objects have them, or nothing.
pub(super) fn options(settings: &[Setting]) -> String {
    let options: Vec<String> = settings.iter().map(option).collect();
    if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) }
}

/// ` OPTIONS (ADD host 'h', SET port '1', DROP user)`, which makes the one the other, or nothing.
pub(super) fn options_changed(old: &[Setting], new: &[Setting]) -> String {
    let has = |settings: &[Setting], name: &str| settings.iter().any(|setting| &*setting.name == name);
    let gone = old.iter().filter(|setting| !has(new, &setting.name));
    let gone = gone.map(|setting| format!("DROP {}", option_name(setting)));
    let set = new.iter().filter(|setting| !old.contains(setting)).map(|setting| {
        let verb = if has(old, &setting.name) { "SET" } else { "ADD" };
        format!("{verb} {}", option(setting))
    });
    let changes: Vec<String> = gone.chain(set).collect();
    if changes.is_empty() { String::new() } else { format!(" OPTIONS ({})", changes.join(", ")) }
}

fn option(setting: &Setting) -> String {
    format!("{} {}", option_name(setting), Literal(&setting.value))
}

fn option_name(setting: &Setting) -> String {
    Identifier::new(&*setting.name).map_or_else(|_| setting.name.to_string(), |name| name.to_string())
}
