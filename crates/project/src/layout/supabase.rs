//! Supabase: plain files in `supabase/migrations`.

use crate::folder::Folder;

use super::numbered::{count, find_files};
use super::plain::plain_files;
use super::{DownPlace, Fit, Found, Layout, Template};

pub(super) struct Supabase;

impl Layout for Supabase {
    fn fit(&self, folder: &Folder) -> Option<Fit> {
        if folder.shown.ends_with("supabase/migrations") { Fit::mark(count(folder)) } else { None }
    }

    fn find(&self, folder: &Folder) -> Found {
        find_files(folder)
    }

    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str> {
        // Supabase would take a down file in the folder itself for a migration.
        Ok(plain_files(version, name, if down == DownPlace::Own { DownPlace::Rollbacks } else { down }))
    }
}
