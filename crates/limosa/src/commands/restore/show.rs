//! What a restore would do, for people.

use limosa_engine::{Contents, RestorePreview, TableComparison};

use crate::output::{Alignment, Cell, Table, style, terminal_width};

/// The backup, and table by table what is there and what is in it.
pub(super) fn preview(preview: &RestorePreview, contents: &Contents, merge: bool) -> String {
    let taken = contents.taken_at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut text = format!("backup of {} taken {taken}, into {}\n", contents.database, preview.database);
    match preview.events_since {
        Some(0) => {}
        Some(1) => text.push_str("  one event stands in the history since\n"),
        Some(events) => text.push_str(&format!("  {events} events stand in the history since; see `limosa log`\n")),
        None => {}
    }
    if !preview.is_same_schema && !preview.is_empty {
        text.push_str("  the schema is another one than then; columns are matched by their names\n");
    }
    let mut table = Table::new([
        Alignment::Left,
        Alignment::Right,
        Alignment::Right,
        Alignment::Right,
        Alignment::Right,
        Alignment::Right,
    ])
    .named(["table", "rows now", "in the backup", "added since", "changed since", "missing now"])
    .indented(2);
    for one in &preview.tables {
        let lost = |rows: u64, is_lost: bool| match rows {
            0 => Cell::styled("0".to_owned(), style::FAINT),
            rows if is_lost => Cell::styled(rows.to_string(), style::FAILED),
            rows => Cell::from(rows.to_string()),
        };
        table.push([
            one.table.clone().into(),
            if one.is_gone { "gone".to_owned().into() } else { one.rows_now.to_string().into() },
            one.rows_then.to_string().into(),
            lost(one.only_now, !merge),
            lost(one.changed, true),
            lost(one.only_then, false),
        ]);
    }
    text.push_str(&table.render(terminal_width()));
    preview.tables.iter().for_each(|one| text.push_str(&columns(one)));
    text
}

fn columns(one: &TableComparison) -> String {
    let mut text = String::new();
    let mut say = |named: &[String], what: &str| {
        if !named.is_empty() {
            text.push_str(&format!("  {}: {} {what}\n", one.table, named.join(", ")));
        }
    };
    say(&one.keys_gone, "led here and is not made again: add it when the rows are back");
    if one.is_gone {
        return text;
    }
    say(&one.columns_gone, "of the backup is not there any more and is left out");
    say(&one.columns_added, "is not in the backup; rows that stay keep it, others get the default");
    say(&one.columns_retyped, "has another type than then");
    text
}
