//! `limosa.toml`, of any text.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use limosa_lint::Settings;
use limosa_project::read_config;
use limosa_syntax::SourceFile;

fuzz_target!(|text: &str| {
    let source = Arc::new(SourceFile { path: "limosa.toml".to_owned(), text: text.into() });
    if let Ok(loaded) = read_config(Path::new("/nowhere"), &source) {
        for table in loaded.project.raw.values() {
            let _ = Settings::default().read(&table.values);
        }
    }
});
