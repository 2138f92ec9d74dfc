//! Diagnostics as people see them, and as JSON.

mod excerpt;
mod json;
mod source_lines;

use annotate_snippets::renderer::AnsiColor;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use limosa_syntax::{Diagnostic, Severity, SourceFile, Span};

use self::excerpt::Excerpt;
pub(crate) use self::json::{DiagnosticJson, diagnostics_json};
pub(super) use self::source_lines::SourceLines;
use super::one_line::several_lines;

/// The columns that are written for where there is no terminal to ask.
const USUAL_WIDTH: usize = 140;
/// Below this there is no room for a line of source beside its number.
const NARROWEST: usize = 40;

/// Renders diagnostics with the line they are about, the place underlined, notes, and last what to do next.
#[derive(Debug)]
pub(crate) struct DiagnosticRenderer {
    renderer: Renderer,
    lines: SourceLines,
}

impl DiagnosticRenderer {
    /// Renders for a terminal of so many columns; `None` where there is none.
    pub(crate) fn new(width: Option<usize>) -> Self {
        let width = width.unwrap_or(USUAL_WIDTH).max(NARROWEST);
        Self { renderer: renderer(width), lines: SourceLines::default() }
    }

    /// The diagnostic, several lines with colours, with a line end after the last. A source is read once for as long as
    /// the diagnostics that follow each other are about the same one.
    pub(crate) fn render(&mut self, diagnostic: &Diagnostic) -> String {
        let code = diagnostic.code.to_string();
        let title = level(diagnostic.severity).primary_title(several_lines(&diagnostic.message)).id(code.as_str());
        let mut group = Group::with_title(title);
        let excerpt = match (&diagnostic.source, diagnostic.span) {
            (Some(source), Some(span)) => Some(Excerpt::cut(&source.text, self.lines.of(source), span)),
            _ => None,
        };
        if let Some(source) = &diagnostic.source {
            group = with_place(group, source, excerpt.as_ref(), diagnostic.label.as_deref());
        }
        group = group.elements(diagnostic.notes.iter().map(|note| Level::NOTE.message(several_lines(note))));
        let fix = diagnostic.fix.as_ref().map(|fix| match fix.replacement.trim() {
            _ if fix.safe => format!("{}: `limosa lint --fix` does it", fix.title),
            "" => fix.title.clone(),
            replacement => {
                format!("{}: `{}`", fix.title, replacement.split_whitespace().collect::<Vec<_>>().join(" "))
            }
        });
        let help = fix.as_deref().into_iter().chain(diagnostic.help.as_deref());
        group = group.elements(help.map(|help| Level::HELP.message(several_lines(help))));
        let mut text = self.renderer.render(&[group]);
        text.push('\n');
        text
    }
}

/// The colours of [`style`](super::style), in which nothing is blue.
fn renderer(width: usize) -> Renderer {
    Renderer::styled()
        .term_width(width)
        .error(AnsiColor::Red.on_default().bold())
        .warning(AnsiColor::Yellow.on_default().bold())
        .note(AnsiColor::Cyan.on_default().bold())
        .help(AnsiColor::Cyan.on_default().bold())
        .line_num(AnsiColor::Cyan.on_default())
        .context(AnsiColor::Cyan.on_default())
}

/// All of them, with an empty line between two.
pub(crate) fn render_diagnostics(diagnostics: &[Diagnostic], width: Option<usize>) -> String {
    let mut renderer = DiagnosticRenderer::new(width);
    diagnostics.iter().map(|diagnostic| renderer.render(diagnostic)).collect::<Vec<_>>().join("\n")
}

fn with_place<'a>(
    group: Group<'a>,
    source: &'a SourceFile,
    excerpt: Option<&'a Excerpt<'_>>,
    label: Option<&'a str>,
) -> Group<'a> {
    let Some(excerpt) = excerpt else { return group.element(Origin::path(source.path.as_str())) };
    let Span { start, end } = excerpt.span;
    let snippet = Snippet::source(excerpt.text.as_ref())
        .line_start(excerpt.place.line)
        .annotation(AnnotationKind::Primary.span(start..end).label(label.map(several_lines)));
    if excerpt.is_whole() {
        return group.element(snippet.path(source.path.as_str()));
    }
    // The column cannot be counted in a part of a line, so it is given.
    let place = Origin::path(source.path.as_str()).line(excerpt.place.line).char_column(excerpt.place.column);
    group.element(place).element(snippet)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

#[cfg(test)]
mod tests;
