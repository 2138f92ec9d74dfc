//! URLs of databases: templates in the file, secrets once resolved.

mod secret;
mod template;

pub use secret::SecretUrl;
pub use template::{TargetUrl, TemplateValues, UrlError, UrlParts, UrlTemplate, UrlTemplateError, VariableName};
