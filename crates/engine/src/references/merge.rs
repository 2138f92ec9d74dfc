//! Two streams of keys in the same order, compared.

use std::cmp::Ordering;

use bytes::BytesMut;

use super::error::ReferenceError;
use super::form::Form;
use super::keys::{Key, Keys};

/// How many orphans are shown.
const SAMPLES: usize = 10;

/// A key that is referred to and not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The key, as text.
    pub key: String,
    /// How many rows refer to it.
    pub rows: u64,
}

/// What a comparison finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) rows: u64,
    pub(super) keys: u64,
    pub(super) referred: u64,
    pub(super) orphan_keys: u64,
    pub(super) orphan_rows: u64,
    pub(super) samples: Vec<Orphan>,
}

/// A stream whose order is watched: in a wrong one, a key that is there would be missed.
struct Watched<K> {
    keys: K,
    form: Form,
    last: Option<BytesMut>,
}

impl<K: Keys> Watched<K> {
    async fn next(&mut self) -> Result<Option<Key>, ReferenceError> {
        let Some(mut key) = self.keys.next().await? else { return Ok(None) };
        self.form.comparable(&mut key.bytes);
        if let Some(last) = self.last.as_ref().filter(|last| **last >= key.bytes) {
            let (before, after) = (self.form.shown(last), self.form.shown(&key.bytes));
            return Err(ReferenceError::Unordered { before, after });
        }
        let last = self.last.get_or_insert_with(BytesMut::new);
        last.clear();
        last.extend_from_slice(&key.bytes);
        Ok(Some(key))
    }
}

/// Finds the keys of the first stream that the second lacks. Both must be in the order of their comparable bytes,
/// without repetition.
pub(super) async fn merge(from: impl Keys, to: impl Keys, form: Form) -> Result<Merged, ReferenceError> {
    let (mut from, mut to) = (Watched { keys: from, form, last: None }, Watched { keys: to, form, last: None });
    let mut found = Merged::default();
    let mut there = to.next().await?;
    while let Some(key) = from.next().await? {
        found.keys += 1;
        found.rows += key.rows;
        let is_there = loop {
            let ordering = there.as_ref().map_or(Ordering::Greater, |there| there.bytes.cmp(&key.bytes));
            match ordering {
                Ordering::Less => {
                    found.referred += 1;
                    there = to.next().await?;
                }
                Ordering::Equal => break true,
                Ordering::Greater => break false,
            }
        };
        if !is_there {
            found.orphan_keys += 1;
            found.orphan_rows += key.rows;
            if found.samples.len() < SAMPLES {
                found.samples.push(Orphan { key: form.shown(&key.bytes), rows: key.rows });
            }
        }
    }
    while there.is_some() {
        found.referred += 1;
        there = to.next().await?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    struct Listed(std::vec::IntoIter<(Vec<u8>, u64)>);

    impl Keys for Listed {
        async fn next(&mut self) -> Result<Option<Key>, ReferenceError> {
            Ok(self.0.next().map(|(bytes, rows)| Key { bytes: BytesMut::from(&bytes[..]), rows }))
        }
    }

    fn merged(from: Vec<(Vec<u8>, u64)>, to: Vec<Vec<u8>>) -> Result<Merged, ReferenceError> {
        let to = to.into_iter().map(|key| (key, 1)).collect::<Vec<_>>();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(merge(Listed(from.into_iter()), Listed(to.into_iter()), Form::Text))
    }

    proptest! {
        #[test]
        fn orphans_are_those_that_are_not_there(
            from in prop::collection::btree_map("[a-d]{0,3}", 1..4_u64, 0..30),
            to in prop::collection::btree_set("[a-d]{0,3}", 0..30),
        ) {
            let (from, to): (BTreeMap<String, u64>, BTreeSet<String>) = (from, to);
            let bytes = |text: &String| text.clone().into_bytes();
            let found = merged(
                from.iter().map(|(key, rows)| (bytes(key), *rows)).collect(),
                to.iter().map(bytes).collect(),
            ).unwrap();
            let orphans: Vec<Orphan> = from
                .iter()
                .filter(|(key, _)| !to.contains(*key))
                .map(|(key, rows)| Orphan { key: key.clone(), rows: *rows })
                .collect();
            prop_assert_eq!(found.rows, from.values().sum::<u64>());
            prop_assert_eq!(found.keys, from.len() as u64);
            prop_assert_eq!(found.referred, to.len() as u64);
            prop_assert_eq!(found.orphan_keys, orphans.len() as u64);
            prop_assert_eq!(found.orphan_rows, orphans.iter().map(|it| it.rows).sum::<u64>());
            prop_assert_eq!(&found.samples[..], &orphans[..orphans.len().min(SAMPLES)]);
        }
    }

    #[test]
    fn a_wrong_order_is_no_answer() {
        let keys = |texts: &[&str]| texts.iter().map(|text| (text.as_bytes().to_vec(), 1)).collect::<Vec<_>>();
        let to = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
        let error = merged(keys(&["a", "B"]), to(&[])).unwrap_err();
        assert_eq!(error.to_string(), "the server does not send the keys in order: a comes before B");
        assert!(merged(keys(&["a"]), to(&["b", "b"])).is_err(), "the other side is watched to its end");
    }
}
