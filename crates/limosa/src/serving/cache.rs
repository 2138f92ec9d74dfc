//! A cache folder for the embedded server, where the user has none that can be written: in a container that runs as a
//! user without a home, say.

use std::path::Path;

use limosa_postgres::provider::embedded::cache;

use super::OWN_FOLDER;
use crate::environment::Environment;

/// Makes sure that the embedded server of this project can find a cache folder. The server takes its place from the
/// environment of the process, so where the user's cannot be written, the program starts again in this process with the
/// variable set to a folder in the project. Makes nothing itself: opening the server does, and says what is missing.
pub(crate) fn ensure(environment: &Environment, root: &Path) {
    let Ok(folder) = std::path::absolute(root.join(OWN_FOLDER).join("cache")) else { return };
    let Some(folder) = folder.to_str() else { return };
    let was_tried = environment.variable(cache::VARIABLE) == Some(folder);
    if !was_tried && cache::check().is_err() {
        environment.start_again_with(cache::VARIABLE, folder);
    }
}
