//! One line on stderr that is drawn again and again.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The line, whose text is the bar's message; `None` where stderr is no terminal, or one that cannot draw a line again.
pub(crate) fn redrawn_line() -> Option<ProgressBar> {
    (!ProgressDrawTarget::stderr().is_hidden()).then(|| {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar
    })
}
