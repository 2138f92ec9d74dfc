//! `ALTER TABLE … DETACH PARTITION`, the one form of `ALTER TABLE` that may commit by itself.

use limosa_catalog::QualifiedName;

use super::{Class, DetachMode, Effect, Forbidden, LockWait};
use crate::token::TokenKind;
use crate::words::Words;

/// The class of what follows `ALTER TABLE parent` if it detaches a partition.
pub(super) fn classify(mut words: Words<'_>, parent: QualifiedName) -> Option<Class> {
    words.take_kind(TokenKind::Operator); // the `*` of `ALTER TABLE parent *`
    if !words.take(&["DETACH", "PARTITION"]) {
        return None;
    }
    let partition = words.qualified_name()?;
    let mode = match () {
        () if words.at(&["CONCURRENTLY"]) => DetachMode::Concurrently,
        () if words.at(&["FINALIZE"]) => DetachMode::Finalize,
        () => DetachMode::AtOnce,
    };
    let waits = if mode == DetachMode::AtOnce { LockWait::Briefly } else { LockWait::Patiently };
    let class = Class {
        object: Some(parent.clone()),
        effect: Some(Effect::DetachPartition { parent, partition, mode }),
        ..Class::new("ALTER TABLE", waits)
    };
    Some(class.forbidden_if(mode == DetachMode::Concurrently, Forbidden::Concurrently))
}
