//! A catalog as it is saved.
//!
//! The text is JSON, one object a line:
//!
//! ```text
//! {"limosa_catalog":1,"major":17,"fingerprint":"pg17:…"}
//! {"id":["table",["public","patient"]],"facts":{"row_security":true}}
//! …
//! {"dependencies":[[3,1,"n"],…]}
//! ```
//!
//! The numbers of a dependency count the objects from 0. Fields that hold their usual value are left out, so a field
//! that is added later is read as usual from older snapshots; anything else needs a new version of the format.

use serde_json::Value as Json;

use crate::catalog::Catalog;
use crate::dependency::{DependencyKind, Edge};
use crate::fact::{Malformed, Value, Writer};
use crate::hash::Fingerprint;
use crate::kind::{Object, ObjectId};
use crate::reading::Lettered;
use crate::version::ServerVersion;

/// The version of the format that is written.
const VERSION: u64 = 1;

/// Why a saved catalog cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// It is of a format that a later version of Limosa wrote.
    #[error(
        "the saved catalog has format {found}, this Limosa reads format {VERSION}; use the newer Limosa that wrote it"
    )]
    Newer {
        /// The format's number.
        found: u64,
    },
    /// It is no saved catalog, or not all of it.
    #[error("line {line} of the saved catalog cannot be read: {reason}; save it anew from a database")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The facts are not those that the fingerprint was made of.
    #[error(
        "the saved catalog says that its fingerprint is {said}, but its facts have {found}; it was changed by hand"
    )]
    Fingerprint {
        /// What the first line says.
        said: Fingerprint,
        /// What the facts have.
        found: Fingerprint,
    },
}

impl Catalog {
    /// The catalog as text, from which [`Catalog::from_snapshot`] makes the same.
    #[must_use]
    pub fn to_snapshot(&self) -> String {
        let mut out = Writer::with_notes();
        let (major, fingerprint) = (self.major(), self.fingerprint());
        out.raw(&format!("{{\"limosa_catalog\":{VERSION},\"major\":{major},\"fingerprint\":\"{fingerprint}\"}}\n"));
        for entry in self.iter() {
            out.raw("{\"id\":");
            entry.id().write(&mut out);
            out.raw(",\"facts\":");
            entry.object().write_canonical(&mut out);
            out.raw("}\n");
        }
        out.raw("{\"dependencies\":[");
        for (index, edge) in self.edges().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            out.raw(&format!("{comma}[{},{},\"{}\"]", edge.from, edge.to, edge.kind.letter()));
        }
        out.raw("]}\n");
        out.into_text()
    }

    /// Reads a text that [`Catalog::to_snapshot`] made. What was uncovered then is not known any more.
    ///
    /// # Errors
    /// The text is of a later format, damaged, or not what its fingerprint says.
    pub fn from_snapshot(text: &str) -> Result<Self, SnapshotError> {
        let mut lines = text.lines().enumerate().map(|(index, line)| {
            let number = index + 1;
            let failed = |reason: String| SnapshotError::Line { line: number, reason };
            serde_json::from_str::<Json>(line).map(|json| (number, json)).map_err(|error| failed(error.to_string()))
        });
        let (_, head) = lines.next().unwrap_or_else(|| Err(line(1, "it is not there")))?;
        let version = head.get("limosa_catalog").and_then(Json::as_u64).ok_or_else(|| line(1, "no saved catalog"))?;
        if version > VERSION {
            return Err(SnapshotError::Newer { found: version });
        }
        let major = head.get("major").and_then(Json::as_u64).and_then(|major| u32::try_from(major).ok());
        let major = major.and_then(|major| ServerVersion::from_number(major.checked_mul(10_000)?).ok());
        let major = major.ok_or_else(|| line(1, "the server's major version is missing or too old"))?.major();
        let said = head.get("fingerprint").and_then(Json::as_str).and_then(|text| text.parse::<Fingerprint>().ok());
        let said = said.ok_or_else(|| line(1, "the fingerprint is missing"))?;

        let mut objects: Vec<(ObjectId, Object)> = Vec::new();
        let mut edges = None;
        for next in lines {
            let (number, json) = next?;
            if let Some(list) = json.get("dependencies").and_then(Json::as_array) {
                let read: Option<Vec<Edge>> = list.iter().map(|edge| read_edge(edge, objects.len())).collect();
                edges = Some(read.ok_or_else(|| line(number, "a dependency is not between two objects"))?);
                continue;
            }
            let object = read_object(&json).map_err(|error| line(number, &error.to_string()))?;
            if objects.last().is_some_and(|(last, _)| *last >= object.0) {
                return Err(line(number, "the objects are not in order"));
            }
            objects.push(object);
        }
        let edges = edges.ok_or_else(|| line(text.lines().count(), "the end is missing"))?;
        let catalog = Self::of_sorted(major, objects, edges);
        let found = catalog.fingerprint();
        if found == said { Ok(catalog) } else { Err(SnapshotError::Fingerprint { said, found }) }
    }
}

fn line(line: usize, reason: &str) -> SnapshotError {
    SnapshotError::Line { line, reason: reason.to_owned() }
}

fn read_object(json: &Json) -> Result<(ObjectId, Object), Malformed> {
    let (Some(id), Some(facts)) = (json.get("id"), json.get("facts")) else {
        return Err(Malformed::new("an object", json));
    };
    let id = ObjectId::read(id)?;
    let object = Object::read_canonical(id.kind(), facts)?;
    Ok((id, object))
}

fn read_edge(json: &Json, objects: usize) -> Option<Edge> {
    let [from, to, kind] = json.as_array()?.as_slice() else { return None };
    let place = |json: &Json| {
        let place = u32::try_from(json.as_u64()?).ok()?;
        ((place as usize) < objects).then_some(place)
    };
    let kind = DependencyKind::of_letter(*kind.as_str()?.as_bytes().first()?)?;
    Some(Edge { from: place(from)?, to: place(to)?, kind })
}
